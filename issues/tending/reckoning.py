"""Limits that run follow the calendar: reckoned anew when working days change, with an entry in each ticket's log.

Those of the ticket's steps, of supervision sheets that wait for an answer, and until when it may be returned.

What has run out stays run out; what moves says from when to when. Batches follow each other by the outbox, each ticket
in its turn under its own lock, so that nobody waits for a whole county.
"""

from datetime import date, datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from core import clock
from core.days import calendar
from core.days.calendar import Limit
from core.jobs import outbox
from issues.engine import clocks, sheets
from issues.engine.actions import event_of
from issues.engine.actors import system
from issues.finding.queries import day_start
from issues.models import OPEN, Clock, Sheet, Ticket
from issues.workflow import CLOCK_LABELS, ClockKind, State

RECKON = "issues.reckon"  # outbox topic, handled in issues.handlers
RECALENDAR = "recalendar"
BATCH = 200
COPIED = ("clock_kind", "clock_started_at", "warn_at", "due_at", "move_by", "version", "last_event_at", "return_until")
WAITING = Q(answered_at=None, closed_at=None)
WORKING = Q(limit__endswith="wh") | Q(limit__endswith="wd")


def follow_calendar(first: date, last: date) -> None:
    """The days from `first` to `last` have changed: called by whoever changes them, in that transaction."""
    _enqueue(first, last, 0)


def _enqueue(first: date, last: date, after: int) -> None:
    days = {"first": first.isoformat(), "last": last.isoformat()}
    outbox.enqueue(RECKON, {**days, "after": after}, key=f"reckon:{uuid4().hex}")


def carry_on(first: date, last: date, *, after: int) -> None:
    """Reckon the tickets after this key whose limits lie over these days, and leave the next batch to the outbox."""
    calendar.forget()
    begun, ended = day_start(last + timedelta(days=1)), day_start(first)
    touched = Clock.objects.filter(WORKING, stopped_at=None, started_at__lt=begun, due_at__gte=ended)
    waiting = Sheet.objects.filter(WAITING, issued_at__lt=begun, due_at__gte=ended)
    returnable = Q(state=State.DISPATCHED, dispatched_at__lt=begun, return_until__gte=ended)
    owing = Q(pk__in=touched.values("ticket")) | Q(pk__in=waiting.values("ticket")) | returnable
    rows = Ticket.objects.filter(OPEN, owing, pk__gt=after).order_by("pk")
    found = list(rows.values_list("pk", flat=True)[:BATCH])
    for pk in found:
        with transaction.atomic():
            _reckon(pk, clock.now())
    if len(found) == BATCH:
        with transaction.atomic():
            _enqueue(first, last, found[-1])


def _reckon(ticket_id: int, now: datetime) -> None:
    ticket = Ticket.objects.select_for_update(of=("self",)).filter(OPEN, pk=ticket_id).first()
    if ticket is None:
        return
    running, moved = clocks.running_on(ticket), []
    for row in (*running.own.values(), *running.helpers):
        before = row.due_at
        if not clocks.has_run_out(row, now) and clocks.reckon(row, ticket.limits.get("again", "")):
            moved.append({"kind": row.kind, "before": before.isoformat(), "after": row.due_at.isoformat()})
    papers = _sheets(ticket, now)
    is_moved = _return_moves(ticket, now)
    if not moved and not papers and not is_moved:
        return
    before = ticket.move_by
    clocks.copy_governing(ticket, running)
    ticket.version, ticket.last_event_at = ticket.version + 1, now
    ticket.save(update_fields=COPIED)
    note = "；".join(filter(None, (_said(ticket, before), *papers)))
    shown = {"from_state": ticket.state, "data": {"moved": moved}, "note": note}
    event_of(ticket, RECALENDAR, system(), now, **shown).save()


def _sheets(ticket: Ticket, now: datetime) -> list[str]:
    """The sheets whose answer is due on another day now, each in words."""
    said = []
    for sheet in Sheet.objects.select_for_update().filter(WAITING, ticket=ticket).order_by("pk"):
        before = sheet.due_at
        if sheets.reckon(sheet, now):
            named = {"number": sheet.number, "before": _moment(before), "after": _moment(sheet.due_at)}
            said.append(_("督办单%(number)s回复期限由 %(before)s 改为 %(after)s") % named)
    return said


def _return_moves(ticket: Ticket, now: datetime) -> bool:
    """Whether a department may give the ticket back until another moment now."""
    until, since = ticket.return_until, ticket.dispatched_at
    if ticket.state != State.DISPATCHED or until is None or since is None or until <= now:
        return False
    ticket.return_until = calendar.add(since, Limit.parse(ticket.limits["return"]))
    return bool(ticket.return_until != until)


def _said(ticket: Ticket, before: datetime) -> str:
    """What becomes of the limit that people wait for; nothing where only another one has moved."""
    kind = ticket.move_kind
    if kind is None or before == ticket.move_by:
        return ""
    named = {"limit": CLOCK_LABELS[ClockKind(kind)], "before": _moment(before), "after": _moment(ticket.move_by)}
    return _("%(limit)s期限由 %(before)s 改为 %(after)s") % named


def _moment(at: datetime) -> str:
    local = clock.local(at)
    return _("%(month)d月%(day)d日 %(at)s") % {"month": local.month, "day": local.day, "at": f"{local:%H:%M}"}
