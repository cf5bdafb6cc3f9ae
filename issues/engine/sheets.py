"""督办单: the writer of supervision sheets. Called by effects, inside the ticket's transaction."""

from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from core.days import calendar
from core.days.calendar import Limit
from issues.engine.numbering import next_sheet_number
from issues.models import Call, Clock, Sheet, Ticket
from issues.workflow import CLOCK_LABELS, ClockKind
from members.models import User

OVERDUE_ANSWER = Limit(1, "wd")
"""How soon an overdue limit must be answered for (ours)."""


def issue(
    ticket: Ticket, *, cause: str, text: str, limit: Limit, by: User | None, now: datetime, call: Call | None = None
) -> Sheet:
    """Issue one sheet on a ticket, or on what one department is called for, and count it there as waiting."""
    sheet = Sheet.objects.create(
        ticket=ticket,
        number=next_sheet_number(ticket.township_id, now),
        cause=cause,
        text=text,
        department_id=call.department_id if call else ticket.lead_id,
        call=call,
        issued_by=by,
        issued_at=now,
        due_at=calendar.add(now, limit),
    )
    if call is None:
        ticket.sheets += 1
    else:
        Call.objects.filter(pk=call.pk).update(sheets=F("sheets") + 1)
    return sheet


def issue_overdue(ticket: Ticket, clock: Clock, *, now: datetime) -> Sheet:
    """The sheet that comes by itself when a limit has run out."""
    text = _("%(number)s 的%(kind)s时限已过，请说明原因和办结时间。") % {
        "number": ticket.number,
        "kind": CLOCK_LABELS[ClockKind(clock.kind)],
    }
    return issue(ticket, cause=clock.kind, text=text, limit=OVERDUE_ANSWER, by=None, now=now, call=clock.call)


def report(ticket: Ticket, *, now: datetime) -> int:
    """县级通报: what is still open of a ticket's sheets is reported to the county; returns how many that are."""
    return Sheet.objects.filter(ticket=ticket, closed_at=None, reported_at=None).update(reported_at=now)
