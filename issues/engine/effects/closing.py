"""Reported, checked, called back, closed, opened again, rated, excluded."""

from django.db.models import Q

from core.days import calendar
from core.jobs import outbox
from core.rows import marks
from issues.engine import clocks
from issues.engine.effects.base import Applied, effect, in_time
from issues.engine.effects.calling import missed_arrival
from issues.engine.errors import AlreadyFired
from issues.models import Answer, Call, Exclusion, Review, Sheet, Ticket
from issues.workflow import ClockKind

EXAMINE = "issues.examine"  # outbox topic, handled in issues.tending.reviews


@effect
def report_done(ticket: Ticket, step: Applied) -> None:
    ticket.reported_by, ticket.reported_at = step.actor.user, step.now
    own, owed = in_time(step.stopped.get(ClockKind.HANDLE), step.now), step.running.owes(ClockKind.HANDLE)
    # Neither a later round nor passing it on turns a late ticket into a punctual one: late once is late.
    ticket.done_on_time = ticket.done_on_time is not False and bool(own) and not owed
    ticket.done_minutes = calendar.elapsed_minutes(ticket.accepted_at or ticket.placed_at, step.now, "wh")
    lead = step.lead_call
    if lead is not None:
        kept = bool(own) and lead.department_id not in {row.department_id for row in owed}
        lead.reported_at, lead.done_on_time = step.now, kept and lead.done_on_time is not False
        missed_arrival(lead, step.stopped.get(ClockKind.ARRIVE), step)
        lead.save(update_fields=["reported_at", "done_on_time", "arrived_on_time"])
        ticket.arrived_on_time = lead.arrived_on_time

    outbox.enqueue(EXAMINE, {"ticket": ticket.pk, "round": ticket.round}, key=f"examine:{ticket.pk}:{ticket.round}")


@effect
def flag(ticket: Ticket, step: Applied) -> None:
    """Ask somebody to look; asked once for each cause and round."""
    kind, detail = Review.Kind(step.fields["kind"]), str(step.fields.get("detail") or "")
    asked = {"ticket": ticket, "kind": kind, "round": ticket.round}
    if Review.objects.filter(**asked).exists():
        raise AlreadyFired("")
    Review.objects.create(**asked, detail=detail, opened_at=step.now)
    ticket.reviews += 1
    step.data["review"] = {"kind": kind.value, "detail": detail}


@effect
def review_true(ticket: Ticket, step: Applied) -> None:
    judge_reviews(ticket, step, is_true=True)


@effect
def review_false(ticket: Ticket, step: Applied) -> None:
    judge_reviews(ticket, step, is_true=False)


def judge_reviews(ticket: Ticket, step: Applied, *, is_true: bool) -> None:
    """Whoever looked answers everything that was asked."""
    waiting = Review.objects.filter(ticket=ticket, checked_at=None)
    waiting.update(is_true=is_true, checked_by=step.actor.user, checked_at=step.now)
    ticket.reviews = 0
    ticket.found_true = is_true and ticket.found_true is not False


@effect
def verify_pass(ticket: Ticket, step: Applied) -> None:
    """Who checks on site has looked: what the alarms asked is answered."""
    if ticket.reviews:
        judge_reviews(ticket, step, is_true=True)
    ticket.verified_by, ticket.verified_at = step.actor.user, step.now
    ticket.holder = None


@effect
def found_untrue(ticket: Ticket, step: Applied) -> None:
    """Somebody has looked and it was not done: the limit that the report seemed to keep is owed, if it has ended."""
    clocks.owe_again(ticket, step.running, Q(stopped_at=ticket.reported_at, due_at__lte=step.now))


@effect
def new_round(ticket: Ticket, step: Applied) -> None:
    """Not done or not solved: back to whoever handled it, with a new limit, checked by somebody else next time.

    It is not done any more, so it counts as neither in time nor late until it is, unless it was late before.
    """
    clocks.owe_again(ticket, step.running)
    ticket.done_on_time = None if ticket.done_on_time else ticket.done_on_time
    if ticket.reviews:
        judge_reviews(ticket, step, is_true=False)
    ticket.round, ticket.hands = ticket.round + 1, ""
    ticket.holder = ticket.handled_by
    checked = ticket.verified_by_id or (step.actor.user_id if step.stopped.get(ClockKind.VERIFY) else None)
    if checked is not None:
        ticket.checked_before = marks.add(ticket.checked_before, checked)
    ticket.reported_by = ticket.verified_by = None
    ticket.reported_at = ticket.verified_at = ticket.closed_at = None
    ticket.unreachable_calls, ticket.call_parts = 0, ""
    ticket.is_rated = False


@effect
def rate(ticket: Ticket, step: Applied) -> None:
    ticket.satisfaction, ticket.solved = step.fields["satisfaction"], step.fields["solved"]
    step.data |= {"satisfaction": ticket.satisfaction, "solved": ticket.solved}


@effect
def count_call(ticket: Ticket, step: Applied) -> None:
    ticket.unreachable_calls += 1
    ticket.call_parts = marks.add(ticket.call_parts, calendar.day_part(step.now))
    step.data["call"] = ticket.unreachable_calls


@effect
def close(ticket: Ticket, step: Applied) -> None:
    ticket.closed_at = step.now
    ticket.holder = None
    ticket.sheets = 0
    Sheet.objects.filter(ticket=ticket, closed_at=None).update(closed_at=step.now)
    if "reason" in step.fields:
        step.data["reason"] = step.fields["reason"]


@effect
def rate_whistle(ticket: Ticket, step: Applied) -> None:
    """评哨: the township's stars for the department that led."""
    Call.objects.filter(ticket=ticket, is_lead=True, ended_at=None).update(
        stars=step.fields["stars"], rated_by=step.actor.user, rated_at=step.now, rating_note=step.note[:500]
    )
    ticket.is_rated, ticket.stars = True, step.fields["stars"]
    step.data["stars"] = ticket.stars


@effect
def ask_exclusion(ticket: Ticket, step: Applied) -> None:
    reason = str(step.fields["exclusion_reason"])
    Exclusion.objects.create(ticket=ticket, reason=reason, note=step.note, asked_by=step.person, asked_at=step.now)
    ticket.exclusion, ticket.excluders = "asked", marks.add("", step.actor.user_id)
    step.data["reason_text"] = reason


@effect
def agree_exclusion(ticket: Ticket, step: Applied) -> None:
    """Two others must agree; the second one's word takes the ticket out of the rates."""
    paper = Exclusion.objects.filter(ticket=ticket)
    ticket.excluders = marks.add(ticket.excluders, step.actor.user_id)
    if ticket.exclusion == "asked":
        paper.update(first_by=step.actor.user)
        ticket.exclusion = "first"
    else:
        paper.update(second_by=step.actor.user, answer=Answer.GRANTED, answered_at=step.now)
        ticket.exclusion = "granted"


@effect
def refuse_exclusion(ticket: Ticket, step: Applied) -> None:
    Exclusion.objects.filter(ticket=ticket).update(answer=Answer.REFUSED, answered_at=step.now)
    ticket.exclusion = "refused"
