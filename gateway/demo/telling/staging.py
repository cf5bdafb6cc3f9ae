"""Every state of a ticket in every lamp, for whoever tries the demo: what chance has left out is told briskly."""

from datetime import datetime, timedelta

from core.days import calendar
from core.days.calendar import Limit
from duties.models import DutyItem, GradeCode
from gateway.demo.setting import desk
from gateway.demo.setting.places import TOWNSHIP
from gateway.demo.telling import words
from gateway.demo.telling.stories import tell
from gateway.demo.telling.tale import Plan
from gateway.demo.telling.timeline import TimeLine
from gateway.demo.telling.world import World
from issues.engine import clocks
from issues.models import Ticket
from issues.workflow import OPEN_STATES, STATES, State

BY_WHISTLE = (
    State.CONFIRMING, State.WHISTLED, State.DISPATCHED, State.RETURNED, State.CONSULTING, State.SUSPENDED,
)  # fmt: skip
"""States that only a whistle leads to."""
BRISK_AT_MOST = timedelta(minutes=10)
"""Longer than a brisk story takes to reach the state at which it halts."""
HOME = TOWNSHIP[:9]
LAMPS = (clocks.BLUE, clocks.YELLOW, clocks.RED)
STEP, FARTHEST = timedelta(minutes=20), timedelta(days=40)
"""How finely and how far back a moment is looked for."""


def missing(world: World, now: datetime) -> int:
    """Tell stories that halt in every state and lamp which chance has left out in 沙塘镇; returns how many.

    None of them is urgent: nobody leaves such a thing lying.
    """
    world, staged = world.within(HOME), 0
    for state in State:
        for lamp in LAMPS if state in OPEN_STATES else (clocks.NONE,):
            if _exists(state, lamp, now):
                continue
            item = world.rng.choice(_fitting(world, state))
            at = _moment_for(item, state, lamp, now)
            if at is None:
                continue
            line = TimeLine(now)
            line.add(at, tell(world, _plan_for(state, item), f"staged-{state}-{lamp}"))
            line.run(now)
            staged += 1
    return staged


def _fitting(world: World, state: State) -> list[DutyItem]:
    """Items that one expects in such a state."""
    general = [item for item in world.items if item.grade.code == GradeCode.GENERAL]
    if state == State.WHISTLED:
        return [item for item in general if item.code in desk.BY_HAND]
    plain = [item for item in general if item.code not in desk.BY_HAND]
    return [item for item in plain if item.code in words.SUSPENDABLE] if state == State.SUSPENDED else plain


def _exists(state: State, lamp: str, now: datetime) -> bool:
    rows = Ticket.objects.filter(state=state, grid__code__startswith=HOME)
    if lamp == clocks.RED:
        rows = rows.filter(due_at__lte=now)
    elif lamp == clocks.YELLOW:
        rows = rows.filter(warn_at__lte=now, due_at__gt=now)
    elif lamp == clocks.BLUE:
        rows = rows.filter(warn_at__gt=now)
    return rows.exists()


def _plan_for(state: State, item: DutyItem) -> Plan:
    department = state in (*BY_WHISTLE, State.HANDLING)
    return Plan(
        halt_at=state,
        brisk=True,
        item=item,
        route="whistle" if department else "self",
        rework=state == State.REWORK,
        returned=state == State.RETURNED,
    )


def _moment_for(item: DutyItem, state: State, lamp: str, now: datetime) -> datetime | None:
    """When a brisk story of `item` must have begun for its governing clock to show `lamp` now.

    None where that cannot be: a limit of whole working days turns yellow during the last of them only.
    """
    kind = STATES[state].governed_by
    limits = clocks.limits_for(item.version, item)
    limit = Limit.parse(limits[kind]) if kind else Limit(1, "h")
    if lamp in (clocks.NONE, clocks.BLUE):
        return now - STEP
    for steps in range(1, FARTHEST // STEP):
        at = now - STEP * steps
        if {_lamp_of(at, limit, now), _lamp_of(at + BRISK_AT_MOST, limit, now)} == {lamp}:
            return at
    return None


def _lamp_of(at: datetime, limit: Limit, now: datetime) -> str:
    due = calendar.add(at, limit)
    return clocks.lamp_at(calendar.share(at, due, clocks.WARN_SHARE, limit.unit), due, now)
