"""`place` and `apply` on a real database: who may, what is written, what is refused, what is logged."""

from datetime import datetime, time, timedelta

import pytest

from core import clock
from core.errors import Incomplete, NotNow, NotYours
from core.races.idempotency import KeyReused, Once
from grids import tree
from grids.levels import Level
from issues.engine import actions, clocks
from issues.engine.actions import apply, place
from issues.engine.actors import resident, staff, system
from issues.engine.errors import StaleTicket
from issues.engine.new_ticket import NewTicket
from issues.engine.snapshots import facts_of
from issues.models import Call, Clock, Source, Ticket, TicketEvent
from issues.tending.reminding import fire_due
from issues.workflow import ClockKind, State
from tests.tickets import at_state, ready_for

pytestmark = pytest.mark.django_db

GENERAL, URGENT = "C02", "C01"


def order(cast, key="k1", item=GENERAL, **more):
    new = NewTicket(
        area=more.pop("area", cast.microgrid),
        source=Source.ORDER,
        item=cast.items[item] if item else None,
        description="巷口堆了旧家具",
        **more,
    )
    once = Once("resident:test", key, {"key": key, **{k: str(v) for k, v in more.items()}})
    return place(new, actor=resident(), once=once)


def act(ticket, name, user=None, **fields):
    return apply(ticket.pk, name, actor=staff(user) if user else resident(), fields=fields)


def whistled(cast, **more):
    ticket = order(cast, **more)
    act(ticket, "accept", cast.worker)
    act(ticket, "whistle", cast.worker, cause="beyond", note="网格没有工具", measures="已上门两次")
    return act(ticket, "confirm", cast.secretary)


def dispatched(cast, **more):
    return act(whistled(cast, **more), "dispatch", cast.town_dispatcher, lead=cast.office)


def test_an_order_carries_number_path_clock_and_log(cast):
    ticket = order(cast)
    assert ticket.number.startswith("ST")
    assert (ticket.grid_id, ticket.village_id, ticket.township_id) == (cast.grid.pk, cast.village.pk, cast.township.pk)
    assert ticket.clock_kind == ClockKind.ACCEPT
    assert ticket.due_at > clock.now()
    event = ticket.events.get()
    assert (event.version, event.action, event.to_state) == (1, "place", State.PLACED)


def test_sent_twice_is_made_once_and_another_body_is_refused(cast):
    first = order(cast, key="same", where="祠堂前")
    again = order(cast, key="same", where="祠堂前")
    assert again.pk == first.pk
    assert Ticket.objects.count() == 1
    with pytest.raises(KeyReused):
        order(cast, key="same", where="别处")


def test_numbers_run_through_a_day(cast):
    tails = [order(cast, key=f"n{n}").number[-3:] for n in range(3)]
    assert tails == ["001", "002", "003"]


def test_a_retired_grid_takes_no_orders(cast):
    code = tree.next_grid_code(cast.village)
    empty = tree.add(parent=cast.grid, level=Level.MICROGRID, code=code, name="空置微网格", actor=None)
    retired = tree.retire(area=empty, actor=None)
    with pytest.raises(NotNow):
        order(cast, area=retired)


def test_staff_log_only_in_their_area(cast):
    with pytest.raises(NotYours):
        place(
            NewTicket(area=cast.microgrid, source=Source.WORKER, item=cast.items[GENERAL]),
            actor=staff(cast.sibling_worker),
            once=Once("u", "k", {}),
        )


def test_nothing_of_a_refused_step_remains(cast):
    ticket = order(cast)
    with pytest.raises(NotYours):
        act(ticket, "accept", cast.other_handler)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.version, ticket.events.count()) == (State.PLACED, 1, 1)


def test_a_stale_page_is_told_who_was_faster(cast):
    ticket = order(cast)
    seen = ticket.version
    act(ticket, "accept", cast.worker)
    with pytest.raises(StaleTicket, match=cast.worker.name):
        apply(ticket.pk, "accept", actor=staff(cast.chief), version=seen)


def test_a_note_does_not_make_a_page_stale(cast):
    ticket = order(cast)
    seen = ticket.version
    act(ticket, "supplement", note="又多了一堆")
    assert apply(ticket.pk, "accept", actor=staff(cast.worker), version=seen).state == State.ACCEPTED


def test_missing_fields_are_named(cast):
    ticket = order(cast)
    act(ticket, "accept", cast.worker)
    with pytest.raises(Incomplete) as caught:
        act(ticket, "whistle", cast.worker)
    assert set(caught.value.errors) == {"cause"}


def test_the_list_decides_the_lead_and_says_why(cast):
    ticket = whistled(cast)
    assert ticket.decision["lead"]["id"] == cast.office.pk
    assert ticket.decision["why"]


def test_an_urgent_whistle_skips_the_dispatcher(cast):
    ticket = order(cast, item=URGENT)
    act(ticket, "accept", cast.worker)
    with pytest.raises(NotYours):
        act(ticket, "whistle_urgent", cast.worker, note="急")
    act(ticket, "whistle", cast.worker, cause="urgent")
    with pytest.raises(NotNow, match="应急哨"):
        act(ticket, "confirm", cast.secretary)
    ticket = act(ticket, "whistle_urgent", cast.chief)
    assert ticket.state == State.DISPATCHED
    assert ticket.lead_id is not None


def test_a_return_keeps_the_handling_limit_running(cast):
    ticket = dispatched(cast)
    due = Clock.objects.get(ticket=ticket, kind=ClockKind.HANDLE, stopped_at=None).due_at
    handler = cast.handler
    act(ticket, "return", handler, evidence=ticket.item, suggested=cast.departments["WL"], note="不在本单位职责")
    ticket = act(ticket, "dispatch", cast.town_dispatcher, lead=cast.office)
    assert Clock.objects.get(ticket=ticket, kind=ClockKind.HANDLE, stopped_at=None).due_at == due
    with pytest.raises(NotNow, match="一次"):
        act(ticket, "return", handler, evidence=cast.items["C02"], suggested=cast.departments["WL"], note="再退")


def test_a_return_has_a_window(cast):
    ticket = dispatched(cast)
    with clock.at(ticket.return_until + timedelta(minutes=1)), pytest.raises(NotNow, match="时限"):
        act(ticket, "return", cast.handler, evidence=cast.items["C02"], suggested=cast.departments["WL"], note="退")


def test_the_handler_does_not_verify_and_the_word_of_the_resident_closes(cast):
    ticket = order(cast, item="F01")
    act(ticket, "accept", cast.worker)
    act(ticket, "self_handle", cast.worker)
    act(ticket, "report_done", cast.worker, note="已调解")
    with pytest.raises(NotNow, match="自己"):
        act(ticket, "verify_pass", cast.worker)
    ticket = act(ticket, "verify_pass", cast.secretary)
    with pytest.raises(NotNow, match="回访"):
        apply(ticket.pk, "close", actor=system())
    ticket = act(ticket, "callback_solved", None, satisfaction=3, solved="solved")
    assert ticket.state == State.CLOSED
    assert ticket.closed_at is not None
    assert not Clock.objects.filter(ticket=ticket, stopped_at=None).exists()


def test_not_solved_opens_the_next_round_with_a_new_limit(cast):
    ticket = order(cast, item="F01")
    for name, user, fields in [
        ("accept", cast.worker, {}),
        ("self_handle", cast.worker, {}),
        ("report_done", cast.worker, {"note": "好了"}),
        ("verify_pass", cast.secretary, {}),
        ("callback_unsolved", cast.town_dispatcher, {"satisfaction": 1, "solved": "not", "note": "还是老样子"}),
    ]:
        ticket = act(ticket, name, user, **fields)
    assert (ticket.state, ticket.round, ticket.holder_id) == (State.REWORK, 2, cast.worker.pk)
    assert Clock.objects.get(ticket=ticket, kind=ClockKind.HANDLE, stopped_at=None).round == 2


def test_the_next_round_is_checked_by_somebody_else(cast):
    ticket = at_state(cast, State.REWORK, item=cast.items["F01"], route="self")
    act(ticket, "report_done", cast.worker, note="这回好了")
    with pytest.raises(NotNow, match="换人"):
        act(ticket, "verify_pass", cast.verifier)
    assert act(ticket, "verify_pass", cast.secretary).state == State.VERIFIED


def test_who_is_called_off_reads_no_more_and_what_was_returned_costs_nothing(cast):
    ticket = dispatched(cast)
    mine = Ticket.objects.visible_to(cast.handler).filter(pk=ticket.pk)
    assert mine.exists()
    act(
        ticket,
        "return",
        cast.handler,
        evidence=ticket.item,
        suggested=cast.departments["WL"],
        note="不在本单位职责",
    )
    assert not mine.exists()
    ended = Call.objects.get(ticket=ticket)
    assert (ended.is_lead, ended.counts) == (True, False)
    assert ended.ended_at is not None


def test_a_ticket_of_the_early_morning_is_of_that_day(cast):
    day = clock.today() + timedelta(days=1)
    with clock.at(datetime.combine(day, time(6, 30), clock.COUNTY_TIME)):
        assert facts_of(order(cast))["day"] == day.isoformat()


def test_late_once_is_late_for_good(cast):
    ticket = order(cast, item="F01")
    act(ticket, "accept", cast.worker)
    ticket = act(ticket, "self_handle", cast.worker)
    with clock.at(ticket.due_at + timedelta(minutes=1)):
        act(ticket, "report_done", cast.worker, note="晚了")
        ticket = act(ticket, "verify_fail", cast.secretary, note="没好")
        assert act(ticket, "report_done", cast.worker, note="好了").done_on_time is False


def test_reopening_a_closed_order(cast):
    ticket = order(cast, item="F01")
    act(ticket, "accept", cast.worker)
    act(ticket, "self_handle", cast.worker)
    act(ticket, "report_done", cast.worker, note="好了")
    act(ticket, "verify_pass", cast.secretary)
    ticket = act(ticket, "callback_solved", None, satisfaction=4, solved="solved")
    with clock.at(ticket.closed_at + timedelta(days=16)), pytest.raises(NotNow):
        act(ticket, "reopen", None, satisfaction=1, solved="not", note="又坏了")
    ticket = act(ticket, "reopen", None, satisfaction=1, solved="not", note="又坏了")
    assert (ticket.state, ticket.closed_at) == (State.REWORK, None)


def test_every_event_carries_the_standing_after_it(cast):
    ticket = dispatched(cast)
    last = TicketEvent.objects.filter(ticket=ticket).order_by("-version").first()
    assert last.facts == facts_of(Ticket.objects.get(pk=ticket.pk))
    assert [e.version for e in ticket.events.order_by("version")] == list(range(1, ticket.version + 1))


def test_reminders_come_once_each_and_catch_up_after_downtime(cast):
    ticket = order(cast)
    row = Clock.objects.get(ticket=ticket)
    with clock.at(row.remind_at + timedelta(seconds=1)):
        assert fire_due() == 1
        assert fire_due() == 0
    with clock.at(row.due_at + timedelta(days=3)):
        assert sum(iter(fire_due, 0)) == 2
    steps = [e.data["step"] for e in ticket.events.filter(action="escalate").order_by("version")]
    assert steps == ["remind", "warn", "overdue"]


def test_a_lamp_needs_no_engine(cast):
    ticket = order(cast)
    assert clocks.lamp(ticket, ticket.placed_at) == clocks.BLUE
    assert clocks.lamp(ticket, ticket.warn_at) == clocks.YELLOW
    assert clocks.lamp(ticket, ticket.due_at) == clocks.RED


def test_a_fault_in_an_effect_leaves_nothing_behind(cast, monkeypatch):
    """State, log, clocks and outbox change together or not at all."""
    ticket = order(cast)

    def broken(*_, **__):
        raise RuntimeError

    for place_of_fault in ("_log", "_enqueue"):
        with monkeypatch.context() as patched:
            patched.setattr(actions, place_of_fault, broken)
            with pytest.raises(RuntimeError):
                act(ticket, "accept", cast.worker)
        ticket.refresh_from_db()
        assert (ticket.state, ticket.version, ticket.events.count()) == (State.PLACED, 1, 1)
        assert Clock.objects.get(ticket=ticket, stopped_at=None).kind == ClockKind.ACCEPT


def test_an_assisting_department_answers_for_its_own_limits(cast):
    ticket = ready_for(cast, "answer_sheet_share")
    lead, helper = ticket.calls.get(is_lead=True), ticket.calls.get(is_lead=False)
    assert set(ticket.sheet_papers.filter(call=helper).values_list("department", flat=True)) == {helper.department_id}
    assert (ticket.sheets, helper.sheets) == (
        ticket.sheet_papers.filter(call=None).count(),
        ticket.sheet_papers.filter(call=helper).count(),
    )
    ticket = act(ticket, "answer_sheet_share", cast.other_handler, note="明天到场")
    helper.refresh_from_db()
    assert (helper.sheets, ticket.sheets) == (0, ticket.sheet_papers.filter(department=lead.department).count())
    assert not ticket.sheet_papers.filter(call=helper, answered_at=None).exists()
    act(ticket, "excuse", cast.town_dispatcher, helper=helper.department, note="不需要了")
    assert not ticket.sheet_papers.filter(call=helper, closed_at=None).exists()


def test_where_no_department_was_called_none_is_added(cast):
    """Found by the machine: a matter that the grid had settled itself was reopened."""
    ticket = at_state(cast, State.REWORK, route="self")
    with pytest.raises(NotNow, match="由网格自办"):
        act(ticket, "add_assisting", cast.town_dispatcher, assisting=[cast.departments["WL"]], note="请到场")
