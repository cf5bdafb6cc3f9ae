"""Reads of the tallies: sums over days, by area, item, department and week, and how far the fold has come.

Their cost depends on days, areas, items and departments, never on the number of tickets.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, DateField, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from core.rows.composed import composed
from insights.counting import tally
from insights.counting.metrics import METRICS
from insights.counting.period import Period
from insights.models import DailyTally, Facet, SpeedTally, StepTally, Watermark
from issues.models import TicketEvent
from members.models import Department

Counts = Mapping[str, int]
NAMES = tuple(metric.name for metric in METRICS)
ROW_NAMES = (
    "placed", "accepted", "self_routed", "whistled", "village_kept", "village_late", "local_kept", "local_late",
)  # fmt: skip
DEPARTMENT_NAMES = (
    "whistled", "dept_kept", "dept_late", "resolved", "unresolved", "arrived_on_time", "arrived_late",
    "rated", "satisfied",
    "stars_1", "stars_2", "stars_3", "stars_4", "stars_5",
)  # fmt: skip
WEEKS = 12


Sums = QuerySet[DailyTally, tuple[Any, ...]]
DAYS = {"first": DateField(), "last": DateField()}


def _summed(rows: QuerySet[DailyTally], names: Iterable[str], *keys: str) -> Sums:
    """The keys and the sums of `names` for each combination of `keys`."""
    return rows.order_by().values_list(*keys).annotate(**{name: Sum(name) for name in names})


def _within(sources: Iterable[int], first: Any, last: Any, *facets: Facet) -> QuerySet[DailyTally]:
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
    days = {name: getattr(period, name) for name in PERIOD}
    for facet, value, is_now, *row in _totals(_key(sources), **days):
        sums, items = (found.now, found.items) if is_now else (found.before, found.items_before)
        counts = dict(zip(NAMES, row, strict=True))
        if facet == Facet.ITEM:
            items[value] = counts["placed"]
        else:
            sums.update(counts)
    return found


PERIOD = {name: DateField() for name in ("first", "last", "before_first", "before_last")}


@composed(**PERIOD)
def _totals(sources: tuple[int, ...], *, first: Any, last: Any, before_first: Any, before_last: Any) -> Sums:
    rows = (
        _within(sources, before_first, last, Facet.WHOLE, Facet.ITEM)
        .exclude(day__gt=before_last, day__lt=first)
        .annotate(is_now=Case(When(day__gte=first, then=Value(1)), default=Value(0)))
    )
    return _summed(rows, NAMES, "facet", "value", "is_now")


def _key(areas: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(areas))


def by_area(areas: Collection[int], period: Period) -> dict[int, Counter[str]]:
    rows = _by_area(_key(areas), first=period.first, last=period.last)
    return {area: Counter(dict(zip(ROW_NAMES, row, strict=True))) for area, *row in rows}


@composed(**DAYS)
def _by_area(areas: tuple[int, ...], *, first: Any, last: Any) -> Sums:
    return _summed(_within(areas, first, last, Facet.WHOLE), ROW_NAMES, "area_id")


def by_department(sources: Collection[int], period: Period) -> dict[int, Counter[str]]:
    """Sums by lead department; tickets without one are left out."""
    rows = _by_department(_key(sources), first=period.first, last=period.last)
    return {int(lead): Counter(dict(zip(DEPARTMENT_NAMES, row, strict=True))) for lead, *row in rows}


@composed(**DAYS)
def _by_department(sources: tuple[int, ...], *, first: Any, last: Any) -> Sums:
    return _summed(_within(sources, first, last, Facet.LEAD), DEPARTMENT_NAMES, "value")


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
    """The last twelve whole weeks, Monday to Sunday; the running one would always seem to fall."""
    start = today - timedelta(days=today.weekday() + 7 * WEEKS)
    sums: dict[int, Counter[str]] = defaultdict(Counter)
    for day, accepted, closed in _by_day(_key(sources), first=start, last=start + timedelta(days=7 * WEEKS - 1)):
        sums[(day - start).days // 7].update(accepted=accepted, closed=closed)
    mondays = [start + timedelta(days=7 * n) for n in range(WEEKS)]
    return [
        Week(monday, monday + timedelta(days=6), sums[n]["accepted"], sums[n]["closed"])
        for n, monday in enumerate(mondays)
    ]


@composed(**DAYS)
def _by_day(sources: tuple[int, ...], *, first: Any, last: Any) -> Sums:
    return _summed(_within(sources, first, last, Facet.WHOLE), ("accepted", "closed"), "day")


def speeds(areas: Collection[int], period: Period) -> dict[int, Counter[int]]:
    """How many tickets fell into each bucket of handling time, by area."""
    found: dict[int, Counter[int]] = defaultdict(Counter)
    for area, bucket, n in _speeds(_key(areas), first=period.first, last=period.last):
        found[area][bucket] = n
    return found


@composed(**DAYS)
def _speeds(areas: tuple[int, ...], *, first: Any, last: Any) -> QuerySet[SpeedTally, tuple[Any, ...]]:
    rows = SpeedTally.objects.filter(area__in=areas, day__range=(first, last)).order_by()
    return rows.values_list("area_id", "bucket").annotate(n=Sum("tickets"))


def steps(sources: Collection[int], period: Period) -> dict[str, Counter[int]]:
    """How many tickets fell into each bucket of time, by step of the workflow; reads one row for an area and day."""
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for (stored,) in _steps(_key(sources), first=period.first, last=period.last):
        for (step, bucket), n in tally.counted_steps(stored).items():
            found[step][bucket] += n
    return found


@composed(**DAYS)
def _steps(sources: tuple[int, ...], *, first: Any, last: Any) -> QuerySet[StepTally, tuple[Any, ...]]:
    return StepTally.objects.filter(area__in=sources, day__range=(first, last)).values_list("counts")


def uncounted_since() -> datetime | None:
    """When the oldest event that the tallies do not count yet was written; None when they are up to date."""
    found = _uncounted()
    return found[0][0] if found else None


@composed()
def _uncounted() -> QuerySet[TicketEvent, tuple[Any, ...]]:
    mark = Watermark.objects.filter(name=tally.NAME).values("event_id")[:1]
    waiting = TicketEvent.objects.filter(id__gt=Coalesce(mark, Value(0))).order_by("id")
    return waiting.values_list("at")[:1]
