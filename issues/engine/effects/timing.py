"""What moves a limit or presses for it: extension, suspension, reminders, supervision sheets, due steps."""

from core import clock
from core.days.calendar import Limit
from issues.engine import clocks, sheets
from issues.engine.effects.base import Applied, effect
from issues.engine.errors import AlreadyFired
from issues.models import Answer, Call, Extension, Route, Sheet, Suspension, Ticket
from issues.workflow import ClockKind

ASKED_TOWNSHIP, ASKED_COUNTY, GRANTED, REFUSED = "township", "county", "granted", "refused"
SHEET_LIMIT = Limit(1, "wd")


@effect
def ask_extension(ticket: Ticket, step: Applied) -> None:
    Extension.objects.create(
        ticket=ticket,
        limit=str(step.fields["days"]),
        reason=step.note,
        asked_by=step.person,
        asked_at=step.now,
        due_before=ticket.move_by,
    )
    ticket.extension = ASKED_TOWNSHIP
    step.data["days"] = str(step.fields["days"])


@effect
def agree_extension(ticket: Ticket, step: Applied) -> None:
    """The township agrees; what the grid handles itself needs nobody above it."""
    Extension.objects.filter(ticket=ticket).update(agreed_by=step.actor.user, agreed_at=step.now)
    if ticket.route == Route.SELF:
        grant_extension(ticket, step)
    else:
        ticket.extension = ASKED_COUNTY


@effect
def grant_extension(ticket: Ticket, step: Applied) -> None:
    """The handling limit ends later by what was asked for; one that ran out before the answer stays run out."""
    paper = Extension.objects.get(ticket=ticket)
    row = clocks.extend(step.running, ClockKind.HANDLE, Limit.parse(paper.limit), now=step.now)
    paper.answer, paper.answered_by, paper.answered_at = Answer.GRANTED, step.actor.user, step.now
    paper.due_after = row.due_at
    paper.save(update_fields=["answer", "answered_by", "answered_at", "due_after"])
    ticket.extension = GRANTED
    step.data["days"] = paper.limit


@effect
def refuse_extension(ticket: Ticket, step: Applied) -> None:
    Extension.objects.filter(ticket=ticket).update(
        answer=Answer.REFUSED, answered_by=step.actor.user, answered_at=step.now
    )
    ticket.extension = REFUSED


@effect
def ask_suspension(ticket: Ticket, step: Applied) -> None:
    reason = str(step.fields["suspension_reason"])
    Suspension.objects.create(ticket=ticket, reason=reason, note=step.note, asked_by=step.person, asked_at=step.now)
    ticket.suspension = "asked"
    step.data["reason_text"] = reason


@effect
def suspend(ticket: Ticket, step: Applied) -> None:
    _answer_suspension(ticket, step, Answer.GRANTED)
    ticket.suspension = GRANTED


@effect
def refuse_suspension(ticket: Ticket, step: Applied) -> None:
    _answer_suspension(ticket, step, Answer.REFUSED)
    ticket.suspension = REFUSED


def _answer_suspension(ticket: Ticket, step: Applied, answer: Answer) -> None:
    Suspension.objects.filter(ticket=ticket, answer=Answer.ASKED).update(
        answer=answer, answered_by=step.actor.user, answered_at=step.now
    )


@effect
def review_suspension(ticket: Ticket, step: Applied) -> None:
    row = Suspension.objects.get(ticket=ticket, answer=Answer.GRANTED, resumed_at=None)
    row.reviews, row.reviewed_at = row.reviews + 1, step.now
    row.save(update_fields=["reviews", "reviewed_at"])


@effect
def resume(ticket: Ticket, step: Applied) -> None:
    Suspension.objects.filter(ticket=ticket, answer=Answer.GRANTED, resumed_at=None).update(resumed_at=step.now)
    ticket.suspension = ""
    ticket.holder = ticket.holder or ticket.handled_by


@effect
def remind(ticket: Ticket, step: Applied) -> None:
    ticket.reminded_on = clock.local(step.now).date()


@effect
def supervise(ticket: Ticket, step: Applied) -> None:
    limit = step.fields.get("limit") or SHEET_LIMIT
    sheet = sheets.issue(ticket, cause="manual", text=step.note, limit=limit, by=step.actor.user, now=step.now)
    step.data["sheet"] = sheet.number


@effect
def answer_sheet(ticket: Ticket, step: Applied) -> None:
    """The answer goes to every sheet that still waits for one from whoever holds the ticket.

    It may bring a new promise for what has run out: told to the resident, and no pardon (`clocks.extend`).
    """
    _answer(ticket, step, None)
    ticket.sheets = 0
    promise, row = step.fields.get("promise"), step.running.own.get(ClockKind.HANDLE)
    if promise and row is not None and clocks.has_run_out(row, step.now):
        anew = clocks.extend(step.running, ClockKind.HANDLE, promise, now=step.now)
        step.data["promise"] = anew.due_at.isoformat()


@effect
def answer_share(ticket: Ticket, step: Applied) -> None:
    """An assisting department answers for its own limits."""
    row = step.own_call(lead=False)
    _answer(ticket, step, row)
    row.sheets = 0
    row.save(update_fields=["sheets"])


def _answer(ticket: Ticket, step: Applied, call: Call | None) -> None:
    waiting = Sheet.objects.filter(ticket=ticket, call=call, answered_at=None, closed_at=None)
    step.data["sheets"] = list(waiting.values_list("number", flat=True))
    waiting.update(answer=step.note, answered_by=step.actor.user, answered_at=step.now)


@effect
def escalate(ticket: Ticket, step: Applied) -> None:
    """One due step of one limit: 50 % and 80 % are told, overdue is supervised, and later reported to the county."""
    taken = clocks.advance(step.fields["clock"], fired=step.fields["fired"])
    if taken is None:
        raise AlreadyFired("")
    step.data |= clocks.told_of(taken)
    name = step.data["step"]
    if name == "overdue" and taken.kind in clocks.SUPERVISED:
        sheet = sheets.issue_overdue(ticket, taken, now=step.now)
        step.data["sheet"] = sheet.number
    elif name == "again":
        sheets.report(ticket, now=step.now)
