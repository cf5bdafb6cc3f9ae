"""A session that ends leads back to the same form with everything in it, and nobody else to it."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core import clock
from issues.models import Ticket
from members import accounts
from members.signing_in import resuming
from tests.tickets import jpeg

PASSWORD = "Qinglong-47-Shan"
KEY = "7d5c8a54-6a0f-4a0e-9a70-0c7f2f1f9f11"
WORDS = "下雨水漫进屋，\n老人走路怕跌倒"
pytestmark = pytest.mark.django_db


@pytest.fixture
def morning():
    return datetime.now(UTC).replace(hour=1, minute=0)


@pytest.fixture
def client(cast, morning):
    for user in (cast.worker, cast.chief):
        accounts.set_password(user=user, password=PASSWORD, actor=user)
    client = Client()
    with clock.at(morning):
        signs_in(client, "worker")
        assert client.get("/m/new").status_code == 200
    return client


def signs_in(client, name):
    return client.post("/login/", {"username": name, "password": PASSWORD, "next": "/"}, follow=True)


def finding(cast, **more):
    return {"item": "C02", "area": cast.microgrid.code, "where": "村口", "words": WORDS, "idempotency_key": KEY, **more}


def hidden(page):
    """What the page sends on, by name."""
    found = re.findall(
        r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode().partition("<h1>")[2]
    )
    return {name: unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


def test_the_form_comes_back_whole_and_is_sent_by_another_press(cast, client, morning):
    later = morning + timedelta(hours=1)
    with clock.at(later):
        answer = client.post("/m/new", finding(cast, photos=jpeg()))
        assert answer.status_code == 302
        assert answer["Location"].startswith("/login/")
        assert "刚才填的内容已留着" in client.get(answer["Location"]).content.decode()
        page = signs_in(client, "worker")
        assert "照片和文件没有保留" in page.content.decode()
        sent = hidden(page)
        assert sent == finding(cast, resumed="files")
        form = client.post("/m/new", sent)
        assert form.status_code == 422
        shown = unescape(form.content.decode())
        assert WORDS in shown.replace("\r", "")
        assert KEY in shown
        assert "照片和文件要重新选；还没有提交" in shown
        assert 'name="resumed"' not in shown
        assert not Ticket.objects.exists()
        for _press in range(2):
            assert client.post("/m/new", finding(cast)).status_code == 302
    assert Ticket.objects.get().description == WORDS.replace("\n", "\n")


def test_the_next_person_at_the_same_device_gets_nothing_of_it(cast, client, morning):
    with clock.at(morning + timedelta(hours=1)):
        client.post("/m/new", finding(cast))
        page = signs_in(client, "chief")
        assert "刚才填的内容还在" not in page.content.decode()
        assert resuming.TYPED not in client.session
        client.post("/logout/")
        assert "刚才填的内容还在" not in signs_in(client, "worker").content.decode()


def test_what_is_kept_lies_encrypted(cast, client, morning):
    with clock.at(morning + timedelta(hours=1)):
        client.post("/m/new", finding(cast))
        kept = Session.objects.get(pk=client.session.session_key).get_decoded()
    assert kept[resuming.TYPED]
    assert "老人" not in str(kept)
    assert WORDS.encode().hex() not in str(kept)


def test_signing_out_in_another_window_loses_nothing_either(cast, client, morning):
    with clock.at(morning):
        client.post("/logout/")
        client.post("/m/new", finding(cast))
        assert hidden(signs_in(client, "worker"))["words"] == WORDS


def test_a_mere_press_a_password_and_a_stranger_leave_nothing(cast, client, morning):
    with clock.at(morning + timedelta(hours=1)):
        client.post("/m/new", {"idempotency_key": KEY, "csrfmiddlewaretoken": "x"})
        assert resuming.TYPED not in client.session
        client.post("/account/password/", {"current": PASSWORD, "new": "a", "again": "a"})
        assert resuming.TYPED not in client.session
    stranger = Client()
    stranger.post("/m/new", {"words": WORDS, "photos": SimpleUploadedFile("a.jpg", b"x")})
    assert not stranger.session.items()


def test_a_form_that_waited_for_too_long_is_not_offered(cast, client, morning):
    with clock.at(morning + timedelta(hours=1)):
        client.post("/m/new", finding(cast))
        signs_in(client, "worker")
    with clock.at(morning + timedelta(hours=1, minutes=29)):
        assert "刚才填的内容还在" in client.get("/login/").content.decode()
    with clock.at(morning + timedelta(hours=1, minutes=31)):
        assert client.get("/login/").status_code in (200, 302)
        assert "刚才填的内容还在" not in client.get("/login/").content.decode()


def test_a_page_left_open_over_another_sign_in_gets_its_form_back(cast, client, morning):
    """Signing in changes the token of every page that was open."""
    client.handler.enforce_csrf_checks = True
    with clock.at(morning):
        origin = {"HTTP_ORIGIN": "http://testserver"}
        page = client.post("/m/new", finding(cast, csrfmiddlewaretoken="a" * 64), **origin)
        assert page.status_code == 403
        sent = hidden(page)
        assert sent == finding(cast, resumed="words")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())[1]
        form = client.post("/m/new", sent | {"csrfmiddlewaretoken": token}, **origin)
        assert form.status_code == 422
        assert "刚才填的内容都在；还没有提交" in form.content.decode()
        for origin in ({}, {"HTTP_ORIGIN": "https://evil.example"}):
            assert "words" not in hidden(client.post("/m/new", finding(cast, csrfmiddlewaretoken="a" * 64), **origin))
    assert not Ticket.objects.exists()


def test_a_session_that_a_new_password_ended_leads_back_too(cast, client, morning):
    """The page that stood open asked something by itself first, as its badge does."""
    with clock.at(morning):
        accounts.set_password(user=cast.worker, password=f"{PASSWORD}-2", actor=cast.worker)
        client.get("/messages/badge/")
        answer = client.post("/m/new", finding(cast))
        assert answer["Location"].startswith("/login/")
        page = client.get(answer["Location"]).content.decode()
        assert "您的密码已修改" in page
        assert "刚才填的内容已留着" in page
        done = client.post("/login/", {"username": "worker", "password": f"{PASSWORD}-2", "next": "/"}, follow=True)
        assert hidden(done) == finding(cast, resumed="words")


def test_a_new_password_that_falls_due_in_between_loses_nothing(cast, client, morning):
    with clock.at(morning):
        accounts.set_password(user=cast.worker, password=PASSWORD, actor=None, must_change=True)
        signs_in(client, "worker")
        assert client.post("/m/new", finding(cast))["Location"] == "/account/password/"
        change = {"current": PASSWORD, "new": f"{PASSWORD}-3", "again": f"{PASSWORD}-3"}
        page = client.post("/account/password/", change, follow=True)
        assert hidden(page) == finding(cast, resumed="words")


def test_a_form_that_went_back_to_its_page_is_offered_no_more(cast, client, morning):
    with clock.at(morning + timedelta(hours=1)):
        client.post("/m/new", finding(cast))
        sent = hidden(signs_in(client, "worker"))
        assert client.post("/m/new", sent).status_code == 422
        assert "刚才填的内容还在" not in client.get("/login/", follow=True).content.decode()
