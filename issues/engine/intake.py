"""上报: log a finding and, in the same breath, take it on or whistle; one transaction, all of it or nothing."""

from collections.abc import Sequence
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.files.images import Picture
from core.races.idempotency import Once
from duties.models import DutyItem
from grids.models import Area, Household
from issues.engine.actions import Contact, apply, place
from issues.engine.actors import Actor, staff
from issues.engine.guard_context import situation
from issues.models import Source, Ticket
from issues.workflow import BY_NAME, State, refusal
from members.models import User

WHISTLES = ("whistle_urgent", "whistle_village", "whistle")


class Then(StrEnum):
    """What happens to a ticket right after it is logged."""

    SELF = "self"
    WHISTLE = "whistle"
    WAIT = "wait"


def log(
    *,
    user: User,
    area: Area,
    item: DutyItem,
    then: Then,
    once: Once,
    source: Source = Source.WORKER,
    description: str = "",
    where: str = "",
    household: Household | None = None,
    contact: Contact | None = None,
    pictures: Sequence[Picture] = (),
) -> Ticket:
    """Log a ticket and carry it to where `then` says. Sent twice under one key it is done once. Raises as `place`."""
    with transaction.atomic():
        ticket = place(
            actor=staff(user),
            area=area,
            item=item,
            source=source,
            once=once,
            description=description,
            where=where,
            household=household,
            contact=contact,
            pictures=pictures,
        )
        if ticket.state != State.PLACED or then == Then.WAIT:
            return ticket
        actor = staff(user)
        ticket = apply(ticket.pk, "accept", actor=actor)
        if then == Then.SELF:
            return apply(ticket.pk, "self_handle", actor=actor)
        fields = {"note": description or _("到场核实，网格办不了")}
        return apply(ticket.pk, whistle_of(actor, ticket), actor=actor, fields=fields)


def whistle_of(actor: Actor, ticket: Ticket) -> str:
    """Which whistle this actor may blow now; the grid worker's when none, so that the refusal says why."""
    case, act = situation(actor, ticket, clock.now())
    possible = (name for name in WHISTLES if refusal(BY_NAME[name], case, act) is None)
    return next(possible, WHISTLES[-1])
