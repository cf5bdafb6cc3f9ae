"""What the grid's own steps do: the list line a ticket is bound to, accepting, handling it oneself, passing it on."""

from collections.abc import Iterable

from duties.models import DutyItem, GradeCode
from duties.routing.deciding import decide
from grids.models import Area
from issues.engine import clocks
from issues.engine.effects.automatic import keep_why
from issues.engine.effects.base import Applied, effect
from issues.models import HandOver, Route, Ticket
from issues.workflow import HANDED_BACK, HANDED_UP


def set_item(ticket: Ticket, item: DutyItem, path: Iterable[Area] = ()) -> None:
    """Bind the ticket to a list line; its grade, limits and routing follow the version of that line.

    `path` are the areas it lies in, where they have been read already.
    """
    ticket.item, ticket.item_code, ticket.list_version = item, item.code, item.version
    ticket.grade, ticket.needs_photo, ticket.is_sensitive = item.grade.code, item.needs_photo, item.is_sensitive
    ticket.limits = clocks.limits_for(item.version, item)
    ticket.decision = decide(item, ticket.area, path=path).as_json()


def take_item(ticket: Ticket, step: Applied) -> None:
    """Another list line, if the step brought one."""
    item = step.fields.get("item")
    if item is not None and item.pk != ticket.item_id:
        step.data["item"] = {"from": ticket.item_code, "to": item.code}
        set_item(ticket, item)


def is_urgent(ticket: Ticket) -> bool:
    return ticket.grade == GradeCode.URGENT


@effect
def accept(ticket: Ticket, step: Applied) -> None:
    take_item(ticket, step)
    ticket.holder = ticket.accepted_by = step.actor.user
    ticket.accepted_at = step.now


@effect
def hand_up(ticket: Ticket, step: Applied) -> None:
    """Unanswered in time: the village's move from now on; the limit stays what it was."""
    ticket.raised, ticket.holder = HANDED_UP, None
    keep_why(ticket, step)


@effect
def hand_back(ticket: Ticket, step: Applied) -> None:
    ticket.raised, ticket.recall_until = HANDED_BACK, None


@effect
def self_handle(ticket: Ticket, step: Applied) -> None:
    take_item(ticket, step)
    ticket.holder = ticket.handled_by = step.actor.user
    ticket.route = Route.SELF


@effect
def take_over(ticket: Ticket, step: Applied) -> None:
    ticket.holder = ticket.handled_by = step.actor.user


@effect
def hand_over(ticket: Ticket, step: Applied) -> None:
    """To the other side of the post, or back; what was being handled is handled by whoever holds it now."""
    before, to = ticket.holder, step.fields.get("to")
    if step.fields.get("back"):
        HandOver.objects.filter(ticket=ticket, to_user=before, back_at=None).update(back_at=step.now)
    else:
        cause = step.fields.get("cause") or HandOver.Cause.LEAVE
        HandOver.objects.create(ticket=ticket, from_user=before, to_user=to, cause=cause, at=step.now)
    ticket.holder = to
    if ticket.handled_by_id is not None and ticket.handled_by_id == (before.pk if before else None):
        ticket.handled_by = to
    if to is not None:
        step.data["to"] = {"id": to.pk, "name": to.name, "back": bool(step.fields.get("back"))}
