"""The second factor: at sign-in, before files, once each; set up, recovered, taken off; what a profile requires."""

from datetime import timedelta
from uuid import uuid4

import pyotp
import pytest
from django.test import Client

from core import clock
from core.models import AuditEntry
from members import accounts
from members.models import RecoveryCode, SecondFactor, User
from members.signing_in import second_factor
from members.signing_in.stepping_up import asked_first

PASSWORD = "Qinglong-47-Shan"
CODE = "/login/code/"
EXPORT = "/t/export/csv/"


@pytest.fixture
def county(settings, cast):
    """Under the county's profile, with passwords that are not too old."""
    User.objects.update(password_set_at=clock.now())
    settings.SECURITY_PROFILE = "dengbao3"


@pytest.fixture
def admin(cast):
    """A system admin with a confirmed factor, and ten recovery codes."""
    return enrolled(cast.system_admin)


def enrolled(user):
    accounts.set_password(user=user, password=PASSWORD, actor=None)
    user = User.objects.get(pk=user.pk)
    row = second_factor.begin(user)
    with clock.at(clock.now() - timedelta(hours=1)):
        user.codes = second_factor.confirm(user, totp(row))
    return user


def totp(row, steps=0):
    return pyotp.TOTP(row.secret).at(int(clock.now().timestamp()) + steps * 30)


def code_of(user, steps=0):
    return totp(SecondFactor.objects.get(user=user), steps)


def sign_in(user, client=None, **extra):
    client = client or Client()
    answer = client.post("/login/", {"username": user.username, "password": PASSWORD} | extra)
    return client, answer


def takes(client, url=EXPORT):
    """Whether the file comes, read to its end."""
    answer = client.get(url)
    return answer.status_code == 200 and bool(b"".join(answer.streaming_content))


def is_in(client):
    return client.get("/account/").status_code == 200


# ---- signing in ------------------------------------------------------------------------------------------------------
def test_the_password_alone_is_half_a_sign_in(admin):
    client, answer = sign_in(admin, next="/people/")
    assert answer["Location"] == CODE
    assert not is_in(client)
    key = client.session.session_key
    answer = client.post(CODE, {"code": code_of(admin)})
    assert answer["Location"] == "/people/"
    assert client.session.session_key != key
    assert is_in(client)
    assert AuditEntry.objects.filter(verb="signin.done").last().detail["proof"] == "totp"


def test_a_code_is_taken_once_by_anybody(admin):
    first, second = sign_in(admin)[0], sign_in(admin)[0]
    code = code_of(admin)
    first.post(CODE, {"code": code})
    answer = second.post(CODE, {"code": code})
    assert answer.status_code == 422
    assert "已用过" in answer.content.decode()
    assert not is_in(second)
    assert second.post(CODE, {"code": code_of(admin, -1)}).status_code == 422, "nor an older one"
    assert second.post(CODE, {"code": code_of(admin, 1)}).status_code == 302


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_off_by_half_a_minute(admin, steps, taken):
    client, _answer = sign_in(admin)
    assert (client.post(CODE, {"code": code_of(admin, steps)}).status_code == 302) is taken


@pytest.mark.parametrize("form", ["{0}{1}", "{0} {1}", " {0}{1} ", "{0}\u3000{1}"])
def test_a_code_is_read_as_people_type_it(admin, form):
    client, _answer = sign_in(admin)
    code = code_of(admin)
    assert client.post(CODE, {"code": form.format(code[:3], code[3:])}).status_code == 302


@pytest.mark.parametrize("bad", ["", "12345", "1" * 21, "验证码", "\u0663" * 6, "000000x"])
def test_what_is_no_code_is_refused(admin, bad):
    client, _answer = sign_in(admin)
    assert client.post(CODE, {"code": bad}).status_code == 422
    assert not is_in(client)


def test_the_sixth_try_is_refused_though_it_were_right(admin):
    client, _answer = sign_in(admin)
    for _try in range(5):
        assert client.post(CODE, {"code": "000000"}).status_code == 422
    assert client.post(CODE, {"code": code_of(admin)}).status_code == 429
    verbs = AuditEntry.objects.filter(verb__startswith="factor.").values_list("verb", flat=True)
    assert list(verbs)[-6:] == ["factor.failed"] * 5 + ["factor.locked"]


def test_a_stranger_with_the_password_does_not_keep_the_owner_out(admin):
    own, _answer = sign_in(admin)
    own.post(CODE, {"code": code_of(admin, -1)})
    own.post("/logout/")
    stranger, _answer = sign_in(admin)
    for _try in range(6):
        stranger.post(CODE, {"code": "000000"})
    sign_in(admin, own)
    assert own.post(CODE, {"code": code_of(admin)}).status_code == 302


def test_half_a_sign_in_does_not_last_and_ends_with_the_password(admin):
    client, _answer = sign_in(admin)
    with clock.at(clock.now() + timedelta(minutes=5)):
        assert client.post(CODE, {"code": code_of(admin)})["Location"] == "/login/"
    accounts.set_password(user=admin, password="Fenghuang-58-He", actor=None)
    assert client.post(CODE, {"code": code_of(admin)})["Location"] == "/login/"
    assert Client().get(CODE)["Location"] == "/login/"


def test_a_disabled_account_does_not_get_through_the_second_half(admin, cast):
    client, _answer = sign_in(admin)
    User.objects.filter(pk=admin.pk).update(is_active=False)
    assert client.post(CODE, {"code": code_of(admin)})["Location"] == "/login/"


def test_a_recovery_code_stands_in_once(admin):
    client, _answer = sign_in(admin)
    assert client.post(CODE, {"code": admin.codes[0].lower().replace("-", " ")}).status_code == 302
    assert second_factor.left(admin) == 9
    again, _answer = sign_in(admin)
    assert again.post(CODE, {"code": admin.codes[0]}).status_code == 422
    assert AuditEntry.objects.filter(verb="factor.recovery_used").count() == 1


def test_nothing_of_it_lies_in_the_database_as_such(admin):
    secret = SecondFactor.objects.get(user=admin).secret
    stored = SecondFactor.objects.filter(user=admin).extra(select={"raw": "secret"}).values_list("raw", flat=True)
    assert secret not in stored[0]
    digests = "".join(RecoveryCode.objects.values_list("digest", flat=True))
    assert not any(code.replace("-", "").lower() in digests.lower() for code in admin.codes)
    details = str(list(AuditEntry.objects.values_list("detail", flat=True)))
    assert secret not in details
    assert not any(code in details for code in admin.codes)


# ---- setting up ------------------------------------------------------------------------------------------------------
def test_who_wants_one_sets_it_up(cast, login):
    client = login(cast.worker)
    page = client.get("/account/factor/").content.decode()
    row = SecondFactor.objects.get(user=cast.worker)
    assert second_factor.spelled(row) in page
    assert "<svg" in page
    assert client.post("/account/factor/", {"code": "000000"}).status_code == 422
    assert second_factor.of(cast.worker) is None
    shown = client.post("/account/factor/", {"code": totp(row)}).content.decode()
    assert shown.count("<li>") == 10
    assert "还有 10 个恢复码没用" in client.get("/account/factor/").content.decode()
    assert client.post("/account/factor/codes/").content.decode().count("<li>") == 10, "just proved"
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert client.post("/account/factor/codes/")["Location"] == "/account/prove/"


def test_another_admin_takes_off_a_lost_one_and_nobody_their_own(admin, cast, login):
    other = accounts.create_user(username="second", name="黎婉珍", password=None, actor=None)
    second_factor.take_off(user=admin, actor=other)
    assert second_factor.of(admin) is None
    assert RecoveryCode.objects.count() == 0
    with pytest.raises(second_factor.FactorRefused):
        second_factor.take_off(user=admin, actor=admin)
    enrolled(cast.list_admin)
    client = login(cast.system_admin)
    assert "重设第二重验证" in client.get(f"/people/{cast.list_admin.username}/").content.decode()
    assert client.post(f"/people/{cast.list_admin.username}/factor/").status_code == 302
    assert second_factor.of(cast.list_admin) is None


# ---- what the profile requires ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["system_admin", "list_admin"])
def test_admins_work_with_a_second_factor_only(cast, login, county, who):
    user = getattr(cast, who)
    client = login(user)
    for url in ("/", "/account/", "/lists/", "/admin/", "/people/"):
        assert client.get(url)["Location"] == "/account/factor/", url
    row = second_factor.begin(user)
    assert client.post("/account/factor/", {"code": totp(row)}).status_code == 200
    assert is_in(client)


def test_a_session_without_the_proof_opens_nothing_of_who_has_one(admin, login, county):
    client = login(admin)
    assert client.get("/people/")["Location"] == "/account/factor/"
    assert client.get("/account/factor/")["Location"] == "/account/prove/"
    client.post("/account/prove/", {"code": code_of(admin), "next": "/people/"})
    assert client.get("/people/").status_code == 200


def test_others_are_not_asked_at_the_door_and_nobody_under_trial(cast, login, county, settings):
    assert is_in(login(cast.worker))
    settings.SECURITY_PROFILE = "trial"
    assert is_in(login(cast.system_admin))


# ---- before a file ---------------------------------------------------------------------------------------------------
def test_a_file_is_taken_away_after_a_proof(cast, login, county):
    client = login(cast.town_dispatcher)
    asked = client.get(EXPORT, headers={"referer": "http://testserver/t/?state=handling"})
    assert asked["Location"].startswith("/account/factor/?next=%2Ft%2F")
    row = second_factor.begin(cast.town_dispatcher)
    client.post("/account/factor/", {"code": totp(row, -1)})
    assert takes(client)
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert client.get(EXPORT)["Location"].startswith("/account/prove/")
        answer = client.post("/account/prove/", {"code": code_of(cast.town_dispatcher), "next": "//evil.example/"})
        assert answer["Location"] == "/"
        assert takes(client)
    assert AuditEntry.objects.filter(verb="factor.proved").count() == 1


@pytest.mark.parametrize("is_new", [True, False])
def test_a_form_sent_after_its_proof_ran_out_comes_back_whole(cast, login, county, is_new):
    """Through proving anew, and through setting up a factor: what was typed is shown, and another press sends it."""
    user, key = cast.town_dispatcher, str(uuid4())
    form = {"place": cast.township.code, "reason": "人口普查核对", "idempotency_key": key}
    client = login(user if is_new else enrolled(user))
    sent = client.post("/households/exports/new/", form)
    asked = sent["Location"]
    assert asked.startswith("/account/factor/" if is_new else "/account/prove/")
    assert "刚才填的内容已留着" in client.get(asked).content.decode()
    if is_new:
        page = client.post("/account/factor/", {"code": totp(SecondFactor.objects.get(user=user), -1), "next": "/"})
        back = "/login/?next=%2F"
        assert f'href="{back}"' in page.content.decode()
    else:
        back = client.post("/account/prove/", {"code": code_of(user), "next": "/"})["Location"]
    page = client.get(back).content.decode()
    assert 'value="人口普查核对"' in page
    assert 'name="resumed" value="words"' in page
    shown = client.post("/households/exports/new/", form | {"resumed": "words"})
    assert shown.status_code == 422
    assert "人口普查核对" in shown.content.decode()
    assert client.post("/households/exports/new/", form)["Location"] == "/households/exports/"
    assert client.get("/login/")["Location"] == "/", "it is offered no more"


def test_under_trial_only_who_has_one_is_asked(cast, login, admin):
    assert asked_first(cast.town_dispatcher) == ""
    assert takes(login(cast.town_dispatcher))
    assert asked_first(admin) == "members:prove"
