"""Ninety days that went through the real workflow, under a moving clock and a fixed seed."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

from core import clock
from core.days import calendar
from gateway.demo.telling import staging
from gateway.demo.telling.stories import tell
from gateway.demo.telling.tale import Plan
from gateway.demo.telling.timeline import TimeLine
from gateway.demo.telling.world import World
from issues.models import Ticket

DAYS = 90
TICKETS = 1900
"""In all townships together."""

Say = Callable[[str], None]


def begin(now: datetime) -> datetime:
    return now - timedelta(days=DAYS)


def write(world: World, *, now: datetime, say: Say) -> None:
    """Tell all stories of the last ninety days up to `now`, then make sure no state and lamp is missing."""
    line = TimeLine(now, world)
    start = begin(now)
    for n, at in enumerate(placing_times(world.rng, start, now)):
        line.add(at, tell(world, Plan(), f"history-{n}"))
    line.run(start)
    say(f"历史工单 {Ticket.objects.count()} 件")
    staged = staging.missing(world, now)
    say(f"补齐状态与灯色 {staged} 件")


def placing_times(rng: random.Random, start: datetime, now: datetime) -> list[datetime]:
    """Random moments between 7:00 and 21:00, fewer on days off, together `TICKETS`."""
    days = [clock.local(start).date() + timedelta(days=n) for n in range((now - start).days + 1)]
    weights = [3 if calendar.is_working_day(day) else 2 for day in days]
    moments: list[datetime] = []
    while len(moments) < TICKETS:
        day = rng.choices(days, weights)[0]
        at = datetime.combine(day, time(7), clock.COUNTY_TIME) + timedelta(minutes=rng.triangular(0, 840, 240))
        if start <= at < now:
            moments.append(at.astimezone(UTC))
    return sorted(moments)
