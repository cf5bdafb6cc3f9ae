"""What is open right now, read from the partial index of open tickets; never from the tallies.

Lamps are those of `issues.finding.queries.lamp_q` at the given moment, so they are right even when the engine is down.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, DateTimeField, Q, QuerySet

from core.rows.composed import composed
from grids.scope import AreaLike, lies_in
from insights.counting.period import Period
from issues.engine.snapshots import SCORED
from issues.finding.conditions import unclaimed_late
from issues.finding.queries import day_start, lamp_q
from issues.models import OPEN, Ticket
from members.access import BareArea, Scope, scope_for
from members.models import User

MOST_URGENT = 6
OVERDUE_UNDONE = {"open": "1", "lamp": "r", "done": "pending", "scored": "1"}
"""Queue conditions of tickets that are overdue and were never reported done."""
UNCLAIMED_LATE = {"claimed": "overdue"}
"""Queue conditions of tickets that wait for a department past the limit."""


def _open_in(scope: Scope, area: BareArea) -> QuerySet[Ticket]:
    return Ticket.objects.within(scope).filter(OPEN, lies_in(area))


@dataclass(frozen=True)
class Times:
    """The present and the two periods as moments, from the first of a day to before the first of another."""

    now: Any
    since: Any
    until: Any
    before_since: Any
    before_until: Any

    @classmethod
    def of(cls, period: Period, now: datetime) -> "Times":
        day, before = timedelta(days=1), (period.before_first, period.before_last)
        return cls(
            now,
            day_start(period.first),
            day_start(period.last + day),
            day_start(before[0]),
            day_start(before[1] + day),
        )


TIMES = {field.name: DateTimeField() for field in fields(Times)}


def _counted(at: Times) -> dict[str, Count]:
    """What is counted of open tickets: lamps of all, and of two periods what belongs into their rates."""
    red = lamp_q("r", at.now)
    current = Q(placed_at__gte=at.since, placed_at__lt=at.until)
    before = Q(placed_at__gte=at.before_since, placed_at__lt=at.before_until)
    overdue, unclaimed = red & Q(done_on_time__isnull=True) & SCORED, unclaimed_late(at.now)
    conditions = {
        "r": red,
        "y": lamp_q("y", at.now),
        "b": lamp_q("b", at.now),
        "overdue": overdue & current,
        "unclaimed": unclaimed & current,
        "overdue_before": overdue & before,
        "unclaimed_before": unclaimed & before,
    }
    return {name: Count("pk", filter=q) for name, q in conditions.items()}


COUNTED = ("r", "y", "b", "overdue", "unclaimed", "overdue_before", "unclaimed_before")


class Standing:
    """Counts of open tickets: in all, by grade, by the area of a block and of a tile, by lead department (0: none)."""

    def __init__(self) -> None:
        self.all: Counter[str] = Counter()
        self.grades: dict[str, Counter[str]] = {}
        self.blocks: dict[int, Counter[str]] = {}
        self.tiles: dict[int, Counter[str]] = {}
        self.leads: dict[int, Counter[str]] = {}

    def add(self, row: Mapping[str, Any], counts: Counter[str], block: str, tile: str) -> None:
        for sums in (
            self.all,
            self.grades.setdefault(row["grade"], Counter()),
            self.blocks.setdefault(row[block], Counter()),
            self.tiles.setdefault(row[tile], Counter()),
            self.leads.setdefault(row["lead_id"] or 0, Counter()),
        ):
            sums.update(counts)


def standing(user: User, area: AreaLike, keys: tuple[str, str], period: Period, now: datetime) -> Standing:
    """One query, grouped by the path keys of block and tile, by grade and by lead department."""
    found, columns = Standing(), _columns(keys)
    scope, bare, at = scope_for(user).bare, BareArea(area.pk, area.level), vars(Times.of(period, now))
    for row in _standing(scope, bare, keys, **at):
        counts = Counter(dict(zip(COUNTED, row[len(columns) :], strict=True)))
        found.add(dict(zip(columns, row, strict=False)), counts, *keys)
    return found


def _columns(keys: tuple[str, str]) -> tuple[str, ...]:
    return (*dict.fromkeys(keys), "grade", "lead_id")


@composed(**TIMES)
def _standing(scope: Scope, area: BareArea, keys: tuple[str, str], **times: Any) -> QuerySet[Ticket, tuple[Any, ...]]:
    counted = _counted(Times(**times))
    return (
        _open_in(scope, area)
        .order_by()
        .values_list(*_columns(keys))
        .annotate(**{f"n_{n}": counted[n] for n in COUNTED})
    )


URGENT = (
    "number", "title", "is_sensitive", "item__name", "state", "warn_at", "due_at", "closed_at", "lead__name",
    "lead__short_name", "village__name", "village__level",
)  # fmt: skip


def most_urgent(user: User, area: AreaLike, now: datetime) -> list[Ticket]:
    """The open tickets whose limits end first, as far as they are due soon or overdue."""
    return _urgent(scope_for(user).bare, BareArea(area.pk, area.level), now=now)


@composed(now=DateTimeField())
def _urgent(scope: Scope, area: BareArea, *, now: Any) -> QuerySet[Ticket]:
    rows = _open_in(scope, area).filter(warn_at__lte=now).select_related("lead", "village", "item")
    return rows.only(*URGENT).order_by("due_at", "id")[:MOST_URGENT]
