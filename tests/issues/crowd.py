"""A mixed crowd of tickets: every state, both routes, all sources, inside and outside the central village."""

import uuid
from datetime import timedelta

from core import clock
from core.races.idempotency import Once
from issues.engine.actors import resident, staff, system
from issues.models import Source, Ticket
from issues.workflow import STARS, State
from tests.cast import Cast, build_cast
from tests.tickets import act, at_state, placed
from tests.worlds import World


def crowd(cast: Cast) -> list[Ticket]:
    """One ticket per state and route, and the odd ones that filters and guards look at: all there are."""
    made = [at_state(cast, state) for state in State]
    made += [at_state(cast, state, route="self") for state in (State.SELF_HANDLING, State.REWORK, State.CLOSED)]
    made.append(at_state(cast, State.REPORTED, route="self", source="worker"))
    made.append(at_state(cast, State.VERIFIED, source="worker"))
    made.append(at_state(cast, State.ACCEPTED, item=cast.items["A03"]))
    made.append(placed(cast, area=cast.sibling_grid, actor=resident(), once=_once()))
    made.append(placed(cast, area=cast.other_grid, actor=staff(cast.other_worker), source="worker", once=_once()))
    made.append(placed(cast, item=None, title="百分之50%_路灯", source=Source.ORDER))
    verified = at_state(cast, State.VERIFIED)
    grumble = {"satisfaction": 1, "solved": "not", "note": "没修好"}
    made.append(act(verified, "callback_unsolved", resident(), **grumble))
    with clock.at(clock.now() - timedelta(days=30)):
        made += [at_state(cast, state) for state in (State.PLACED, State.DISPATCHED, State.HANDLING, State.CLOSED)]
    act(made[-2], "arrive", staff(cast.handler))
    made.append(act(made[-2], "report_done", staff(cast.handler), note="迟了"))
    made.append(act(at_state(cast, State.HANDLING), "arrive", staff(cast.handler)))
    for stars in STARS:
        made.append(act(at_state(cast, State.CLOSED), "rate_whistle", staff(cast.town_dispatcher), stars=stars))
    for answer in ("review_true", "review_false"):
        looked_at = act(at_state(cast, State.CLOSED), "flag", system(), kind="sample")
        made.append(act(looked_at, answer, staff(cast.secretary), note="现场看过"))
    return [*made, *Ticket.objects.exclude(pk__in=[ticket.pk for ticket in made])]


CROWD = World(crowd, build_cast)


def _once() -> Once:
    return Once("tests", str(uuid.uuid4()), {})
