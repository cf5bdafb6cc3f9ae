"""One row of a file as it is understood: what its cells say, what is wrong with them, what nobody has to read. Pure.

Only cells that are filled say something; one that is filled with “无” or a stroke is not. One that says `CLEAR` empties
what the register holds, one that an export has masked is passed over; both where the field allows it.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from core.files.cells import clears, fault_of
from core.files.heads import readings
from grids.addresses import tidy
from households.imports.fields import FIELDS, MASK, Field, Kind
from households.imports.parsing import BadCell, Warned, says_nothing
from households.rules import LONGEST_CELL

EMPTY: dict[str, object] = {"tags": [], "birth_year": None}
"""What a field holds that has been emptied; "" for the others."""
QUOTES = "'‘’`"
"""Leads a number that somebody keeps a text."""
DITTO = re.compile('(?:同上|同左|同前|ditto|[〃″〞“”"])\\Z', re.IGNORECASE)
TOTAL = re.compile(
    r"(?:本页|全村|全组|本组|本村|以上)?(?:合计|小计|总计|共计|累计)(?:[:(（].*|数|户数|人数|\d.*|共.*)?\Z"
)
SIGNED = re.compile(
    "(?:填表|制表|填报|审核|审批|经办|统计|登记|报送|打印|核对|录入)(?:人|单位|日期|时间|员|单位负责人)|(?:单位)?负责人[:(签]|"
    "(?:备注|说明|附注|注)[:]|(?:村委会?|单位)?[(]?(?:盖章|公章)"
)
NOTHING: tuple[object, ...] = (None, "", [])


@dataclass(frozen=True)
class Line:
    """One row of the file: what its cells say, what is wrong with them (field → text), how many came masked."""

    number: int
    values: dict[str, object]
    wrong: dict[str, str] = field(default_factory=dict)
    masked: int = 0
    warned: dict[str, str] = field(default_factory=dict)
    """What was not read, or in part, though the row goes in (field → text)."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with one cell of a row; never what is in it."""

    line: Line
    field: str
    text: str


class Said(Exception):
    """A cell that says nothing to be written, though it is filled."""


def read(kind: str, columns: Mapping[str, int], number: int, cells: Sequence[str], header: Sequence[str] = ()) -> Line:
    if note := _note(columns, cells, header):
        return Line(number, {}, {next(iter(columns), ""): note})
    values: dict[str, object] = {}
    wrong: dict[str, str] = {}
    warned: dict[str, str] = {}
    masked = 0
    for one in FIELDS[kind]:
        at = columns.get(one.name)
        cell = cells[at] if at is not None and at < len(cells) else ""
        if not cell and not one.required:
            continue
        try:
            value = _value(kind, one, cell)
            if value not in NOTHING or (cell and clears(cell)):
                values[one.name] = value
            elif one.required:
                raise BadCell(_("不能为空"))
        except Said:
            masked += 1
        except Warned as warning:
            warned[one.name] = str(warning)
            values |= {one.name: warning.value} if warning.value else {}
        except BadCell as bad:
            wrong[one.name] = str(bad)
    _spared(kind, values, warned)
    return Line(number, values, wrong, masked, warned)


def _note(columns: Mapping[str, int], cells: Sequence[str], header: Sequence[str]) -> str:
    """What a line is that is about the table and not about anybody: a sum, who has filled it in, its head once more."""
    said = [tidy(cell) for cell in cells if cell]
    if any(TOTAL.match(cell) for cell in said) or (said and SIGNED.match(said[0])):
        return _("这一行是合计或填表说明，没有读；请删去这一行，不删也不影响其余各行")
    heads = [(header[at], cells[at]) for at in columns.values() if at < min(len(header), len(cells)) and cells[at]]
    if sum(tidy(cell) in readings(head) for head, cell in heads) > 1:
        return _("这一行是重复的列名，没有读；请删去这一行，不删也不影响其余各行")
    return ""


def _spared(kind: str, values: dict[str, object], warned: dict[str, str]) -> None:
    """Where a column says nothing its spare one speaks; where both do, that the spare one was not read is said."""
    for one in FIELDS[kind]:
        spare = values.pop(one.name, None) if one.spare_of else None
        if spare is None:
            continue
        if one.spare_of not in values:
            values[one.spare_of] = spare
        elif values[one.spare_of] != spare:
            warned[one.name] = _("两列都有号码，登记的是前一列的；这一格没有读")


def _value(kind: str, one: Field, cell: str) -> object:
    cell = cell if kind == Kind.AREAS else cell.lstrip(QUOTES)
    if not cell or (says_nothing(cell) and not one.none_is_said):
        return None
    if DITTO.match(tidy(cell)):
        raise BadCell(_("写的是“同上”，认不出是指哪一格；请填完整的"))
    if fault := fault_of(cell):
        raise BadCell(fault)
    if len(cell) > LONGEST_CELL:
        raise BadCell(_("内容过长"))
    if clears(cell):
        if not one.clears:
            raise BadCell(_("这一列不能清空，请写新的内容"))
        return EMPTY.get(one.name, "")
    if kind != Kind.AREAS and MASK.search(cell):
        if one.masked and not one.required:
            raise Said
        raise BadCell(_("含有 *，是遮盖过的内容，认不出来；请填完整的"))
    return one.parse(cell)


def kept(lines: Iterable[Line]) -> str:
    """Rows that have been read, for their chunk."""
    rows = [(line.number, line.values) for line in lines]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


@dataclass
class Foresight:
    """What writing some rows would do: how many of which sort, households to be moved, cells that came masked, and for
    each field how many values would change and how many would be emptied."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    moves: int = 0
    masked: int = 0
    columns: dict[str, list[int]] = field(default_factory=dict)

    def count(self, news: Mapping[str, object]) -> None:
        """One known row that says `news`."""
        self.changed += bool(news)
        self.unchanged += not news
        for name, value in news.items():
            self.columns.setdefault(name, [0, 0])[value in NOTHING] += 1

    def plus(self, held: Mapping[str, Any]) -> dict[str, Any]:
        """Together with what was foreseen of other rows, to be kept."""
        names = ("added", "changed", "unchanged", "moves", "masked")
        columns = {name: list(pair) for name, pair in held.get("columns", {}).items()}
        for name, (changed, emptied) in self.columns.items():
            before = columns.get(name, [0, 0])
            columns[name] = [before[0] + changed, before[1] + emptied]
        return {**{name: held.get(name, 0) + getattr(self, name) for name in names}, "columns": columns}


@dataclass
class Written:
    """What writing some rows did; `left`: rows that could not be written after all."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    moved: int = 0
    left: list[Problem] = field(default_factory=list)
