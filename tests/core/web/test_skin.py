"""Middleware, error pages, health, context, doctor and the small modules."""

import io
import json
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.management import CommandError, call_command
from django.db import DataError, OperationalError, ProgrammingError, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from core import clock, doctor, locks
from core.codes import ALPHABET, random_code
from core.days import calendar, workdays
from core.errors import Conflict, Denied, DomainError, Refused
from core.jobs import heartbeat, outbox
from core.models import AuditEntry, CalendarException
from core.tasks import drain, sweep
from core.text import is_clean, printable
from core.views import bad_request, csrf_failure, not_found, permission_denied, server_error
from core.web import health
from core.web.context import site
from core.web.middleware import DomainErrorMiddleware, RequestContextMiddleware, SeenMiddleware
from core.web.pages import error_page

request = RequestFactory().get


def caught(error: Exception, **headers: str) -> HttpResponse | None:
    return DomainErrorMiddleware(lambda _: HttpResponse()).process_exception(request("/", headers=headers), error)


@pytest.mark.parametrize(("error", "status"), [(DomainError, 400), (Refused, 422), (Conflict, 409), (Denied, 403)])
def test_domain_errors_become_chinese_answers(error: type[DomainError], status: int) -> None:
    fragment = caught(error("周敏 <先> 领办了"), **{"HX-Request": "true"})
    assert fragment.status_code == status
    assert "周敏 &lt;先&gt; 领办了" in fragment.content.decode()
    assert json.loads(fragment["HX-Trigger"])["shanzhi:error"]["status"] == status
    data = json.loads(caught(error("领办了"), Accept="application/json").content)
    assert data == {"code": error.code, "message": "领办了"}


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (SuspiciousOperation(), 400),
        (RequestDataTooBig(), 413),
        (DataError("integer out of range"), 400),
        (UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates"), 400),
        (OverflowError(), 400),
        (ValueError("A string literal cannot contain NUL (0x00) characters."), 400),
    ],
)
def test_undigestible_input_is_no_server_error(error: Exception, status: int) -> None:
    assert caught(error, **{"HX-Request": "true"}).status_code == status


@pytest.mark.parametrize("error", [ValueError("a bug"), KeyError("a bug"), ProgrammingError("no such column")])
def test_bugs_stay_server_errors(error: Exception) -> None:
    assert caught(error) is None


def test_nul_in_the_address() -> None:
    skin = DomainErrorMiddleware(lambda _: HttpResponse())
    assert skin(request("/?q=%00", headers={"HX-Request": "true"})).status_code == 400
    assert skin(request("/?q=1")).status_code == 200


def test_djangos_own_failures(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = request("/", headers={"HX-Request": "true"})
    for answer, status in (
        (csrf_failure(asked, "x"), 403),
        (bad_request(asked, SuspiciousOperation()), 400),
        (bad_request(asked, RequestDataTooBig()), 413),
        (permission_denied(asked, Exception()), 403),
        (not_found(asked, Exception()), 404),
        (server_error(asked), 500),
    ):
        assert answer.status_code == status
        assert "。" in answer.content.decode()


def test_without_templates_an_error_is_still_readable(settings) -> None:
    settings.TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]
    answer = error_page(request("/"), 422, "有 <误>", advice="改一改")
    assert answer.status_code == 422
    assert "有 &lt;误&gt;" in answer.content.decode()
    assert "改一改" in answer.content.decode()


def test_the_request_id() -> None:
    def answer(asked: HttpRequest) -> HttpResponse:
        asked.resolver_match = None
        return HttpResponse()

    skin = RequestContextMiddleware(answer)
    assert skin(request("/", headers={"X-Request-ID": "abcdefgh-1"}))["X-Request-ID"] == "abcdefgh-1"
    for bad in ("", "short", "x" * 65, "abc defgh", "换行换行换行换行"):
        assert len(skin(request("/", headers={"X-Request-ID": bad}))["X-Request-ID"]) == 32


def test_site_context(settings) -> None:
    settings.DEMO = True
    asked = request("/")
    assert site(asked)["big"] is False
    asked.COOKIES["big"] = "1"
    assert site(asked) == {"site_name": settings.SITE_NAME, "help_phone": "12345", "big": True, "is_demo": True}


@pytest.mark.django_db
def test_ready_only_with_a_running_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert health.readiness()["ready"] is False
    heartbeat.beat("drain")
    state = health.readiness()
    assert state["ready"] is True
    assert set(state) == {
        *(
            "ready",
            "database",
            "migrations",
            "engine",
            "engine_tick_age_seconds",
            "outbox_lag_seconds",
            "outbox_parked",
            "calendar_missing_year",
        ),
    }
    with clock.at(clock.now() + timedelta(hours=1)):
        assert health.readiness()["engine"] is False
    with clock.at(clock.now() - timedelta(minutes=10)), transaction.atomic():
        outbox.enqueue("core.echo", {"n": 1}, key="old")
    assert health.readiness()["ready"] is False

    def down() -> bool:
        raise OperationalError("down")

    monkeypatch.setattr(health, "_migrated", down)
    assert health.readiness() == {"ready": False, "database": False}


@pytest.mark.django_db
@pytest.mark.parametrize(("day", "queries"), [(date(2026, 10, 12), 8), (date(2026, 11, 12), 9)])
def test_health_over_http(client: Client, django_assert_num_queries, day: date, queries: int) -> None:
    """From November it also looks whether the next year's working days have been entered."""
    assert client.get("/healthz").content == b"ok"
    assert client.get("/readyz").status_code == 503
    with clock.at(datetime.combine(day, time(12), UTC)):
        heartbeat.beat("drain")
        with django_assert_num_queries(queries):
            assert client.get("/readyz").json()["ready"] is True
    assert client.post("/healthz").status_code in (403, 405)


@pytest.mark.django_db
def test_engine_beat_and_tasks(django_assert_num_queries) -> None:
    assert heartbeat.age("x") is None
    moment = clock.now()
    with clock.at(moment):
        heartbeat.beat("x")
        with django_assert_num_queries(1):
            heartbeat.beat("x")
    with clock.at(moment + timedelta(seconds=5)):
        assert heartbeat.age("x") == 5
        heartbeat.beat("x")
        assert heartbeat.age("x") == 0
    with transaction.atomic():
        outbox.enqueue("core.echo", {"n": 3}, key="e", queue="urgent")
    drain("urgent")
    sweep()
    assert AuditEntry.objects.get(verb="core.echo").detail == {"n": 3}
    assert heartbeat.age("drain") is not None


@pytest.mark.django_db
def test_an_idle_drain_writes_nothing(django_assert_num_queries) -> None:
    with django_assert_num_queries(2):
        outbox.drain("default")


@pytest.mark.django_db(transaction=True)
def test_county_days_are_declared_and_withdrawn() -> None:
    day = date(2025, 10, 9)
    workdays.declare(day=day, is_working=False, note="县庆", actor=None)
    assert not calendar.is_working_day(day)
    workdays.declare(day=day, is_working=True, actor=None)
    assert calendar.is_working_day(day)
    workdays.declare(day=day, is_working=False, actor=None)
    workdays.withdraw(day=day, actor=None)
    workdays.withdraw(day=day, actor=None)
    assert calendar.is_working_day(day)
    assert not CalendarException.objects.exists()
    assert AuditEntry.objects.filter(verb__startswith="calendar.").count() == 4


@pytest.mark.django_db
def test_exceptions_cost_one_query_a_minute(django_assert_num_queries) -> None:
    calendar.forget()
    with django_assert_num_queries(1):
        for n in range(100):
            calendar.is_working_day(date(2025, 1, 1) + timedelta(days=n))


@pytest.mark.django_db
def test_locks() -> None:
    with transaction.atomic():
        locks.hold("tree")
        locks.hold("tree")


@pytest.mark.django_db(transaction=True)
def test_a_lock_needs_a_transaction() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        locks.hold("tree")


def test_doctor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "autodiscover_modules", lambda _: None)
    out = io.StringIO()
    with doctor.CHECKS.only(), doctor.WARNINGS.only(), doctor.FACTS.only():
        doctor.check("sound")(lambda fix: [])
        call_command("doctor", stdout=out)
        assert "sound: ok" in out.getvalue()
        doctor.check("ill")(lambda fix: ["户 7 的村与网格不符"])
        with pytest.raises(CommandError):
            call_command("doctor", stdout=out)
        call_command("doctor", "--fix", stdout=out)
    assert "户 7" in out.getvalue()


def test_codes_and_text() -> None:
    code = random_code(40)
    assert len(code) == 40
    assert set(code) <= set(ALPHABET)
    assert not set("0O1I") & set(ALPHABET)
    assert is_clean("一\n二")
    assert not is_clean("一\n二", multiline=False)
    assert not is_clean("\ud800")
    assert printable("一\r\n伪造\u2028行\x1b[0m") == "一  伪造 行\ufffd[0m"


def test_what_nobody_sees_comes_through_no_address() -> None:
    asked: list[HttpRequest] = []
    SeenMiddleware(lambda one: asked.append(one) or HttpResponse())(
        request("/c/AB\u200bCD/", {"q": ["路\u200b灯", "a"], "next": "/t/"})
    )
    assert asked[0].GET.getlist("q") == ["路灯", "a"]
    assert asked[0].GET["next"] == "/t/"
    assert asked[0].path_info == "/c/ABCD/"
