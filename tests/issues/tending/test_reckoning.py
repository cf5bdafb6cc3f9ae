"""When working days change, limits that run are reckoned anew, each with an entry in its ticket's log."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core import clock
from core.days import calendar, workdays
from core.days.calendar import Limit
from core.jobs.outbox import drain_inline
from issues.doctor import lamps_are_the_worst, log_replays
from issues.engine import clocks
from issues.engine.actors import staff
from issues.models import Clock, Sheet, Ticket
from issues.tending import reckoning
from issues.workflow import ClockKind, State
from tests.tickets import NOTE, act, at_state

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 9, 14, 2, tzinfo=UTC)
TUESDAY = date(2026, 9, 15)


def handling(ticket):
    return Clock.objects.get(ticket=ticket, kind=ClockKind.HANDLE, stopped_at=None)


def test_a_day_off_moves_what_lies_over_it_and_says_so(cast):
    with clock.at(MONDAY):
        ticket, urgent = at_state(cast, State.SELF_HANDLING), at_state(cast, State.ACCEPTED, item=cast.items["C01"])
        before = handling(ticket).due_at
        workdays.declare(day=TUESDAY, is_working=False, note="台风停工", actor=None)
        drain_inline()
    ticket.refresh_from_db()
    row = handling(ticket)
    assert row.due_at == calendar.add(before, Limit(1, "wd")) == ticket.move_by == ticket.due_at
    assert row.next_at == row.remind_at < row.warn_at < row.due_at < row.again_at
    entry = ticket.events.order_by("-version").first()
    assert (entry.action, entry.version) == (reckoning.RECALENDAR, ticket.version)
    assert entry.note == "办结期限由 9月17日 17:30 改为 9月18日 17:30"
    assert log_replays(False) == lamps_are_the_worst(False) == []
    assert not urgent.events.filter(action=reckoning.RECALENDAR).exists()  # around the clock


def test_what_has_run_out_stays_run_out(cast):
    with clock.at(MONDAY):
        ticket = at_state(cast, State.SELF_HANDLING)
    due = handling(ticket).due_at
    with clock.at(due + timedelta(hours=1)):
        workdays.declare(day=TUESDAY, is_working=False, actor=None)
        drain_inline()
        ticket.refresh_from_db()
        assert handling(ticket).due_at == due
        assert clocks.lamp(ticket) == clocks.RED


def test_paused_and_extended_limits_keep_what_was_added(cast):
    with clock.at(MONDAY):
        ticket = at_state(cast, State.HANDLING)
        act(ticket, "ask_suspension", staff(cast.handler), suspension_reason="需立项资金", note=NOTE)
        act(ticket, "suspend", staff(cast.county_leader))
    with clock.at(MONDAY + timedelta(days=7)):
        act(ticket, "resume", staff(cast.county_leader), note=NOTE)
        act(ticket, "ask_extension", staff(cast.handler), days=Limit(2, "wd"), note=NOTE)
        act(ticket, "agree_extension", staff(cast.town_dispatcher))
        act(ticket, "grant_extension", staff(cast.county_leader))
        before = handling(ticket).due_at
        workdays.declare(day=date(2026, 9, 22), is_working=False, actor=None)
        drain_inline()
        assert handling(ticket).due_at == calendar.add(before, Limit(1, "wd"))


def test_batches_follow_each_other(cast, monkeypatch):
    monkeypatch.setattr(reckoning, "BATCH", 2)
    with clock.at(MONDAY):
        for _n in range(5):
            at_state(cast, State.SELF_HANDLING)
        workdays.declare(day=TUESDAY, is_working=False, actor=None)
        drain_inline()
    assert Ticket.objects.filter(events__action=reckoning.RECALENDAR).distinct().count() == 5
    assert log_replays(False) == []


def test_answers_to_sheets_and_the_time_to_return_follow_too(cast):
    with clock.at(MONDAY):
        ticket = at_state(cast, State.DISPATCHED)
        act(ticket, "supervise", staff(cast.county_dispatcher), note=NOTE, limit=Limit(2, "wd"))
        act(ticket, "supervise", staff(cast.county_dispatcher), note=NOTE, limit=Limit(3, "wd"))
        sheet = Sheet.objects.get(ticket=ticket)
        before, until = sheet.due_at, Ticket.objects.get(pk=ticket.pk).return_until
        workdays.declare(day=TUESDAY, is_working=False, actor=None)
        drain_inline()
    sheet.refresh_from_db()
    ticket.refresh_from_db()
    assert sheet.due_at == calendar.add(MONDAY, Limit(2, "wd")) == calendar.add(before, Limit(1, "wd"))
    assert ticket.return_until == calendar.add(MONDAY, Limit.parse(ticket.limits["return"])) >= until
    note = ticket.events.filter(action=reckoning.RECALENDAR).get().note
    assert f"督办单{sheet.number}回复期限由 9月16日 17:30 改为 9月17日 17:30" in str(note)
    assert log_replays(False) == lamps_are_the_worst(False) == []


def test_an_answer_that_is_late_stays_late(cast):
    with clock.at(MONDAY):
        ticket = at_state(cast, State.DISPATCHED)
        act(ticket, "supervise", staff(cast.county_dispatcher), note=NOTE, limit=Limit(1, "wd"))
    sheet = Sheet.objects.get(ticket=ticket)
    with clock.at(sheet.due_at + timedelta(minutes=1)):
        workdays.declare(day=TUESDAY, is_working=False, actor=None)
        drain_inline()
    assert Sheet.objects.get(pk=sheet.pk).due_at == sheet.due_at
