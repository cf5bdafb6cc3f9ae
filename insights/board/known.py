"""How long a list is whose number the board knows: exactly, where counting it row by row would stop at "1000+"."""

from datetime import date
from typing import Any

from django.db.models import Sum
from django.http import Http404

from insights.board import places
from insights.counting.metrics import METRICS
from insights.models import DailyTally, Facet
from issues.finding.filters import TicketFilter
from members.models import User

SPAN = ("placed_from", "placed_to")
METRIC_OF = {frozenset(metric.shown_by.items()): metric.name for metric in METRICS}


def total_of(user: User, chosen: TicketFilter) -> int | None:
    """What the tallies say of a list that stands behind a number of this reader's board; None for any other list.

    Such a list names an area the reader's board shows, days, the conditions of one metric, and at most an item or the
    department that leads.
    """
    given = dict(chosen.conditions)
    first, last = (given.pop(name, None) for name in SPAN)
    facet, value = _facet(chosen, given)
    area = given.pop("area", "")
    metric = METRIC_OF.get(frozenset((name, _plain(said)) for name, said in given.items()))
    if metric is None or value is None or not area or chosen.view != "all":
        return None
    try:
        seat = places.seat_of(user, area)
    except Http404:
        return None
    rows = DailyTally.objects.filter(area__in=places.place_of(seat).sources, facet=facet, value=value)
    rows = rows.filter(day__range=(first or date.min, last or date.max))
    return int(rows.aggregate(n=Sum(metric))["n"] or 0)


def _facet(chosen: TicketFilter, given: dict[str, Any]) -> tuple[str, str | None]:
    """By what the list is narrowed beside its metric, taken out of `given`; None: by nothing that the board has."""
    if "item" in given and "dept" in given:
        return Facet.WHOLE, None
    if "item" in given:
        item = given.pop("item")
        return Facet.ITEM, "" if item == "none" else item
    if "dept" in given:
        given.pop("dept")
        return Facet.LEAD, str(chosen.department_row.pk) if chosen.department_row else None
    return Facet.WHOLE, ""


def _plain(said: Any) -> str:
    """The value of a condition as the address writes it; of several states none fits."""
    return str(said[0]) if isinstance(said, tuple) and len(said) == 1 else str(said)
