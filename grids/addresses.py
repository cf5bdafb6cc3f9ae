"""The parts of a household's address, as it is written on doors. Pure.

Two ways are known: 幸福花园3栋2单元502室 (a place with building, unit and room) and 南安里3组12号 (a place with group
and number). What fits neither stays one text. `parse` and `compose` are each other's inverse for what `compose` writes.
`door` is how a door is known whoever wrote it: ９组１号, 第九组 1号 and 9组01号 are one. A line that names several
doors (9组1号、9组2号) names none of them: `names_several` tells.
"""

import hashlib
import re
from collections.abc import Sequence
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
    line = _spelt(plain)
    door = _key(parts if line == plain else _parsed(line), line)
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


def spelt(text: str) -> str:
    """`text` with one way to spell the numbers of doors."""
    return _spelt(tidy(text))


def door(text: str) -> str:
    """How the door that `text` names is known within its grid: the same for all ways of writing it; "" for none."""
    line = spelt(text)
    return _key(_parsed(line), line)


def _key(parts: Parts, line: str) -> str:
    key = (compose(parts) if parts.is_known else line).casefold()
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


# ---- several doors in one line -----------------------------------------------------------------------------------
_BESIDE: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_LISTED: Final = re.compile(r"[、,;/|&+~]|(?<=[号室房组栋幢座楼层元户0-9])[和及与至到]|(?<=[号室房])-")
_PARTED: Final = re.compile(rf"{_LISTED.pattern}|\s+")
_LAST: Final = re.compile(rf"(?P<head>.*?)(?P<number>{_NUMBER})(?P<unit>号|室|房|栋|幢|座|号楼|楼|层|组|单元|梯|户)\Z")
_BARE: Final = re.compile(rf"(?:.*(?:组|栋|幢|座|单元|梯|号楼))?(?:{_NUMBER})\Z")
_ONE_AFTER_ANOTHER: Final = re.compile(
    rf"组{_NUMBER}号{_NUMBER}号|号.*组{_NUMBER}号\Z|[室房].*[栋幢座]\D*{_NUMBER}[室房]?\Z"
)
_BEGINS: Final = re.compile(_UNITS)
_SAME: Final = {"房": "室", "幢": "栋", "座": "栋", "号楼": "栋"}


def names_several(text: str) -> bool:
    """Whether `text` lists doors: 9组1号、9组2号, 9组1、2号, 3栋101室/102室, 1号至3号."""
    line = _BESIDE.sub("", plain(text))
    if _ONE_AFTER_ANOTHER.search(spelt(_LISTED.sub("", line))):
        return True
    return _lists(_PARTED.split(line), may_be_bare=False) or _lists(_LISTED.split(line), may_be_bare=True)


def _lists(parts: Sequence[str], *, may_be_bare: bool) -> bool:
    """Whether two of these end in the same unit; of listed ones the unit of a number may stand behind another one."""
    found = [spelt(part) for part in parts if tidy(part)]
    units = [_SAME.get(last["unit"], last["unit"]) for one in found if (last := _LAST.match(one))]
    if len(units) != len(set(units)):
        return True
    is_door = bool({"号", "室"} & set(units))
    if any(_BEGINS.match(one) for one in found[1:]):  # the unit of the number before it
        return False
    return may_be_bare and is_door and any(_BARE.match(one) and not _is_room(one, found) for one in found)


def _is_room(one: str, found: Sequence[str]) -> bool:
    """A number of three digits and more behind the number of a house is that of a room: 沙塘路12号，502."""
    return found.index(one) > 0 and len(one) > 2 and one.isdigit() and found[found.index(one) - 1].endswith("号")
