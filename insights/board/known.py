"""How long a list is whose number the board knows: exactly, where counting it row by row would stop at "1000+"."""

from datetime import date
from typing import Any

from django.db.models import F, Sum
from django.http import Http404

from core import clock
from insights.board import places
from insights.counting.metrics import METRICS
from insights.models import DailyTally, Facet
from issues.finding.filters import TicketFilter
from issues.finding.queries import queue
from members.models import User

SPAN = ("placed_from", "placed_to")
UNSATISFIED = {"rated": "unsatisfied", "scored": "1"}
SUM_OF: dict[frozenset[tuple[str, str]], Any] = {
    frozenset(metric.shown_by.items()): F(metric.name) for metric in METRICS
}
SUM_OF[frozenset(UNSATISFIED.items())] = F("rated") - F("satisfied")
"""What the tallies add up for a list with these conditions."""


def total_of(user: User, chosen: TicketFilter) -> int | None:
    """How long a list is that stands behind a number of this reader's board; None for any other list.

    Such a list names an area the reader's board shows. Of what is open now it is counted as the board does; else the
    tallies say it, of days, the conditions of one metric, and at most an item, the department that leads, or the one
    with which a limit ran out.
    """
    given = dict(chosen.conditions)
    seat = _seat(user, given.pop("area", "")) if chosen.view == "all" and not chosen.q else None
    if seat is None:
        return None
    if _is_of_now(given):
        return chosen.apply(queue(user), clock.now(), user).order_by().count()
    first, last = (given.pop(name, None) for name in SPAN)
    facet, value = _facet(chosen, given)
    metric = SUM_OF.get(frozenset((name, _plain(said)) for name, said in given.items()))
    if metric is None or value is None:
        return None
    rows = DailyTally.objects.filter(area__in=places.place_of(seat).sources, facet=facet, value=value)
    rows = rows.filter(day__range=(first or date.min, last or date.max))
    return int(rows.aggregate(n=Sum(metric))["n"] or 0)


def _seat(user: User, area: Any) -> Any:
    """The seat of the reader's board at an area; None where they have none."""
    try:
        return places.seat_of(user, area) if area else None
    except Http404:
        return None


def _is_of_now(given: dict[str, Any]) -> bool:
    """Whether only open tickets are asked for: their index is as short as the board's own count."""
    return "lamp" in given or "open" in given or _plain(given.get("claimed", "")) == "overdue"


def _facet(chosen: TicketFilter, given: dict[str, Any]) -> tuple[str, str | None]:
    """By what the list is narrowed beside its metric, taken out of `given`; None: by nothing that the board has."""
    if len(given.keys() & {"item", "dept", "late_of"}) > 1 or ("dept" in given and given.get("late") == "dept"):
        return Facet.WHOLE, None  # of a department they know its own lateness, not that of whoever had what it leads
    if "item" in given:
        item = given.pop("item")
        return Facet.ITEM, "" if item == "none" else item
    if "dept" in given:
        given.pop("dept")
        return Facet.LEAD, str(chosen.department_row.pk) if chosen.department_row else None
    if "late_of" in given and given.get("scored") == "1":
        given["late"] = "dept"
        given.pop("late_of")
        return Facet.LEAD, str(chosen.late_row.pk) if chosen.late_row else None
    return Facet.WHOLE, ""


def _plain(said: Any) -> str:
    """The value of a condition as the address writes it; of several states none fits."""
    return str(said[0]) if isinstance(said, tuple) and len(said) == 1 else str(said)
