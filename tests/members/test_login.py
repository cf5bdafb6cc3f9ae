"""Signing in and out: same words for everybody, lockout by account name, a fresh session, local targets only."""

import pytest
from django.test import Client
from django.urls import reverse

from members import accounts

PASSWORD = "Qinglong-47-Shan"
LOGIN = "/login/"


@pytest.fixture
def worker(cast):
    accounts.set_password(user=cast.worker, password=PASSWORD, actor=None)
    return cast.worker


def attempt(username, password, client=None, **extra):
    return (client or Client()).post(LOGIN, {"username": username, "password": password} | extra)


def lock(username):
    for _try in range(5):
        answer = attempt(username, "wrong-password")
    return answer


def test_the_page_is_chinese_and_names_its_fields(db):
    page = Client().get(LOGIN).content.decode()
    assert "<h1>登录</h1>" in page
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page


def test_the_right_password_leads_home_with_a_fresh_session(worker):
    client = Client()
    client.get(LOGIN)
    client.session["before"] = 1
    client.session.save()
    key = client.session.session_key
    answer = attempt("worker", PASSWORD, client)
    assert answer.status_code == 302
    assert answer["Location"] == "/"
    assert client.session.session_key != key


@pytest.mark.parametrize("typed", ["WORKER", " worker ", "ｗｏｒｋｅｒ", "wor\u200bker\ufeff"])
def test_spelling_variants_are_the_same_account(worker, typed):
    assert attempt(typed, PASSWORD).status_code == 302


def test_wrong_unknown_and_disabled_get_the_same_answer(worker, cast):
    accounts.disable(user=cast.chief, actor=cast.system_admin)
    pages = set()
    for name in ("worker", "nobody", "chief"):
        answer = attempt(name, "wrong-password")
        assert answer.status_code == 422
        page = answer.content.decode().replace(name, "NAME")
        pages.add(page[page.index("errsum") :] if "errsum" in page else page[page.index("<h1>") :])
    assert len(pages) == 1
    assert "账号或密码不正确" in pages.pop()


def test_five_wrong_tries_lock_known_and_unknown_alike(worker):
    known, unknown = lock("worker"), lock("nobody")
    assert known.status_code == unknown.status_code == 429
    assert known.content == unknown.content
    assert attempt("worker", PASSWORD).status_code == 429


def test_variants_and_addresses_count_together_and_neighbours_are_unaffected(worker, cast):
    for n, name in enumerate(["worker", "WORKER", "Worker ", "ｗorker", "woRKer"]):
        Client(REMOTE_ADDR=f"10.0.0.{n}").post(LOGIN, {"username": name, "password": "wrong-password"})
    assert attempt("worker", PASSWORD).status_code == 429
    accounts.set_password(user=cast.chief, password=PASSWORD, actor=None)
    assert attempt("chief", PASSWORD, Client(REMOTE_ADDR="10.0.0.1")).status_code == 302


def test_a_success_starts_the_count_anew(worker):
    for _round in range(2):
        for _try in range(4):
            attempt("worker", "wrong-password")
        assert attempt("worker", PASSWORD).status_code == 302


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example/",
        "/\\evil.example",
        "https://evil.example/",
        "/\t/evil.example",
        "\r\nX: y",
        "javascript:alert(1)",
        "/a\r\nSet-Cookie: x=1",
    ],
)
def test_next_stays_on_this_site(worker, target):
    assert attempt("worker", PASSWORD, next=target)["Location"] == "/"


def test_next_leads_back_to_the_page_asked_for(worker):
    client = Client()
    asked = client.get("/account/?x=1")
    assert asked["Location"] == "/login/?next=/account/%3Fx%3D1"
    assert attempt("worker", PASSWORD, client, next="/account/?x=1")["Location"] == "/account/?x=1"


def test_a_fragment_of_a_signed_out_page_sends_the_window_to_the_login_page(db):
    answer = Client().get("/account/", HTTP_HX_REQUEST="true")
    assert answer["HX-Redirect"] == LOGIN


def test_somebody_signed_in_needs_no_form(cast, login):
    assert login(cast.worker).get(LOGIN)["Location"] == "/"


def test_signing_out_ends_the_session_and_needs_a_post(cast, login):
    client = login(cast.worker)
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/")["Location"] == LOGIN
    assert client.get("/account/").status_code == 302


def test_a_form_without_a_token_is_refused(worker):
    client = Client(enforce_csrf_checks=True)
    assert attempt("worker", PASSWORD, client).status_code == 403


@pytest.mark.parametrize("bad", ["a\x00b", "a" * 200, "a‮b", "\ud800"])
def test_what_no_account_can_be_called_is_answered_not_crashed_on(db, bad):
    body = {"username": bad.encode("utf-8", "surrogatepass").decode("utf-8", "replace"), "password": "x\x00"}
    assert Client().post(LOGIN, body).status_code in (400, 422)


def test_the_admin_has_no_door_of_its_own(cast, login):
    assert Client().get("/admin/", follow=True).redirect_chain[-1][0] == "/login/?next=/admin/"
    assert Client().post("/admin/login/", {"username": "x", "password": "y"}).status_code == 405
    assert login(cast.worker).get("/admin/", follow=True).status_code == 403
    assert login(cast.system_admin).get(reverse("admin:index")).status_code == 200
