"""AB 岗: what is held passes to the other side on leave and back, and urgent matters do not wait for one person."""

from datetime import timedelta

import pytest

from core import clock
from core.errors import NotNow
from issues.dossier.panels import panels_of
from issues.dossier.reading import open_dossier
from issues.engine.actors import staff
from issues.finding.queries import my_move_q
from issues.models import HandOver, Ticket, TicketEvent
from issues.tending import covering
from issues.workflow import State
from members import leaves, posts
from members.access import scope_for
from members.models import Leave, User
from members.roles import Role
from tests.tickets import act, at_state, placed

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return clock.today()


def put_away(user, day, days=0):
    return leaves.take(user=user, starts_on=day, ends_on=day + timedelta(days=days), actor=user)


def on_b_side(cast):
    """The chief's grid neighbour covers the microgrid of `worker`."""
    posts.assign(user=cast.second_worker, role=Role.GRID_WORKER, area=cast.microgrid, side="B", actor=cast.system_admin)
    return cast.second_worker


def test_what_a_handler_holds_passes_on_and_back_once(cast, today):
    ticket = at_state(cast, State.HANDLING)
    leave = put_away(cast.handler, today)
    assert covering.cover() == 1
    assert covering.cover() == 0
    ticket.refresh_from_db()
    assert (ticket.holder, ticket.handled_by) == (cast.colleague, cast.colleague)
    leaves.cancel(leave, actor=cast.handler)
    assert covering.cover() == 1
    assert covering.cover() == 0
    ticket.refresh_from_db()
    assert ticket.holder == cast.handler
    row = HandOver.objects.get(ticket=ticket)
    assert (row.from_user, row.to_user, row.back_at is not None) == (cast.handler, cast.colleague, True)
    panel = next(p for p in panels_of(open_dossier(cast.colleague, ticket.number)) if p.key == "handovers")
    assert panel.rows[0].title == "李志强 → 罗达明"


def test_what_was_finished_meanwhile_does_not_come_back(cast, today):
    ticket = at_state(cast, State.SELF_HANDLING, route="self")
    other = on_b_side(cast)
    put_away(cast.worker, today)
    assert covering.cover() == 1
    ticket = act(ticket, "report_done", staff(other), note="已办")
    with clock.at(clock.now() + timedelta(days=2)):
        assert covering.cover() == 0
    ticket.refresh_from_db()
    assert ticket.reported_by == other


def test_nobody_covers_who_is_away_too_and_the_ticket_stays(cast, today):
    ticket = at_state(cast, State.HANDLING)
    put_away(cast.handler, today)
    put_away(cast.colleague, today)
    assert covering.cover() == 0
    ticket.refresh_from_db()
    assert ticket.holder == cast.handler


def test_an_urgent_one_passes_after_thirty_minutes_once(cast):
    other = on_b_side(cast)
    ticket = placed(cast, item=cast.items["C01"])
    calm = placed(cast)
    with clock.at(clock.now() + timedelta(minutes=29)):
        assert covering.cover() == 0
    with clock.at(clock.now() + timedelta(minutes=31)):
        assert covering.cover() == 1
        assert covering.cover() == 0
    ticket.refresh_from_db()
    assert (ticket.state, ticket.holder) == (State.PLACED, other)
    assert HandOver.objects.get().cause == HandOver.Cause.UNANSWERED
    assert not TicketEvent.objects.filter(ticket=calm, action="hand_over").exists()
    assert act(ticket, "accept", staff(cast.worker)).state == State.ACCEPTED


def test_a_leave_is_checked_and_asked_twice_is_one(cast, today, login):
    page = login(cast.worker)
    url = "/account/leave/"
    days = {"starts_on": today.isoformat(), "ends_on": (today + timedelta(days=2)).isoformat()}
    for _ in range(2):
        assert page.post(url, days).status_code == 302
    leave = Leave.objects.get()
    overlap = page.post(url, days | {"ends_on": today.isoformat()})
    assert overlap.status_code == 422
    assert "重叠" in overlap.content.decode()
    backwards = page.post(url, {"starts_on": days["ends_on"], "ends_on": days["starts_on"]})
    assert "结束日不能早于开始日" in backwards.content.decode()
    assert page.post(f"/account/leave/{leave.pk}/cancel/").status_code == 302
    assert leaves.away() == set()


def test_colleagues_see_who_is_away_and_who_covers(cast, today, login):
    put_away(cast.handler, today)
    html = login(cast.colleague).get("/account/leave/").content.decode()
    assert cast.handler.name in html
    assert "没有人接手" in html
    assert cast.handler.name not in login(cast.other_handler).get("/account/leave/").content.decode()


def test_who_handed_a_ticket_over_for_leave_does_not_verify_it(cast, today):
    """Back from leave, the worker finds it reported by the other side: having handled it, they may not pass it."""
    ticket = at_state(cast, State.SELF_HANDLING, route="self")
    other = on_b_side(cast)
    leave = put_away(cast.worker, today)
    covering.cover()
    ticket = act(ticket, "report_done", staff(other), note="已办")
    leaves.cancel(leave, actor=cast.worker)
    for user in (cast.worker, other):
        with pytest.raises(NotNow, match="自己办的件"):
            act(ticket, "verify_pass", staff(User.objects.get(pk=user.pk)))
    assert act(ticket, "verify_pass", staff(cast.verifier)).state == State.VERIFIED


def test_a_new_round_forgets_who_handled_the_last_one_but_not_who_has_it_now(cast, today):
    ticket = at_state(cast, State.SELF_HANDLING, route="self")
    other = on_b_side(cast)
    put_away(cast.worker, today)
    covering.cover()
    ticket = act(ticket, "report_done", staff(other), note="已办")
    ticket = act(ticket, "verify_fail", staff(cast.verifier), note="没有办好")
    assert ticket.hands == f",{other.pk},"


def test_the_queue_does_not_ask_them_either(cast, today):
    ticket = at_state(cast, State.SELF_HANDLING, route="self")
    other = on_b_side(cast)
    leave = put_away(cast.worker, today)
    covering.cover()
    act(ticket, "report_done", staff(other), note="已办")
    leaves.cancel(leave, actor=cast.worker)
    for user, asked in ((cast.worker, False), (cast.verifier, True)):
        scope = scope_for(User.objects.get(pk=user.pk))
        assert Ticket.objects.filter(my_move_q(scope), pk=ticket.pk).exists() is asked
