"""What else a step brings about in its own transaction, once the ticket is written: other tickets, kept rules."""

from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from core.errors import NotNow
from core.jobs import outbox
from core.races.idempotency import Once
from duties.routing import dispatching
from duties.shapes.rules import Rules
from grids.models import Area
from issues.engine.actions import apply, place
from issues.engine.actors import system
from issues.engine.effects import Applied
from issues.engine.new_ticket import NewTicket
from issues.models import OPEN, Source, Ticket
from issues.workflow import GRID_STAFF

CHILD_ENDED = "issues.child_ended"  # outbox topic, handled in issues.handlers


def join_first(ticket: Ticket, step: Applied) -> None:
    """The same matter whistled again within the county's days joins the first whistle."""
    first = whistled_before(ticket)
    if first is not None:
        note = _("同一事项已于近日吹哨（%(number)s），自动并入") % {"number": first.number}
        join(ticket, first, note=note)


def join(ticket: Ticket, first: Ticket, *, note: str) -> Ticket:
    """Merge a new ticket into an earlier one; it stays on its own if that one has ended, or only this one is late."""
    try:
        return apply(ticket.pk, "merge", actor=system(), fields={"into": first, "note": note})
    except NotNow:
        return ticket


def whistled_before(ticket: Ticket) -> Ticket | None:
    """The first open whistle for the same item at the same spot or household, within the county's days."""
    same_spot = Q(area=ticket.area_id, place=ticket.place) if ticket.place else Q(pk__in=())
    if ticket.household_id is not None:
        same_spot |= Q(household=ticket.household_id)
    days = Rules.from_json(ticket.list_version.rules).join_within_days
    since = (ticket.whistled_at or ticket.placed_at) - timedelta(days=days)
    rows = Ticket.objects.filter(OPEN, same_spot, grid=ticket.grid_id, item_code=ticket.item_code, route="whistle")
    return rows.filter(whistled_at__gte=since).exclude(pk=ticket.pk).order_by("whistled_at", "id").first()


def absorb(ticket: Ticket, step: Applied) -> None:
    """The ticket that speaks for both from now on says so in its story."""
    into = step.fields["into"]
    apply(into.pk, "absorb", actor=system(), fields={"merged": ticket.number, "note": step.note})


def spawn(ticket: Ticket, step: Applied) -> None:
    """The part split off becomes a ticket of its own in the same grid; who is of the grid holds it at once."""
    part = NewTicket(
        area=Area.objects.get(pk=ticket.area_id),
        source=Source.WORKER,
        item=step.fields["part"],
        description=step.note,
        where=str(step.fields.get("where") or ticket.place),
        parent=ticket,
    )
    child = place(part, actor=step.actor, once=Once("split", f"{ticket.pk}:{ticket.version}", {}))
    if step.stand.hats & GRID_STAFF:
        apply(child.pk, "accept", actor=step.actor)


def tell_parent(ticket: Ticket, step: Applied) -> None:
    if ticket.parent_id is not None:
        outbox.enqueue(CHILD_ENDED, {"ticket": ticket.pk}, key=f"ticket:{ticket.pk}:{ticket.version}:child")


def keep_rule(ticket: Ticket, step: Applied) -> None:
    """The outcome of a consultation becomes a dispatch rule, if its convener says so."""
    if step.fields.get("keep_rule") and ticket.item_code:
        dispatching.keep(
            township_id=ticket.township_id,
            item_code=ticket.item_code,
            lead=step.fields["lead"],
            assisting=step.fields.get("assisting") or [],
            source=ticket.number,
            actor=step.actor.user,
        )
