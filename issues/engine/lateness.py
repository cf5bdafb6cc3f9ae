"""Who held what ran out: kept with the limit and on the ticket for good, whoever gets it next.

What a department held is never the village's, and what was passed on late is never the next one's.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from core.rows import marks
from core.rows.prepared import Update
from issues.engine import clocks
from issues.models import Call, Clock, Ticket
from issues.workflow import ClockKind, Tier

TIERS: Mapping[str, Tier] = {
    ClockKind.ACCEPT: Tier.VILLAGE,
    ClockKind.CONFIRM: Tier.VILLAGE,
    ClockKind.WRITE_UP: Tier.VILLAGE,
    ClockKind.DISPATCH: Tier.TOWNSHIP,
}
"""Who answers for limits that are always the same level's. Checking, calling back and reviewing what is suspended come
after or beside the handling and are no part of it."""
_HELD = Update(Clock.objects.all(), "pk")


def helping(department_id: int | None) -> str:
    """The mark of a department that was late with what it assists in: kept, and apart from what it leads."""
    return f"h{department_id}"


def answers_for(ticket: Ticket, row: Clock) -> str:
    """Who holds what a limit asks for: a `Tier`, the key of a department (`helping` its own), or nobody who is counted.

    A department's time to handle is the township's while no department has the ticket.
    """
    if row.call_id is not None:
        return helping(row.department_id)
    if row.kind in clocks.LEADS:
        if row.department_id is None:
            return Tier.VILLAGE
        return str(ticket.lead_id) if ticket.lead_id else Tier.TOWNSHIP
    if row.kind == ClockKind.CONSULT:
        return Tier.TOWNSHIP if ticket.convener == Tier.TOWNSHIP else Tier.COUNTY
    return TIERS.get(row.kind, "")


def departments_of(late_by: str) -> list[str]:
    """The keys of the departments that were late with what they led."""
    return [mark for mark in marks.read(late_by) if mark.isdecimal()]


def note(ticket: Ticket, running: clocks.Running, *, now: datetime, settled: Collection[ClockKind]) -> None:
    """Keep for good who held what has run out, before a step passes it on or ends it.

    What a step settles at the last moment is settled in time.
    """
    for row in (*running.own.values(), *running.helpers):
        ran_out = now > row.due_at or (now == row.due_at and row.kind not in settled)
        if ran_out and not row.late_by and row.paused_at is None and (who := answers_for(ticket, row)):
            row.late_by, ticket.late_by = who, marks.add(ticket.late_by, who)
            _HELD.run(row.pk, late_by=who)


def note_together(tickets: Mapping[int, Ticket], rows: Iterable[Clock]) -> None:
    """`note` for limits of many locked tickets that are found to have run out; the tickets in memory follow."""
    held: dict[str, list[int]] = {}
    late: dict[str, list[int]] = {}
    for row in rows:
        ticket = tickets[row.ticket_id]
        who = row.late_by or answers_for(ticket, row)
        if who and not row.late_by:
            held.setdefault(who, []).append(row.pk)
            ticket.late_by = marks.add(ticket.late_by, who)
            late.setdefault(ticket.late_by, []).append(ticket.pk)
    for who, clocks_of in held.items():
        Clock.objects.filter(pk__in=clocks_of).update(late_by=who)
    for all_of, tickets_of in late.items():
        Ticket.objects.filter(pk__in=tickets_of).update(late_by=all_of)


def acquit(ticket: Ticket, calls: Iterable[Call]) -> None:
    """These departments were called without reason: what ran out meanwhile is the village's, who called them."""
    called = [mark for call in calls for mark in (str(call.department_id), helping(call.department_id))]
    for mark in called:
        if marks.has(ticket.late_by, mark):
            Clock.objects.filter(ticket=ticket, late_by=mark).update(late_by=Tier.VILLAGE)
            ticket.late_by = marks.add(marks.without(ticket.late_by, mark), Tier.VILLAGE)


def would_hide(ticket: Ticket, into: Ticket, now: datetime) -> bool:
    """Whether merging `ticket` into `into` would leave its lateness uncounted: that one has run out of nothing."""
    return _is_late(ticket, now) and not _is_late(into, now)


def _is_late(ticket: Ticket, now: datetime) -> bool:
    return bool(ticket.late_by) or clocks.lamp(ticket, now) == clocks.RED
