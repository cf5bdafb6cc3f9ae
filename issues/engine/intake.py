"""上报: log a finding and at once settle it, take it on or whistle; one transaction, all of it or nothing."""

from dataclasses import replace
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.races.idempotency import Once
from core.text import Text
from duties.models import GradeCode
from duties.routing.deciding import Decision
from grids.models import Area
from grids.scope import path_of
from issues.engine.actions import apply, place
from issues.engine.actors import Actor, staff
from issues.engine.guard_context import situation
from issues.engine.new_ticket import NewTicket
from issues.models import Ticket
from issues.workflow import BY_NAME, State, refusal
from members.access import posts_covering
from members.models import User
from members.roles import Role

WHISTLES = ("whistle_urgent", "whistle_village", "whistle")
AT_ONCE = frozenset(role for role, _relation in BY_NAME["whistle_urgent"].who)
"""Who calls departments straight away when it is urgent."""


class Then(StrEnum):
    """What happens to a ticket right after it is logged."""

    SELF = "self"
    DONE = "done"
    WHISTLE = "whistle"
    WAIT = "wait"


def log(new: NewTicket, *, user: User, then: Then, once: Once, cause: str = "") -> Ticket:
    """Log a ticket and carry it to where `then` says, a whistle for a `cause`. Sent twice under one key it is one.

    Raises as `place`, and Incomplete.
    """
    actor = staff(user)
    with transaction.atomic():
        shown = new.pictures if then == Then.DONE else ()
        ticket = place(replace(new, pictures=()) if shown else new, actor=actor, once=once)
        if ticket.state != State.PLACED or then == Then.WAIT:
            return ticket
        ticket = apply(ticket.pk, "accept", actor=actor)
        if then == Then.DONE:
            return apply(ticket.pk, "settle", actor=actor, pictures=shown)
        if then == Then.SELF:
            return apply(ticket.pk, "self_handle", actor=actor)
        fields = {"cause": cause, "note": new.description}
        return apply(ticket.pk, whistle_of(actor, ticket), actor=actor, fields=fields)


def goes_to(user: User, area: Area, decision: Decision) -> Text:
    """Where a whistle of this person about an item with this `decision` goes first, and by when."""
    covering = posts_covering(user, area_ids=set(path_of(area).values()), department_ids=set())
    roles = {role for role, _kind, _post in covering}
    words = {"lead": decision.lead.name, "limit": decision.claim.label}
    if decision.grade == GradeCode.URGENT and roles & AT_ONCE:
        return _("直接派给%(lead)s，%(limit)s内领办") % words
    if Role.VILLAGE_SECRETARY in roles:
        return _("按清单派%(lead)s，%(limit)s内派出") % words
    return _("先请村社书记%(limit)s内确认，再派%(lead)s") % words


def whistle_of(actor: Actor, ticket: Ticket) -> str:
    """Which whistle this actor may blow now; the grid worker's when none, so that the refusal says why."""
    case, act = situation(actor, ticket, clock.now())
    possible = (name for name in WHISTLES if refusal(BY_NAME[name], case, act) is None)
    return next(possible, WHISTLES[-1])
