"""上报: log a finding and, in the same breath, take it on or whistle; one transaction, all of it or nothing."""

from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.races.idempotency import Once
from issues.engine.actions import apply, place
from issues.engine.actors import Actor, staff
from issues.engine.guard_context import situation
from issues.engine.new_ticket import NewTicket
from issues.models import Ticket
from issues.workflow import BY_NAME, State, refusal
from members.models import User

WHISTLES = ("whistle_urgent", "whistle_village", "whistle")


class Then(StrEnum):
    """What happens to a ticket right after it is logged."""

    SELF = "self"
    WHISTLE = "whistle"
    WAIT = "wait"


def log(new: NewTicket, *, user: User, then: Then, once: Once) -> Ticket:
    """Log a ticket and carry it to where `then` says. Sent twice under one key it is done once. Raises as `place`."""
    actor = staff(user)
    with transaction.atomic():
        ticket = place(new, actor=actor, once=once)
        if ticket.state != State.PLACED or then == Then.WAIT:
            return ticket
        ticket = apply(ticket.pk, "accept", actor=actor)
        if then == Then.SELF:
            return apply(ticket.pk, "self_handle", actor=actor)
        fields = {"note": new.description or _("到场核实，网格办不了")}
        return apply(ticket.pk, whistle_of(actor, ticket), actor=actor, fields=fields)


def whistle_of(actor: Actor, ticket: Ticket) -> str:
    """Which whistle this actor may blow now; the grid worker's when none, so that the refusal says why."""
    case, act = situation(actor, ticket, clock.now())
    possible = (name for name in WHISTLES if refusal(BY_NAME[name], case, act) is None)
    return next(possible, WHISTLES[-1])
