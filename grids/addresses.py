"""The parts of a household's address, as it is written on doors. Pure.

Two ways are known: 幸福花园3栋2单元502室 (a place with building, unit and room) and 南安里3组12号 (a place with group
and number). What fits neither stays one text. `parse` and `compose` are each other's inverse for what `compose` writes.
`door` is how a door is known whoever wrote it: ９组１号, 第九组 1号 and 9组01号 are one.
"""

import hashlib
import re
from dataclasses import dataclass, fields
from typing import Final

from core.text import plain

_NUMBER: Final = r"[0-9A-Za-z一二三四五六七八九十百]{1,6}(?:-[0-9A-Za-z]{1,4})?"
_ROOM: Final = re.compile(
    rf"(?P<estate>.*?)(?P<building>{_NUMBER})(?:栋|幢|座|号楼)"
    rf"(?:(?P<unit>{_NUMBER})(?:单元|梯))?(?:(?P<room>{_NUMBER})(?:室|房))?\Z"
)
_DOOR: Final = re.compile(rf"(?P<estate>.*?)(?:(?P<group>{_NUMBER})组)?(?:(?P<number>{_NUMBER})号)?\Z")


@dataclass(frozen=True)
class Parts:
    """Where a household lives, part by part; empty parts are unknown."""

    estate: str = ""
    building: str = ""
    unit: str = ""
    room: str = ""
    group: str = ""
    number: str = ""

    @property
    def is_known(self) -> bool:
        return bool(self.building or self.group or self.number)


NAMES: Final = tuple(field.name for field in fields(Parts))


def parse(text: str) -> Parts:
    """The parts that `text` names; all empty but the place where it fits neither way."""
    return _parsed(tidy(text))


def _parsed(plain: str) -> Parts:
    for way in (_ROOM, _DOOR):
        found = way.match(plain)
        if found:
            given = {name: part or "" for name, part in found.groupdict().items()}
            parts = Parts(**given)
            if parts.is_known and len(parts.estate) <= 60:
                return parts
    return Parts(estate=plain[:60])


def compose(parts: Parts) -> str:
    """One line as people write it."""
    if parts.building:
        unit = f"{parts.unit}单元" if parts.unit else ""
        room = f"{parts.room}室" if parts.room else ""
        return f"{parts.estate}{parts.building}栋{unit}{room}"
    group = f"{parts.group}组" if parts.group else ""
    number = f"{parts.number}号" if parts.number else ""
    return f"{parts.estate}{group}{number}"


def tidy(text: str) -> str:
    """One way to write it: digits of half width, no blanks, nothing that cannot be seen."""
    return "".join(plain(text).split())


def as_columns(text: str) -> dict[str, str]:
    parts = parse(text)
    return {name: getattr(parts, name) for name in NAMES}


def with_door(text: str) -> dict[str, str]:
    """`as_columns`, and `door` beside them."""
    plain = tidy(text)
    parts = _parsed(plain)
    spelt = _spelt(plain)
    door = _key(parts if spelt == plain else _parsed(spelt), spelt)
    return {**{name: getattr(parts, name) for name in NAMES}, "door": door}


# ---- which door -------------------------------------------------------------------------------------------------
_SPELLINGS: Final = str.maketrans(
    dict.fromkeys("‐‑‒–—―−", "-")
    | dict.fromkeys(",，、。.·'\"“”‘’;；:：#", "")
    | {"號": "号", "棟": "栋", "組": "组", "單": "单", "〇": "零"}
)
_HAN: Final = "零一二三四五六七八九"
_COUNTS: Final = f"[{_HAN}两十百]+"
_UNITS: Final = "(?:组|栋|幢|座|号|单元|梯|室|房|楼|巷)"
_GROUP: Final = re.compile("(?:村民|居民)?小组|生产队")
_COUNTED: Final = re.compile(rf"第?({_COUNTS})(?={_UNITS})")
_ORDINAL: Final = re.compile(rf"第(?=[0-9]+{_UNITS})")
_ZEROS: Final = re.compile(r"(?<![0-9A-Za-z])0+(?=[0-9])")
_BARE_ROOM: Final = re.compile(r"((?:栋|幢|座|号楼|单元|梯)[0-9]{2,4}[A-Za-z]?)\Z")
_ODD: Final = re.compile(
    rf"[‐‑‒–—―−,，、。.·'\"“”‘’;；:：#號棟組單〇第]|小组|生产队|[{_HAN}两十百]{_UNITS}|{_ZEROS.pattern}|{_BARE_ROOM.pattern}"
)
LONGEST_DOOR: Final = 120


def door(text: str) -> str:
    """How the door that `text` names is known within its grid: the same for all ways of writing it; "" for none."""
    spelt = _spelt(tidy(text))
    return _key(_parsed(spelt), spelt)


def _key(parts: Parts, spelt: str) -> str:
    key = (compose(parts) if parts.is_known else spelt).casefold()
    return key if len(key) <= LONGEST_DOOR else hashlib.sha256(key.encode()).hexdigest()


def _spelt(plain: str) -> str:
    """One way to spell a door: numbers in digits that count from one, no marks between."""
    if not _ODD.search(plain):  # the usual case
        return plain
    text = _GROUP.sub("组", plain.translate(_SPELLINGS))
    text = _ORDINAL.sub("", _COUNTED.sub(lambda found: _digits(found[1]), text))
    return _BARE_ROOM.sub(r"\1室", _ZEROS.sub("", text))


def _digits(han: str) -> str:
    """A number in Chinese as digits, counted (二十三, 一百零五) or read out one by one (三零二)."""
    plain = han.replace("两", "二")
    if not set(plain) & {"十", "百"}:
        return "".join(str(_HAN.index(sign)) for sign in plain)
    total, held = 0, 0
    for sign in plain:
        if sign in "十百":
            total += (held or 1) * (10 if sign == "十" else 100)
            held = 0
        else:
            held = _HAN.index(sign)
    return str(total + held)
