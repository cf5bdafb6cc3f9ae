"""What is open right now, read from the partial index of open tickets; never from the tallies.

Lamps are those of `issues.finding.queries.lamp_q` at the given moment, so they are right even when the engine is down.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from grids.models import Area
from grids.scope import lies_in
from insights.counting.period import Period
from issues.engine.snapshots import SCORED
from issues.finding.queries import day_start, lamp_q
from issues.models import OPEN, Ticket
from issues.workflow import State
from members.models import User

MOST_URGENT = 6
OVERDUE_UNDONE = {"open": "1", "lamp": "r", "done": "pending", "scored": "1"}
"""Queue conditions of tickets that are overdue and were never reported done."""
UNCLAIMED_LATE = {"state": State.DISPATCHED.value, "lamp": "r"}
"""Queue conditions of tickets that wait for a department past the limit."""


def open_in(user: User, area: Area) -> QuerySet[Ticket]:
    return Ticket.objects.visible_to(user).filter(OPEN, lies_in(area))


def _placed(first: date, last: date) -> Q:
    return Q(placed_at__gte=day_start(first), placed_at__lt=day_start(last + timedelta(days=1)))


def _counted(period: Period, now: datetime) -> dict[str, Count]:
    """What is counted of open tickets: lamps of all, and of two periods what belongs into their rates."""
    red = lamp_q("r", now)
    current, before = _placed(period.first, period.last), _placed(period.before_first, period.before_last)
    overdue, unclaimed = red & Q(done_on_time__isnull=True) & SCORED, red & Q(state=State.DISPATCHED)
    conditions = {
        "r": red,
        "y": lamp_q("y", now),
        "b": lamp_q("b", now),
        "overdue": overdue & current,
        "unclaimed": unclaimed & current,
        "overdue_before": overdue & before,
        "unclaimed_before": unclaimed & before,
    }
    return {f"n_{name}": Count("pk", filter=q) for name, q in conditions.items()}


class Standing:
    """Counts of open tickets: in all, by grade, by the area of a block and of a tile, by lead department (0: none)."""

    def __init__(self) -> None:
        self.all: Counter[str] = Counter()
        self.grades: dict[str, Counter[str]] = {}
        self.blocks: dict[int, Counter[str]] = {}
        self.tiles: dict[int, Counter[str]] = {}
        self.leads: dict[int, Counter[str]] = {}

    def add(self, row: Mapping[str, Any], block: str, tile: str) -> None:
        counts = {name.removeprefix("n_"): n for name, n in row.items() if name.startswith("n_")}
        for sums in (
            self.all,
            self.grades.setdefault(row["grade"], Counter()),
            self.blocks.setdefault(row[block], Counter()),
            self.tiles.setdefault(row[tile], Counter()),
            self.leads.setdefault(row["lead_id"] or 0, Counter()),
        ):
            sums.update(counts)


def standing(tickets: QuerySet[Ticket], keys: tuple[str, str], period: Period, now: datetime) -> Standing:
    """One query, grouped by the path keys of block and tile, by grade and by lead department."""
    found = Standing()
    for row in tickets.order_by().values(*{*keys}, "grade", "lead_id").annotate(**_counted(period, now)):
        found.add(row, *keys)
    return found


def most_urgent(tickets: QuerySet[Ticket], now: datetime) -> list[Ticket]:
    """The open tickets whose limits end first, as far as they are due soon or overdue."""
    rows = tickets.filter(warn_at__lte=now).select_related("lead", "village", "item").order_by("due_at", "id")
    shown = (
        "number",
        "title",
        "is_sensitive",
        "item__name",
        "state",
        "warn_at",
        "due_at",
        "closed_at",
        "lead__name",
        "lead__short_name",
    )
    return list(rows.only(*shown, "village__name", "village__level")[:MOST_URGENT])
