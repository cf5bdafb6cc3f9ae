"""Reads of the tallies: sums over days, by area, item, department and week, and how far the fold has come.

Their cost depends on days, areas, items and departments, never on the number of tickets.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from insights.counting import tally
from insights.counting.metrics import METRICS
from insights.counting.period import Period
from insights.models import DailyTally, Facet, SpeedTally, StepTally, Watermark
from issues.models import TicketEvent
from members.models import Department

Counts = Mapping[str, int]
NAMES = tuple(metric.name for metric in METRICS)
ROW_NAMES = ("placed", "accepted", "self_routed", "whistled", "done_on_time", "done_late")
DEPARTMENT_NAMES = (
    "whistled", "claimed_on_time", "claimed_late", "done_on_time", "done_late", "arrived_on_time", "arrived_late",
    "rated", "satisfied", "stars_1", "stars_2", "stars_3", "stars_4", "stars_5",
)  # fmt: skip
WEEKS = 12


def _summed(rows: QuerySet[DailyTally], names: Iterable[str], *keys: str) -> Iterable[dict[str, Any]]:
    """The sums of `names` for each combination of `keys`."""
    grouped: Iterable[dict[str, Any]] = rows.values(*keys).annotate(**{name: Sum(name) for name in names})
    return grouped


def _within(sources: Collection[int], first: date, last: date, *facets: Facet) -> QuerySet[DailyTally]:
    return DailyTally.objects.filter(area__in=sources, facet__in=facets, day__range=(first, last))


@dataclass
class Totals:
    """Sums of an area over a period and over the days before it, whole and by item."""

    now: Counter[str] = field(default_factory=Counter)
    before: Counter[str] = field(default_factory=Counter)
    items: dict[str, int] = field(default_factory=dict)
    items_before: dict[str, int] = field(default_factory=dict)


def totals(sources: Collection[int], period: Period) -> Totals:
    """One query, grouped by facet and by which of the two periods a day belongs to."""
    found = Totals()
    rows = (
        _within(sources, period.before_first, period.last, Facet.WHOLE, Facet.ITEM)
        .exclude(day__gt=period.before_last, day__lt=period.first)
        .annotate(is_now=Case(When(day__gte=period.first, then=Value(1)), default=Value(0)))
    )
    for row in _summed(rows, NAMES, "facet", "value", "is_now"):
        sums, items = (found.now, found.items) if row["is_now"] else (found.before, found.items_before)
        if row["facet"] == Facet.ITEM:
            items[row["value"]] = row["placed"]
        else:
            sums.update({name: row[name] for name in NAMES})
    return found


def by_area(areas: Collection[int], period: Period) -> dict[int, Counter[str]]:
    rows = _summed(_within(areas, period.first, period.last, Facet.WHOLE), ROW_NAMES, "area_id")
    return {row["area_id"]: Counter({name: row[name] for name in ROW_NAMES}) for row in rows}


def by_department(sources: Collection[int], period: Period) -> dict[int, Counter[str]]:
    """Sums by lead department; tickets without one are left out."""
    rows = _within(sources, period.first, period.last, Facet.LEAD)
    return {
        int(row["value"]): Counter({name: row[name] for name in DEPARTMENT_NAMES})
        for row in _summed(rows, DEPARTMENT_NAMES, "value")
    }


def departments(ids: Collection[int]) -> list[Department]:
    return list(Department.objects.filter(pk__in=ids).order_by("code"))


@dataclass(frozen=True)
class Week:
    """What became of the tickets placed in one week."""

    first: date
    last: date
    accepted: int
    closed: int


def weeks(sources: Collection[int], today: date) -> list[Week]:
    """The last twelve weeks, Monday to Sunday; the last one ends today."""
    start = today - timedelta(days=today.weekday() + 7 * (WEEKS - 1))
    rows = _summed(_within(sources, start, today, Facet.WHOLE), ("accepted", "closed"), "day")
    sums: dict[int, Counter[str]] = defaultdict(Counter)
    for row in rows:
        sums[(row["day"] - start).days // 7].update(accepted=row["accepted"], closed=row["closed"])
    mondays = [start + timedelta(days=7 * n) for n in range(WEEKS)]
    return [
        Week(monday, min(monday + timedelta(days=6), today), sums[n]["accepted"], sums[n]["closed"])
        for n, monday in enumerate(mondays)
    ]


def speeds(areas: Collection[int], period: Period) -> dict[int, Counter[int]]:
    """How many tickets fell into each bucket of handling time, by area."""
    rows = (
        SpeedTally.objects.filter(area__in=areas, day__range=(period.first, period.last))
        .values("area_id", "bucket")
        .annotate(n=Sum("tickets"))
    )
    found: dict[int, Counter[int]] = defaultdict(Counter)
    for row in rows:
        found[row["area_id"]][row["bucket"]] = row["n"]
    return found


def steps(sources: Collection[int], period: Period) -> dict[str, Counter[int]]:
    """How many tickets fell into each bucket of time, by step of the workflow; reads one row for an area and day."""
    rows = StepTally.objects.filter(area__in=sources, day__range=(period.first, period.last))
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for stored in rows.values_list("counts", flat=True):
        for (step, bucket), n in tally.counted_steps(stored).items():
            found[step][bucket] += n
    return found


def uncounted_since() -> datetime | None:
    """When the oldest event that the tallies do not count yet was written; None when they are up to date."""
    mark = Watermark.objects.filter(name=tally.NAME).values("event_id")[:1]
    waiting = TicketEvent.objects.filter(id__gt=Coalesce(mark, Value(0))).order_by("id")
    return waiting.values_list("at", flat=True).first()
