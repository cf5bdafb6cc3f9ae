"""What residents are promised: by whom, whether it was kept, and what is promised anew."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from core.days.calendar import Limit
from core.jobs.outbox import drain_inline
from core.templatetags.ui import when
from issues.engine import clocks
from issues.engine.actors import staff
from issues.engine.audiences import on_post
from issues.models import Clock
from issues.tending.reminding import fire_due
from issues.workflow import Audience, ClockKind, State
from members.models import Post, User
from members.roles import Role
from notices.models import Notice
from tests.tickets import NOTE, act, at_state, placed

pytestmark = pytest.mark.django_db


def told(client, ticket) -> str:
    return client.get(reverse("issues:track", args=[ticket.code])).content.decode()


def vacate(*roles: Role) -> None:
    """Nobody is on these posts any more."""
    today = clock.today()
    Post.objects.filter(role__in=roles).update(starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=1))


GRID = (Role.GRID_WORKER, Role.GRID_CHIEF)


@pytest.mark.parametrize(
    ("empty", "who", "said"),
    [
        ((), Audience.GRID, "网格员会在"),
        (GRID, Audience.SECRETARY, "村（社区）会在"),
        ((*GRID, Role.VILLAGE_SECRETARY), Audience.TOWN_DISPATCHER, "乡镇会在"),
        ((*GRID, Role.VILLAGE_SECRETARY, Role.TOWNSHIP_DISPATCHER), None, "正在安排人受理"),
    ],
)
def test_where_nobody_is_on_post_the_order_goes_up(cast, client, empty, who, said):
    vacate(*empty)
    ticket = placed(cast)
    drain_inline()
    assert on_post(ticket, Audience.GRID) == who
    page = told(client, ticket)
    assert said in page
    assert ("会在" in page) == (who is not None)
    around = [cast.grid, cast.microgrid]
    asked = set(Notice.objects.filter(kind="place").values_list("user__name", flat=True))
    expected = {
        Audience.GRID: {user.name for user in User.objects.filter(posts__role__in=GRID, posts__area__in=around)},
        Audience.SECRETARY: {cast.secretary.name},
        Audience.TOWN_DISPATCHER: {cast.town_dispatcher.name},
    }
    assert asked == (expected[who] if who else set())


def test_staff_are_told_who_stands_in(cast, login):
    vacate(*GRID)
    ticket = placed(cast)
    page = login(cast.secretary).get(reverse("issues:ticket", args=[ticket.number])).content.decode()
    assert f"{Role.VILLAGE_SECRETARY.label} {cast.secretary.name}" in page
    assert act(ticket, "accept", staff(cast.secretary)).state == State.ACCEPTED


def test_a_promise_that_has_run_out_is_called_so(cast, client):
    ticket = at_state(cast, State.SELF_HANDLING)
    due = ticket.move_by
    assert "没有做到" not in told(client, ticket)
    assert "已经超过" not in told(client, ticket)
    with clock.at(due + timedelta(minutes=1)):
        page = told(client, ticket)
        assert f"原定 {when(due)} 前办结，已经超过。" in page
        assert "已提醒有关人员" in page
        while fire_due():
            pass
        assert "已发督办单" in told(client, ticket)


def test_a_new_promise_is_told_and_forgives_nothing(cast, client):
    """Whoever answers for what has run out says until when it will be done."""
    ticket = at_state(cast, State.HANDLING)
    act(ticket, "arrive", staff(cast.handler))
    due = Clock.objects.filter(ticket=ticket, kind=ClockKind.HANDLE).latest("pk").due_at
    with clock.at(due + timedelta(hours=1)):
        while fire_due():
            pass
        ticket = act(ticket, "answer_sheet", staff(cast.handler), note=NOTE, promise=Limit(3, "wd"))
        assert ticket.move_by > clock.now()
        assert clocks.lamp(ticket) == clocks.RED
        page = told(client, ticket)
        assert f"原定 {when(due)} 前办结，没有做到。" in page
        assert f"{when(ticket.move_by)} 前办结" in page
        assert act(ticket, "report_done", staff(cast.handler), note=NOTE).done_on_time is False


def test_the_new_promise_is_asked_for_only_where_the_old_one_has_run_out(cast, login):
    ticket = act(at_state(cast, State.HANDLING), "supervise", staff(cast.town_dispatcher), note=NOTE)
    address = reverse("issues:act", args=[ticket.number, "answer_sheet"])
    client = login(cast.handler)
    assert "新的办结时间" not in client.get(address).content.decode()
    with clock.at(ticket.move_by + timedelta(hours=1)):
        assert "新的办结时间" in login(cast.handler).get(address).content.decode()
