"""Area and household pages: what each role sees, what the admin changes, what bad input gets."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import AuditEntry
from grids import households, tree
from grids.levels import Level
from grids.models import Area, AreaSuccession
from members.models import Post, User
from members.roles import Role
from tests.grids.conftest import VILLAGE, add


def person(role, area, name):
    user = User.objects.create(username=name, name=name, created_at=area.created_at, must_change_password=False)
    Post.objects.create(user=user, role=role, area=area, starts_on=date(2020, 1, 1))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def cast(land):
    land.admin = person(Role.SYSTEM_ADMIN, land.county, "admin")
    land.worker = person(Role.GRID_WORKER, land.grid, "worker")
    land.leader = person(Role.TOWNSHIP_LEADER, land.town, "leader")
    land.auditor = person(Role.AUDITOR, land.county, "auditor")
    land.row = households.register(
        area=land.grid, address="一组 1 号", head_name="陈大文", phone="13800006021", actor=None
    )
    return land


def url(name, area, **query):
    code = area if isinstance(area, str) else area.code
    return reverse(f"areas:{name}", args=[code], query=query or None)


def body(response):
    return response.content.decode()


def test_home_is_the_viewers_own_top_area(cast):
    assert cast.leader.get("/areas/").url == url("detail", cast.town)
    assert cast.worker.get("/areas/").url == url("detail", cast.grid)
    assert Client().get("/areas/").status_code == 302


def test_a_township_page_shows_parts_numbers_and_the_way_down(cast):
    page = cast.leader.get(url("detail", cast.town))
    assert page.status_code == 200
    text = body(page)
    assert "丽新村委会" in text
    assert "泰山村委会" in text
    assert f'href="{url("detail", cast.village)}"' in text
    assert f'href="{url("detail", cast.county)}"' not in text, "what lies above is no link"
    assert "?level=microgrid#parts" in text
    assert "新增下级" not in text
    listed = body(cast.leader.get(url("detail", cast.town, level="microgrid")))
    assert "第一微网格" in listed
    assert "泰山村委会" not in listed


@pytest.mark.parametrize("name", ["detail", "qr", "qr_sheet"])
def test_foreign_and_missing_areas_are_the_same_404(cast, name):
    foreign = cast.leader.get(url(name, cast.village3))
    missing = cast.leader.get(url(name, "440783999999"))
    assert foreign.status_code == missing.status_code == 404
    assert len(foreign.content) == len(missing.content)


@pytest.mark.parametrize("code", ["x", "%00", "9" * 100_000, "０", "%F0%9F%98%80", "-1", "1e9"])
def test_malformed_codes_are_404_or_400(cast, code):
    for path in (f"/areas/{code}/", f"/households/{code}/", f"/areas/{code}/qr/"):
        assert cast.leader.get(path).status_code in (400, 404)


@pytest.mark.parametrize(
    "query", ["after=%00", "after=" + "A" * 5000, "level=zzz", "show=1", "q=%00", "q=" + "9" * 5000, "hh=e30"]
)
def test_malformed_queries_do_no_harm(cast, query):
    for path in (url("detail", cast.grid), reverse("households:index")):
        assert cast.worker.get(f"{path}?{query}").status_code in (200, 400)


def test_households_are_masked_searchable_and_scoped(cast):
    text = body(cast.worker.get(url("detail", cast.grid)))
    assert "陈**" in text
    assert "138****6021" in text
    assert "陈大文" not in text
    assert "13800006021" not in text
    assert "一组 1 号" in body(cast.worker.get(url("detail", cast.grid, q="一组")))
    assert "没有找到这样的户" in body(cast.worker.get(url("detail", cast.grid, q="%")))
    assert "陈**" not in body(cast.auditor.get(url("detail", cast.grid))), "the auditor sees areas, not households"
    assert cast.auditor.get(reverse("households:index")).status_code == 403
    assert cast.admin.get(reverse("households:file", args=[cast.row.code])).status_code == 403


def test_reveal_wants_a_reason_and_answers_once(cast):
    reveal, page = (reverse(f"households:{name}", args=[cast.row.code]) for name in ("reveal", "file"))
    assert cast.worker.get(reveal).status_code == 405
    refused = cast.worker.post(reveal, {"reason": ""})
    assert refused.status_code == 422
    assert "13800006021" not in body(refused)
    shown = cast.worker.post(reveal, {"reason": "visit"})
    assert "13800006021" in body(shown)
    assert "no-store" in shown["Cache-Control"]
    assert AuditEntry.objects.get(verb="household.revealed").detail["reason"] == "visit"
    assert "13800006021" not in body(cast.worker.get(page))
    other = person(Role.GRID_WORKER, cast.grid3, "other")
    assert other.post(reveal, {"reason": "visit"}).status_code == 404


def form(**data):
    return {"idempotency_key": "0199a000-0000-7000-8000-000000000001", **data}


def test_admin_adds_once_even_when_sent_twice(cast):
    page = cast.admin.get(url("add", cast.village))
    assert f'value="{VILLAGE}003"' in body(page)
    data = form(level="grid", name="第二网格", code=VILLAGE + "003", kind="special")
    first = cast.admin.post(url("add", cast.village), data)
    again = cast.admin.post(url("add", cast.village), data)
    assert first.status_code == again.status_code == 302
    assert first.url == again.url
    made = Area.objects.get(code=VILLAGE + "003")
    assert (made.kind, made.name) == ("special", "第二网格")
    assert AuditEntry.objects.get(verb="area.added", object_id=str(made.pk)).actor_label


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"name": "第一网格"}, "同一上级下已有"),
        ({"code": VILLAGE + "001"}, "已被使用"),
        ({"code": "44078310322"}, "15 位数字"),
        ({"name": "甲\x00"}, "无法保存"),
        ({"name": "甲" * 100_000}, "过长"),
        ({"level": "county"}, "请从给出的选项中选择"),
        ({"kind": "x"}, "请从给出的选项中选择"),
        ({"name": ""}, "请填写此项"),
    ],
)
def test_bad_additions_come_back_with_what_was_typed(cast, data, says):
    sent = form(level="grid", name="新网格", code=VILLAGE + "003", kind="general") | data
    answer = cast.admin.post(url("add", cast.village), sent)
    assert answer.status_code == 422
    assert says in body(answer)
    assert sent["code"] in body(answer)
    assert not Area.objects.filter(code=VILLAGE + "003").exists()


def test_rename_and_retire_with_successor(cast):
    assert cast.admin.post(url("rename", cast.micro), {"name": "墟市微网格"}).status_code == 302
    assert "还有" in body(cast.admin.get(url("retire", cast.grid)))
    heir = add(cast.grid, Level.MICROGRID, VILLAGE + "003", "第二微网格")
    unsure = cast.admin.post(url("retire", cast.micro), {"successors": [heir.pk]})
    assert unsure.status_code == 422
    foreign = cast.admin.post(url("retire", cast.micro), {"successors": [cast.grid3.pk], "sure": "on"})
    assert foreign.status_code == 422
    assert cast.admin.post(url("retire", cast.micro), {"successors": [heir.pk], "sure": "on"}).status_code == 302
    assert AreaSuccession.objects.get().successor_id == heir.pk
    page = body(cast.admin.get(url("detail", cast.micro)))
    assert "已停用" in page
    assert "由其接续" in page
    assert "第二微网格" in page
    assert "墟市微网格" in body(cast.admin.get(url("detail", cast.grid, show="retired")))


def test_retire_refusal_is_said_on_the_form(cast):
    answer = cast.admin.post(url("retire", cast.grid), {"sure": "on"})
    assert answer.status_code == 422
    assert "下面还有 1 个在用的区域" in body(answer)


@pytest.mark.parametrize("name", ["add", "rename", "retire"])
def test_only_the_system_admin_changes_areas(cast, name):
    for client in (cast.leader, cast.worker, cast.auditor):
        assert client.get(url(name, cast.grid)).status_code == 403
        assert client.post(url(name, cast.grid), {"name": "x", "sure": "on"}).status_code == 403


def test_qr_points_at_the_order_page_of_the_grid(cast):
    page = cast.worker.get(url("qr", cast.grid))
    text = body(page)
    assert f"http://testserver/d/{cast.grid.token}" in text
    assert "<svg" in text
    assert "style=" not in text
    assert "扫码点单" in text
    assert "12345" in text
    sheet = body(cast.leader.get(url("qr_sheet", cast.village)))
    assert sheet.count("<article") == 2
    assert cast.leader.get(url("qr", cast.village)).status_code == 422
    assert cast.admin.get(url("qr_sheet", cast.county)).status_code == 422


def queries(path, client):
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def test_pages_cost_the_same_for_one_and_twenty_rows(cast):
    paths = [
        (url("detail", cast.village), cast.admin),
        (url("detail", cast.grid), cast.worker),
        (reverse("households:index", query={"area": cast.village.code}), cast.leader),
        (url("qr_sheet", cast.village), cast.leader),
    ]
    for path, client in paths:
        client.get(path)  # the first request of a session also writes its limits
    few = [queries(path, client) for path, client in paths]
    for n in range(3, 23):
        add(cast.village, Level.GRID, f"{VILLAGE}{n:03d}", f"{n}网格")
        households.register(area=cast.grid, address=f"{n} 号", actor=None)
    assert [queries(path, client) for path, client in paths] == few
    assert max(few) <= 15


def test_long_lists_are_paged(cast):
    rows = [tree.NewArea(cast.village.code, Level.GRID, f"{VILLAGE}{n:03d}", f"{n}网格") for n in range(3, 60)]
    tree.add_many(rows=rows, actor=None)
    first = body(cast.admin.get(url("detail", cast.town, level="grid")))
    assert "下一页" in first
    assert "level=grid&amp;after=" in first
