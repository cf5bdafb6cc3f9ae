"""Whose move it is and what a step leads to: people who may act, what the table says, where a whistle really goes."""

import pytest
from django.urls import reverse

from core.errors import NotNow
from duties.routing.deciding import decide
from issues.dossier.action_bar import consequence
from issues.dossier.reading import awaited, open_dossier
from issues.dossier.ticket_page import page_of, turn_of
from issues.engine.actors import resident, staff
from issues.engine.intake import goes_to
from issues.models import Ticket, Whistle
from issues.workflow import BY_NAME, State
from members import accounts, posts
from members.models import Post
from members.roles import Role
from tests.issues.field.test_pages import NEW, form
from tests.tickets import act, at_state

pytestmark = pytest.mark.django_db


def turn(cast, ticket):
    return page_of(open_dossier(cast.town_dispatcher, ticket.number)).turn.who


# ---- who -----------------------------------------------------------------------------------------------------
def test_who_has_reported_it_is_not_named_while_it_waits_for_a_check(cast):
    ticket = at_state(cast, State.REPORTED)
    assert ticket.holder == cast.handler
    assert cast.verifier.name in turn(cast, ticket)
    assert cast.handler.name not in turn(cast, ticket)


def test_a_suspended_ticket_waits_for_the_county_and_not_for_its_handler(cast):
    ticket = at_state(cast, State.SUSPENDED)
    assert cast.county_leader.name in turn(cast, ticket)
    assert cast.handler.name not in turn(cast, ticket)


def test_where_the_verifier_may_not_check_somebody_who_may_is_named(cast):
    ticket = at_state(cast, State.REWORK)
    ticket = act(ticket, "report_done", staff(cast.handler), note="返工完毕")
    assert cast.verifier.name not in turn(cast, ticket)
    assert cast.chief.name in turn(cast, ticket)


def test_what_the_township_convened_waits_for_the_township(cast):
    ticket = at_state(cast, State.CONSULTING)
    assert ticket.convener == "township"
    assert cast.town_dispatcher.name in turn(cast, ticket)


def test_a_department_with_a_leader_only_is_named_by_its_leader(cast):
    ticket = at_state(cast, State.DISPATCHED)
    for user in (cast.handler, cast.colleague):
        posts.end(post=Post.objects.held().get(user=user), actor=cast.system_admin)
    assert cast.dept_leader.name in turn(cast, ticket)


def test_what_nobody_holds_any_more_waits_for_the_people_of_its_unit(cast):
    ticket = at_state(cast, State.SELF_HANDLING)
    Ticket.objects.filter(pk=ticket.pk).update(holder=None)
    found = awaited(Ticket.objects.get(pk=ticket.pk))
    assert found[0].user == cast.worker
    assert {post.role for post in found} == {Role.GRID_WORKER}


def test_whoever_is_named_may_take_the_next_step(cast):
    for state in (State.PLACED, State.CONFIRMING, State.WHISTLED, State.DISPATCHED, State.REPORTED, State.VERIFIED):
        ticket = at_state(cast, state)
        for post in awaited(ticket):
            offered = open_dossier(post.user, ticket.number).offered
            assert any(step.is_forward for step in offered), (state, post)


def test_who_may_add_to_a_whistle_is_not_told_that_it_is_their_move(cast):
    """补录 is asked of the secretary while the dispatcher has the move: the track names nobody else's turn."""
    ticket = at_state(cast, State.WHISTLED)
    Ticket.objects.filter(pk=ticket.pk).update(is_complete=False)
    dossier = open_dossier(cast.secretary, ticket.number)
    assert any(step.is_forward for step in dossier.offered)
    assert not turn_of(dossier).is_mine
    assert turn_of(open_dossier(cast.town_dispatcher, ticket.number)).is_mine


# ---- who verifies does not call back -------------------------------------------------------------------------
def test_who_verified_takes_nobodys_word_for_it(cast):
    ticket = at_state(cast, State.VERIFIED)
    for name, fields in (
        ("callback_solved", {"satisfaction": 4, "solved": "solved"}),
        ("callback_unsolved", {"satisfaction": 1, "solved": "not", "note": "还没好"}),
        ("callback_unreachable", {}),
    ):
        with pytest.raises(NotNow, match="换人"):
            act(ticket, name, staff(cast.verifier), **fields)
    assert act(ticket, "callback_solved", resident(), satisfaction=4, solved="solved").state == State.CLOSED


# ---- what follows --------------------------------------------------------------------------------------------
def follows(name, ticket):
    return str(consequence(BY_NAME[name], ticket))


def test_what_follows_is_reckoned_from_the_table(cast):
    assert follows("suspend", at_state(cast, State.HANDLING)) == ("批准挂账后暂停计时，由分管县领导在30 天内挂账复查")
    suspended = at_state(cast, State.SUSPENDED)
    assert follows("review_suspension", suspended) == "继续挂账后由分管县领导在30 天内挂账复查"
    assert follows("resume", suspended) == "恢复办理后由承办人办结"
    assert follows("verify_pass", at_state(cast, State.REPORTED)).startswith("核查通过后由回访人在")
    assert "此件结束" in follows("verify_pass", at_state(cast, State.REPORTED, source="worker"))
    assert follows("decline", at_state(cast, State.PLACED)) == "不予受理后此件结束"
    confirming = at_state(cast, State.CONFIRMING)
    assert "规划建设办" in follows("confirm", confirming)
    assert follows("take_over", at_state(cast, State.HANDLING)) == ""


def test_no_step_is_said_to_end_a_ticket_that_it_does_not_end(cast):
    ticket = at_state(cast, State.HANDLING)
    for step in BY_NAME.values():
        ends = step.target in (State.CLOSED, State.DECLINED, State.MERGED)
        told = "此件结束" in str(consequence(step, ticket))
        if step.target is not None and step.name != "verify_pass":
            assert told == ends, step.name


# ---- the whistle ---------------------------------------------------------------------------------------------
def test_the_reason_of_a_whistle_is_chosen_and_nothing_is_written_for_the_worker(cast, login):
    client = login(cast.worker)
    assert client.post(NEW, form(cast, cause="", words="")).status_code == 422
    assert client.post(NEW, form(cast, cause="no_power", words="")).status_code == 302
    whistle = Whistle.objects.get()
    assert whistle.reason == "没有执法权"
    assert Ticket.objects.get().events.get(action="whistle").note == ""


def test_the_button_says_where_a_whistle_goes_first_and_by_when(cast, login):
    decision = decide(cast.items["C02"], cast.microgrid)
    assert goes_to(cast.worker, cast.microgrid, decision).startswith("先请村社书记")
    assert goes_to(cast.secretary, cast.microgrid, decision).startswith("按清单派规划建设办")
    urgent = decide(cast.items["C01"], cast.microgrid)
    assert goes_to(cast.chief, cast.microgrid, urgent).startswith("直接派给")
    assert goes_to(cast.worker, cast.microgrid, urgent).startswith("先请村社书记")
    shown = login(cast.worker).get(reverse("issues:match"), {"item": "C02"}).content.decode()
    assert str(goes_to(cast.worker, cast.microgrid, decision)) in shown


def test_a_disabled_caller_is_not_named(cast):
    ticket = at_state(cast, State.VERIFIED)
    accounts.disable(user=cast.secretary, actor=cast.system_admin)
    assert {post.role for post in awaited(ticket)} == {Role.TOWNSHIP_DISPATCHER}
