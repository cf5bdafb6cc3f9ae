"""Accounts, passwords and posts: what their writers allow, refuse and record."""

import io
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core import clock
from core.models import AuditEntry
from members import accounts, posts
from members.accounts import AccountRefused
from members.models import Post, User
from members.posts import PostRefused
from members.roles import PLACE, Role
from members.signing_in.passwords import CountyNameValidator

PASSWORD = "Qinglong-47-Shan"
NEW = "Fenghuang-58-He"
URL = "/account/password/"


@pytest.fixture
def worker(cast):
    accounts.set_password(user=cast.worker, password=PASSWORD, actor=None)
    return User.objects.get(pk=cast.worker.pk)


def change(client, current=PASSWORD, new=NEW, again=None):
    return client.post(URL, {"current": current, "new": new, "again": new if again is None else again})


@pytest.mark.parametrize(
    "password",
    [
        "short-9-x",
        "password1234",
        "1234567890",
        "Kaiping-2026-x",
        "shatangzhen88",
        "开平市的网格员啊啊",
        "worker-worker",
        "liangxiaoyan1",
        "我是梁小燕一二三四五六",
        "a10000001234b",
    ],
)
def test_weak_passwords_are_refused(cast, password):
    user = cast.worker
    user.phone = "13010000001234"
    user.save(update_fields=["phone"])
    with pytest.raises(AccountRefused) as refused:
        accounts.set_password(user=user, password=password, actor=None)
    assert refused.value.field == "password"
    assert not any(letter.isascii() and letter.isalpha() for letter in refused.value.message)


def test_sixty_four_unicode_characters_are_kept(cast, login, client, real_hasher):
    password = "山高水长" * 16
    accounts.set_password(user=cast.worker, password=password, actor=None)
    row = User.objects.get(pk=cast.worker.pk)
    assert row.password.startswith("argon2")
    assert row.check_password(password)
    assert not row.check_password(password[:-1])
    assert client.post("/login/", {"username": "worker", "password": password}).status_code == 302


def test_the_help_text_of_the_rule_is_chinese():
    assert "乡镇" in CountyNameValidator().get_help_text()


def test_the_form_refuses_and_keeps_the_old_password(worker, login):
    client = login(worker)
    for answer, words in (
        (change(client, current="not-the-one"), "现在的密码不正确"),
        (change(client, again="another-one-9"), "两次输入的新密码不一样"),
        (change(client, new=PASSWORD), "新密码不能和现在的密码相同"),
        (change(client, new="kaiping-12345"), "不能包含本县或乡镇的名称"),
    ):
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert User.objects.get(pk=worker.pk).check_password(PASSWORD)


def test_guessing_the_present_password_in_the_form_locks_too(worker, login):
    client = login(worker)
    answers = [change(client, current=f"guess-number-{n}").status_code for n in range(6)]
    assert answers[-1] == 429


def test_accounts_have_one_spelling_and_a_chinese_refusal(cast):
    with pytest.raises(AccountRefused, match="已有人使用"):
        accounts.create_user(username=" ＷORKER", name="某人", password=None, actor=None)
    with pytest.raises(AccountRefused) as refused:
        accounts.create_user(username="x", name="  ", password=None, actor=None)
    assert refused.value.field == "name"


def test_every_change_of_an_account_is_audited(cast):
    user = accounts.create_user(username="new", name="司徒新", password=PASSWORD, actor=cast.system_admin)
    assert user.must_change_password
    assert user.pinyin.startswith("situ")
    accounts.update(user=user, actor=cast.system_admin, name="司徒旧", phone="10000001111")
    accounts.disable(user=user, actor=cast.system_admin)
    accounts.disable(user=user, actor=cast.system_admin)
    accounts.enable(user=user, actor=cast.system_admin)
    verbs = AuditEntry.objects.filter(verb__startswith="user.").order_by("-id").values_list("verb", flat=True)[:4]
    assert list(verbs) == ["user.enabled", "user.disabled", "user.updated", "user.created"]
    assert "10000001111" not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


def test_only_name_and_phone_can_be_edited(cast):
    with pytest.raises(AccountRefused):
        accounts.update(user=cast.worker, actor=cast.system_admin, is_superuser=True)


def test_nobody_disables_or_posts_themselves(cast):
    admin = cast.system_admin
    with pytest.raises(AccountRefused):
        accounts.disable(user=admin, actor=admin)
    with pytest.raises(PostRefused):
        posts.assign(user=admin, role=Role.AUDITOR, area=cast.county, actor=admin)
    with pytest.raises(PostRefused):
        posts.end(post=admin.posts.get(), actor=admin)


def test_the_last_system_admin_stays(cast):
    post = cast.system_admin.posts.get()
    with pytest.raises(PostRefused, match="至少须保留一名"):
        posts.end(post=post, actor=cast.list_admin)
    second = accounts.create_user(username="second", name="第二人", password=None, actor=None)
    posts.assign(user=second, role=Role.SYSTEM_ADMIN, area=cast.county, actor=None)
    assert posts.end(post=post, actor=second).ends_on == clock.today()
    with pytest.raises(PostRefused):
        posts.end(post=second.posts.get(), actor=cast.list_admin)


def test_a_system_admin_of_next_month_does_not_count_as_one(cast):
    later = clock.today() + timedelta(days=30)
    posts.assign(user=cast.worker, role=Role.SYSTEM_ADMIN, area=cast.county, starts_on=later, actor=None)
    with pytest.raises(PostRefused, match="至少须保留一名"):
        posts.end(post=cast.system_admin.posts.get(), actor=cast.worker)
    assert posts.end(post=cast.system_admin.posts.get(), on=later, actor=cast.worker).ends_on == later


@pytest.mark.parametrize(
    ("starts", "ends", "fits"), [(0, 30, False), (-5, 1, False), (29, None, False), (30, 40, True)]
)
def test_dated_posts_do_not_overlap(cast, starts, ends, fits):
    today = clock.today()
    where = {"user": cast.worker, "role": Role.VERIFIER, "area": cast.village, "actor": None}
    posts.assign(starts_on=today, ends_on=today + timedelta(days=30), **where)
    other = {"starts_on": today + timedelta(days=starts), "ends_on": today + timedelta(days=ends) if ends else None}
    if fits:
        posts.assign(**other, **where)
        return
    with pytest.raises(PostRefused, match="已经担任"):
        posts.assign(**other, **where)


def test_leaving_on_a_day_means_being_gone_on_that_day(cast):
    post = posts.assign(
        user=cast.worker,
        role=Role.VERIFIER,
        area=cast.village,
        ends_on=clock.today() + timedelta(days=1),
        actor=None,
    )
    assert post in Post.objects.held()
    assert post not in Post.objects.held(clock.today() + timedelta(days=1))


@pytest.mark.parametrize("role", list(Role))
def test_roles_are_held_at_their_level_only(cast, role):
    user = accounts.create_user(username="new", name="新人", password=None, actor=None)
    for area in (cast.county, cast.township, cast.village, cast.grid, cast.microgrid):
        if area.level in PLACE[role]:
            continue
        with pytest.raises(PostRefused, match="不能设在这一层"):
            posts.assign(user=user, role=role, area=area, actor=None)
    if "department" not in PLACE[role]:
        with pytest.raises(PostRefused):
            posts.assign(user=user, role=role, department=cast.office, actor=None)
    with pytest.raises(PostRefused):
        posts.assign(user=user, role=role, actor=None)
    with pytest.raises(PostRefused):
        posts.assign(user=user, role=role, area=cast.county, department=cast.office, actor=None)


def test_a_post_is_held_once_and_ends_after_it_starts(cast):
    with pytest.raises(PostRefused, match="已经担任"):
        posts.assign(user=cast.worker, role=Role.GRID_WORKER, area=cast.microgrid, actor=cast.system_admin)
    with pytest.raises(PostRefused) as refused:
        posts.assign(
            user=cast.worker,
            role=Role.GRID_WORKER,
            area=cast.second_microgrid,
            ends_on=clock.today() - timedelta(days=1),
            actor=None,
        )
    assert refused.value.field == "ends_on"
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(
            user=cast.worker, role="auditor", area=cast.county, department=cast.office, starts_on=clock.today()
        )


def test_django_admin_opens_to_system_admins_only(cast):
    staff = set(User.objects.filter(is_staff=True).values_list("username", flat=True))
    assert staff == {"system_admin"}
    assert set(User.objects.filter(is_superuser=True).values_list("username", flat=True)) == staff


def test_validation_says_why(cast):
    user = cast.worker
    user.phone = "13812345678"
    with pytest.raises(ValidationError, match="手机号码"):
        CountyNameValidator().validate("x12345678y", user)


def test_the_account_page_costs_the_same_for_everybody(cast, login):
    client = login(cast.worker)
    client.get("/account/")
    with CaptureQueriesContext(
        connection,
    ) as seen:
        page = client.get("/account/").content.decode()
    assert "梁小燕" in page
    assert len(seen) <= 4  # session, user, posts, bell


def test_the_first_admin_of_an_installation_can_sign_in_and_manage(cast, client):
    with pytest.raises(CommandError, match="没有找到这个县"):
        call_command("create_admin", "first", "周健", county="999999000000")
    assert not User.objects.filter(username="first").exists()
    said = io.StringIO()
    call_command("create_admin", "First", "周健", stdout=said)
    password = said.getvalue().rsplit("：", 1)[1].strip()
    answer = client.post("/login/", {"username": "first", "password": password}, follow=True)
    assert answer.request["PATH_INFO"] == "/account/password/"
    client.post("/account/password/", {"current": password, "new": NEW, "again": NEW})
    assert client.get("/people/").status_code == 200
    assert client.get("/admin/").status_code == 200
    with pytest.raises(CommandError, match="已有人使用"):
        call_command("create_admin", "first", "周健")
