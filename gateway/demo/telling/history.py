"""Ninety days that went through the real workflow, under a moving clock and a fixed seed.

Stories and the engine take turns on one time line: whatever is due first happens first, the way it would
have happened, including reminders, notices and automatic closing.
"""

import heapq
import random
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from core import clock
from core.days import calendar
from core.days.calendar import Limit
from core.jobs import outbox
from core.models import OutboxRow
from duties.models import DutyItem, GradeCode
from gateway.demo.setting import desk
from gateway.demo.telling.stories import Plan, Story, looked_at, tell
from gateway.demo.telling.world import World
from issues.engine import clocks
from issues.engine.actions import DISPATCH_LISTED, NOTIFY, OPEN_CALLBACK
from issues.engine.effects.closing import EXAMINE
from issues.models import Ticket
from issues.tending import automatic, reviews
from issues.tending.reminding import fire_due
from issues.workflow import OPEN_STATES, STATES, State

DAYS = 90
TICKETS = 3010
ENGINE_EVERY = timedelta(hours=4)
NOTICES_KEPT = timedelta(days=3)
BRIEF = frozenset({NOTIFY, EXAMINE})
FOLLOWED = frozenset({DISPATCH_LISTED, OPEN_CALLBACK})
"""What stories let the engine do at once."""
BY_WHISTLE = (
    State.CONFIRMING, State.WHISTLED, State.DISPATCHED, State.RETURNED, State.CONSULTING, State.SUSPENDED,
)  # fmt: skip
"""States that only a whistle leads to."""
BRISK_AT_MOST = timedelta(minutes=10)
"""Longer than a brisk story takes to reach the state at which it halts."""
LAMPS = (clocks.BLUE, clocks.YELLOW, clocks.RED)

Say = Callable[[str], None]


class TimeLine:
    """A heap of stories by the moment they act next."""

    def __init__(self, until: datetime, world: World | None = None) -> None:
        self.until, self.world = until, world
        self._drawn: date | None = None
        self._heap: list[tuple[datetime, int, Story]] = []
        self._count = 0

    def add(self, at: datetime, story: Story) -> None:
        if at < self.until:
            self._count += 1
            heapq.heappush(self._heap, (at, self._count, story))

    def run(self, engine_from: datetime) -> None:
        """Act in order of time; the engine takes its turn every `ENGINE_EVERY`.

        What happens between two turns is committed together: nobody is watching yet, and it is much quicker.
        """
        turn = engine_from
        while turn < self.until:
            self._act_until(turn)
            turn += ENGINE_EVERY
        self._act_until(self.until)

    @transaction.atomic
    def _act_until(self, moment: datetime) -> None:
        """Let every story act that is due by `moment`, then the engine."""
        while self._heap and self._heap[0][0] <= moment:
            at, _order, story = heapq.heappop(self._heap)
            with clock.at(at):
                following = next(story, None)
            if following is not None:
                self.add(max(following, at), story)
        with clock.at(moment):
            engine_turn(recent=self.until - moment < NOTICES_KEPT)
            self._draw(clock.local(moment).date())

    def _draw(self, day: date) -> None:
        """The spot checks of the day before, once a day, and who goes to look."""
        if day == self._drawn or self.world is None:
            return
        self._drawn = day
        if reviews.draw_missing(day):
            for ticket in Ticket.objects.filter(review_papers__opened_at=clock.now()).order_by("pk"):
                self.add(clock.now(), looked_at(self.world, ticket))


def engine_turn(*, recent: bool) -> None:
    """What the engine would have done by now; notices and alarms of long ago count as read and gone."""
    while fire_due(500) or automatic.hand_up_unanswered():
        continue
    waiting = OutboxRow.objects.filter(done_at=None, parked_at=None, attempts=0)  # by the index of fresh rows
    topics = set(waiting.values_list("topic", flat=True).distinct())
    gone = FOLLOWED if recent else FOLLOWED | BRIEF
    if gone & topics:
        waiting.filter(topic__in=gone).update(done_at=clock.now())
        topics -= gone
    if topics:
        outbox.drain_inline()


def begin(now: datetime) -> datetime:
    return now - timedelta(days=DAYS)


def write(world: World, *, now: datetime, say: Say) -> None:
    """Tell all stories of the last ninety days up to `now`, then make sure no state and lamp is missing."""
    line = TimeLine(now, world)
    start = begin(now)
    for n, at in enumerate(_placing_times(world.rng, start, now)):
        line.add(at, tell(world, Plan(), f"history-{n}"))
    line.run(start)
    say(f"历史工单 {Ticket.objects.count()} 件")
    staged = _stage_missing(world, now)
    say(f"补齐状态与灯色 {staged} 件")


def _placing_times(rng: random.Random, start: datetime, now: datetime) -> list[datetime]:
    """Random moments between 7:00 and 21:00, fewer on days off, together `TICKETS`."""
    days = [clock.local(start).date() + timedelta(days=n) for n in range(DAYS + 1)]
    weights = [3 if calendar.is_working_day(day) else 2 for day in days]
    moments: list[datetime] = []
    while len(moments) < TICKETS:
        day = rng.choices(days, weights)[0]
        at = datetime.combine(day, time(7), clock.COUNTY_TIME) + timedelta(minutes=rng.triangular(0, 840, 240))
        if start <= at < now:
            moments.append(at.astimezone(UTC))
    return sorted(moments)


def _stage_missing(world: World, now: datetime) -> int:
    """Tell brisk stories that halt in every state and lamp which chance has left out."""
    staged = 0
    general = [item for item in world.items if item.grade.code == GradeCode.GENERAL]
    item = general[0]
    by_hand = next(item for item in general if item.code in desk.BY_HAND)
    for state in State:
        for lamp in LAMPS if state in OPEN_STATES else (clocks.NONE,):
            if _exists(state, lamp, now):
                continue
            told = by_hand if state == State.WHISTLED else item
            at = _moment_for(told, state, lamp, now)
            if at is None:
                continue
            line = TimeLine(now)
            line.add(at, tell(world, _plan_for(state, told), f"staged-{state}-{lamp}"))
            line.run(now)
            staged += 1
    return staged


def _exists(state: State, lamp: str, now: datetime) -> bool:
    rows = Ticket.objects.filter(state=state)
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
        return now - timedelta(minutes=20)
    for steps in range(1, 24 * 40 * 3):
        at = now - timedelta(minutes=20 * steps)
        if {_lamp_of(at, limit, now), _lamp_of(at + BRISK_AT_MOST, limit, now)} == {lamp}:
            return at
    return None


def _lamp_of(at: datetime, limit: Limit, now: datetime) -> str:
    due = calendar.add(at, limit)
    return clocks.lamp_at(calendar.share(at, due, clocks.WARN_SHARE, limit.unit), due, now)
