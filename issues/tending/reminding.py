"""Take the reminder steps that are due: most in batches, those that do more than remind one by one.

A step that only tells people changes nothing but its clock, the ticket's version and the log. Such steps are most of
what falls due and are written for many tickets by a few statements (`docs/adr/0009-reminders-in-batches.md`); what
they write is what `issues.engine.actions.apply` would have written (`tests/issues/tending/test_reminding.py`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F

from core import clock
from core.errors import NotNow
from core.jobs import outbox
from issues.engine import clocks, lateness
from issues.engine.actions import NOTIFY, URGENT, apply, event_of, notice_key
from issues.engine.actors import system
from issues.engine.errors import AlreadyFired
from issues.models import Clock, Ticket, TicketEvent
from issues.workflow import BY_NAME

ESCALATE = BY_NAME["escalate"]
BATCH = 500
RETRY_AFTER = timedelta(minutes=5)
logger = structlog.get_logger()


@dataclass(frozen=True)
class Due:
    """The next step of a clock, due now; `fired` steps were taken before it."""

    ticket: int
    clock: int
    fired: int
    kind: str

    @property
    def only_reminds(self) -> bool:
        """Whether it tells people and does nothing else."""
        return self.kind not in clocks.SUPERVISED or clocks.STEPS[self.fired] in ("remind", "warn")


def due_steps(limit: int) -> list[Due]:
    """Clocks whose next step is due, oldest first."""
    rows = Clock.objects.filter(next_at__lte=clock.now()).order_by("next_at", "id")
    return [Due(*row) for row in rows.values_list("ticket_id", "id", "fired", "kind")[:limit]]


def fire_due(limit: int = BATCH) -> int:
    """Take up to `limit` due steps, oldest first; returns how many this call took.

    0 when nothing is left to take, or all that is left is in the hands of others.
    """
    due = due_steps(limit)
    plain = _one_a_ticket(due)
    return _together(plain) + _singly([step for step in due if not step.only_reminds])


def _one_a_ticket(due: list[Due]) -> list[Due]:
    """Steps that only remind, the oldest of each ticket; the next call finds the others."""
    return list({step.ticket: step for step in reversed(due) if step.only_reminds}.values())


def _together(due: list[Due]) -> int:
    if not due:
        return 0
    try:
        with transaction.atomic():
            return _remind(due, clock.now())
    except Exception:
        # One broken row must not hold up everybody else's reminders: find it by going on singly.
        logger.exception("batch of clock steps failed", size=len(due))
        return _singly(due)


def _remind(due: list[Due], now: datetime) -> int:
    """Write the steps whose ticket nobody works on at this moment; the others stay due."""
    free = Ticket.objects.select_for_update(skip_locked=True, of=("self",)).filter(state__in=ESCALATE.sources)
    tickets = free.in_bulk([step.ticket for step in due])
    taken = _advance_together([step for step in due if step.ticket in tickets], now=now)
    lateness.note_together(tickets, [row for row in taken if clocks.STEPS[row.fired] == "overdue"])
    Ticket.objects.filter(pk__in=[row.ticket_id for row in taken]).update(version=F("version") + 1, last_event_at=now)
    events = TicketEvent.objects.bulk_create([_event(tickets[row.ticket_id], row, now) for row in taken])
    outbox.enqueue_all(NOTIFY, {notice_key(event): {"event": event.pk} for event in events}, queue=URGENT)
    return len(taken)


def _advance_together(due: Iterable[Due], *, now: datetime) -> list[Clock]:
    """`clocks.advance` for many clocks whose tickets the caller has locked; returns those that took their step."""
    wanted = {step.clock: step.fired for step in due}
    found = clocks.RUNNING.filter(pk__in=wanted, next_at__lte=now).in_bulk()
    rows = [row for pk, row in found.items() if row.fired == wanted[pk]]
    for fired, following in enumerate(("warn_at", "due_at", "again_at")):
        steps = [row.pk for row in rows if row.fired == fired]
        Clock.objects.filter(pk__in=steps).update(fired=fired + 1, next_at=F(following))
    return rows


def _event(ticket: Ticket, row: Clock, now: datetime) -> TicketEvent:
    ticket.version, ticket.last_event_at = ticket.version + 1, now
    shown = {"from_state": ticket.state, "data": clocks.told_of(row), "is_public": ESCALATE.public}
    return event_of(ticket, ESCALATE.name, system(), now, **shown)


def _singly(due: list[Due]) -> int:
    taken = 0
    for step in due:
        try:
            apply(step.ticket, ESCALATE.name, actor=system(), fields={"clock": step.clock, "fired": step.fired})
        except (AlreadyFired, NotNow):
            continue
        except Exception:
            logger.exception("clock step failed", clock=step.clock, ticket=step.ticket)
            _postpone(step.clock)
            continue
        taken += 1
    return taken


def _postpone(clock_id: int) -> None:
    """Try a clock's step again later, after it failed for a reason of its own."""
    Clock.objects.filter(pk=clock_id, stopped_at__isnull=True).update(next_at=clock.now() + RETRY_AFTER)
