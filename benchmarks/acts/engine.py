"""How fast the engine works through a backlog in one process, without HTTP: per second."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from time import perf_counter

from django.db.models import Q, QuerySet

from benchmarks.people import ITEM, world
from core import clock
from core.jobs import outbox
from core.models import OutboxRow
from core.races.idempotency import Once
from gateway.demo.telling.world import World
from insights.counting import tally
from issues.engine.actions import place
from issues.engine.actors import resident
from issues.engine.new_ticket import NewTicket
from issues.models import Source
from issues.tending.reminding import fire_due

LONG_AGO = timedelta(days=30)


def rates(tickets: int) -> dict[str, float]:
    """Tickets placed, reminder steps fired, outbox rows handled and events counted a second."""
    tally.catch_up()
    outbox.drain_inline()
    who = world()
    placed = _per_second(lambda: _place(tickets, who))
    fired = _per_second(lambda: sum(iter(fire_due, 0)))
    drained = _per_second(_drain)
    folded = _per_second(tally.catch_up)
    if left := _left().first():
        raise RuntimeError(f"an outbox row was left or parked: {left.topic}, {left.attempts} times, {left.last_error}")
    return {"placed": placed, "fired": fired, "drained": drained, "folded": folded}


def _left() -> QuerySet[OutboxRow]:
    """Rows that are due or failed; what is set for a later day, as the end of a trial is, may wait."""
    waiting = OutboxRow.objects.filter(done_at=None).exclude(queue=outbox.SEND)
    return waiting.filter(Q(next_at__lte=clock.now()) | Q(attempts__gt=0))


def _per_second(work: Callable[[], int]) -> float:
    began = perf_counter()
    done = work()
    return done / (perf_counter() - began)


def _place(tickets: int, who: World) -> int:
    """Orders of a month ago that nobody has touched: all three reminders of each are due."""
    item = next(item for item in who.items if item.code == ITEM)
    with clock.at(clock.now() - LONG_AGO):
        for n in range(tickets):
            once = Once("bench", uuid.uuid4().hex, {})
            area = who.grounds[n % len(who.grounds)].area
            new = NewTicket(area=area, source=Source.ORDER, item=item, description="路灯不亮")
            place(new, actor=resident(), once=once)
    return tickets


def _drain() -> int:
    """As the worker does it: queue by queue, in its batches."""
    return sum(sum(iter(partial(outbox.drain, queue), 0)) for queue in outbox.QUEUES)
