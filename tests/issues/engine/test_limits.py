"""Limits on a real database: when they warn, what a pause and an extension do to them, what counts as in time."""

from datetime import timedelta

import pytest

from core import clock
from core.days import calendar
from core.days.calendar import Limit
from issues.engine.actors import staff
from issues.models import Clock
from issues.tending.reminding import fire_due
from issues.workflow import ClockKind, State
from tests.tickets import NOTE, act, at_state, placed, ready_for

pytestmark = pytest.mark.django_db

MOMENTS = ("remind_at", "warn_at", "due_at", "again_at")


def running(ticket, kind=ClockKind.HANDLE):
    return Clock.objects.get(ticket=ticket, kind=kind, call=None, stopped_at=None)


@pytest.mark.parametrize("item", ["C01", "C02"])
def test_half_of_a_limit_reminds_and_four_fifths_warn(cast, item):
    row = running(placed(cast, item=cast.items[item]), ClockKind.ACCEPT)
    unit = Limit.parse(row.limit).unit
    whole, half, warned = (
        calendar.elapsed_minutes(row.started_at, moment, unit) for moment in (row.due_at, row.remind_at, row.warn_at)
    )
    assert abs(half - whole * 0.5) <= 1
    assert abs(warned - whole * 0.8) <= 1


@pytest.mark.parametrize(("after", "punctual"), [(timedelta(), True), (timedelta(seconds=1), False)])
def test_what_is_done_at_the_last_moment_is_done_in_time(cast, after, punctual):
    ticket = at_state(cast, State.SELF_HANDLING, item=cast.items["F01"])
    with clock.at(running(ticket).due_at + after):
        assert act(ticket, "report_done", staff(cast.worker), note=NOTE).done_on_time is punctual


def test_after_a_pause_exactly_what_was_left_is_left_of_every_moment(cast):
    ticket = at_state(cast, State.HANDLING)
    before, stopped = running(ticket), clock.now() + timedelta(minutes=5)
    with clock.at(stopped):
        act(ticket, "ask_suspension", staff(cast.handler), suspension_reason="需立项资金", note=NOTE)
        act(ticket, "suspend", staff(cast.county_leader))
    assert running(ticket).next_at is None
    with clock.at(stopped + timedelta(days=40)) as resumed:
        ticket = act(ticket, "resume", staff(cast.county_leader), note=NOTE)
    after, unit = running(ticket), Limit.parse(before.limit).unit
    for name in MOMENTS:
        left = calendar.elapsed_minutes(stopped, getattr(before, name), unit)
        assert left > 0
        assert abs(calendar.elapsed_minutes(resumed, getattr(after, name), unit) - left) <= 1, name
    assert ticket.move_by == after.due_at
    assert after.next_at == after.remind_at
    assert len(after.paused_spans) == 1


def test_an_extension_is_counted_from_the_end_of_the_limit(cast):
    ticket = ready_for(cast, "grant_extension")
    before = running(ticket)
    ticket = act(ticket, "grant_extension", staff(cast.county_leader))
    after = running(ticket)
    assert after.due_at == ticket.move_by == calendar.add(before.due_at, Limit(2, "wd"))
    assert before.warn_at < after.warn_at < after.due_at < after.again_at
    assert ticket.extension_paper.due_after == after.due_at


def test_what_stays_overdue_is_reported_to_the_county_once(cast):
    ticket = at_state(cast, State.HANDLING)
    row = running(ticket)
    with clock.at(row.again_at + timedelta(seconds=1)):
        while fire_due():
            pass
        assert fire_due() == 0
    told = [event.data for event in ticket.events.filter(action="escalate").order_by("version")]
    assert [data["step"] for data in told if data["clock"] == row.pk] == ["remind", "warn", "overdue", "again"]
