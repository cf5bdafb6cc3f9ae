"""The time line of the demo: stories and the engine take turns, under a moving clock.

Whatever is due first happens first, the way it would have happened, including reminders, notices and automatic closing.
"""

import heapq
from datetime import date, datetime, timedelta

from django.db import transaction

from core import clock
from core.jobs import outbox
from core.models import OutboxRow
from gateway.demo.telling.closing import looked_at
from gateway.demo.telling.tale import Story
from gateway.demo.telling.world import World
from issues.engine.actions import DISPATCH_LISTED, NOTIFY, OPEN_CALLBACK
from issues.engine.effects.closing import EXAMINE
from issues.models import Ticket
from issues.tending import automatic, reviews
from issues.tending.reminding import fire_due

ENGINE_EVERY = timedelta(hours=4)
NOTICES_KEPT = timedelta(days=3)
BRIEF = frozenset({NOTIFY, EXAMINE})
FOLLOWED = frozenset({DISPATCH_LISTED, OPEN_CALLBACK})
"""What stories let the engine do at once."""


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
