"""Reads behind the pages of imports. What was uploaded is shown masked: who uploads need not read it here."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from core.files.tables import Column
from core.rows.paging import Page, page_of
from households.imports import landing, work
from households.imports.fields import FIELDS
from households.models import Import, ImportProblem
from members.models import User

PAGE_SIZE, PROBLEMS_SHOWN = 30, 50
GOING = (Import.State.CHECKING, Import.State.RUNNING)
PROBLEM_COLUMNS = (
    Column(gettext_lazy("行"), lambda p, now: p.line, 8),
    Column(gettext_lazy("单元格"), lambda p, now: p.cell, 10),
    Column(gettext_lazy("列"), lambda p, now: p.column, 14),
    Column(gettext_lazy("问题"), lambda p, now: p.text, 40),
)


def own(user: User, after: str) -> Page[Import]:
    rows = Import.objects.visible_to(user).select_related("place")
    return page_of(rows, order=("-id",), after=after, size=PAGE_SIZE)


def problems(one: Import) -> QuerySet[ImportProblem]:
    return ImportProblem.objects.filter(of=one).order_by("line", "id")


def standing(one: Import) -> dict[str, Any]:
    """How far it is, of which half: first every row is checked, then it is written."""
    done = one.checked if one.state == Import.State.CHECKING else one.written
    return {
        "one": one,
        "is_going": one.state in GOING,
        "percent": done * 100 // one.rows if one.rows else 0,
        "done": done,
        "foreseen": landing.foreseen(one) if one.state == Import.State.CHECKED else None,
        "refusal": work.refusal_of(one) if one.state == Import.State.CHECKED else "",
        "good": max(one.rows - one.bad, 0),
        "problems": list(problems(one)[:PROBLEMS_SHOWN]),
        "columns": [(f.label, one.header[one.columns[f.name]]) for f in FIELDS[one.kind] if f.name in one.columns],
    }


def masked_sample(one: Import) -> list[list[str]]:
    """The first rows, so much of each cell that one knows the column by it."""
    width = len(one.header)
    return [[_hinted(row[at]) if at < len(row) else "" for at in range(width)] for row in work.sample_of(one)]


def _hinted(cell: str) -> str:
    return f"{cell[:2]}…" if len(cell) > 3 else f"{cell[:1]}…" if len(cell) > 1 else cell
