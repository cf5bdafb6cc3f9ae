"""The only code that writes a dispute.

`open_dispute` makes one; `PROCESS` takes the steps of the table (`core.process.transitions`).
"""

from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.errors import Conflict, NotNow, NotYours
from core.jobs import outbox
from core.process.transitions import OPENED, Doing, Process
from core.races.idempotency import Once
from core.races.idempotency import claim as claim_key
from grids.scope import path_of
from issues.models import Ticket
from mediation.engine.effects import EFFECTS
from mediation.engine.new_dispute import NewDispute
from mediation.engine.numbering import next_number
from mediation.models import Disputant, Dispute, DisputeEvent, Mediator
from mediation.people import hats_of, may_open_in, post_label
from mediation.workflow.rules import FOLLOW_UP_HOUR, MOST_PARTIES, PARTIES_AT_LEAST, Risk, remind_at
from mediation.workflow.table import IN_MEDIATION, TABLE, GuardContext, Hat, State
from members.models import User

# outbox topics, handled in mediation.handlers
NOTIFY, SITTING_NEAR, FOLLOW_UP_DUE = "mediation.notify", "mediation.sitting_near", "mediation.follow_up_due"


class OpenedAlready(Conflict):
    """The ticket has a dispute; `dispute` is that one."""

    code: ClassVar[str] = "dispute_opened_already"

    def __init__(self, dispute: Dispute) -> None:
        super().__init__(_("此件已经立案：%(number)s") % {"number": dispute.number})
        self.dispute = dispute


def open_dispute(new: NewDispute, *, user: User, once: Once) -> Dispute:
    """Open a dispute; who opens it is responsible until somebody is appointed.

    Sent twice with the same key it is made once. Raises `NotYours`, `NotNow`, `OpenedAlready`, `KeyReused`.
    """
    now, ticket = clock.now(), new.ticket
    with transaction.atomic():
        slot = claim_key(once.owner, once.key, once.body)
        if slot.result:
            return Dispute.objects.get(pk=int(slot.result))
        path = _path_for(user, new)
        _one_a_ticket(ticket)
        dispute = Dispute.objects.create(
            **path,
            number=next_number(path["township_id"], now),
            ticket=ticket,
            kind=new.kind,
            risk=new.risk,
            brief=new.brief,
            where=new.where,
            state=State.OPENED,
            opened_by=user,
            opened_at=now,
            last_event_at=now,
        )
        Mediator.objects.create(dispute=dispute, user=user, is_principal=True)
        Disputant.objects.bulk_create(
            Disputant(dispute=dispute, position=n, name=party.name, phone=party.phone, household=party.household)
            for n, party in enumerate(new.parties, 1)
        )
        data = {"kind": new.kind.value, "risk": new.risk.value, "ticket": ticket.number if ticket else ""}
        PROCESS.record(dispute, OPENED, "", Doing(user, now, {}, data), area=new.area.code)
        slot.finish(str(dispute.pk))
    return dispute


def _path_for(user: User, new: NewDispute) -> dict[str, int]:
    """The path keys of the grid, once it is certain that this user may open this dispute there."""
    if not new.area.is_grid or new.area.retired_at:
        raise NotNow(_("该网格已停用，请选在用的网格"))
    path = path_of(new.area)
    if not may_open_in(user, set(path.values()), path["township_id"]):
        raise NotYours(_("您的岗位不能在该网格立案"))
    if not PARTIES_AT_LEAST <= len(new.parties) <= MOST_PARTIES:
        raise NotNow(_("当事人不足两方，请先补充当事人"))
    return path


def _one_a_ticket(ticket: Ticket | None) -> None:
    """Refuse a second dispute of a ticket; its lock makes two people at once take turns."""
    if ticket is None:
        return
    Ticket.objects.select_for_update().get(pk=ticket.pk)
    known = Dispute.objects.filter(ticket=ticket).first()
    if known is not None:
        raise OpenedAlready(known)


def facts_of(dispute: Dispute, now: datetime, *, parties: int, sessions: int, has_principal: bool) -> GuardContext:
    """A dispute as its guards see it."""
    return GuardContext(
        state=State(dispute.state),
        now=now,
        today=clock.local(now).date(),
        parties=parties,
        sessions=sessions,
        has_principal=has_principal,
        risk=dispute.risk,
    )


def _facts(dispute: Dispute, _user: User, now: datetime) -> GuardContext:
    return facts_of(
        dispute,
        now,
        parties=dispute.disputants.filter(dropped_at=None).count(),
        sessions=dispute.sessions.count(),
        has_principal=dispute.mediators.filter(is_principal=True).exists(),
    )


def _hats(dispute: Dispute, user: User) -> frozenset[Hat]:
    return hats_of(user, dispute, list(dispute.mediators.all()))


def _settle(dispute: Dispute, _now: datetime) -> None:
    """Outside mediation nobody sits, and only what was agreed is followed up."""
    if dispute.state not in IN_MEDIATION:
        dispute.next_at, dispute.next_place = None, ""
    if dispute.state != State.AGREED:
        dispute.follow_up_on = None


def _afterwards(dispute: Dispute, _doing: Doing, event: DisputeEvent) -> None:
    """Tell people of this step now, and of a sitting or a follow-up when it comes near."""
    key = f"dispute:{dispute.pk}:{dispute.version}"
    queue = "urgent" if event.data.get("risk") == Risk.VOLATILE else "default"
    outbox.enqueue(NOTIFY, {"event": event.pk}, key=f"{key}:notify", queue=queue)
    if dispute.next_at is not None and "next_at" in event.data:
        payload = {"dispute": dispute.pk, "at": dispute.next_at.isoformat()}
        outbox.enqueue(SITTING_NEAR, payload, key=f"{key}:sitting", at=remind_at(dispute.next_at, event.at))
    if dispute.follow_up_on is not None and "follow_up_on" in event.data:
        due = datetime.combine(dispute.follow_up_on, FOLLOW_UP_HOUR, clock.COUNTY_TIME)
        payload = {"dispute": dispute.pk, "on": str(dispute.follow_up_on)}
        outbox.enqueue(FOLLOW_UP_DUE, payload, key=f"{key}:follow_up", at=due)


PROCESS: Process[Dispute] = Process(
    key="mediation",
    table=TABLE,
    model=Dispute,
    log=DisputeEvent,
    subject="dispute",
    opened_label=gettext_lazy("立案"),
    facts=_facts,
    hats=_hats,
    post_label=post_label,
    effects=EFFECTS,
    settle=_settle,
    afterwards=_afterwards,
)
