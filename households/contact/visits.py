"""The only writer of visits. What a visit finds becomes a need and, by the verb of every finding, a ticket."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import NotNow
from core.files.images import Announced, Picture
from core.races.idempotency import Once
from core.races.idempotency import claim as claim_key
from core.trust import audit
from duties.models import DutyItem
from grids.models import Household
from households.file.actions import TEXT_LENGTH, FileRefused, is_withdrawn, text
from households.models import Need, Visit
from households.people import VISITORS, require
from households.rules import Outcome, Reason
from issues.engine.actions import place
from issues.engine.actors import staff
from issues.engine.new_ticket import Contact, NewTicket
from issues.models import Source
from members.models import User


def visit(
    *,
    household: Household,
    outcome: str,
    user: User,
    once: Once,
    reason: str = Reason.ROUTINE,
    note: str = "",
    item: DutyItem | None = None,
    pictures: Sequence[Picture | Announced] = (),
) -> Visit:
    """Write down a visit; 有事 also opens a ticket with the household, its address and contact filled in.

    Sent twice with the same key, one visit and one ticket are made. Raises `NotYours`, `NotNow`, `FileRefused`,
    `KeyReused`, and whatever placing a ticket raises.
    """
    said = text(note, "note", TEXT_LENGTH, multiline=True)
    if outcome not in Outcome.values or reason not in Reason.values:
        raise FileRefused(_("请从给出的选项中选择"), "outcome")
    if outcome == Outcome.MATTER and not said:
        raise FileRefused(_("是什么事，请写一句"), "note")
    with transaction.atomic():
        slot = claim_key(once.owner, once.key, once.body)
        if slot.result:
            return Visit.objects.get(pk=int(slot.result))
        home = Household.objects.select_for_update(of=("self",)).select_related("area").get(pk=household.pk)
        require(user, home, VISITORS, _("您的岗位不走访这一户"))
        if home.retired_at:
            raise NotNow(_("该户已注销"))
        need = _need(home, said, user, item, pictures, once) if outcome == Outcome.MATTER else None
        row = Visit.objects.create(
            household=home,
            by=user,
            at=clock.now(),
            reason=reason,
            outcome=outcome,
            note="" if need else said,
            need=need,
            device_at=once.device_at,
        )
        audit.record("household.visited", home, actor=user, code=home.code, outcome=outcome)
        slot.finish(str(row.pk))
    return row


def _need(
    home: Household, said: str, user: User, item: DutyItem | None, pictures: Sequence[Picture | Announced], once: Once
) -> Need:
    contact = None if is_withdrawn(home) else Contact(home.head_name, home.phone)
    new = NewTicket(
        area=home.area,
        source=Source.WORKER,
        item=item,
        description=said,
        where=home.address,
        household=home,
        contact=contact,
        pictures=pictures,
    )
    ticket = place(new, actor=staff(user), once=once.part("ticket"))
    return Need.objects.create(household=home, text=said, found_by=user, found_at=ticket.placed_at, ticket=ticket)
