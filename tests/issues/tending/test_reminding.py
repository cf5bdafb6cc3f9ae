"""Reminder steps in batches write what single ones write, each once, and one broken ticket holds up nobody."""

from datetime import timedelta

import pytest
from django.db import connection
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext

from core import clock
from core.models import OutboxRow
from issues.doctor import log_replays
from issues.models import Clock, Sheet, Ticket, TicketEvent
from issues.tending import reminding
from issues.tending.reminding import fire_due
from issues.workflow import State
from tests.tickets import at_state, placed

pytestmark = pytest.mark.django_db


def latest():
    """When every step of every running limit is due."""
    return Clock.objects.order_by("-due_at").first().due_at + timedelta(days=30)


def written(ticket: Ticket) -> dict[str, object]:
    """All that a reminder leaves, without what tells two tickets apart."""
    ticket.refresh_from_db()
    own = {"id", "ticket", "number", "code", "place", "area", "grid", "data", "facts", "key", "payload"}
    events = [model_to_dict(event) for event in ticket.events.order_by("version")]
    told = [{k: v for k, v in event.data.items() if k != "clock"} for event in ticket.events.order_by("version")]
    keys = [f"ticket:{ticket.pk}:{event['version']}:notify" for event in events]
    rows = OutboxRow.objects.filter(key__in=keys).order_by("id").values("topic", "queue", "created_at", "next_at")
    parts = [model_to_dict(ticket), *events, *(model_to_dict(row) for row in ticket.clocks.all())]
    return {
        "rows": [{k: v for k, v in part.items() if k not in own} for part in parts],
        "told": told,
        "outbox": list(rows),
    }


def test_the_batch_knows_all_that_the_table_asks_of_a_reminder():
    """A guard or another effect in that row has to be told to the batch."""
    assert (reminding.ESCALATE.guards, reminding.ESCALATE.effects) == ((), ("escalate",))
    assert not reminding.ESCALATE.moves


def test_a_batch_writes_what_single_steps_write(cast):
    with clock.at(clock.now()):
        together, singly = placed(cast), placed(cast)
    for _step in ("remind", "warn", "overdue"):
        due = Clock.objects.get(ticket=together).next_at
        with clock.at(due):
            steps = {step.ticket: step for step in reminding.due_steps(10)}
            assert reminding._together([steps[together.pk]]) == 1
            assert reminding._singly([steps[singly.pk]]) == 1
    assert written(together) == written(singly)
    assert log_replays(False) == []


def test_steps_that_do_more_than_remind_are_taken_singly(cast):
    ticket = at_state(cast, State.DISPATCHED)
    with clock.at(latest()):
        while fire_due():
            assert log_replays(False) == []
    told = [event.data for event in ticket.events.filter(action="escalate").order_by("version")]
    limits = {data["clock"] for data in told}
    for limit in limits:
        assert [data["step"] for data in told if data["clock"] == limit] == ["remind", "warn", "overdue", "again"]
    sheet = Sheet.objects.get(ticket=ticket)
    assert sheet.text.count("时限已过") == len(limits), "one sheet asks for all that has run out"


def test_the_statements_do_not_grow_with_the_batch(cast):
    def statements(tickets: int) -> int:
        for _ in range(tickets):
            placed(cast)
        due = Clock.objects.order_by("-remind_at").first().remind_at
        with clock.at(due), CaptureQueriesContext(connection) as run:
            assert fire_due() == tickets
        return len(run)

    assert statements(2) == statements(12)


def test_a_broken_ticket_holds_up_nobody(cast, monkeypatch):
    whole, broken = placed(cast), placed(cast)
    real = reminding.event_of

    def event_of(ticket, *given, **more):
        if ticket.pk == broken.pk:
            raise RuntimeError("broken")
        return real(ticket, *given, **more)

    monkeypatch.setattr(reminding, "event_of", event_of)
    monkeypatch.setattr("issues.engine.actions.event_of", event_of)
    with clock.at(Clock.objects.order_by("-remind_at").first().remind_at):
        assert fire_due() == 1
        assert fire_due() == 0
    assert [e.ticket_id for e in TicketEvent.objects.filter(action="escalate")] == [whole.pk]
    assert Clock.objects.get(ticket=broken).fired == 0


def test_two_limits_of_a_ticket_fall_due_one_after_the_other(cast):
    ticket = at_state(cast, State.HANDLING)
    with clock.at(latest()):
        sum(iter(fire_due, 0))
    versions = list(ticket.events.order_by("version").values_list("version", flat=True))
    assert versions == list(range(1, len(versions) + 1))
    assert not Clock.objects.filter(next_at__isnull=False).exists()
    assert log_replays(False) == []
