"""What each transition does to a ticket besides its state. Only `issues.actions.apply` calls these.

An effect changes attributes of the locked ticket in memory (and rows that hang on it); `apply` writes
the changed columns once. Names are those of the table's `effects` column.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core import calendar
from core.calendar import Limit
from core.prepared import Insert
from duties.models import DutyItem
from duties.routing import Decision, decide
from issues import clocks
from issues.actors import Actor, assisting_ids
from issues.errors import AlreadyFired
from issues.models import Assist, Clock, Route, Ticket
from issues.workflow import ClockKind


@dataclass
class Step:
    """One application of a transition: who, when, with what, and what the log should keep."""

    actor: Actor
    now: datetime
    fields: dict[str, Any]
    stopped: dict[str, Clock]
    data: dict[str, Any] = field(default_factory=dict)


Effect = Callable[[Ticket, Step], None]
EFFECTS: dict[str, Effect] = {}
_NEW_ASSIST = Insert(Assist)


def effect(function: Effect) -> Effect:
    EFFECTS[function.__name__] = function
    return function


def set_item(ticket: Ticket, item: DutyItem) -> None:
    """Bind the ticket to a list line; its grade, limits and routing follow the version of that line."""
    ticket.item, ticket.item_code, ticket.list_version = item, item.code, item.version
    ticket.grade, ticket.needs_photo, ticket.is_sensitive = item.grade.code, item.needs_photo, item.is_sensitive
    ticket.limits = clocks.limits_for(item.version, item)
    ticket.decision = decide(item, ticket.township).as_json()


def _take_item(ticket: Ticket, step: Step) -> None:
    item = step.fields.get("item")
    if item is not None and item.pk != ticket.item_id:
        step.data["item"] = {"from": ticket.item_code, "to": item.code}
        set_item(ticket, item)


def _in_time(stopped: Clock | None, now: datetime) -> bool | None:
    return None if stopped is None else now <= stopped.due_at


@effect
def accept(ticket: Ticket, step: Step) -> None:
    _take_item(ticket, step)
    ticket.holder = ticket.accepted_by = step.actor.user
    ticket.accepted_at = step.now


@effect
def self_handle(ticket: Ticket, step: Step) -> None:
    _take_item(ticket, step)
    ticket.holder = ticket.handled_by = step.actor.user
    ticket.route = Route.SELF


@effect
def whistle(ticket: Ticket, step: Step) -> None:
    """Call the departments that the list names; the dispatcher confirms or corrects the lead."""
    _take_item(ticket, step)
    decision = Decision.from_json(ticket.decision)
    ticket.route, ticket.holder, ticket.handled_by = Route.WHISTLE, None, None
    ticket.whistled_at = step.now
    _set_departments(ticket, decision.lead.id, [d.id for d in decision.assisting])


@effect
def dispatch_decided(ticket: Ticket, step: Step) -> None:
    """Urgent whistles go straight to the department that the list names."""
    ticket.dispatched_at = step.now
    ticket.return_until = calendar.add(step.now, Limit.parse(ticket.limits["return"]))


@effect
def dispatch(ticket: Ticket, step: Step) -> None:
    before = ticket.lead_id
    lead, assisting = step.fields["lead"], step.fields.get("assisting") or []
    ticket.holder = ticket.handled_by = None
    ticket.claimed_at = None
    _set_departments(ticket, lead.pk, [d.pk for d in assisting if d.pk != lead.pk])
    step.data["lead"] = {"id": lead.pk, "name": str(lead), "was": before}
    dispatch_decided(ticket, step)


def _set_departments(ticket: Ticket, lead_id: int, assisting: list[int]) -> None:
    ticket.lead_id = lead_id
    before = assisting_ids(ticket)
    if before - set(assisting):
        Assist.objects.filter(ticket=ticket).exclude(department__in=assisting).delete()
    for department_id in set(assisting) - before:
        _NEW_ASSIST.run(Assist(ticket=ticket, department_id=department_id))


@effect
def claim(ticket: Ticket, step: Step) -> None:
    ticket.holder = ticket.handled_by = step.actor.user
    ticket.claimed_at = step.now
    ticket.claimed_on_time = _in_time(step.stopped.get(ClockKind.CLAIM), step.now)


@effect
def take_over(ticket: Ticket, step: Step) -> None:
    ticket.holder = ticket.handled_by = step.actor.user


@effect
def send_back(ticket: Ticket, step: Step) -> None:
    """Returned with list evidence: lands with the dispatcher, the handling limit runs on."""
    ticket.returns += 1
    ticket.holder = None
    suggested = step.fields["suggested"]
    step.data["evidence"] = str(step.fields["evidence"])
    step.data["suggested"] = {"id": suggested.pk, "name": str(suggested)}


@effect
def report_done(ticket: Ticket, step: Step) -> None:
    ticket.reported_by, ticket.reported_at = step.actor.user, step.now
    stopped = step.stopped.get(ClockKind.HANDLE)
    in_time = _in_time(stopped, step.now)
    # A later round never turns a late ticket into a punctual one: late once is late.
    ticket.done_on_time = in_time if ticket.done_on_time is None else (ticket.done_on_time and in_time)
    since = ticket.accepted_at or ticket.placed_at
    ticket.done_minutes = calendar.elapsed_minutes(since, step.now, "wh")


@effect
def verify_pass(ticket: Ticket, step: Step) -> None:
    ticket.verified_by, ticket.verified_at = step.actor.user, step.now
    ticket.holder = None


@effect
def new_round(ticket: Ticket, step: Step) -> None:
    """Not done or not solved: back to whoever handled it, with a new limit, as the next round."""
    ticket.round += 1
    ticket.holder = ticket.handled_by
    ticket.reported_by = ticket.verified_by = None
    ticket.reported_at = ticket.verified_at = ticket.closed_at = None
    ticket.unreachable_calls = 0


@effect
def rate(ticket: Ticket, step: Step) -> None:
    ticket.satisfaction, ticket.solved = step.fields["satisfaction"], step.fields["solved"]
    step.data |= {"satisfaction": ticket.satisfaction, "solved": ticket.solved}


@effect
def count_call(ticket: Ticket, step: Step) -> None:
    ticket.unreachable_calls += 1
    step.data["call"] = ticket.unreachable_calls


@effect
def close(ticket: Ticket, step: Step) -> None:
    ticket.closed_at = step.now
    ticket.holder = None
    if "reason" in step.fields:
        step.data["reason"] = step.fields["reason"]


@effect
def escalate(ticket: Ticket, step: Step) -> None:
    taken = clocks.advance(step.fields["clock"], fired=step.fields["fired"])
    if taken is None:
        raise AlreadyFired("")
    step.data |= {"clock": taken.pk, "kind": taken.kind, "step": step.fields["step"]}
