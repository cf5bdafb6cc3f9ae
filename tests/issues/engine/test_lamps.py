"""The lamp is the worst of all limits that count, and what has run out does not get better by being passed on."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction

from core import clock
from core.days import calendar
from core.days.calendar import Limit
from core.errors import NotNow
from core.rows import marks
from issues.doctor import lamps_are_the_worst
from issues.engine import clocks
from issues.engine.actions import apply
from issues.engine.actors import resident, staff, system
from issues.engine.guard_context import situation
from issues.engine.lateness import departments_of, helping
from issues.engine.snapshots import facts_of, is_scored
from issues.finding.queries import lamp_q
from issues.models import OPEN, Clock, Ticket
from issues.tending.reminding import fire_due
from issues.workflow import BY_NAME, TRANSITIONS, ClockKind, State, refusal
from tests.tickets import NOTE, PIXEL, SITUATIONS, act, at_state, placed, ready_for

pytestmark = pytest.mark.django_db
K = ClockKind

DONE_BY = {
    "arrive": {K.ARRIVE},
    "assist_claim": {K.CLAIM},
    "assist_report": {K.HANDLE, K.ARRIVE},
}
"""What steps do that are taken for one department, beside what their rows settle."""
UNCOUNTED = {K.VERIFY, K.CALLBACK, K.REVIEW}
UNTAKEN = {
    "ask_extension", "ask_suspension",  # refused once the limit has run out
    "merge", "decline",  # end it: tested by themselves
    "reopen", "review_true", "review_false", "rate_whistle", "ask_exclusion", "agree_exclusion", "refuse_exclusion",
    "unmerge",  # nothing runs on what has ended
    # the engine's own: they start and stop nothing
    "escalate", "hand_over", "absorb", "hand_up", "leave_whistle", "open_callback", "succeed",
}  # fmt: skip


def fields_of(cast) -> dict[str, object]:
    return {
        "note": "照办",
        "lead": cast.departments["WL"],
        "assisting": [],
        "evidence": cast.items["C02"],
        "cause": "beyond",
        "why": ["清单载明"],
        "suggested": cast.departments["WL"],
        "satisfaction": 2,
        "solved": "partly",
        "part": cast.items["B03"],
        "invited": [cast.office, cast.departments["WL"]],
        "helper": cast.departments["WL"],
        "measures": "已上门两次",
        "kind": "sample",
        "to": cast.chief,
    }


def lit(ticket: Ticket) -> list[Clock]:
    return clocks.running_on(ticket).lit


def handling(ticket: Ticket) -> Clock:
    """The ticket's own limit to handle it, the newest one."""
    return Clock.objects.filter(ticket=ticket, kind=K.HANDLE, call=None).latest("started_at", "pk")


def run_out(ticket: Ticket, row: Clock) -> Ticket:
    """The ticket with this limit over by an hour, and every other far from it."""
    now = clock.now()
    far = {"due_at": now + timedelta(days=90), "warn_at": now + timedelta(days=80)}
    Clock.objects.filter(clocks.COUNTS, ticket=ticket).update(**far)
    over = {"due_at": now - timedelta(hours=1), "warn_at": now - timedelta(hours=2)}
    Clock.objects.filter(pk=row.pk).update(**over)
    lamps_are_the_worst(True)
    ticket.refresh_from_db()
    assert clocks.lamp(ticket) == clocks.RED
    return ticket


def actor_for(cast, ticket: Ticket, name: str, fields):
    """Somebody who may take the step now, if anybody may."""
    everybody = [*(staff(user) for user in cast.users.values()), resident(), system()]
    now = clock.now()
    return next((a for a in everybody if refusal(BY_NAME[name], *situation(a, ticket, now, fields)) is None), None)


def tries(cast, name: str) -> Iterator[Ticket]:
    """Tickets on which the step may be taken: one in each of its states, and one where it needs more than that."""
    if name in SITUATIONS:
        yield ready_for(cast, name)
        return
    for state in sorted(BY_NAME[name].sources):
        yield at_state(cast, state)


@pytest.mark.parametrize("name", sorted(t.name for t in TRANSITIONS if t.name not in UNTAKEN))
def test_no_step_betters_a_red_lamp_but_what_was_asked_for(cast, name):
    """Walks the table: whichever limit has run out, only the step that does what it asked for turns the lamp."""
    taken, fields = 0, fields_of(cast) | ({"assisting": [cast.departments["WL"]]} if name == "add_assisting" else {})
    for ticket in tries(cast, name):
        for row in lit(ticket):
            with transaction.atomic():
                red = run_out(ticket, row)
                actor = actor_for(cast, red, name, fields)
                if actor is not None:
                    taken += 1
                    after = apply(red.pk, name, actor=actor, fields=fields, pictures=[PIXEL])
                    check(name, row, after)
                transaction.set_rollback(True)
            ticket.refresh_from_db()
    assert taken, f"{name} was never taken"


def check(name: str, row: Clock, after: Ticket) -> None:
    does = {*BY_NAME[name].settles, *DONE_BY.get(name, ())}
    was = f"{name} with {row.kind} run out"
    if row.kind in does:
        assert after.late_by or row.kind in UNCOUNTED, f"{was} forgets who was late"
    elif after.is_open:
        assert clocks.lamp(after) == clocks.RED, f"{was} betters the lamp"
        assert after.late_by or row.kind in UNCOUNTED, f"{was} forgets who was late"
    assert facts_of(after)["late_by"] == after.late_by
    assert lamps_are_the_worst(False) == []


def test_passing_on_keeps_a_red_ticket_red(cast):
    """A second dispatch stopped the overdue limit and started a fresh one."""
    ticket = at_state(cast, State.DISPATCHED)
    with clock.at(handling(ticket).due_at + timedelta(hours=1)):
        for lead in ("WL", "440783103-GJ"):
            dispatcher = staff(cast.town_dispatcher)
            ticket = act(ticket, "redispatch", dispatcher, lead=cast.departments[lead], note="改由它办")
            assert clocks.lamp(ticket) == clocks.RED
            assert Ticket.objects.filter(OPEN, lamp_q("r", clock.now()), pk=ticket.pk).exists()
        assert ticket.move_by > clock.now()  # the department's own limit to claim it is fresh
        ticket = act(ticket, "claim", staff(cast.handler))
        assert clocks.lamp(ticket) == clocks.RED
        assert ticket.claimed_on_time is False
        act(ticket, "arrive", staff(cast.handler))
        ticket = act(ticket, "report_done", staff(cast.handler), note=NOTE)
    assert clocks.lamp(ticket, clock.now()) == clocks.BLUE
    assert ticket.done_on_time is False


def test_whistling_late_does_not_start_anew(cast):
    ticket = at_state(cast, State.SELF_HANDLING, item=cast.items["C02"])
    due = ticket.due_at
    with clock.at(due + timedelta(hours=1)):
        ticket = act(ticket, "whistle", staff(cast.worker), cause="beyond", note=NOTE, measures="已上门")
        act(ticket, "confirm", staff(cast.secretary))
        act(ticket, "dispatch", staff(cast.town_dispatcher), lead=cast.office)
        ticket = act(ticket, "claim", staff(cast.handler))
        assert (clocks.lamp(ticket), ticket.due_at) == (clocks.RED, due)
        ticket = act(ticket, "report_done", staff(cast.handler), note=NOTE)
        assert ticket.done_on_time is False
        assert ticket.calls.get(is_lead=True).done_on_time is True  # the department had it an hour
        assert list(marks.read(ticket.late_by)) == ["village"]


def test_the_grid_has_what_was_left_when_a_whistle_comes_back(cast):
    """Whistling and being kept again and again gave the grid a fresh limit each time."""
    ticket = at_state(cast, State.SELF_HANDLING)
    row = handling(ticket)
    at = calendar.add(row.started_at, Limit(2, "wd"))
    with clock.at(at):
        act(ticket, "whistle", staff(cast.worker), cause="beyond", note=NOTE)
        ticket = act(ticket, "keep", staff(cast.secretary), note="网格能办")
    assert handling(ticket).pk == row.pk
    assert ticket.move_by == row.due_at


def test_the_lamp_is_the_worst_of_several_limits(cast):
    """A department that has claimed but not arrived, a helper that has not claimed: red, whatever else runs."""
    ticket = at_state(cast, State.WHISTLED)
    helper = cast.departments["WL"]
    act(ticket, "dispatch", staff(cast.town_dispatcher), lead=cast.office, assisting=[helper])
    ticket = act(ticket, "claim", staff(cast.handler))
    helps = Clock.objects.get(ticket=ticket, kind=K.CLAIM, call__isnull=False)
    assert (ticket.due_at, ticket.clock_kind) == (helps.due_at, K.CLAIM)
    assert ticket.move_by == handling(ticket).due_at
    with clock.at(helps.due_at + timedelta(minutes=1)):
        assert clocks.lamp(ticket) == clocks.RED
        # letting the helper go does not undo that it was waited for
        after = act(ticket, "excuse", staff(cast.town_dispatcher), helper=helper, note="不需要了")
        assert clocks.lamp(after) == clocks.RED


def test_of_two_limits_that_end_together_the_present_states_is_named_in_any_order(cast):
    ticket = at_state(cast, State.HANDLING)
    handle = Clock.objects.get(ticket=ticket, kind=K.HANDLE, stopped_at=None)
    Clock.objects.filter(ticket=ticket, stopped_at=None).exclude(pk=handle.pk).update(due_at=handle.due_at)
    rows = list(Clock.objects.filter(ticket=ticket, stopped_at=None))
    assert len(rows) > 1
    for order in (rows, rows[::-1]):
        clocks.copy_governing(ticket, clocks.sorted_out(order))
        assert (ticket.clock_kind, ticket.clock_started_at) == (K.HANDLE, handle.started_at)


def test_what_ran_out_before_it_was_suspended_stays_red_and_in_the_rate(cast):
    """Asked at the last minute, answered after the end."""
    ticket = at_state(cast, State.HANDLING)
    act(ticket, "arrive", staff(cast.handler))
    due = handling(ticket).due_at
    with clock.at(due - timedelta(minutes=1)):
        act(ticket, "ask_suspension", staff(cast.handler), suspension_reason="需立项资金", note=NOTE)
    with clock.at(due + timedelta(days=1)):
        ticket = act(ticket, "suspend", staff(cast.county_leader))
        assert clocks.lamp(ticket) == clocks.RED
        assert is_scored(ticket)
        assert Ticket.objects.filter(lamp_q("r", clock.now()), pk=ticket.pk).exists()


def test_suspended_in_time_rests(cast):
    ticket = at_state(cast, State.HANDLING)
    act(ticket, "ask_suspension", staff(cast.handler), suspension_reason="需立项资金", note=NOTE)
    ticket = act(ticket, "suspend", staff(cast.county_leader))
    with clock.at(handling(ticket).due_at + timedelta(days=1)):
        assert clocks.lamp(ticket) == clocks.BLUE
    assert not is_scored(ticket)


def test_an_extension_after_the_end_is_a_new_promise_and_forgives_nothing(cast):
    ticket = ready_for(cast, "grant_extension")
    act(ticket, "arrive", staff(cast.handler))
    due = handling(ticket).due_at
    with clock.at(due + timedelta(days=1)) as late:
        ticket = act(ticket, "grant_extension", staff(cast.county_leader))
        assert clocks.lamp(ticket) == clocks.RED
        assert (ticket.due_at, ticket.move_by) == (due, calendar.add(late, Limit(2, "wd")))
        assert ticket.extension_paper.due_after == ticket.move_by
        assert act(ticket, "report_done", staff(cast.handler), note=NOTE).done_on_time is False


def test_a_late_ticket_is_not_merged_away(cast):
    late = at_state(cast, State.ACCEPTED)
    with clock.at(late.due_at + timedelta(hours=1)):
        fresh = placed(cast, title="又一件")
        with pytest.raises(NotNow, match="已超期"):
            act(late, "merge", staff(cast.worker), into=fresh)
        joined = act(fresh, "merge", staff(cast.worker), into=late)
    assert (joined.state, joined.merged_into_id) == (State.MERGED, late.pk)


def test_merging_and_undoing_it_gives_no_fresh_limit(cast):
    ticket, other = at_state(cast, State.ACCEPTED), placed(cast, title="另一件")
    due = ticket.due_at
    with clock.at(calendar.add(ticket.accepted_at, Limit(2, "wd"))):
        ticket = act(ticket, "merge", staff(cast.worker), into=other)
        ticket = act(ticket, "unmerge", staff(cast.worker), note="不是同一件")
    assert ticket.due_at == ticket.move_by == due


def test_a_report_that_was_untrue_stopped_no_limit(cast):
    """Reported in time, found undone after the end: it is as late as it would have been."""
    ticket = at_state(cast, State.REPORTED)
    due = handling(ticket).due_at
    with clock.at(due + timedelta(days=1)):
        ticket = act(ticket, "verify_fail", staff(cast.verifier), note="仍未解决")
        assert (clocks.lamp(ticket), ticket.due_at, ticket.done_on_time) == (clocks.RED, due, None)
        assert act(ticket, "report_done", staff(cast.handler), note=NOTE).done_on_time is False


def test_found_undone_before_the_end_is_not_late_yet(cast):
    ticket = act(at_state(cast, State.REPORTED), "verify_fail", staff(cast.verifier), note="仍未解决")
    assert (clocks.lamp(ticket), ticket.done_on_time) == (clocks.BLUE, None)


def test_each_answers_for_what_it_held(cast):
    """The village for accepting, the township for dispatching, each department for its own time."""
    ticket = placed(cast)
    with clock.at(ticket.due_at + timedelta(minutes=1)):
        act(ticket, "accept", staff(cast.worker))
        act(ticket, "whistle", staff(cast.worker), cause="beyond", note=NOTE, measures="已上门")
        ticket = act(ticket, "confirm", staff(cast.secretary))
    assert list(marks.read(ticket.late_by)) == ["village"]
    with clock.at(ticket.due_at + timedelta(minutes=1)):
        ticket = act(ticket, "dispatch", staff(cast.town_dispatcher), lead=cast.office)
    assert list(marks.read(ticket.late_by)) == ["village", "township"]
    with clock.at(ticket.due_at + timedelta(minutes=1)):
        wl = cast.departments["WL"]
        ticket = act(ticket, "redispatch", staff(cast.town_dispatcher), lead=wl, note="改由它办")
        ticket = act(ticket, "claim", staff(cast.other_handler))
    assert list(marks.read(ticket.late_by)) == ["village", "township", str(cast.office.pk)]


def test_a_helpers_lateness_is_kept_apart_from_what_it_leads(cast):
    """Counted against what it leads, of which this is nothing, it would make a rate of nought."""
    ticket, helper = at_state(cast, State.WHISTLED), cast.departments["WL"]
    act(ticket, "dispatch", staff(cast.town_dispatcher), lead=cast.office, assisting=[helper])
    act(ticket, "claim", staff(cast.handler))
    act(ticket, "arrive", staff(cast.handler))
    with clock.at(Clock.objects.get(ticket=ticket, kind=K.CLAIM, call__isnull=False).due_at + timedelta(minutes=1)):
        ticket = act(ticket, "assist_claim", staff(cast.other_handler))
    assert list(marks.read(ticket.late_by)) == [helping(helper.pk)]
    assert departments_of(ticket.late_by) == []


def test_who_was_late_is_kept_when_the_engine_finds_it(cast):
    """In a batch and one by one: the standing in the log says so too."""
    tickets = [placed(cast), at_state(cast, State.DISPATCHED)]
    with clock.at(clock.now() + timedelta(days=60)):
        assert sum(iter(fire_due, 0))
    for ticket in tickets:
        ticket.refresh_from_db()
        assert ticket.events.order_by("-version").first().facts == facts_of(ticket)
    assert tickets[0].late_by == ",village,"
    assert marks.has(tickets[1].late_by, cast.office.pk)


def test_a_whistle_that_lacked_its_grounds_costs_the_department_nothing(cast):
    ticket = ready_for(cast, "send_whistle_back")
    act(ticket, "dispatch", staff(cast.town_dispatcher), lead=cast.office)
    with clock.at(clock.now() + timedelta(days=60)):
        ticket = act(ticket, "send_whistle_back", staff(cast.town_dispatcher), note="请写明已尽措施")
    assert list(marks.read(ticket.late_by)) == ["village"]


def test_a_lamp_that_is_not_the_worst_is_found_and_mended(cast):
    ticket = at_state(cast, State.HANDLING)
    right = (ticket.due_at, ticket.warn_at, ticket.move_by)
    later = ticket.due_at + timedelta(days=9)
    Ticket.objects.filter(pk=ticket.pk).update(due_at=later, warn_at=later)
    assert lamps_are_the_worst(False) == lamps_are_the_worst(True) == [ticket.number]
    assert lamps_are_the_worst(False) == []
    ticket.refresh_from_db()
    assert (ticket.due_at, ticket.warn_at, ticket.move_by) == right


def test_of_two_limits_that_ended_at_one_moment_the_last_runs_on(cast):
    """Found by a machine of random steps: the grid's own time had been ended twice before a merge was undone."""
    ticket = at_state(cast, State.ACCEPTED)
    own = Clock.objects.get(ticket=ticket, kind=ClockKind.HANDLE, stopped_at=None)
    into = placed(cast)
    with clock.at(clock.now()):
        ticket = act(ticket, "merge", staff(cast.worker), into=into)
        later = Clock.objects.get(pk=own.pk)
        later.pk = None
        later.save(force_insert=True)
        act(ticket, "unmerge", staff(cast.worker), note="不是同一件")
    running = Clock.objects.filter(ticket=ticket, kind=ClockKind.HANDLE, stopped_at=None)
    assert [row.pk for row in running] == [later.pk]
