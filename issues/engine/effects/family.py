"""One matter reported twice becomes one ticket; one ticket with several matters becomes several."""

from django.utils.translation import gettext as _

from core.errors import NotNow
from issues.engine import clocks
from issues.engine.effects.base import Applied, effect
from issues.engine.effects.calling import call_off
from issues.engine.lateness import would_hide
from issues.models import Ticket, Whistle


@effect
def merge(ticket: Ticket, step: Applied) -> None:
    """Into another open ticket of the township, which from now on speaks for both."""
    into: Ticket = step.fields["into"]
    if into.pk == ticket.pk or not into.is_open or into.township_id != ticket.township_id:
        raise NotNow(_("只能并入本乡镇另一件在办的工单"))
    if would_hide(ticket, into, step.now):
        raise NotNow(_("此件已超期，不能并入没有超期的件；请把那一件并入此件"))
    ticket.merged_into, ticket.closed_at, ticket.holder = into, step.now, None
    call_off(ticket, step, step.calls, counts=False)
    step.data["into"] = into.number


@effect
def absorb(ticket: Ticket, step: Applied) -> None:
    step.data["merged"] = str(step.fields["merged"])


@effect
def unmerge(ticket: Ticket, step: Applied) -> None:
    """Its own again, in the hands of whoever undid it."""
    step.data["from"] = ticket.merged_into.number if ticket.merged_into else ""
    if ticket.closed_at is not None:
        clocks.revive(ticket, step.running, stopped_at=ticket.closed_at)
    ticket.merged_into = ticket.closed_at = ticket.lead = None
    ticket.holder = step.actor.user
    ticket.accepted_by, ticket.accepted_at = ticket.accepted_by or step.actor.user, ticket.accepted_at or step.now
    Whistle.objects.filter(ticket=ticket, withdrawn_at=None).update(withdrawn_at=step.now)
    ticket.route, ticket.whistle_type, ticket.is_complete = "", "", True


@effect
def split(ticket: Ticket, step: Applied) -> None:
    ticket.children += 1
    step.data["part"] = step.fields["part"].code
