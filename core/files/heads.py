"""Which line of a table names its columns, and what the names are. Pure.

Tables of counties begin with a title, who has filled them in and when; their names stand in one line or in two, with
marks for what must be filled in, remarks and units.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.text import plain

WITHIN = 20
"""Lines among which the names are looked for."""
DEEPEST = 3
JOIN = "·"
"""Between the name of several columns and the name of one of them."""
REMARK = re.compile(r"[(\[【〔{][^)\]】〕}]*[)\]】〕}]")
MUST = re.compile(r"(?:必填|选填|必录|选录)(?:项)?\Z")
MARKS = "*※★☆●○▲:,.、。;#!?＊"
UNIT = re.compile(r"/[^/]{1,3}\Z")

Line = tuple[int, Sequence[str]]
"""The number of a line and its cells."""


@dataclass(frozen=True)
class Head:
    """The last line of the names, and how many lines they take."""

    line: int = 1
    depth: int = 1


def names(rows: Sequence[Line], head: Head) -> list[str]:
    """The name of each column; one below a common name is led by that."""
    lines = [cells for number, cells in rows if head.line - head.depth < number <= head.line]
    return [_name(lines, at) for at in range(max(map(len, lines), default=0))]


def _name(lines: Sequence[Sequence[str]], at: int) -> str:
    own = lines[-1][at] if at < len(lines[-1]) else ""
    parts = []
    for cells in lines[:-1]:
        reach = range(at, -1, -1) if own else (at,)  # a common name stands over the first of its columns
        parts.append(next((cells[n] for n in reach if n < len(cells) and cells[n]), ""))
    said = [part for part in (*parts, own) if part]
    return JOIN.join(part for n, part in enumerate(said) if n == 0 or part != said[n - 1])


def bare(name: str) -> str:
    """A name without blanks, remarks in brackets and marks, in one width."""
    text = "".join(plain(name).split())
    return MUST.sub("", REMARK.sub("", text).strip(MARKS)).strip(MARKS) or text


def readings(name: str) -> tuple[str, ...]:
    """What the name of a column may say, the closest first."""
    whole, last = bare(name.replace(JOIN, "")), bare(name.rpartition(JOIN)[2])
    return whole, UNIT.sub("", whole), last, UNIT.sub("", last)


def find(rows: Sequence[Line], knows: Callable[[Sequence[str]], int]) -> Head:
    """Where the names stand. `knows` says how well a line reads as names; below two that it knows, the first line is
    taken that is about as wide as the table.
    """
    opening = [(number, cells) for number, cells in rows[:WITHIN] if any(cells)]
    tries = [
        Head(number, depth)
        for number, _cells in opening
        for depth in range(1, DEEPEST + 1)
        if depth == 1 or any(line == number - depth + 1 for line, _above in opening)
    ]
    best = max(tries, key=lambda head: (knows(names(opening, head)), -head.depth, -head.line), default=Head())
    if knows(names(opening, best)) > 1:
        return best
    widest = max((_filled(cells) for _number, cells in opening), default=0)
    wide = (number for number, cells in opening if _filled(cells) * 2 > widest)
    return Head(next(wide, 1))


def _filled(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell)
