"""Import of a county's administrative divisions from a table; the commands and pages share it.

The file has the columns code, name, level, parent_code, by these names or in Chinese, as a CSV or a workbook
(`core.files`). Either every row fits and the tree is brought in line with the file, or nothing changes and each bad
row is named with its line. Areas of the tree that the file does not mention are left alone.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.errors import Refused
from core.files import delimited
from core.files.cells import fault_of
from core.files.examining import BadWorkbook, Bounds, kind_of
from core.files.heads import find, names, readings
from core.files.sheets import Size, rows_of
from core.text import is_clean
from core.trust.audit import Actor
from core.trust.identity import REFUSAL, has_identity_number
from grids import tree
from grids.levels import PARENTS, Level, code_problem
from grids.models import Area
from grids.tree import AREAS, NAME_LENGTH, NewArea

COLUMNS: dict[str, tuple[str, ...]] = {
    "code": ("代码", "编码", "区划代码", "行政区划代码", "统计用区划代码"),
    "name": ("名称", "区划名称", "单位名称"),
    "level": ("层级", "级别"),
    "parent_code": ("上级代码", "上级编码", "上级区划代码"),
}
"""Columns and what else they are called."""
SIZE = Size(rows=100_000, columns=40, cell=200)
LARGEST_FILE = 20 * 1024 * 1024
MOST_PROBLEMS = 20
ORDER = {level: place for place, level in enumerate(Level.values)}


class BadDivisions(Refused):
    """The file cannot be imported; `problems` are Chinese sentences, each with its line number."""

    code = "bad_divisions"

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = list(problems)


@dataclass(frozen=True)
class Line:
    number: int
    code: str
    name: str
    level: str
    parent_code: str


@dataclass(frozen=True)
class Imported:
    added: int
    renamed: int
    unchanged: int


def import_divisions(*, content: bytes, actor: Actor | None) -> Imported:
    """Bring the tree in line with the file. Raises BadDivisions and then changes nothing."""
    lines = read(content)
    with AREAS.writing():
        known = Area.objects.select_related("parent").in_bulk(
            {code for line in lines for code in (line.code, line.parent_code)}, field_name="code"
        )
        _complain(_misfits(lines, known))
        new = sorted(
            (line for line in lines if line.code not in known), key=lambda line: (ORDER[line.level], line.code)
        )
        renamed = [line for line in lines if line.code in known and known[line.code].name != line.name]
        if new:
            tree.add_many(rows=[NewArea(n.parent_code, n.level, n.code, n.name) for n in new], actor=actor)
        for line in renamed:
            _rename(line, known[line.code], actor)
        return Imported(len(new), len(renamed), len(lines) - len(new) - len(renamed))


def read(content: bytes) -> list[Line]:
    """The rows of the file, each well formed in itself. Raises BadDivisions."""
    if len(content) > LARGEST_FILE:
        raise BadDivisions([_("文件超过 20 MB")])
    try:
        rows = list(_rows(content))
    except BadWorkbook as error:
        raise BadDivisions([error.message]) from error
    head = find(rows, lambda names: sum(1 for column in _columns(names) if column))
    header = _columns(names(rows, head))
    missing = [column for column in COLUMNS if column not in header]
    if missing:
        raise BadDivisions([_at(head.line, _("缺少列 %(columns)s") % {"columns": "、".join(missing)})])
    levels = {str(level.label): level.value for level in Level}
    problems: list[str] = []
    lines: list[Line] = []
    for number, cells in rows:
        if number <= head.line:
            continue
        if len(cells) != len(header):
            problems.append(_at(number, _("有 %(n)d 列，应为 %(m)d 列") % {"n": len(cells), "m": len(header)}))
            continue
        row = dict(zip(header, cells, strict=True))
        lines.append(Line(number, row["code"], row["name"], levels.get(row["level"], row["level"]), row["parent_code"]))
    problems += [_at(line.number, problem) for line in lines if (problem := _malformed(line))]
    problems += [] if lines or problems else [_("文件里没有区划")]
    _complain(iter(problems))
    return lines


def _columns(heads: Sequence[str]) -> list[str]:
    """Which column each head names; empty for one that is not read."""
    known = {alias: column for column, aliases in COLUMNS.items() for alias in (column, *aliases)}
    return [next((known[said] for said in readings(head) if said in known), "") for head in heads]


def _rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The lines that hold anything, from a CSV as they stand, from a workbook all as wide as the first."""
    file = io.BytesIO(content)
    if not content.strip():
        return
    if kind_of(file, Bounds(LARGEST_FILE)) == "csv":
        for number, raw in delimited.rows(file):
            cells = [cell.strip() for cell in raw]
            if any(cells):
                yield number, cells
        return
    width = 0
    for number, cells in enumerate(rows_of(file, "xlsx", SIZE), 1):
        if cells:
            width = max(width, len(cells))
            yield number, cells + [""] * (width - len(cells))


def _malformed(line: Line) -> str | None:
    cells = (line.code, line.name, line.level, line.parent_code)
    if fault := next((fault for cell in cells if (fault := fault_of(cell))), ""):
        return fault
    if has_identity_number(line.name) or has_identity_number(line.level):
        return str(REFUSAL)
    if not all(is_clean(cell, multiline=False) for cell in cells):
        return _("含有无法保存的控制字符")
    if not line.name:
        return _("名称为空")
    if len(line.name) > NAME_LENGTH:
        return _("名称有 %(n)d 个字，不能超过 %(most)d 个字") % {"n": len(line.name), "most": NAME_LENGTH}
    if line.level not in Level.values:
        return _("没有“%(level)s”这个层级，可用：%(levels)s") % {
            "level": line.level[:20],
            "levels": "、".join(Level.values),
        }
    return code_problem(line.level, line.code, line.parent_code or None)


def _misfits(lines: Sequence[Line], known: dict[str, Area]) -> Iterator[str]:
    """Problems between the rows, and between the rows and the tree as it stands."""
    first: dict[str, Line] = {}
    for line in lines:
        if line.code in first:
            yield _at(
                line.number,
                _("代码 %(code)s 与第 %(first)d 行重复") % {"code": line.code, "first": first[line.code].number},
            )
        first.setdefault(line.code, line)
    for line in lines:
        problem = _misplaced(line, first, known) or _unlike(line, known.get(line.code))
        if problem:
            yield _at(line.number, problem)


def _misplaced(line: Line, rows: dict[str, Line], known: dict[str, Area]) -> str | None:
    if not line.parent_code:
        return _("%(level)s必须有上级代码") % {"level": Level(line.level).label} if PARENTS[line.level] else None
    above = rows.get(line.parent_code) or known.get(line.parent_code)
    if above is None:
        return _("上级代码 %(code)s 不存在") % {"code": line.parent_code[:20]}
    if above.level not in PARENTS[line.level]:
        return _("%(parent)s之下不能设%(level)s") % {
            "parent": Level(above.level).label,
            "level": Level(line.level).label,
        }
    return None


def _unlike(line: Line, area: Area | None) -> str | None:
    if area is None:
        return None
    if area.retired_at:
        return _("代码 %(code)s 已停用，不能再用") % {"code": line.code}
    if area.level != line.level:
        return _("代码 %(code)s 现为%(level)s,层级不能改变") % {"code": line.code, "level": area.get_level_display()}
    if (area.parent.code if area.parent else "") != line.parent_code:
        return _("代码 %(code)s 现属另一上级，不能改变") % {"code": line.code}
    return None


def _rename(line: Line, area: Area, actor: Actor | None) -> None:
    try:
        tree.rename(area=area, name=line.name, actor=actor)
    except tree.AreaRefused as refusal:
        raise BadDivisions([_at(line.number, refusal.message)]) from refusal


def _at(number: int, problem: str) -> str:
    return _("第 %(line)d 行：%(problem)s") % {"line": number, "problem": problem}


def _complain(problems: Iterator[str]) -> None:
    found = list(problems)
    if found:
        more = len(found) - MOST_PROBLEMS
        raise BadDivisions(found[:MOST_PROBLEMS] + ([_("另有 %(n)d 处错误") % {"n": more}] if more > 0 else []))
