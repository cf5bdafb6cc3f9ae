"""Reads behind the pages of imports. What was uploaded is shown masked: who uploads need not read it here."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from core.files.tables import Column
from core.rows.paging import Page, page_of
from households.imports import faulty, landing, undoing, work
from households.imports.fields import FIELDS
from households.imports.placing import hinted
from households.models import Import, ImportChange, ImportProblem
from members.models import User

PAGE_SIZE = 30
GOING = (Import.State.CHECKING, Import.State.RUNNING, Import.State.UNDOING)
KEYS: dict[str, set[str]] = {
    Import.Kind.AREAS: {"code", "parent_code", "level"},
    Import.Kind.HOUSEHOLDS: {"code", "area"},
    Import.Kind.RESIDENTS: {"code", "area", "address", "name"},
}
"""Fields that say which one a row means, and change nothing."""
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


def standing(one: Import, user: User) -> dict[str, Any]:
    """How far it is, of which half: first every row is checked, then it is written; or taken back."""
    is_checked, state = one.state == Import.State.CHECKED, Import.State(one.state)
    back = sum(one.undone.values())
    done = {Import.State.CHECKING: one.checked, Import.State.UNDOING: back}.get(state, one.written)
    whole = one.added + one.changed + one.moved if state == Import.State.UNDOING else one.rows
    columns = _columns(one) if is_checked else []
    return {
        "one": one,
        "is_going": one.state in GOING,
        "percent": min(done * 100 // whole, 100) if whole else 0,
        "done": done,
        "whole": whole,
        "foreseen": landing.foreseen(one),
        "changes": columns,
        "emptied": sum(emptied for _label, _changed, emptied in columns),
        "moves": one.foresight.get("moves", 0) if is_checked else 0,
        "masked": one.foresight.get("masked", 0) if is_checked else 0,
        "refusal": work.refusal_of(one) if is_checked else "",
        "faults": sorted(one.faults.values(), key=lambda fault: -int(fault[3])),
        "has_faulty": faulty.is_there(one),
        "undo_refusal": undoing.refusal_of(one, user),
        "undone": [(label, one.undone[kind]) for kind, label in ImportChange.Outcome.choices if one.undone.get(kind)],
        "good": max(one.rows - one.bad, 0),
        "columns": [(f.label, one.header[one.columns[f.name]]) for f in FIELDS[one.kind] if f.name in one.columns],
    }


def _columns(one: Import) -> list[tuple[object, int, int]]:
    """For each column of the file that a known row may change: how many values would be rewritten, how many emptied."""
    said = one.foresight.get("columns", {})
    named = [
        field
        for field in FIELDS[one.kind]
        if field.name in one.columns and field.name not in KEYS[one.kind] and not field.spare_of
    ]
    return [(field.label, *said.get(field.name, (0, 0))) for field in named] if said else []


def masked_sample(one: Import) -> list[list[str]]:
    """The first rows, so much of each cell that one knows the column by it."""
    width = len(one.header)
    return [[hinted(row[at]) if at < len(row) else "" for at in range(width)] for row in work.sample_of(one)]
