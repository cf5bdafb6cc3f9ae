"""交接: who leaves, and which department ends, leaves nothing behind that nobody can take a step on."""

from datetime import timedelta

import pytest

from core import clock
from core.errors import Refused
from issues.engine.actors import staff
from issues.models import Call, Clock, HandOver, TicketEvent
from issues.tending import automatic, covering
from issues.workflow import State
from members import accounts, departments, posts
from members.models import Post, User
from members.roles import Role
from tests.tickets import WITH_HELPER, act, at_state, ready_for

pytestmark = pytest.mark.django_db


def fresh(ticket):
    ticket.refresh_from_db()
    return ticket


def post_of(user):
    return Post.objects.held().get(user=user)


def emptied(cast, department):
    """Nobody holds a post there any more."""
    for post in Post.objects.held().filter(department=department).exclude(user=cast.system_admin):
        posts.end(post=post, actor=cast.system_admin)


# ---- people -------------------------------------------------------------------------------------------------
def test_a_disabled_account_leaves_everything_to_the_other_side(cast, login):
    ticket, other = at_state(cast, State.HANDLING), at_state(cast, State.HANDLING)
    act(other, "take_over", staff(cast.colleague))
    shown = login(cast.system_admin).get(f"/people/{cast.handler.username}/disable/").content.decode()
    assert ticket.number in shown
    assert cast.colleague.name in shown
    assert other.number not in shown
    accounts.disable(user=cast.handler, actor=cast.system_admin)
    ticket = fresh(ticket)
    assert (ticket.holder, ticket.handled_by) == (cast.colleague, cast.colleague)
    row = HandOver.objects.get()
    assert (row.from_user, row.to_user, row.cause) == (cast.handler, cast.colleague, HandOver.Cause.LEFT)
    assert cast.system_admin.name in TicketEvent.objects.get(action="hand_over").note
    assert act(ticket, "progress", staff(cast.colleague), note="接着办").holder == cast.colleague


def test_without_another_side_it_goes_to_who_leads_there(cast):
    accounts.disable(user=cast.colleague, actor=cast.system_admin)
    ticket = at_state(cast, State.HANDLING)
    posts.end(post=post_of(cast.handler), actor=cast.system_admin)
    assert fresh(ticket).holder == cast.dept_leader
    own = at_state(cast, State.SELF_HANDLING)
    posts.end(post=post_of(cast.worker), actor=cast.system_admin)
    assert fresh(own).holder == cast.chief


def test_who_keeps_another_post_that_lets_them_hold_it_keeps_it(cast):
    ticket = at_state(cast, State.SELF_HANDLING)
    posts.assign(user=cast.worker, role=Role.GRID_WORKER, area=cast.grid, actor=cast.system_admin)
    posts.end(post=Post.objects.held().get(user=cast.worker, area=cast.microgrid), actor=cast.system_admin)
    assert fresh(ticket).holder == cast.worker


def test_a_post_that_ends_later_passes_on_that_day(cast):
    ticket = at_state(cast, State.HANDLING)
    day = clock.today() + timedelta(days=3)
    posts.end(post=post_of(cast.handler), on=day, actor=cast.system_admin)
    assert fresh(ticket).holder == cast.handler
    assert covering.cover() == 0
    with clock.at(clock.now() + timedelta(days=3)):
        assert covering.cover() == 1
        assert covering.cover() == 0
    assert fresh(ticket).holder == cast.colleague


def test_what_comes_back_to_somebody_who_is_gone_is_found(cast):
    ticket = at_state(cast, State.REPORTED)
    User.objects.filter(pk=cast.handler.pk).update(is_active=False)
    ticket = act(ticket, "verify_fail", staff(cast.verifier), note="没有办好")
    assert ticket.holder == cast.handler
    covering.cover()
    assert fresh(ticket).holder == cast.colleague


def test_where_nobody_is_left_it_stays_with_the_unit_and_a_colleague_takes_it(cast):
    ticket = at_state(cast, State.HANDLING)
    emptied(cast, cast.office)
    assert fresh(ticket).holder is None
    posts.assign(user=cast.other_handler, role=Role.DEPARTMENT_HANDLER, department=cast.office, actor=cast.system_admin)
    assert act(ticket, "take_over", staff(cast.other_handler)).holder == cast.other_handler


def test_a_caller_who_leaves_is_followed_by_another_who_may_call(cast):
    ticket = at_state(cast, State.VERIFIED)
    automatic.open_callback(ticket.pk, ticket.moved_version)
    assert fresh(ticket).holder == cast.secretary
    accounts.disable(user=cast.secretary, actor=cast.system_admin)
    ticket = fresh(ticket)
    assert (ticket.holder, ticket.handled_by) == (cast.town_dispatcher, cast.handler)


# ---- departments --------------------------------------------------------------------------------------------
def test_a_department_that_retires_gives_all_to_its_heir_in_one_act(cast, login):
    heir = cast.departments["WL"]
    waiting, handling = at_state(cast, State.DISPATCHED), at_state(cast, State.HANDLING)
    limits = dict(Clock.objects.filter(ticket=handling, stopped_at=None).values_list("kind", "due_at"))
    helped = act(at_state(cast, State.WHISTLED, item=cast.items["F01"]), "dispatch", staff(cast.town_dispatcher),
                 lead=heir, assisting=[cast.office])  # fmt: skip
    emptied(cast, cast.office)
    client = login(cast.system_admin)
    at = f"/people/departments/{cast.office.code}/retire/"
    shown = client.get(at).content.decode()
    assert all(one.number in shown for one in (waiting, handling, helped))
    assert client.post(at, {}).status_code == 422
    with pytest.raises(Refused, match="接续"):
        departments.retire(department=cast.office, actor=cast.system_admin)
    assert client.post(at, {"heir": "WL"}).status_code == 302
    waiting, handling = fresh(waiting), fresh(handling)
    assert (waiting.state, waiting.lead) == (State.DISPATCHED, heir)
    assert (handling.state, handling.lead, handling.holder) == (State.HANDLING, heir, cast.other_handler)
    assert dict(Clock.objects.filter(ticket=handling, stopped_at=None).values_list("kind", "due_at")) == limits
    assert not Call.objects.filter(department=cast.office, ended_at=None).exists()
    assert Call.objects.get(ticket=helped, ended_at=None).department == heir
    assert act(handling, "report_done", staff(cast.other_handler), note="已办好").state == State.REPORTED


def test_an_assisting_share_is_inherited_with_its_limits(cast):
    ticket = ready_for(cast, "assist_claim")
    assert WITH_HELPER[2]["assisting"] == ["WL"]
    heir = cast.departments["CG"]
    due = set(Clock.objects.filter(call__department__code="WL", stopped_at=None).values_list("kind", "due_at"))
    emptied(cast, cast.departments["WL"])
    departments.retire(department=cast.departments["WL"], heir=heir, actor=cast.system_admin)
    call = Call.objects.get(ticket=ticket, is_lead=False, ended_at=None)
    assert call.department == heir
    assert set(Clock.objects.filter(call=call, stopped_at=None).values_list("kind", "due_at")) == due


# ---- dispatched anew ----------------------------------------------------------------------------------------
def test_what_is_being_handled_is_dispatched_anew_with_a_reason_and_the_limit_runs_on(cast):
    ticket = at_state(cast, State.HANDLING)
    limit = Clock.objects.get(ticket=ticket, kind="handle", stopped_at=None)
    sent = act(ticket, "redispatch", staff(cast.town_dispatcher), lead=cast.departments["WL"], note="查明归文旅")
    assert (sent.state, sent.lead, sent.holder) == (State.DISPATCHED, cast.departments["WL"], None)
    assert Clock.objects.get(ticket=ticket, kind="handle", stopped_at=None).due_at == limit.due_at
