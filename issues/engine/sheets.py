"""督办单: the writer of supervision sheets. Called by effects, inside the ticket's transaction."""

from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from core.clock import local
from core.days import calendar
from core.days.calendar import Limit
from core.trust.freetext import written
from issues.engine.numbering import next_sheet_number
from issues.models import Call, Clock, Sheet, Ticket
from issues.workflow import CLOCK_LABELS, ClockKind
from members.models import User

OVERDUE_ANSWER = Limit(1, "wd")
"""How soon an overdue limit must be answered for (ours)."""


def issue(
    ticket: Ticket, *, cause: str, text: str, limit: Limit, by: User | None, now: datetime, call: Call | None = None
) -> Sheet:
    """Ask a unit about a ticket, or about what it is called for, and count it there as waiting.

    One sheet for a unit and a ticket at a time: while one waits for its answer, what is asked besides joins it, and
    the earliest date holds, so that asking again pardons no answer that is late.
    """
    unit = call.department_id if call else ticket.lead_id
    due = calendar.add(now, limit)
    waiting = Sheet.objects.filter(ticket=ticket, department=unit, answered_at=None, closed_at=None).first()
    asked = [now.isoformat(), str(limit)]
    if waiting is not None:
        waiting.asked = [*waiting.asked, asked] if waiting.asked else []
        waiting.text = f"{written(waiting.text).full}\n{text}"
        waiting.due_at = min(waiting.due_at, due)
        waiting.save(update_fields=["text", "asked", "due_at"])
        return waiting
    if call is None:
        ticket.sheets += 1
    else:
        Call.objects.filter(pk=call.pk).update(sheets=F("sheets") + 1)
    return Sheet.objects.create(
        ticket=ticket,
        number=next_sheet_number(ticket.township_id, now),
        cause=cause,
        text=text,
        department_id=unit,
        call=call,
        issued_by=by,
        issued_at=now,
        asked=[asked],
        due_at=due,
    )


def reckon(sheet: Sheet, now: datetime) -> bool:
    """Reckon by the calendar as it is now when an answer is due; whether that has moved. What is late stays late.

    Sheets that were issued before it was kept how long they ask keep their date.
    """
    dues = [calendar.add(datetime.fromisoformat(at), Limit.parse(limit)) for at, limit in sheet.asked]
    if sheet.due_at <= now or not dues or min(dues) == sheet.due_at:
        return False
    sheet.due_at = min(dues)
    sheet.save(update_fields=["due_at"])
    return True


def issue_overdue(ticket: Ticket, clock: Clock, *, now: datetime) -> Sheet:
    """The sheet that comes by itself when a limit has run out: what the matter is, where, and which limit."""
    text = _("%(number)s“%(title)s”（%(where)s）的%(kind)s时限已过，应在 %(due)s 前，请说明原因和办结时间。") % {
        "number": ticket.number,
        "title": ticket.public_title,
        "where": f"{ticket.village.short_name}·{ticket.area.name}",
        "kind": CLOCK_LABELS[ClockKind(clock.kind)],
        "due": f"{local(clock.due_at):%-m月%-d日 %H:%M}",
    }
    return issue(ticket, cause=clock.kind, text=text, limit=OVERDUE_ANSWER, by=None, now=now, call=clock.call)


def settle(ticket: Ticket, *, now: datetime) -> None:
    """The lead that was asked has the ticket no longer: what it was asked is settled with it."""
    Sheet.objects.filter(ticket=ticket, call=None, closed_at=None).update(closed_at=now)
    ticket.sheets = 0


def report(ticket: Ticket, *, now: datetime) -> int:
    """县级通报: what is still open of a ticket's sheets is reported to the county; returns how many that are."""
    return Sheet.objects.filter(ticket=ticket, closed_at=None, reported_at=None).update(reported_at=now)
