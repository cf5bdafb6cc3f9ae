"""Whoever's post or households move with a plan is told once, and told again when it is taken back; nobody else is."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from core.jobs import outbox
from core.models import OutboxRow
from grids import tree
from grids.levels import Level
from grids.models import Area, Household
from households.contact import liaisons
from members import accounts, posts
from members.models import User
from members.roles import Role
from notices import inbox
from notices.models import Delivery, Notice
from notices.outgoing import wording
from places.plans import carrying, telling
from tests.households.conftest import helper
from tests.notices.letters import mailed
from tests.places.conftest import carry_out, drafted, part


def split(ground, actor=None):
    """The central microgrid in two: 20 households in the east, the other 11 in the west."""
    user = actor or ground.system_admin
    plan = drafted(user, "split", ground.microgrid)
    part(user, plan, "东片微网格", "长庆里1组", "长庆里2组")
    part(user, plan, "西片微网格")
    return carry_out(user, plan)


def told(user):
    outbox.drain_inline()
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("text", flat=True))


def test_who_holds_a_post_that_moves_is_told_with_a_page_to_open(ground, login):
    plan = split(ground)
    assert told(ground.worker) == ["网格调整：您的岗位由“红岭村1号微网格”转到“东片微网格”"]
    notice = Notice.objects.get(user=ground.worker)
    assert (notice.kind, notice.number, notice.state) == ("grid_plan", plan.area.short_name, "已实施")
    east = Area.objects.get(name="东片微网格")
    assert notice.url.endswith(f"/{east.code}/")
    answer = login(ground.worker).post(reverse("notices:open", args=[notice.pk]), follow=True)
    assert (answer.status_code, answer.redirect_chain[0][0]) == (200, notice.url)


def test_nobody_else_is_told(ground):
    split(ground)
    outbox.drain_inline()
    assert set(Notice.objects.values_list("user", flat=True)) == {ground.worker.pk}


def test_undoing_tells_them_as_well(ground):
    plan = split(ground)
    assert len(told(ground.worker)) == 1
    carrying.undo(plan=plan, actor=ground.system_admin)
    assert told(ground.worker)[1:] == ["网格调整已撤销：您的岗位已由“东片微网格”转回“红岭村1号微网格”"]
    assert Notice.objects.filter(user=ground.worker).latest("pk").url.endswith(f"/{ground.microgrid.code}/")


def test_what_was_taken_back_before_anybody_was_told_is_only_said_to_be_taken_back(ground):
    carrying.undo(plan=split(ground), actor=ground.system_admin)
    assert [text[:7] for text in told(ground.worker)] == ["网格调整已撤销"]


def test_many_posts_of_one_person_make_one_notice(ground):
    posts.assign(user=ground.second_worker, role=Role.GRID_WORKER, area=ground.microgrid, actor=None)
    third = _micro(ground, "红岭村3号微网格")
    user = ground.system_admin
    carry_out(user, drafted(user, "merge", ground.microgrid, ground.second_microgrid, into=third))
    assert told(ground.second_worker) == [
        "网格调整：您的岗位由“红岭村1号微网格”、“红岭村2号微网格”转到“红岭村3号微网格”"
    ]
    assert len(told(ground.worker)) == 1


def _micro(ground, name):
    code = tree.next_grid_code(ground.village)
    return tree.add(parent=ground.grid, level=Level.MICROGRID, code=code, name=name, actor=None)


def test_who_keeps_in_touch_with_households_is_told_how_many_go_where(ground):
    keeper = helper(ground, account=ground.town_leader)
    unnamed = helper(ground, name="没有账号的人", kind="cadre")
    homes = list(Household.objects.filter(area=ground.microgrid).order_by("pk"))
    east, west = homes[1:4], homes[25:27]
    liaisons.assign(helper=keeper, households=[*east, *west], user=ground.secretary)
    liaisons.assign(helper=unnamed, households=east, user=ground.secretary)
    plan = split(ground)
    assert told(ground.town_leader) == [
        "网格调整：您联系的 5 户由“红岭村1号微网格”划到“东片微网格”，由“红岭村1号微网格”划到“西片微网格”"
    ]
    carrying.undo(plan=plan, actor=ground.system_admin)
    assert told(ground.town_leader)[1] == (
        "网格调整已撤销：您联系的 5 户由“东片微网格”、“西片微网格”划回“红岭村1号微网格”"
    )


def test_who_carried_it_out_is_not_told_about_himself(ground):
    posts.assign(user=ground.system_admin, role=Role.GRID_WORKER, area=ground.microgrid, actor=None)
    plan = split(ground)
    assert told(ground.system_admin) == []
    other = accounts.create_user(username="lai", name="黎明", password=None, must_change_password=False, actor=None)
    carrying.undo(plan=plan, actor=other)
    assert len(told(ground.system_admin)) == 1


def test_handled_twice_it_is_told_once(ground):
    split(ground)
    outbox.drain_inline()
    row = OutboxRow.objects.get(topic=telling.TELL)
    OutboxRow.objects.filter(pk=row.pk).update(done_at=None)
    assert len(told(ground.worker)) == 1
    telling.tell(row.payload)
    assert Notice.objects.count() == 1


def test_what_could_not_be_carried_out_tells_nobody(ground, monkeypatch):
    def fails(*args, **more):
        raise RuntimeError("the day after")

    monkeypatch.setattr(carrying.audit, "record", fails)
    with pytest.raises(RuntimeError):
        split(ground)
    assert not OutboxRow.objects.filter(topic=telling.TELL).exists()


def test_who_has_left_meanwhile_is_not_told(ground):
    split(ground)
    User.objects.filter(pk=ground.worker.pk).update(is_active=False)
    assert told(ground.worker) == []


def test_a_post_that_begins_later_moves_too_and_its_notice_leads_to_no_closed_door(ground, login):
    late = clock.today() + timedelta(days=30)
    posts.assign(user=ground.handler, role=Role.GRID_WORKER, area=ground.microgrid, starts_on=late, actor=None)
    split(ground)
    assert len(told(ground.handler)) == 1
    notice = Notice.objects.get(user=ground.handler)
    assert notice.url == ""
    assert login(ground.handler).post(reverse("notices:open", args=[notice.pk]), follow=True).status_code == 200


def test_channels_learn_the_plan_and_its_state_only(ground):
    mailed(ground.worker)
    plan = split(ground)
    outbox.drain_inline()
    notice = Notice.objects.get(user=ground.worker)
    assert wording.line(notice) == f"网格调整 {plan.area.short_name}，已实施"
    assert Delivery.objects.filter(user=ground.worker).count() == 1


def test_names_of_any_length_fit(ground):
    long = "甲" * 60
    pairs = [(n, n + 10) for n in range(5)]
    names = {n: f"{long[:-1]}{n}" for n in range(20)}
    Area.objects.filter(pk=ground.microgrid.pk).update(name=long)
    said = telling._moves(pairs, names, "转到")
    assert said.endswith("等 5 处")
    many = [(ground.microgrid.pk, ground.second_microgrid.pk), (ground.second_microgrid.pk, ground.microgrid.pk)]
    text = telling._text(telling.Act.APPLIED, many * 2, many, 20)
    inbox.send(user_ids=[ground.worker.pk], kind=telling.KIND, text=text, place=long * 3, todo="看", url="", key="long")
    notice = Notice.objects.get(key="long")
    assert (len(notice.text), len(notice.place)) <= (200, 120)
    assert notice.place.endswith("…")
