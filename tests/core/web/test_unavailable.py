"""The database away, or a lock waited for too long: 503, and what was typed is still there."""

import sqlite3

import pytest
from django import forms
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import get_resolver, reverse

from core.views import server_error
from core.web.middleware import DomainErrorMiddleware
from core.web.unavailable import SECRET, is_unavailable
from issues.ticket import views
from issues.workflow import State
from tests.run import PACKAGES
from tests.tickets import at_state

NOTE = "今天下午三点到场，\n已和住户说好 <明天> 再来"


def of_sqlite(code: int) -> OperationalError:
    cause = sqlite3.OperationalError("said")
    cause.sqlite_errorcode = code
    error = OperationalError("said")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (OperationalError("canceling statement due to lock timeout"), True),
        (InterfaceError("connection already closed"), True),
        (of_sqlite(sqlite3.SQLITE_BUSY), True),
        (of_sqlite(sqlite3.SQLITE_BUSY | 2 << 8), True),
        (of_sqlite(sqlite3.SQLITE_FULL), True),
        (of_sqlite(sqlite3.SQLITE_ERROR), False),  # no such table: ours to mend
        (ProgrammingError("no such column"), False),
        (ValueError("a bug"), False),
        (None, False),
    ],
)
def test_what_says_that_the_database_cannot_be_asked(error, away):
    assert is_unavailable(error) is away


def caught(request: HttpRequest) -> HttpResponse:
    return DomainErrorMiddleware(lambda _: HttpResponse()).process_exception(request, OperationalError("down"))


def test_the_page_says_so_and_when_to_come_back():
    answer = caught(RequestFactory().get("/t/?view=mine"))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    page = answer.content.decode()
    assert "请稍后再试" in page
    assert 'href="/t/?view=mine"' in page


def test_what_was_typed_comes_back_ready_to_be_sent():
    data = {
        "csrfmiddlewaretoken": "x" * 64,
        "version": "3",
        "idempotency_key": "a-b",
        "note": NOTE,
        "tags": ["甲", "乙"],
    }
    page = caught(RequestFactory().post("/t/1/do/progress/?next=/t/", data)).content.decode()
    assert "已和住户说好 &lt;明天&gt; 再来</textarea>" in page
    assert 'action="/t/1/do/progress/?next=/t/"' in page
    for name in ("csrfmiddlewaretoken", "version", "idempotency_key"):
        assert f'type="hidden" name="{name}"' in page
    assert page.count('name="tags"') == 2


def forms_below(kind):
    for form in kind.__subclasses__():
        yield form
        yield from forms_below(form)


def test_every_field_of_a_password_is_known_as_secret():
    get_resolver().url_patterns  # noqa: B018 (every form is loaded)
    found = {
        name
        for form in forms_below(forms.Form)
        if form.__module__.split(".")[0] in PACKAGES
        for name, field in form.base_fields.items()
        if isinstance(field.widget, forms.PasswordInput)
    }
    assert found == SECRET


@pytest.mark.parametrize("name", sorted(SECRET))
def test_a_secret_is_not_said_again(name):
    page = caught(RequestFactory().post("/me/password/", {name: "秘密的口令", "note": "别的话"})).content.decode()
    assert "秘密的口令" not in page
    assert "别的话" not in page


def test_a_password_is_not_said_again():
    page = caught(RequestFactory().post("/login/", {"username": "wang", "password": "秘密的口令"})).content.decode()
    assert "秘密的口令" not in page
    assert "wang" not in page


def test_a_body_that_cannot_be_read_is_no_second_error():
    request = RequestFactory().post("/", b"--x", content_type="multipart/form-data; boundary=")
    assert caught(request).status_code == 503


def test_a_script_keeps_its_page():
    answer = caught(RequestFactory().post("/", {"note": NOTE}, headers={"HX-Request": "true"}))
    assert answer.status_code == 503
    assert "请稍后再试" in answer.content.decode()
    assert "textarea" not in answer.content.decode()


def test_a_middleware_that_cannot_ask_the_database_is_answered_alike():
    request = RequestFactory().post("/", {"note": NOTE})
    try:
        raise OperationalError("down")
    except OperationalError:
        assert server_error(request).status_code == 503
    assert server_error(request).status_code == 500


@pytest.mark.django_db
def test_sent_again_the_step_is_taken_once(cast, login, monkeypatch):
    """What the page gives back is enough for the step."""
    ticket = at_state(cast, State.HANDLING)
    browser = login(cast.handler)
    address = reverse("issues:act", args=[ticket.number, "progress"])

    def locked(*args, **kwargs):
        raise OperationalError("canceling statement due to statement timeout")

    with monkeypatch.context() as patch:
        patch.setattr(views, "apply", locked)
        answer = browser.post(address, {"version": ticket.version, "note": NOTE})
    assert answer.status_code == 503
    given = {one.name: one.value for one in answer.context["typed"]}
    assert browser.post(address, given).status_code == 302
    ticket.refresh_from_db()
    assert ticket.events.filter(action="progress").get().note == NOTE
