"""Every sign-in, failure and denial is on the trail, and nothing there tells a password or an address."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from core import clock
from core.models import AuditEntry
from members import accounts

PASSWORD = "Qinglong-47-Shan"


@pytest.fixture
def worker(cast):
    accounts.set_password(user=cast.worker, password=PASSWORD, actor=None)
    return cast.worker


def attempt(username, password, client=None):
    return (client or Client(REMOTE_ADDR="203.0.113.9")).post("/login/", {"username": username, "password": password})


def newest():
    return AuditEntry.objects.order_by("-pk").first()


def test_who_comes_in_and_goes_out(worker):
    client = Client(REMOTE_ADDR="203.0.113.9")
    attempt(" WORKER", PASSWORD, client)
    row = newest()
    assert (row.verb, row.actor_id, row.object_id) == ("signin.done", worker.pk, str(worker.pk))
    assert len(row.detail["address"]) == 12
    client.post("/logout/")
    assert (newest().verb, newest().actor_id) == ("signin.left", worker.pk)


def test_a_session_that_ran_out(worker, login, settings):
    client = login(worker)
    client.get("/account/")
    with clock.at(clock.now() + timedelta(seconds=settings.SESSION_IDLE_SECONDS)):
        client.get("/account/")
    assert (newest().verb, newest().actor_id) == ("signin.expired", worker.pk)


def test_wrong_passwords_and_the_lock(worker):
    for _try in range(4):
        attempt("worker", "wrong-password")
    verbs = AuditEntry.objects.filter(object_id=str(worker.pk), verb__startswith="signin.").values_list(
        "verb", flat=True
    )
    assert list(verbs) == ["signin.failed"] * 4
    assert newest().actor_id is None
    attempt("worker", "wrong-password")
    attempt("worker", PASSWORD)
    assert [row.verb for row in AuditEntry.objects.order_by("-pk")[:2]] == ["signin.locked"] * 2


def test_an_unknown_name_may_be_a_password_and_is_not_kept(db):
    attempt("Qinglong-47-Shan", "x")
    attempt("qinglong-47-shan", "y")
    first, second = AuditEntry.objects.filter(verb="signin.failed")
    assert first.detail == second.detail
    told = json.dumps([first.detail, first.object_id, first.actor_label])
    assert "inglong" not in told
    assert "203.0" not in told


def test_a_wrong_present_password_counts_as_a_failure(worker, login):
    new = "Fenghuang-58-He"
    login(worker).post("/account/password/", {"current": "wrong-password", "new": new, "again": new})
    assert (newest().verb, newest().object_id) == ("signin.failed", str(worker.pk))


@pytest.mark.parametrize(
    ("who", "url", "verb", "page"),
    [
        ("worker", "/people/audit/", "access.denied", "people:audit"),
        ("worker", "/admin/members/user/", "access.denied", "members:admin_login"),
        ("other_worker", "/t/ST20-0101-001/", "access.not_found", "issues:ticket"),
        ("worker", "/people/nobody/", "access.denied", "people:detail"),
        ("system_admin", "/people/nobody/", "access.not_found", "people:detail"),
    ],
)
def test_what_is_denied(cast, login, who, url, verb, page):
    user = getattr(cast, who)
    login(user).get(url, follow=True)
    rows = AuditEntry.objects.filter(actor_id=user.pk, verb__startswith="access.")
    assert [(row.verb, row.detail["page"]) for row in rows] == [(verb, page)]


def test_a_denied_post_is_denied_on_the_trail_too(cast, login):
    login(cast.worker).post("/people/worker/disable/")
    row = newest()
    assert (row.verb, row.detail) == (
        "access.denied", {"page": "people:disable", "at": ["worker"], "method": "POST"},
    )  # fmt: skip


def test_what_a_resident_guesses_is_not_about_the_person_signed_in(cast, login):
    before = AuditEntry.objects.count()
    client = login(cast.worker)
    client.get("/no/such/page/")
    assert client.get("/o/ABCD1234/").status_code in (404, 422, 200, 302)
    assert AuditEntry.objects.count() == before


def test_the_page_of_the_trail_says_it_in_words(worker, cast, login):
    attempt("worker", "wrong-password")
    login(worker).get("/people/audit/")
    page = login(cast.auditor).get("/people/audit/").content.decode()
    for words in ("登录失败", "无权，被拒绝", "地址代号", "人员与部门"):
        assert words in page, words
    assert "people:audit" not in page
