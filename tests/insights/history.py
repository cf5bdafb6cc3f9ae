"""A seeded random history of tickets over eleven weeks: every state, both routes, late ones, changed items."""

import random
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from core import clock
from core.races.idempotency import Once
from issues.engine.actors import resident, staff
from issues.models import Source, Ticket
from issues.workflow import State
from tests.cast import Cast
from tests.tickets import act, at_state, placed

DAYS = 77
ITEMS = ("C02", "B01", "E01", "F01")
ENDS = {
    "self": (State.CLOSED, State.SELF_HANDLING, State.REPORTED, State.REWORK, State.VERIFIED),
    "whistle": (State.CLOSED, State.CLOSED, *State),
}


def write(cast: Cast, rng: random.Random, count: int, pause: Callable[[], object] = lambda: None) -> None:
    """Tell `count` stories ending now; `pause` is called between them and in the midst of those that go on."""
    now = clock.now()
    for _n in range(count):
        at = now - timedelta(days=rng.uniform(0, DAYS), minutes=30)
        _story(cast, rng, at, now, pause)
        pause()


def _story(cast: Cast, rng: random.Random, at: datetime, now: datetime, pause: Callable[[], object]) -> None:
    kind = rng.random()
    with clock.at(at):
        if kind < 0.15:
            area = rng.choice([cast.sibling_grid, cast.other_grid, cast.second_microgrid, cast.grid])
            placed(cast, area=area, item=None, actor=resident(), source=Source.ORDER)
            return
        given = {"item": cast.items[rng.choice(ITEMS)], "source": rng.choice([Source.ORDER, Source.WORKER])}
        if kind < 0.3:
            ticket = placed(cast, **{**given, "item": None})
        elif kind < 0.5:
            ticket = at_state(cast, State.DISPATCHED, source=given["source"])
        else:
            route = rng.choice(["self", "whistle"])
            at_state(cast, rng.choice(ENDS[route]), route=route, **given)
            return
    pause()
    later = min(at + timedelta(days=rng.uniform(0.01, 25)), now)
    with clock.at(later):
        if ticket.state == State.PLACED:
            act(ticket, "accept", staff(cast.worker), item=given["item"])
        else:
            ticket = act(ticket, "claim", staff(cast.handler))
            if rng.random() < 0.7:
                _finish(cast, rng, act(ticket, "report_done", staff(cast.handler), note="已处理"))


def _finish(cast: Cast, rng: random.Random, ticket: Ticket) -> None:
    ticket = act(ticket, "verify_pass", staff(cast.verifier), note="属实")
    if ticket.source == Source.ORDER and rng.random() < 0.4:
        act(ticket, "callback_unsolved", resident(), satisfaction=1, solved="not", note="没修好")
    elif ticket.source == Source.ORDER:
        act(ticket, "callback_solved", resident(), satisfaction=rng.choice([2, 3, 4]), solved="solved")


def once() -> Once:
    return Once("tests", str(uuid.uuid4()), {})
