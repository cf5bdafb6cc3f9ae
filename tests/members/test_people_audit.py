"""The audit page and Django's admin of staff: who reads, what is shown, what stays closed."""

from datetime import timedelta

import pytest
from django.test import Client

from core import clock
from core.models import AuditEntry
from core.trust import audit
from members import accounts
from members.roles import Role


def body(response):
    return response.content.decode()


@pytest.fixture
def auditor(cast, login):
    accounts.update(user=cast.worker, actor=cast.system_admin, name="梁晓燕")
    audit.record("household.revealed", cast.household, actor=cast.worker, reason="电话核对陈大文")
    AuditEntry.objects.create(verb="teapot.boiled", detail={"secret": "陈大文"})  # of a version long gone
    return login(cast.auditor)


def test_entries_are_in_words_without_free_text(auditor):
    text = body(auditor.get("/people/audit/"))
    assert "改姓名或电话" in text
    assert "改了 姓名" in text
    assert "查看户主和电话" in text
    assert "旧版本的操作" in text
    assert "teapot" not in text
    assert "陈大文" not in text
    assert "人员 梁晓燕" in text
    assert 'href="/people/worker/"' not in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"verb": "user.updated"}, True),
        ({"verb": "household.revealed"}, False),
        ({"person": "周健生"}, True),
        ({"person": "system_admin"}, True),
        ({"person": "方秀英"}, False),
        ({"person": "无此人"}, False),
        ({"object": "members.user", "verb": "user.updated"}, True),
        ({"object": "grids.area"}, False),
    ],
)
def test_filters(auditor, query, found):
    assert ("改了 姓名" in body(auditor.get("/people/audit/", query))) is found


def test_the_period_is_by_local_days(auditor):
    today = clock.today()

    def shown(**days):
        return "改了 姓名" in body(auditor.get("/people/audit/", {k: str(v) for k, v in days.items()}))

    assert shown(since=today, until=today)
    assert not shown(since=today + timedelta(days=1))
    assert not shown(until=today - timedelta(days=1))


@pytest.mark.parametrize(
    "query",
    [
        "verb=x",
        "person=%00",
        "person=" + "9" * 100_000,
        "since=x",
        "until=0001-01-01",
        "after=%00",
        "object=%F0",
        "since=9999-12-31",
    ],
)
def test_malformed_filters_do_no_harm(auditor, query):
    assert auditor.get(f"/people/audit/?{query}").status_code in (200, 400)


def test_the_trail_is_for_auditors_and_admins(cast, login):
    for role in Role:
        expected = 200 if role in (Role.AUDITOR, Role.SYSTEM_ADMIN) else 403
        assert login(cast.holding(role)).get("/people/audit/").status_code == expected, role
    assert login(cast.auditor).post("/people/audit/").status_code == 405
    assert Client().get("/people/audit/").status_code == 302


def test_long_trails_are_paged(cast, auditor):
    for n in range(60):
        audit.record("user.updated", cast.worker, actor=cast.system_admin, fields=["name", "phone"][n % 2 :])
    text = body(auditor.get("/people/audit/?verb=user.updated"))
    assert "verb=user.updated&amp;after=" in text


def test_the_page_of_a_person_shows_what_happened_to_them(cast, auditor, login):
    text = body(login(cast.system_admin).get("/people/worker/"))
    assert "改姓名或电话" in text
    assert "安排岗位" in text
    assert "查看户主和电话" not in text


@pytest.mark.parametrize("model", ["user", "post", "department"])
def test_djangos_admin_only_shows_staff(cast, login, model):
    accounts.update(user=cast.worker, actor=cast.system_admin, phone="13800006021")
    admin = login(cast.system_admin)
    row = {"user": cast.worker, "post": cast.worker.posts.get(), "department": cast.office}[model]
    listed, shown = admin.get(f"/admin/members/{model}/"), admin.get(f"/admin/members/{model}/{row.pk}/change/")
    assert listed.status_code == shown.status_code == 200
    assert 'name="_save"' not in body(shown)
    assert "13800006021" not in body(shown)
    assert "argon2" not in body(shown)
    assert 'name="password"' not in body(shown)
    assert admin.post(f"/admin/members/{model}/{row.pk}/change/", {"name": "x"}).status_code == 403
    assert admin.get(f"/admin/members/{model}/add/").status_code == 403
    assert admin.post(f"/admin/members/{model}/{row.pk}/delete/", {"post": "yes"}).status_code == 403


def test_djangos_admin_has_no_door_of_its_own(cast, login):
    door = Client().get("/admin/members/user/", follow=True)
    assert door.redirect_chain[-1][0].startswith("/login/")
    assert login(cast.worker).get("/admin/members/user/", follow=True).status_code == 403
