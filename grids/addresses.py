"""The parts of a household's address, as it is written on doors. Pure.

Two ways are known: 幸福花园3栋2单元502室 (a place with building, unit and room) and 南安里3组12号 (a place with group
and number). What fits neither stays one text. `parse` and `compose` are each other's inverse for what `compose` writes.
"""

import re
import unicodedata
from dataclasses import dataclass, fields
from typing import Final

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
    plain = tidy(text)
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
    """One way to write it: digits of half width, no blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def as_columns(text: str) -> dict[str, str]:
    parts = parse(text)
    return {name: getattr(parts, name) for name in NAMES}
