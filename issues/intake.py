"""上报: log a finding and, in the same breath, take it on or whistle; one transaction, all of it or nothing."""

from collections.abc import Sequence
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from core.images import Picture
from duties.models import DutyItem, GradeCode
from grids.models import Area, Household
from issues.actions import Contact, Once, apply, place
from issues.actors import staff
from issues.models import Source, Ticket
from issues.workflow import State
from members.models import User


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
        step = "whistle_urgent" if ticket.grade == GradeCode.URGENT else "whistle"
        return apply(ticket.pk, step, actor=actor, fields={"note": description or _("到场核实，网格办不了")})
