"""Rows of an import against what is registered, for every kind of import: which of them cannot be written and why, what
the rest would change, and writing it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from households.imports import areas, homes, residents
from households.imports.fields import FIELDS, Kind, letter, tag_problem
from households.imports.homes import Row
from households.imports.reading import Foresight, Line, Problem, Written, read
from households.models import Import, ImportChunk, ImportProblem

__all__ = ["Written"]


def cells_of(chunk: ImportChunk) -> dict[int, list[str]]:
    """The rows of a chunk that has not been checked, as they were uploaded, by their numbers."""
    return dict(json.loads(chunk.content))


def lines_of(chunk: ImportChunk) -> list[Line]:
    """The rows of a chunk that has been checked, as they were kept."""
    return [Line(number, values) for number, values in json.loads(chunk.content)]


def check(one: Import, cells: dict[int, list[str]]) -> tuple[list[Line], list[Problem], Foresight]:
    """The rows that can be written, what is wrong with the others, and what writing would do."""
    lines = [read(one.kind, one.columns, number, row, one.header) for number, row in cells.items()]
    problems = [Problem(line, name, text) for line in lines for name, text in line.wrong.items()]
    for line in lines:
        tags = line.values.get("tags") if line.wrong else None
        if isinstance(tags, list) and (wrong := tag_problem(tags, ())):
            problems.append(Problem(line, "tags", wrong))
    good = [line for line in lines if not line.wrong]
    way = {Kind.AREAS: areas.check, Kind.HOUSEHOLDS: homes.check, Kind.RESIDENTS: residents.check}[Kind(one.kind)]
    found, foresight = way(one, good)
    bad = {problem.line.number for problem in found}
    masked = sum(line.masked for line in good if line.number not in bad)
    kept = [line for line in good if line.number not in bad]
    order = {name: at for at, name in enumerate(field.name for field in FIELDS[one.kind])}
    problems = sorted(problems + found, key=lambda problem: (problem.line.number, order.get(problem.field, 0)))
    return kept, problems, Foresight(**{**vars(foresight), "masked": masked})


def warnings_of(lines: Sequence[Line]) -> list[Problem]:
    """Cells of these rows that were not read, or in part, though the row goes in."""
    return [
        Problem(line, name, _("提醒：%(text)s") % {"text": text})
        for line in lines
        for name, text in line.warned.items()
    ]


@dataclass
class Ready:
    """Rows that can be written: of areas as they were read, of others with the household each one means."""

    lines: Sequence[Line] = ()
    rows: Sequence[Row] = ()
    left: Sequence[Problem] = ()


def ready(one: Import, lines: Sequence[Line]) -> Ready:
    """What `write` takes; what has become wrong since the rows were checked is left out and said."""
    if one.kind == Kind.AREAS:
        problems, _foresight = areas.check(one, lines)
        bad = {problem.line.number for problem in problems}
        return Ready(lines=[line for line in lines if line.number not in bad], left=problems)
    rows, left = (residents.sorted_out if one.kind == Kind.RESIDENTS else homes.ready)(one, lines)
    return Ready(rows=rows, left=left)


def write(one: Import, found: Ready) -> Written:
    """Write rows that have no problem."""
    if one.kind == Kind.AREAS:
        return areas.write(one, found.lines)
    way = residents.write if one.kind == Kind.RESIDENTS else homes.write
    return way(one, found.rows)


def rows_of(one: Import, problems: Sequence[Problem]) -> list[ImportProblem]:
    """Problems as they are kept."""
    labels = {f.name: str(f.label) for f in FIELDS[one.kind]}
    return [
        ImportProblem(
            of=one,
            line=problem.line.number,
            cell=_cell(one, problem),
            column=labels.get(problem.field, ""),
            text=problem.text[:200],
        )
        for problem in problems
    ]


def _cell(one: Import, problem: Problem) -> str:
    at = one.columns.get(problem.field)
    return f"{letter(at)}{problem.line.number}" if at is not None else f"{problem.line.number}"


def foreseen(one: Import) -> Written | None:
    """What writing an import that has been checked would do by what was found; None for one that has not."""
    if one.state != Import.State.CHECKED:
        return None
    return Written(*(one.foresight.get(name, 0) for name in ("added", "changed", "unchanged")))
