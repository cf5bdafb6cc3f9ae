"""How long a session lasts, and what ends it at once."""

from datetime import UTC, datetime, timedelta

import pytest

from core import clock
from members import accounts, posts
from members.models import User
from members.roles import Role

PASSWORD = "Qinglong-47-Shan"
NEW = "Fenghuang-58-He"
ACCOUNT = "/account/"


@pytest.fixture
def monday():
    return datetime.now(UTC).replace(hour=1, minute=0)


def asks(client, moment, url=ACCOUNT):
    with clock.at(moment):
        return client.get(url).status_code


def test_an_idle_session_ends(cast, login, monday, settings):
    client = login(cast.worker)
    idle = timedelta(seconds=settings.SESSION_IDLE_SECONDS)
    assert asks(client, monday) == 200
    assert asks(client, monday + idle - timedelta(seconds=61)) == 200
    assert asks(client, monday + 2 * idle - timedelta(seconds=62)) == 200
    assert asks(client, monday + 3 * idle) == 302


def test_the_bell_does_not_keep_a_session_alive(cast, login, monday, settings):
    client = login(cast.worker)
    assert asks(client, monday) == 200
    for minutes in range(5, 30, 5):
        assert asks(client, monday + timedelta(minutes=minutes), "/inbox/badge") == 200
    assert asks(client, monday + timedelta(seconds=settings.SESSION_IDLE_SECONDS)) == 302


def test_no_session_outlives_the_absolute_limit(cast, login, monday, settings):
    client = login(cast.worker)
    step = timedelta(minutes=20)
    moments = [monday + n * step for n in range(settings.SESSION_ABSOLUTE_SECONDS // 1200)]
    assert {asks(client, moment) for moment in moments} == {200}
    assert asks(client, monday + timedelta(seconds=settings.SESSION_ABSOLUTE_SECONDS)) == 302


def test_the_login_page_says_why(cast, login, monday):
    client = login(cast.worker)
    asks(client, monday)
    with clock.at(monday + timedelta(hours=1)):
        page = client.get(ACCOUNT, follow=True)
    assert "登录已超时" in page.content.decode()


def test_disabling_bites_on_the_next_request(cast, login):
    client = login(cast.worker)
    assert client.get(ACCOUNT).status_code == 200
    accounts.disable(user=cast.worker, actor=cast.system_admin)
    assert client.get(ACCOUNT).status_code == 302


def test_losing_a_post_bites_on_the_next_request(cast, login):
    client = login(cast.handler)
    assert client.get("/t/").status_code == 200
    posts.end(post=cast.handler.posts.get(), actor=cast.system_admin)
    assert client.get("/t/").status_code == 403


@pytest.mark.parametrize(("starts", "ends", "later"), [(0, 5, 5), (5, None, 0)])
def test_django_admin_closes_with_a_dated_post_and_stays_shut_before_it(cast, login, starts, ends, later):
    today = clock.today()
    posts.assign(
        user=cast.worker,
        role=Role.SYSTEM_ADMIN,
        area=cast.county,
        starts_on=today + timedelta(days=starts),
        ends_on=today + timedelta(days=ends) if ends else None,
        actor=None,
    )
    worker = User.objects.get(pk=cast.worker.pk)
    assert worker.is_superuser
    with clock.at(clock.now() + timedelta(days=later)):
        client = login(worker)
        assert client.get("/admin/", follow=True).status_code == 403
        assert client.get("/admin/core/auditentry/", follow=True).status_code == 403


def test_signing_in_again_starts_the_session_anew(cast, client):
    accounts.set_password(user=cast.worker, password=PASSWORD, actor=None)
    right = {"username": "worker", "password": PASSWORD}
    client.post("/login/", right)
    first = client.session["started"]
    with clock.at(clock.now() + timedelta(minutes=20)):
        client.post("/login/", right)
        assert client.session["started"] >= first + 20 * 60


def test_changing_the_password_ends_the_other_sessions(cast, login):
    accounts.set_password(user=cast.worker, password=PASSWORD, actor=None)
    worker = User.objects.get(pk=cast.worker.pk)
    here, there = login(worker), login(worker)
    key = here.session.session_key
    answer = here.post("/account/password/", {"current": PASSWORD, "new": NEW, "again": NEW})
    assert answer["Location"] == ACCOUNT
    assert here.session.session_key != key
    assert here.get(ACCOUNT).status_code == 200
    assert there.get(ACCOUNT).status_code == 302


def test_signed_in_pages_are_not_stored(cast, login, client):
    assert login(cast.worker).get(ACCOUNT)["Cache-Control"] == "private, no-store"


def test_the_initial_password_opens_only_its_own_change(cast, login):
    accounts.set_password(user=cast.worker, password=PASSWORD, actor=None, must_change=True)
    client = login(User.objects.get(pk=cast.worker.pk))
    for url in ("/", ACCOUNT, "/inbox/", "/inbox/badge", "/areas/", "/lists/", "/admin/"):
        assert client.get(url)["Location"] == "/account/password/", url
    assert client.post("/inbox/read/")["Location"] == "/account/password/"
    page = client.get("/account/password/")
    assert "先设自己的密码" in page.content.decode()
    answer = client.post("/account/password/", {"current": PASSWORD, "new": NEW, "again": NEW})
    assert answer["Location"] == "/"
    assert client.get(ACCOUNT).status_code == 200
