"""What an address says about where it lies: its group (组, building, street) and its number. Pure."""

import re
from dataclasses import dataclass

NUMBERED = re.compile(r"(\d+)\s*号")
LAST_NUMBER = re.compile(r"(\d+)(?!.*\d)")
FILLER = " 　第-—#、,，"


@dataclass(frozen=True)
class Where:
    """`group` is what neighbours share; `number` None where the address has none."""

    group: str
    number: int | None


def where_is(address: str) -> Where:
    """Take an address apart: 南安里1组12号 is number 12 of 南安里1组, 3栋2单元501室 number 501 of 3栋2单元."""
    found = NUMBERED.search(address) or LAST_NUMBER.search(address)
    if found is None:
        return Where(address.strip(), None)
    return Where(address[: found.start()].strip(FILLER), int(found.group(1)))


def order_key(where: Where) -> tuple[list[tuple[int, int, str]], int]:
    """Orders groups and numbers as people count: 2组 before 10组."""
    parts = re.split(r"(\d+)", where.group)
    return [(1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts if part], where.number or 0
