"""Pages of the area administration: the tree, staffing, the past, plans pressed through to the end."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from grids import tree
from grids.levels import Level
from grids.models import Area, AreaEvent
from grids.tree import NewArea
from members import posts
from members.models import Side
from members.roles import Role
from places import staffing
from places.models import LineCode, Plan, Profile
from tests.places.conftest import carry_out, drafted, part


@pytest.fixture
def admin(ground, login):
    return login(ground.system_admin)


def body(answer):
    return answer.content.decode()


def url(name, *args, **query):
    return reverse(f"places:{name}", args=args, query=query or None)


def test_the_tree_opens_branch_by_branch_without_script(ground, admin):
    top = body(admin.get(url("tree")))
    assert "沙塘镇" in top, "what lies below the one top area shows at once"
    assert "红岭村委会" not in top
    link = re.search(rf'href="([^"]+)#b{ground.township.code}"', top).group(1).replace("&amp;", "&")
    opened = body(admin.get(link))
    assert "红岭村委会" in opened
    assert "红岭村网格" not in opened
    closed = re.search(rf'href="([^"]+)#b{ground.county.code}"', opened).group(1).replace("&amp;", "&")
    assert "沙塘镇" not in body(admin.get(closed + "?open=x" if "?" not in closed else closed))


def test_the_tree_finds_by_name_code_sound_and_line_code(ground, admin, login):
    LineCode.objects.create(area=ground.grid, line="police", code="JW-07")
    for words in ("红岭村网格", ground.grid.code, "hlcwg", "JW-07"):
        found = body(admin.get(url("tree", q=words)))
        assert f"at={ground.grid.code}" in found, words
    assert "没有找到这样的区域" in body(admin.get(url("tree", q="%")))
    worker = body(login(ground.worker).get(url("tree", q="网格")))
    assert "锦星村网格" not in worker
    assert "红岭村1号微网格" in worker


def test_the_side_form_changes_an_area_and_notices_who_was_faster(ground, admin):
    page = body(admin.get(url("tree", at=ground.grid.code)))
    seen = re.search(r'name="seen" value="(\d+)"', page).group(1)
    sent = {
        "seen": seen, "name": "红岭村中心网格", "kind": "special", "purpose": "market", "planned": "0",
        "one_shoulder": "on", "building_heads": "2", "police": "JW-01", "party": "", "peace": "", "city": "CY-9",
    }  # fmt: skip
    saved = admin.post(url("profile", ground.grid.code), sent)
    assert saved.status_code == 302
    area = Area.objects.get(pk=ground.grid.pk)
    assert (area.name, area.purpose, area.profile.one_shoulder) == ("红岭村中心网格", "market", True)
    assert dict(area.line_codes.values_list("line", "code")) == {"police": "JW-01", "city": "CY-9"}
    assert AreaEvent.objects.filter(area=area).latest("pk").detail["police"] == "JW-01"
    again = admin.post(url("profile", ground.grid.code), sent)
    assert again.status_code == 422
    assert "别人刚刚改过" in body(again)
    page = body(admin.get(url("tree", at=ground.sibling_grid.code)))
    seen = re.search(r'name="seen" value="(\d+)"', page).group(1)
    taken = admin.post(url("profile", ground.sibling_grid.code), sent | {"seen": seen, "name": "锦星村网格"})
    assert taken.status_code == 422
    assert "警务编码 JW-01 已是" in body(taken)
    assert not Profile.objects.filter(area=ground.sibling_grid).exists(), "all or nothing"


def test_others_see_the_side_but_no_form(ground, login):
    page = body(login(ground.town_leader).get(url("tree", at=ground.grid.code)))
    assert "红岭村网格" in page
    assert 'name="seen"' not in page
    assert login(ground.town_leader).get(url("tree", at=ground.other_grid.code)).status_code == 404


@pytest.mark.parametrize("query", ["open=%00", "open=" + "9," * 900, "at=%00", "at=x", "q=%00", "q=" + "9" * 5000])
def test_malformed_addresses_do_no_harm(ground, admin, query):
    assert admin.get(f"{url('tree')}?{query}").status_code in (200, 400, 404)


def test_gaps_are_counted_and_listed(ground, admin):
    posts.assign(user=ground.second_worker, role=Role.GRID_CHIEF, area=ground.grid, side=Side.B, actor=None)
    found = staffing.summary(ground.township)
    assert found.grids == 2
    gaps = {key: n for key, _words, n in found.gaps}
    assert gaps == {
        "small": 2, "large": 0, "no_chief": 1, "many_chiefs": 0, "no_worker": 0, "no_b": 1, "no_heads": 0,
    }  # fmt: skip
    page = body(admin.get(url("staffing", ground.township.code, gap="no_chief")))
    assert "锦星村网格" in page
    assert "红岭村网格" not in page
    Profile.objects.create(area=ground.grid, one_shoulder=True)
    assert staffing.summary(ground.township).one_shoulder_rate == 50
    assert "占 50.0%" in body(admin.get(url("staffing", ground.township.code)))


def test_the_past_of_a_day(ground, admin):
    tree.rename(area=ground.microgrid, name="新名微网格", actor=None)
    then = (clock.today() - timedelta(days=30)).isoformat()
    old = body(admin.get(url("history", ground.grid.code, on=then)))
    assert "红岭村1号微网格" in old
    assert "新名微网格" in old, "and what it is called now"
    assert "这一天还没有这个区域" in body(admin.get(url("history", ground.grid.code, on="2001-01-01")))
    assert admin.get(url("history", ground.grid.code, on="x")).status_code == 200
    assert "改名" in body(admin.get(url("history", ground.microgrid.code)))


KEY = "0199a000-0000-7000-8000-00000000000{}"


def test_a_plan_from_the_grid_to_carried_out_and_back(ground, admin):
    start = url("new_plan", ground.microgrid.code, "split")
    assert "分成几个" in body(admin.get(start))
    sent = {"idempotency_key": KEY.format(1), "parts": "2", "reason": "户数过多"}
    first, again = admin.post(start, sent), admin.post(start, sent)
    assert first.url == again.url
    plan = Plan.objects.get()
    page = body(admin.get(first.url))
    assert "户数" in page
    assert "未办结工单" not in page
    assert "随划的" in page
    mark = re.search(r'name="fingerprint" value="([^"]+)"', page).group(1)
    unsure = admin.post(url("apply", plan.pk), {"idempotency_key": KEY.format(2), "fingerprint": mark})
    assert unsure.status_code == 422
    go = {"idempotency_key": KEY.format(2), "fingerprint": mark, "sure": "on"}
    done = admin.post(url("apply", plan.pk), go)
    twice = admin.post(url("apply", plan.pk), go)
    assert done.status_code == twice.status_code == 302
    assert Plan.objects.get().state == "applied"
    result = body(admin.get(first.url))
    assert "新设" in result
    assert "撤销方案" in result
    assert "已停用" in body(admin.get(reverse("areas:detail", args=[ground.microgrid.code])))
    back = admin.post(url("undo", plan.pk), {"idempotency_key": KEY.format(3), "sure": "on"})
    assert back.status_code == 302
    assert Plan.objects.get().state == "undone"
    assert "已撤销" in body(admin.get(url("plans")))


def test_choices_are_added_and_dropped_by_forms(ground, admin):
    plan = drafted(ground.system_admin, "transfer", ground.microgrid, into=ground.second_microgrid)
    target = plan.targets.get()
    bad = admin.post(url("choose", plan.pk), {"target": target.pk, "how": "range", "first": "9", "last": "2"})
    assert bad.status_code == 422
    assert "不能小于起号" in body(bad)
    for data, says in (
        ({"how": "groups"}, "请填写此项"),
        ({"how": "listed", "codes": "x"}, "没有找到 19 位"),
        ({"how": "outline", "outline": "113,22"}, "要有 3 到"),
        ({"how": "outline", "outline": '{"type": []}'}, "不是 GeoJSON"),
        ({"how": "outline", "outline": "113,22\n113.1,22.1\n113,22.1\n113.1,22"}, "自相交"),
        ({"how": "x"}, "请从给出的选项中选择"),
    ):
        answer = admin.post(url("choose", plan.pk), {"target": target.pk, **data})
        assert answer.status_code == 422, data
        assert says in body(answer), data
    good = {"target": target.pk, "how": "range", "group": "长庆里1组", "first": "1", "last": "5", "parity": ""}
    assert admin.post(url("choose", plan.pk), good).status_code == 302
    page = body(admin.get(url("plan", plan.pk)))
    assert "1–5号" in page
    choice = plan.choices.get()
    assert admin.post(url("drop", plan.pk), {"choice": choice.pk}).status_code == 302
    assert not plan.choices.exists()
    assert admin.post(url("drop", plan.pk), {"choice": "9" * 40, "target": "x"}).status_code == 302


def test_a_plan_is_only_seen_where_it_lies(ground, login):
    plan = drafted(ground.system_admin, "split", ground.microgrid)
    part(ground.system_admin, plan, "东片", "长庆里1组")
    part(ground.system_admin, plan, "西片")
    assert "实施方案" not in body(login(ground.town_leader).get(url("plan", plan.pk)))
    assert login(ground.other_town_dispatcher).get(url("plan", plan.pk)).status_code == 404
    assert login(ground.worker).get(url("plan", plan.pk)).status_code == 403, "it concerns neighbours as well"
    carry_out(ground.system_admin, plan)
    assert "东片" in body(login(ground.secretary).get(url("plan", plan.pk)))


def queries(client, path):
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def test_pages_cost_the_same_for_one_and_thirty_grids(ground, admin):
    plan = drafted(ground.system_admin, "split", ground.microgrid)
    paths = [
        url("tree", open=f"{ground.county.code},{ground.township.code},{ground.village.code}"),
        url("staffing", ground.township.code),
        url("history", ground.village.code),
        url("plans"),
        url("map", ground.village.code),
        url("plan", plan.pk),
    ]
    for path in paths:
        admin.get(path)
    few = [queries(admin, path) for path in paths]
    rows = [
        NewArea(ground.village.code, Level.GRID, f"{ground.village.code}{n:03d}", f"{n}网格") for n in range(10, 40)
    ]
    tree.add_many(rows=rows, actor=None)
    drafted(ground.system_admin, "split", ground.second_microgrid)
    assert [queries(admin, path) for path in paths] == few
    assert max(few) <= 40
