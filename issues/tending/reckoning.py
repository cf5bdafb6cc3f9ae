"""Limits that run follow the calendar: reckoned anew when working days change, with an entry in each ticket's log.

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
from core.jobs import outbox
from issues.engine import clocks
from issues.engine.actions import event_of
from issues.engine.actors import system
from issues.finding.queries import day_start
from issues.models import OPEN, Clock, Ticket
from issues.workflow import CLOCK_LABELS, ClockKind

RECKON = "issues.reckon"  # outbox topic, handled in issues.handlers
RECALENDAR = "recalendar"
BATCH = 200
COPIED = ("clock_kind", "clock_started_at", "warn_at", "due_at", "move_by", "version", "last_event_at")
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
    rows = Ticket.objects.filter(OPEN, pk__gt=after, pk__in=touched.values("ticket")).order_by("pk")
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
    if not moved:
        return
    before = ticket.move_by
    clocks.copy_governing(ticket, running)
    ticket.version, ticket.last_event_at = ticket.version + 1, now
    ticket.save(update_fields=COPIED)
    shown = {"from_state": ticket.state, "data": {"moved": moved}, "note": _said(ticket, before)}
    event_of(ticket, RECALENDAR, system(), now, **shown).save()


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
