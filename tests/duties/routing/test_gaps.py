"""Gaps and overlaps: what routing would run into, found before it does, with where it is mended."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from duties.models import Kind, PlaceKind
from duties.routing import gaps
from grids import tree
from grids.levels import Level
from grids.models import Area
from members.models import Department, Post, User
from members.roles import Role
from tests.duties.conftest import client_of, person
from tests.duties.ground import assign, keep, office, retire

URL = "/lists/gaps/"


@pytest.fixture
def manned(cast):
    """Every post of 沙塘 is held and every department has somebody: nothing is missing there."""
    with clock.at(clock.now()):
        for department in Department.objects.all():
            person(Role.DEPARTMENT_HANDLER, f"d{department.pk}", department=department)
        for role, area in (
            (Role.TOWNSHIP_DISPATCHER, cast.town),
            (Role.TOWNSHIP_LEADER, cast.town),
            (Role.VILLAGE_SECRETARY, cast.village),
        ):
            person(role, role.value, area)
    return cast


def found(cast, *towns):
    return {
        group.key: [f"{gap.where}：{gap.text}" for gap in group.gaps] for group in gaps.find(list(towns or [cast.town]))
    }


NONE = {"items": [], "posts": [], "clashes": []}


def test_nothing_where_everybody_is_on_post(manned):
    assert found(manned) == NONE


def test_a_department_with_no_one_on_post(manned):
    Post.objects.filter(department__code="440783103-GJ").update(ends_on=clock.today() - timedelta(days=1))
    leads, helps = found(manned)["items"]
    assert leads.startswith("沙塘镇：规划建设办没有人在岗，")
    assert "无人领办" in leads
    assert "…" in leads
    assert "无人配合" in helps


def test_somebody_whose_account_is_off_is_not_on_post(manned):
    User.objects.filter(username=Role.VILLAGE_SECRETARY.value).update(is_active=False)
    assert found(manned)["posts"] == ["沙塘镇 · 丽新村：没有村社书记，吹哨无人确认"]


def test_an_item_of_a_department_that_is_gone_falls_to_nobody(manned):
    retire(office("GSQ"))
    gap = next(gap for group in gaps.find([manned.town]) for gap in group.gaps if "C05" in str(gap.text))
    assert (gap.where, gap.item_code) == ("县级部门", "C05")
    assert str(gap.text) == "供水燃气企业已停用，1 项无人领办：C05"


def test_what_is_arranged_only_for_communities_counts_too(manned):
    town = Area.objects.get(pk=manned.town.pk)
    community = tree.add(parent=town, level=Level.VILLAGE, code="440783103001", name="沙塘居委会", actor=None)
    person(Role.VILLAGE_SECRETARY, "second", community)
    assign(manned, Kind.OVERRIDE, to="NN", ground=PlaceKind.URBAN)
    assert found(manned) == NONE
    Post.objects.filter(department__code="440783103-NN").delete()
    assert any("农业农村办没有人在岗" in line and "C02" in line for line in found(manned)["items"])


def test_places_without_whom_they_need(manned):
    bare = tree.add(parent=manned.village, level=Level.GRID, code="440783103220002", name="第二网格", actor=None)
    assert found(manned)["posts"] == ["沙塘镇 · 丽新村 · 第二网格：没有网格员或网格长，点单无人受理"]
    micro = tree.add(parent=bare, level=Level.MICROGRID, code="440783103220003", name="一号", actor=None)
    person(Role.GRID_WORKER, "micro", micro)
    assert found(manned)["posts"] == []
    Post.objects.filter(role__in=[Role.TOWNSHIP_LEADER, Role.TOWNSHIP_DISPATCHER]).delete()
    assert [line.partition("：")[2] for line in found(manned)["posts"]] == [
        "没有分拨员，吹哨无人派",
        "没有乡镇领导，延期无人批",
    ]


def test_two_offices_for_the_same_department(manned):
    office("NN", manned.town).stands_in_for.add(office("SL"))
    (line,) = found(manned)["clashes"]
    assert line == "沙塘镇：农业农村办、水利所都对应县水利局，现由农业农村办承接"


def test_several_arrangements_for_one_item(manned):
    assign(manned)
    assert found(manned)["clashes"] == []
    assign(manned, Kind.OVERRIDE, to="ZF", ground=PlaceKind.RURAL)
    assert found(manned)["clashes"] == [
        "沙塘镇（村委）：C02 路灯不亮、灯杆倾斜同时有本镇另行分工、赋权办理，现由综合行政执法办承接"
    ]
    keep(manned, office("JT"))
    assert len(found(manned)["clashes"]) == 2


def test_what_routes_nothing_any_more_and_what_will_soon_end(manned):
    rule = keep(manned, office("JT"))
    retire(office("JT"))
    today = clock.today()
    assign(manned, Kind.OVERRIDE, code="C03", ends_on=today + timedelta(days=30))
    assign(manned, Kind.OVERRIDE, code="C04", ends_on=today + timedelta(days=31))
    lines = found(manned)["clashes"]
    assert any("派单规则 C02" in line and "县交通局已停用" in line for line in lines)
    assert any("C03" in line and "到期" in line for line in lines)
    assert not any("C04" in line for line in lines)
    html = manned.admin.get(URL).content.decode()
    assert f"/lists/rules/{rule.pk}/end/" in html


def test_each_reader_gets_their_own_townships_and_way_to_mend(cast):
    there = client_of(person(Role.TOWNSHIP_LEADER, "there", cast.bare))
    html = there.get(f"{URL}?town={cast.town.code}").content.decode()
    assert "赤水镇" in html
    assert "沙塘镇" not in html
    assert "请系统管理员" in html
    system = client_of(person(Role.SYSTEM_ADMIN, "system", cast.county)).get(URL).content.decode()
    assert "安排岗位" in system
    assert "沙塘镇" in system


def test_the_cost_does_not_grow_with_places_and_rows(manned):
    def price():
        with CaptureQueriesContext(connection) as queries:
            gaps.find([manned.town, manned.bare])
        return len(queries)

    before = price()
    for n in range(2, 9):
        tree.add(parent=manned.village, level=Level.GRID, code=f"44078310322000{n}", name=f"第{n}网格", actor=None)
    for code in ("C01", "C02", "C03", "B01"):
        assign(manned, Kind.OVERRIDE, code=code)
        keep(manned, office("JT"), code=code)
    # assisting departments of kept rules are read for all of them at once
    assert price() <= before + 2
    assert before <= 12
