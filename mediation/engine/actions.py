"""The only code that writes a dispute.

`open_dispute` makes one; `apply` takes one step of the table (`core.process.transitions`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.errors import Conflict, NotNow, NotYours
from core.jobs import outbox
from core.process.transitions import OPENED, Doing, Process, record, take
from core.races.idempotency import Once
from core.races.idempotency import claim as claim_key
from grids.models import Area, Household
from grids.scope import path_of
from issues.models import Ticket
from mediation.engine.effects import EFFECTS
from mediation.engine.numbering import next_number
from mediation.models import Disputant, Dispute, DisputeEvent, Mediator
from mediation.people import hats_of, may_open_in, post_label
from mediation.workflow.rules import FOLLOW_UP_HOUR, MOST_PARTIES, PARTIES_AT_LEAST, Kind, Risk, remind_at
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


@dataclass(frozen=True)
class NewParty:
    name: str
    phone: str = ""
    household: Household | None = None


def open_dispute(
    *,
    user: User,
    area: Area,
    kind: Kind,
    brief: str,
    parties: Sequence[NewParty],
    once: Once,
    risk: Risk = Risk.PLAIN,
    where: str = "",
    ticket: Ticket | None = None,
) -> Dispute:
    """Open a dispute in `area` (a grid or microgrid); who opens it is responsible until somebody is appointed.

    Sent twice with the same key it is made once. Raises `NotYours`, `NotNow`, `OpenedAlready`, `KeyReused`.
    """
    now = clock.now()
    with transaction.atomic():
        slot = claim_key(once.owner, once.key, once.body)
        if slot.result:
            return Dispute.objects.get(pk=int(slot.result))
        if not area.is_grid or area.retired_at:
            raise NotNow(_("该网格已停用，请选在用的网格"))
        path = path_of(area)
        if not may_open_in(user, set(path.values()), path["township_id"]):
            raise NotYours(_("您的岗位不能在该网格立案"))
        if not PARTIES_AT_LEAST <= len(parties) <= MOST_PARTIES:
            raise NotNow(_("当事人不足两方，请先补充当事人"))
        _one_a_ticket(ticket)
        dispute = Dispute.objects.create(
            **path,
            number=next_number(path["township_id"], now),
            ticket=ticket,
            kind=kind,
            risk=risk,
            brief=brief,
            where=where,
            state=State.OPENED,
            opened_by=user,
            opened_at=now,
            last_event_at=now,
        )
        Mediator.objects.create(dispute=dispute, user=user, is_principal=True)
        Disputant.objects.bulk_create(
            Disputant(dispute=dispute, position=n, name=party.name, phone=party.phone, household=party.household)
            for n, party in enumerate(parties, 1)
        )
        data = {"kind": kind.value, "risk": risk.value, "ticket": ticket.number if ticket else ""}
        record(PROCESS, dispute, OPENED, "", Doing(user, now, {}, data), area=area.code)
        slot.finish(str(dispute.pk))
    return dispute


def _one_a_ticket(ticket: Ticket | None) -> None:
    """Refuse a second dispute of a ticket; its lock makes two people at once take turns."""
    if ticket is None:
        return
    Ticket.objects.select_for_update().get(pk=ticket.pk)
    known = Dispute.objects.filter(ticket=ticket).first()
    if known is not None:
        raise OpenedAlready(known)


def apply(
    dispute_id: int,
    name: str,
    *,
    user: User,
    version: int | None = None,
    fields: Mapping[str, Any] | None = None,
    once: Once | None = None,
) -> Dispute:
    """Take step `name` on a dispute; see `core.process.transitions.take`."""
    return take(PROCESS, dispute_id, name, user=user, version=version, fields=fields, once=once)


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
