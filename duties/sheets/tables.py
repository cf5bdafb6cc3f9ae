"""A list version as an Excel table, out and in again.

Out: every line, and on the second sheet which version at which write it was (`MARKS`). In: the table against the
version that it was taken from, brought onto what the draft says now (`plain.merge`), so that nobody's change is
lost and lines that the table does not name stay. A line ends only where its first cell says 停用, a field of it is
emptied only where its cell says 清空.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import IO

from django.utils.translation import gettext as _

from core.files import sheets, workbooks
from core.files.cells import CLEAR, Cell, clears
from core.files.examining import BadWorkbook
from core.files.heads import WITHIN, bare
from core.files.workbooks import Head
from duties.lists import queries
from duties.models import ListVersion
from duties.shapes import Known, shape_of
from duties.shapes.base import ENTRY_CODE
from duties.shapes.line_diff import WHOLE, Difference, Plain, Plains, apply, diff, from_json, inverse, merge
from duties.sheets.columns import STOP, BadCellError, Column, Table, table_of

LINES_MOST = 5000
MARKS = ("清单", "版次", "修订号")
STATUS, CODE = Head("处理", 8), Head("编号", 9)
FAULTS_MOST = 200


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell."""

    place: str
    column: str
    text: str

    def __str__(self) -> str:
        return f"{self.place} {self.column}：{self.text}".replace(" ：", "：")


class BadSheetError(BadWorkbook):
    """The table cannot be taken over; `faults` names every cell."""

    code = "bad_sheet"

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults[:FAULTS_MOST]
        super().__init__(_("表格有 %(n)d 处要改，没有写入任何内容") % {"n": len(faults)})


# ---- out ------------------------------------------------------------------------------------------------------
def write(file: IO[bytes], version: ListVersion, *, empty: bool = False) -> None:
    """The lines of a version, or only the head to be filled in."""
    shape, table = shape_of(version), table_of(shape_of(version), Known.of(version))
    plains = {} if empty else shape.plains(version)
    lines = (["", code, *table.write(plain)] for code, plain in plains.items())
    heads = [STATUS, CODE, *(column.head for column in table.columns)]
    workbooks.write_form(file, version.duty_list.name, heads, lines, _guide(version, table))


def _guide(version: ListVersion, table: Table) -> list[list[str]]:
    marks = (version.duty_list.kind, str(version.number), str(version.revision))
    said = [
        [STATUS.label, _("空着是保留或修改；写“停用”的从下一版起停用。表里没有的条目不动")],
        [CLEAR, _("空着的格不改原有内容；要删去一格原有的内容，写“%(clear)s”") % {"clear": CLEAR}],
        [CODE.label, _("大写字母加两三位数字；新增的写一个没有用过的编号")],
    ]
    return [
        [_("栏目"), _("怎么填")],
        *said,
        *([column.label, column.hint] for column in table.columns),
        *([name, value] for name, value in zip(MARKS, marks, strict=True)),
    ]


# ---- in -------------------------------------------------------------------------------------------------------
@dataclass
class Reading:
    """What the rows of a table say, and every fault found on the way."""

    places: dict[str, dict[str, str]] = field(default_factory=dict)
    """Code -> field -> cell."""
    plains: dict[str, Plain] = field(default_factory=dict)
    stopped: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)


def read(file: IO[bytes], draft: ListVersion) -> Difference:
    """What the table would change in the draft. Raises BadWorkbook; writes nothing."""
    known, shape = Known.of(draft), shape_of(draft)
    table = table_of(shape, known)
    found_sheets = sheets.read(file, rows=LINES_MOST + 1, columns=len(table.columns) + 2)
    rows = found_sheets[0] if found_sheets else []
    head = _head(rows, table)
    columns = list(table.columns)
    now = shape.plains(draft)
    was = _origin([row for guide in found_sheets[1:] for row in guide], draft, now)
    found = Reading()
    for row in rows[head + 1 :]:
        _read_row(row, columns, was, found)
    for code, plain in found.plains.items():
        for name, text in shape.refusals(plain, known).items():
            found.faults.append(_fault(found, shape.label(name), code, name, text))
    _check_codes(draft, now, found)
    difference = _merged(found, was, now, {name: shape.label(name) for name in shape.fields} | {WHOLE: ""})
    if found.faults:
        raise BadSheetError(found.faults)
    return difference


def _head(rows: Sequence[Sequence[Cell]], table: Table) -> int:
    """Which row names the columns: those of the template, in its order, for a shifted table would say something else.
    A title may stand above, marks and remarks beside the names.
    """
    wanted = [STATUS.label, CODE.label, *(column.label for column in table.columns)]
    read = [[bare(cell.text) for cell in row] for row in rows[:WITHIN]]
    fits = [_fit(heads, wanted) for heads in read]
    best = max(range(len(fits)), key=lambda at: (fits[at], -at), default=0)
    at = fits[best] if fits else 0
    if at == len(wanted):
        return best
    place = rows[best][at].place if fits else _("第 1 行")
    raise BadSheetError([Fault(place, wanted[at], _("表头应是“%(label)s”，请用本页的模板") % {"label": wanted[at]})])


def _fit(heads: Sequence[str], wanted: Sequence[str]) -> int:
    """How many names are right before the first that is not."""
    pairs = zip(heads, wanted, strict=False)
    return sum(1 for _pair in takewhile(lambda pair: pair[0] == bare(pair[1]), pairs))


def _read_row(row: Sequence[Cell], columns: Sequence[Column], was: Plains, found: Reading) -> None:
    status, code_cell, cells = row[0], row[1], row[2:]
    code = code_cell.text
    for cell, label in zip(row, [STATUS.label, CODE.label, *(c.label for c in columns)], strict=False):
        if cell.fault:
            text = _("是公式，请改成值") if cell.is_formula else cell.fault
            found.faults.append(Fault(cell.place, label, text))
    if not ENTRY_CODE.match(code):
        found.faults.append(Fault(code_cell.place, CODE.label, _("编号须为大写字母加两三位数字，如 C02")))
    elif code in found.places:
        first = found.places[code][CODE.label]
        found.faults.append(Fault(code_cell.place, CODE.label, _("与 %(place)s 重复") % {"place": first}))
    elif status.text not in ("", STOP):
        found.faults.append(Fault(status.place, STATUS.label, _("空着，或写“停用”")))
    else:
        places = {column.field: cell.place for column, cell in zip(columns, cells, strict=False)}
        found.places[code] = places | {CODE.label: code_cell.place}
        if status.text == STOP:
            found.stopped.add(code)
        else:
            _read_fields(code, cells, columns, was.get(code), found)


def _read_fields(
    code: str, cells: Sequence[Cell], columns: Sequence[Column], before: Plain | None, found: Reading
) -> None:
    plain: Plain = dict(before or EMPTY)
    faulty = False
    for column, cell in zip(columns, cells, strict=False):
        if before is not None and not cell.text:
            continue
        try:
            plain[column.field] = column.read("" if clears(cell.text) else cell.text)
        except BadCellError as error:
            found.faults.append(Fault(cell.place, column.label, str(error)))
            faulty = True
    if not faulty:
        found.plains[code] = plain


EMPTY: Plain = {"share": "", "closes_at_village": False}
"""Fields of a line that its list does not show."""


def _origin(guide: Sequence[Sequence[Cell]], draft: ListVersion, now: Plains) -> Plains:
    """The lines as they stood when the table was taken out; of an unmarked table, as they stand now."""
    marks = {row[0].text: row[1].text for row in guide if len(row) > 1 and row[0].text in MARKS}
    if len(marks) != len(MARKS):
        return now
    kind, number, revision = (marks[name] for name in MARKS)
    if kind != draft.duty_list.kind:
        raise BadSheetError([Fault("", "", _("这是另一张清单的表格"))])
    if not (number.isdecimal() and revision.isdecimal() and len(number + revision) < 12):
        return now
    if int(number) != draft.number:
        version = queries.versions(kind).filter(number=int(number)).first()
        return now if version is None or version.is_open else shape_of(version).plains(version)
    return rewound(draft, now, int(revision))


def rewound(draft: ListVersion, now: Plains, revision: int) -> Plains:
    """The lines of a draft as they stood after the write `revision`. One query."""
    lines = dict(now)
    for edit in draft.edits.filter(revision__gt=revision).order_by("-revision"):
        lines = apply(inverse(from_json(edit.changes)), lines)
    return lines


def _check_codes(draft: ListVersion, now: Plains, found: Reading) -> None:
    """A code means one thing for ever; what is not there cannot end."""
    for code in sorted(found.stopped - now.keys()):
        found.faults.append(_fault(found, CODE.label, code, CODE.label, _("草稿里没有这一项，无从停用")))
    for code in sorted(queries.used_codes(draft, found.plains.keys() - now.keys())):
        text = _("以前的版本用过，不能再用；原事项请在页面上“还原”")
        found.faults.append(_fault(found, CODE.label, code, CODE.label, text))


def _merged(found: Reading, was: Plains, now: Plains, labels: Mapping[str, str]) -> Difference:
    wanted: Mapping[str, Plain] = {**was, **found.plains}
    wanted = {code: plain for code, plain in wanted.items() if code not in found.stopped}
    merged = merge(diff(was, wanted), now)
    for code, name in merged.collisions:
        text = _("导出以后别人也改过这里，请重新导出再改")
        found.faults.append(_fault(found, labels[name], code, name or CODE.label, text))
    return merged.difference


def _fault(found: Reading, label: str, code: str, name: str, text: str) -> Fault:
    return Fault(found.places.get(code, {}).get(name, code), label, text)


# ---- preview --------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Preview:
    """One line that a table would change, as the page shows it."""

    code: str
    name: str
    mark: str
    fields: list[tuple[str, str, str]]


def preview(draft: ListVersion, difference: Difference) -> Iterable[Preview]:
    table = table_of(shape_of(draft), Known.of(draft))
    for code, (before, after) in difference.items():
        said = after or before or {}
        mark = "chg" if before and after else "new" if after else "del"
        yield Preview(code, said["name"], mark, _fields(table, before, after))


def _fields(table: Table, before: Plain | None, after: Plain | None) -> list[tuple[str, str, str]]:
    if after is None:
        return []
    old = before or {}
    return [
        (column.label, column.write(old[column.field]) if before else "", column.write(after[column.field]))
        for column in table.columns
        if old.get(column.field) != after[column.field]
    ]
