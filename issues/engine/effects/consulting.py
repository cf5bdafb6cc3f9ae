"""会商: opened by a dispute, on demand or by a hard whistle; departments state positions, the convener decides."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from duties.routing.deciding import Decision
from issues.engine import clocks
from issues.engine.effects.base import Applied, effect
from issues.engine.effects.calling import call_off, keep_evidence
from issues.models import Consultation, Party, Route, Ticket
from issues.workflow import COUNTY, ClockKind


@effect
def open_consultation(ticket: Ticket, step: Applied) -> None:
    """Who asks convenes: the county its own, else the township."""
    by_county = bool(step.stand.hats & COUNTY)
    _open(ticket, step, "county" if by_county else "township", [d.pk for d in step.fields["invited"]])
    step.data["invited"] = [str(d) for d in step.fields["invited"]]


@effect
def open_dispute(ticket: Ticket, step: Applied) -> None:
    """A second dispute goes to the county centre, which hears all who were named so far."""
    keep_evidence(ticket, step)
    named = Decision.from_json(ticket.decision)
    asked = {named.lead.id, ticket.lead_id, step.fields["suggested"].pk} - {None}
    _open(ticket, step, "county", [pk for pk in asked if pk is not None])


def _open(ticket: Ticket, step: Applied, convener: str, department_ids: Iterable[int]) -> None:
    made = Consultation.objects.create(
        ticket=ticket,
        convener=convener,
        cause=step.data.get("whistle") or "",
        question=step.note or _("由谁牵头、谁配合"),
        opened_by=step.actor.user,
        opened_at=step.now,
    )
    lead = step.lead_call
    ids = sorted({*department_ids, *([lead.department_id] if lead else [])})
    Party.objects.bulk_create([Party(consultation=made, department_id=pk) for pk in ids])
    call_off(ticket, step, step.calls, counts=False)
    ticket.route, ticket.convener = Route.WHISTLE, convener
    ticket.holder = ticket.lead = None


@effect
def position(ticket: Ticket, step: Applied) -> None:
    Party.objects.filter(
        consultation__ticket=ticket, consultation__decided_at=None, department__in=step.stand.departments
    ).update(position=step.note, stated_by=step.actor.user, stated_at=step.now)


@effect
def decide(ticket: Ticket, step: Applied) -> None:
    """The decision names the lead, who may not return it any more; the next effect calls the departments."""
    Consultation.objects.filter(ticket=ticket, decided_at=None).update(
        decided_by=step.actor.user, decided_at=step.now, minutes=step.note
    )
    ticket.is_designated, ticket.convener = True, ""
    limit = step.fields.get("limit")
    if limit:
        ticket.limits = {**ticket.limits, ClockKind.HANDLE: str(limit)}
    if ClockKind.ARRIVE not in ticket.limits:
        ticket.limits = {**ticket.limits, ClockKind.ARRIVE: clocks.arrival_limit(ticket, ticket.whistle_type)}
