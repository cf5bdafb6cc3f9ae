"""What a profile asks of passwords and sessions; a stranger does not keep a named person out."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import Client

from core import clock
from core.doctor import examine
from members import accounts
from members.models import User
from members.people import queries
from members.signing_in import lockout, profile

PASSWORD = "Qinglong-47-Shan"


@pytest.fixture
def county(settings):
    settings.SECURITY_PROFILE = "dengbao3"


@pytest.fixture
def worker(cast):
    accounts.set_password(user=cast.worker, password=PASSWORD, actor=None)
    return User.objects.get(pk=cast.worker.pk)


def attempt(password, client=None, name="worker"):
    return (client or Client()).post("/login/", {"username": name, "password": password}).status_code


# ---- passwords -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("password", "taken"),
    [("qinglongshanshui", False), ("qinglong47shan", False), ("Qinglong47shan", True), ("qinglong-47-shan", True)],
)
def test_the_county_asks_for_three_kinds_of_characters(cast, county, password, taken):
    if not taken:
        with pytest.raises(accounts.AccountRefused, match="至少 3 种"):
            accounts.set_password(user=cast.worker, password=password, actor=None)
    else:
        accounts.set_password(user=cast.worker, password=password, actor=None)


def test_elsewhere_length_is_enough(cast, settings):
    settings.SECURITY_PROFILE = "asvs2"
    accounts.set_password(user=cast.worker, password="qinglongshanshui", actor=None)
    assert "种" not in profile.rules()


def test_initial_passwords_pass_their_own_rule(county, cast):
    for _n in range(200):
        accounts.set_password(user=cast.worker, password=accounts.initial_password(), actor=None)


def test_a_password_is_renewed_after_ninety_days(worker, login, county):
    client = login(worker)
    assert client.get("/account/").status_code == 200
    with clock.at(clock.now() + timedelta(days=90)):
        client = login(worker)
        assert client.get("/account/")["Location"] == "/account/password/"
        assert "已用满" in client.get("/account/password/").content.decode()
        new = "Fenghuang-58-He"
        client.post("/account/password/", {"current": PASSWORD, "new": new, "again": new})
        assert client.get("/account/").status_code == 200


def test_the_form_says_the_rule(worker, login, county, settings):
    assert "至少占 3 种" in login(worker).get("/account/password/").content.decode()
    settings.SECURITY_PROFILE = "trial"
    assert "至少占" not in login(worker).get("/account/password/").content.decode()


# ---- doctor ----------------------------------------------------------------------------------------------------------
def test_doctor_shows_the_profile_and_where_the_machine_falls_short(db, settings):
    assert examine(fix=False)["security.profile"] == []
    out = StringIO()
    settings.SECURITY_PROFILE, settings.SESSION_IDLE_SECONDS = "dengbao3", 3600
    with pytest.raises(CommandError):
        call_command("doctor", stdout=out)
    said = out.getvalue()
    assert "dengbao3 (等保三级)" in said
    assert "renewed every 90 days" in said
    assert "SESSION_IDLE_SECONDS is over" in said
    settings.PRODUCTION, settings.SECURITY_PROFILE, settings.SESSION_IDLE_SECONDS = True, "trial", 1800
    assert "requires no second factor" in examine(fix=False)["security.profile"][0]


def test_an_unknown_profile_does_not_start(settings):
    settings.SECURITY_PROFILE = "none"
    with pytest.raises(ImproperlyConfigured, match="dengbao3"):
        profile.current()


# ---- a stranger does not keep a named person out ---------------------------------------------------------------------
def test_the_owner_goes_on_where_they_have_signed_in_before(worker):
    own = Client()
    assert attempt(PASSWORD, own) == 302
    own.post("/logout/")
    for n in range(30):
        attempt("wrong-password", Client(REMOTE_ADDR=f"10.0.0.{n}"))
    assert attempt(PASSWORD) == 429, "strangers are locked out, the right password or not"
    assert attempt(PASSWORD, own) == 302


def test_a_known_device_has_five_tries_too(worker):
    own = Client()
    attempt(PASSWORD, own)
    own.post("/logout/")
    for _try in range(5):
        attempt("wrong-password", own)
    assert attempt(PASSWORD, own) == 429
    assert attempt(PASSWORD) == 302, "and locks nobody else"
    assert queries.is_locked(worker)
    accounts.unlock(user=worker, actor=worker)
    assert attempt(PASSWORD, own) == 302


def test_a_device_of_one_is_no_device_of_another(worker, cast):
    accounts.set_password(user=cast.chief, password=PASSWORD, actor=None)
    client = Client()
    attempt(PASSWORD, client, "chief")
    client.post("/logout/")
    for _try in range(5):
        attempt("wrong-password")
    assert attempt(PASSWORD, client) == 429


def test_several_people_share_a_machine(worker, cast):
    accounts.set_password(user=cast.chief, password=PASSWORD, actor=None)
    client = Client()
    for name in ("worker", "chief", "worker"):
        assert attempt(PASSWORD, client, name) == 302
        client.post("/logout/")
    for name in ("worker", "chief"):
        for _try in range(5):
            attempt("wrong-password", name=name)
        assert attempt(PASSWORD, client, name) == 302
        client.post("/logout/")


@pytest.mark.parametrize("forged", ["", "x", "a:b:c", "0" * 64])
def test_a_forged_cookie_is_no_device(worker, forged):
    client = Client()
    client.cookies[lockout.COOKIE] = forged
    for _try in range(5):
        attempt("wrong-password", client)
    assert attempt(PASSWORD) == 429


def test_the_mark_cannot_be_typed(worker):
    own = Client()
    attempt(PASSWORD, own)
    own.post("/logout/")
    device = next(iter(lockout._remembered(_request(own)).values()))
    for _try in range(6):
        attempt("wrong-password", name=f"worker{lockout.MARK}{device}")
    assert attempt(PASSWORD, own) == 302


def _request(client):
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.COOKIES[lockout.COOKIE] = client.cookies[lockout.COOKIE].value
    return request


def test_who_keeps_trying_does_not_lengthen_the_lock(worker):
    with clock.at(clock.now()):
        for _try in range(5):
            attempt("wrong-password")
    from axes.models import AccessAttempt
    from django.utils import timezone

    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=14))
    before = AccessAttempt.objects.get().attempt_time
    attempt("wrong-password")
    assert AccessAttempt.objects.get().attempt_time == before
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert attempt(PASSWORD) == 302


def test_the_cookie_tells_nobody_anything(worker):
    client = Client()
    attempt(PASSWORD, client)
    cookie = client.cookies[lockout.COOKIE]
    assert "worker" not in cookie.value
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
