"""系统代办: what the engine passes on within seconds, why, what it leaves to people, and how it is taken back."""

from datetime import timedelta

import pytest

from core import clock
from core.errors import NotNow
from core.jobs import outbox
from core.models import AuditEntry
from duties.routing import dispatching
from issues.dossier.reading import open_dossier
from issues.dossier.ticket_page import page_of
from issues.engine.actors import resident, staff, system
from issues.finding.filters import TicketFilter
from issues.finding.queries import queue
from issues.models import Call, Clock, TicketEvent
from issues.resident.tracking import tracking_of
from issues.tending import automatic, switches
from issues.workflow import AUTOMATICS, Automatic, ClockKind, State
from notices.models import Notice
from tests.tickets import act, at_state, placed

pytestmark = pytest.mark.django_db


def whistled(cast, **changes):
    """A whistle that the village has just confirmed."""
    return at_state(cast, State.WHISTLED, **changes)


def fresh(ticket):
    ticket.refresh_from_db()
    return ticket


def events(ticket, action):
    return list(TicketEvent.objects.filter(ticket=ticket, action=action))


def switch_off(cast, step, code="C02"):
    wanted = {one: one != step for one in Automatic}
    switches.put(county=cast.county, item_code=code, wanted=wanted, reason="由人工办", actor=cast.county_dispatcher)


# ---- dispatching --------------------------------------------------------------------------------------------
def test_a_confirmed_whistle_goes_where_the_list_says_with_the_reasons_in_its_log(cast):
    ticket = whistled(cast)
    outbox.drain_inline()
    ticket = fresh(ticket)
    assert (ticket.state, ticket.lead) == (State.DISPATCHED, cast.office)
    (sent,) = events(ticket, "dispatch_listed")
    assert sent.actor_kind == "system"
    assert any("第 1 版" in text for text in sent.data["why"])
    assert ticket.recall_until == sent.at + timedelta(minutes=30)
    assert {clock_.kind for clock_ in Clock.objects.filter(ticket=ticket, stopped_at=None)} >= {"claim", "handle"}
    told = set(Notice.objects.filter(kind="dispatch_listed").values_list("user_id", flat=True))
    assert {cast.handler.pk, cast.town_dispatcher.pk} <= told


def test_it_is_sent_once_however_often_the_row_runs_and_whoever_was_faster(cast):
    ticket = whistled(cast)
    assert automatic.dispatch(ticket.pk, ticket.moved_version)
    assert not automatic.dispatch(ticket.pk, ticket.moved_version)
    by_hand = act(whistled(cast), "dispatch", staff(cast.town_dispatcher), lead=cast.office)
    assert not automatic.dispatch(by_hand.pk, by_hand.moved_version - 1)
    assert len(events(ticket, "dispatch_listed")) == 1
    assert not events(by_hand, "dispatch_listed")


def test_a_rule_against_the_list_leaves_it_to_a_person_who_reads_why(cast):
    dispatching.keep(
        township_id=cast.township.pk,
        item_code="C02",
        lead=cast.departments["440783103-NN"],
        assisting=[],
        source="会商",
        actor=cast.list_admin,
    )
    ticket = whistled(cast)
    outbox.drain_inline()
    assert fresh(ticket).state == State.WHISTLED
    page = page_of(open_dossier(cast.town_dispatcher, ticket.number))
    left = next(entry for entry in page.entries if entry.title == "留给分拨员派哨")
    assert "会商" in left.text


def test_a_dispute_about_the_same_item_in_the_township_stands_against_it(cast):
    at_state(cast, State.CONSULTING)
    ticket = whistled(cast)
    outbox.drain_inline()
    assert fresh(ticket).state == State.WHISTLED
    assert "争议" in events(ticket, "leave_whistle")[0].data["why"][0]


def test_what_was_returned_is_for_the_dispatcher(cast):
    ticket = at_state(cast, State.RETURNED)
    outbox.drain_inline()
    assert fresh(ticket).state == State.RETURNED


def test_the_county_keeps_an_item_for_its_dispatchers(cast):
    switch_off(cast, Automatic.DISPATCH)
    ticket = whistled(cast)
    other = whistled(cast, item=cast.items["C03"])
    outbox.drain_inline()
    assert fresh(ticket).state == State.WHISTLED
    assert fresh(other).state == State.DISPATCHED
    assert AuditEntry.objects.filter(verb="engine.switched").count() == 1


def test_a_dispatcher_takes_it_back_within_half_an_hour_and_wins_no_time(cast):
    ticket = whistled(cast)
    began = Clock.objects.get(ticket=ticket, kind=ClockKind.DISPATCH).started_at
    outbox.drain_inline()
    with clock.at(clock.now() + timedelta(minutes=20)):
        ticket = act(ticket, "recall", staff(cast.town_dispatcher), note="现场还要文旅到")
        assert (ticket.state, ticket.lead, ticket.recall_until) == (State.WHISTLED, None, None)
        running = {row.kind: row for row in Clock.objects.filter(ticket=ticket, stopped_at=None)}
        assert running.keys() == {ClockKind.DISPATCH, ClockKind.HANDLE}
        assert running[ClockKind.DISPATCH].started_at == began
        assert running[ClockKind.HANDLE].paused_at is not None, "what the grid has left"
        assert not Call.objects.filter(ticket=ticket, counts=True).exists()
        outbox.drain_inline()
        assert fresh(ticket).state == State.WHISTLED  # the engine does not send it again


def test_what_a_department_has_claimed_meanwhile_is_taken_back_too(cast):
    ticket = whistled(cast)
    outbox.drain_inline()
    act(ticket, "claim", staff(cast.handler))
    ticket = act(ticket, "recall", staff(cast.town_dispatcher), note="派错了")
    assert (ticket.state, ticket.holder, ticket.claimed_at) == (State.WHISTLED, None, None)


def test_after_half_an_hour_or_what_people_sent_is_not_taken_back(cast):
    ticket = whistled(cast)
    outbox.drain_inline()
    with clock.at(clock.now() + timedelta(minutes=31)), pytest.raises(NotNow, match="30 分钟"):
        act(ticket, "recall", staff(cast.town_dispatcher), note="派错了")
    with pytest.raises(NotNow, match="改派"):
        act(at_state(cast, State.DISPATCHED), "recall", staff(cast.town_dispatcher), note="派错了")


def test_dispatchers_have_a_list_of_what_can_be_taken_back(cast):
    ticket = whistled(cast)
    at_state(cast, State.DISPATCHED)
    outbox.drain_inline()
    sent = TicketFilter(view="sent")
    assert list(sent.apply(queue(cast.town_dispatcher), clock.now(), cast.town_dispatcher)) == [ticket]
    later = clock.now() + timedelta(minutes=31)
    assert not sent.apply(queue(cast.town_dispatcher), later, cast.town_dispatcher).exists()


# ---- handing up ---------------------------------------------------------------------------------------------
def test_an_order_that_the_grid_leaves_unanswered_goes_to_the_village_once(cast):
    ticket, waiting = placed(cast), placed(cast)
    act(waiting, "accept", staff(cast.worker))
    assert automatic.hand_up_unanswered() == 0
    with clock.at(ticket.due_at):
        assert automatic.hand_up_unanswered() == 1
        assert automatic.hand_up_unanswered() == 0
        outbox.drain_inline()
        ticket = fresh(ticket)
        assert (ticket.state, ticket.raised, ticket.due_at) == (State.PLACED, "village", ticket.due_at)
        assert cast.secretary.name in page_of(open_dossier(cast.town_dispatcher, ticket.number)).turn.who
        assert "村社书记" in tracking_of(ticket, is_known=True).line
    assert Notice.objects.filter(kind="hand_up", user=cast.secretary).exists()


def test_a_dispatcher_gives_it_back_to_the_grid_and_it_stays_there(cast):
    ticket = placed(cast)
    with clock.at(ticket.due_at):
        automatic.hand_up_unanswered()
        ticket = act(ticket, "hand_back", staff(cast.town_dispatcher), note="网格员已联系上居民")
        assert ticket.raised == "back"
        assert automatic.hand_up_unanswered() == 0


def test_handing_up_is_switched_off_for_an_item_and_for_orders_without_one(cast):
    switch_off(cast, Automatic.HAND_UP)
    switch_off(cast, Automatic.HAND_UP, code="")
    first, second, third = placed(cast), placed(cast, item=None), placed(cast, item=cast.items["C03"])
    with clock.at(max(first.due_at, second.due_at, third.due_at)):
        assert automatic.hand_up_unanswered() == 1
    assert fresh(third).raised == "village"


# ---- calling back -------------------------------------------------------------------------------------------
def test_a_verified_order_is_put_into_the_hands_of_who_calls_and_nothing_is_answered(cast):
    ticket = at_state(cast, State.VERIFIED)
    outbox.drain_inline()
    ticket = fresh(ticket)
    assert (ticket.state, ticket.holder) == (State.VERIFIED, cast.secretary)
    assert (ticket.satisfaction, ticket.solved) == (None, "")
    assert tracking_of(ticket, is_known=True).may_rate
    mine = TicketFilter(view="mine").apply(queue(cast.secretary), clock.now(), cast.secretary)
    assert list(mine) == [ticket]
    closed = act(ticket, "callback_solved", resident(), satisfaction=4, solved="solved")
    assert closed.holder is None


def test_who_handled_or_verified_is_not_who_calls(cast):
    ticket = at_state(cast, State.REPORTED)
    ticket = act(ticket, "verify_pass", staff(cast.secretary))
    assert automatic.caller_of(ticket) == cast.verifier


def test_a_finding_of_the_grid_has_nobody_to_call(cast):
    ticket = at_state(cast, State.VERIFIED, source="worker")
    outbox.drain_inline()
    assert fresh(ticket).state == State.CLOSED
    with pytest.raises(NotNow):
        act(at_state(cast, State.VERIFIED, source="worker"), "open_callback", system(), why=["核查已通过"])


def test_the_callback_is_left_to_people_where_the_county_says_so(cast):
    switch_off(cast, Automatic.CALLBACK)
    ticket = at_state(cast, State.VERIFIED)
    outbox.drain_inline()
    assert fresh(ticket).holder is None
    assert tracking_of(ticket, is_known=True).may_rate


# ---- the county's word --------------------------------------------------------------------------------------
def test_the_page_shows_every_item_and_the_county_centre_changes_one(cast, login):
    client = login(cast.county_dispatcher)
    shown = client.get("/t/engine/").content.decode()
    assert all(str(label) in shown for label in AUTOMATICS.values())
    assert shown.count("未另外设定") == len(cast.items) + 1
    assert client.post("/t/engine/C02/", {"hand_up": "on", "callback": "on"}).status_code == 422
    answer = client.post("/t/engine/C02/", {"hand_up": "on", "callback": "on", "reason": "先分清声源"})
    assert answer.status_code == 302
    assert "先分清声源" in client.get("/t/engine/").content.decode()
    assert not switches.is_on(placed(cast), Automatic.DISPATCH)
    assert "设定</a>" not in login(cast.town_dispatcher).get("/t/engine/").content.decode()
    assert client.get("/t/engine/none/").status_code == 200
