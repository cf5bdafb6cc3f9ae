"""The ticket as guards see it: columns, what called departments have done, and whether its parts have ended."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from core import clock
from core.days import calendar
from core.rows import marks
from core.rows.prepared import Read
from issues.engine.actors import Actor, standing
from issues.models import Call, Ticket
from issues.workflow import OPEN_STATES, Act, GuardContext, Share, State

_OPEN_CALLS = Read(Call.objects.filter(ended_at__isnull=True).select_related("department"), "ticket")

AS_THEY_STAND = (
    "source", "placed_by_id", "needs_photo", "lead_id", "route", "holder_id", "handled_by_id", "reported_by_id",
    "returns", "return_until", "unreachable_calls", "closed_at", "move_by", "is_complete", "is_designated", "convener",
    "extension", "suspension", "reminded_on", "sheets", "children", "exclusion", "is_rated", "reviews",
    "verified_by_id", "raised", "recall_until",
)  # fmt: skip
"""Columns that guards read under their own names."""


def open_calls(ticket: Ticket) -> list[Call]:
    """The calls that still stand with their departments; no query while no department has been called."""
    return _OPEN_CALLS.all(ticket.pk) if ticket.dispatched_at else []


def case_of(ticket: Ticket, now: datetime, calls: Sequence[Call] | None = None) -> GuardContext:
    """`calls` are its open calls if they have been read already."""
    called = open_calls(ticket) if calls is None else calls
    named = ticket.decision
    return GuardContext(
        **{name: getattr(ticket, name) for name in AS_THEY_STAND},
        state=State(ticket.state),
        urgent=ticket.grade == "urgent",
        has_item=ticket.item_id is not None,
        now=now,
        today=clock.local(now).date(),
        day_part=calendar.day_part(now),
        shares=tuple(map(_share, called)),
        is_local=any(call.is_lead and call.is_local for call in called),
        can_punish=bool(named.get("enforcement_body")),
        departments_named=len(named.get("assisting", ())) + bool(named.get("lead")),
        is_complex=ticket.grade == "complex",
        settling_needs_photo=ticket.limits.get("settle") == "photo",
        may_extend=bool(ticket.limits.get("extend")),
        call_parts=frozenset(marks.read(ticket.call_parts)),
        hands=frozenset(map(int, marks.read(ticket.hands))),
        checked_before=frozenset(map(int, marks.read(ticket.checked_before))),
        open_children=_open_children(ticket),
        is_child=ticket.parent_id is not None,
        excluders=frozenset(map(int, marks.read(ticket.excluders))),
    )


def _share(call: Call) -> Share:
    return Share(
        department_id=call.department_id,
        is_lead=call.is_lead,
        is_claimed=call.claimed_at is not None,
        has_arrived=call.arrived_at is not None,
        has_reported=call.reported_at is not None,
        sheets=call.sheets,
    )


def _open_children(ticket: Ticket) -> int:
    """How many of the tickets it was split into have not ended; no query for the many that were not split."""
    if not ticket.children:
        return 0
    return Ticket.objects.filter(parent=ticket, state__in=sorted(OPEN_STATES)).count()


def situation(
    actor: Actor, ticket: Ticket, now: datetime, fields: Mapping[str, Any] | None = None
) -> tuple[GuardContext, Act]:
    """What guards may know when `actor` wants to act on a ticket: at most three queries."""
    calls = open_calls(ticket)
    stand = standing(actor, ticket, calls)
    act = Act(actor.user_id, stand.hats, fields or {}, departments=stand.departments)
    return case_of(ticket, now, calls), act
