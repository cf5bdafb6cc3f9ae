"""The only code that writes a dispute.

`open_dispute` makes one; `apply` takes one step of the table: lock, stale check, state, hats and guards, required
fields, effect, one event, one audit entry and the outbox rows, all in one transaction. Replaying a dispute's events
gives its state.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, clock, outbox
from core.errors import Conflict
from core.idempotency import claim as claim_key
from grids.models import Area, Household
from grids.scope import path_of
from issues.actions import Once
from issues.errors import Incomplete, NotNow, NotYours
from issues.models import Ticket
from mediation.effects import EFFECTS, Doing
from mediation.models import Disputant, Dispute, DisputeEvent, Mediator
from mediation.numbering import next_number
from mediation.people import hats_of, may_open_in, post_label
from mediation.rules import FOLLOW_UP_HOUR, MOST_PARTIES, PARTIES_AT_LEAST, Kind, Risk, remind_at
from mediation.table import BY_NAME, ENDED_STATES, IN_MEDIATION, STATES, Facts, State, Step, missing, refusal
from members.models import User

# outbox topics, handled in mediation.handlers
NOTIFY, SITTING_NEAR, FOLLOW_UP_DUE = "mediation.notify", "mediation.sitting_near", "mediation.follow_up_due"
OPENED = "open"


class StaleDispute(Conflict):
    """Somebody moved the dispute since the page was read; says who and what."""

    code: ClassVar[str] = "stale_dispute"


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
        event = _log(dispute, OPENED, "", Doing(user, now, {}, data))
        audit.record("mediation.opened", dispute, actor=user, code=dispute.number, area=area.code)
        _enqueue(dispute, event)
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
    """Take step `name` on a dispute and return it as written.

    `version` is the version the user saw; None means "as it stands". What was sent before under the same `once` is
    not done again. Raises `StaleDispute`, `NotYours`, `NotNow`, `Incomplete`, `KeyReused`.
    """
    step, now = BY_NAME[name], clock.now()
    with transaction.atomic():
        slot = claim_key(once.owner, once.key, once.body) if once else None
        dispute = Dispute.objects.select_for_update().get(pk=dispute_id)
        if slot is not None and slot.result is not None:
            return dispute
        if version is not None and version < dispute.moved_version:
            raise StaleDispute(faster(dispute))
        doing = Doing(user, now, dict(fields or {}))
        _check(step, dispute, doing)
        event = _write(step, dispute, doing)
        audit.record("mediation.step", dispute, actor=user, code=dispute.number, step=name)
        _enqueue(dispute, event)
        if slot is not None:
            slot.finish(str(dispute.version))
    return dispute


def facts_of(dispute: Dispute, now: datetime, *, parties: int, sessions: int, has_principal: bool) -> Facts:
    """A dispute as its guards see it."""
    return Facts(
        state=State(dispute.state),
        now=now,
        today=clock.local(now).date(),
        parties=parties,
        sessions=sessions,
        has_principal=has_principal,
        risk=dispute.risk,
    )


def _check(step: Step, dispute: Dispute, doing: Doing) -> None:
    mediators = list(dispute.mediators.all())
    facts = facts_of(
        dispute,
        doing.now,
        parties=dispute.disputants.filter(dropped_at=None).count(),
        sessions=dispute.sessions.count(),
        has_principal=any(mediator.is_principal for mediator in mediators),
    )
    hats = hats_of(doing.user, dispute, mediators)
    reason = refusal(step, facts, hats, doing.fields)
    if reason:
        raise (NotYours if facts.state in step.sources and not hats & step.who else NotNow)(str(reason))
    lacking = missing(step, doing.fields)
    if lacking:
        raise Incomplete({name: str(text) for name, text in lacking.items()})


def _write(step: Step, dispute: Dispute, doing: Doing) -> DisputeEvent:
    before = dispute.state
    if step.name in EFFECTS:
        EFFECTS[step.name](dispute, doing)
    dispute.state = step.target or State(before)
    dispute.ended_at = doing.now if dispute.state in ENDED_STATES else None
    if dispute.state not in IN_MEDIATION:
        dispute.next_at, dispute.next_place = None, ""
    if dispute.state != State.AGREED:
        dispute.follow_up_on = None
    dispute.version, dispute.last_event_at = dispute.version + 1, doing.now
    if step.overtakes:
        dispute.moved_version = dispute.version
    dispute.save()
    return _log(dispute, step.name, before, doing)


def _log(dispute: Dispute, action: str, before: str, doing: Doing) -> DisputeEvent:
    return DisputeEvent.objects.create(
        dispute=dispute,
        version=dispute.version,
        action=action,
        from_state=before,
        to_state=dispute.state,
        actor=doing.user,
        actor_post=post_label(doing.user, dispute),
        note=doing.given("note"),
        data=doing.data,
        at=doing.now,
    )


def _enqueue(dispute: Dispute, event: DisputeEvent) -> None:
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


def faster(dispute: Dispute) -> str:
    """Who moved the dispute last, as a sentence for the one who came too late."""
    last = DisputeEvent.objects.filter(dispute=dispute, version=dispute.moved_version).select_related("actor").first()
    words = {
        "name": last.actor.name if last else "",
        "verb": BY_NAME[last.action].label if last and last.action in BY_NAME else _("立案"),
        "state": STATES[State(dispute.state)].label,
    }
    return _("%(name)s 刚刚办了“%(verb)s”，现在是“%(state)s”") % words
