"""The people pages: every step through HTTP, what each role may reach, what bad input gets, what a page costs."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import clock
from core.models import AuditEntry
from members import accounts, posts
from members.models import Post, User
from members.roles import Role
from tests.cast import OFFICE, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE


@pytest.fixture
def admin(cast, login):
    return login(cast.system_admin)


@pytest.fixture
def second_admin(cast):
    user = accounts.create_user(username="second_admin", name="钟国强", password=None, actor=None)
    posts.assign(user=user, role=Role.SYSTEM_ADMIN, area=cast.county, actor=None)
    accounts.set_password(user=user, password="Teal-Bridge-2291", actor=None)
    return User.objects.get(pk=user.pk)


def body(response):
    return response.content.decode()


def person(**data):
    return {
        "idempotency_key": str(uuid4()),
        "name": "冯小明",
        "username": "fengxm",
        "phone": "13800006021",
        "role": Role.GRID_WORKER.value,
        "place": "红岭村1号微网格",
        "side": "A",
        **data,
    }


def shown_password(response):
    return re.search(r'id="password">([^<]+)<', body(response)).group(1)


def test_a_new_person_gets_an_account_a_post_and_a_password_shown_once(cast, admin):
    answer = admin.post("/people/new/", person(username=" FengXM "))
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    password = shown_password(answer)
    made = User.objects.get(username="fengxm")
    assert made.check_password(password)
    assert made.must_change_password
    post = made.posts.get()
    assert (post.role, post.area, post.starts_on) == (Role.GRID_WORKER, cast.microgrid, clock.today())
    door = Client()
    assert door.post("/login/", {"username": "fengxm", "password": password}).url == "/"
    assert door.get("/inbox/").url == "/account/password/"
    assert password not in str(list(AuditEntry.objects.values_list("detail", flat=True)))
    page = admin.get("/people/fengxm/")
    assert password not in body(page)
    assert "138****6021" in body(page)
    assert "13800006021" not in body(page)


def test_sent_twice_made_once(admin):
    data = person()
    admin.post("/people/new/", data)
    made = User.objects.get(username="fengxm")
    again = admin.post("/people/new/", data, follow=True)
    assert again.redirect_chain == [("/people/fengxm/", 302)]
    assert "初始密码只显示一次" in body(again)
    assert 'id="password"' not in body(again)
    assert User.objects.get(username="fengxm").password == made.password
    assert Post.objects.filter(user=made).count() == 1
    other = admin.post("/people/new/", data | {"name": "冯大明"})
    assert other.status_code == 422
    assert "冯大明" in body(other)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"name": ""}, "请填写此项"),
        ({"name": "冯\x00"}, "无法保存"),
        ({"name": "冯" * 100_000}, "过长"),
        ({"username": "worker"}, "已有人使用"),
        ({"username": "audit"}, "已有别的用途"),
        ({"username": "a/b"}, "账号用字母"),
        ({"username": "x" * 41}, "过长"),
        ({"phone": "abc"}, "11 位手机号"),
        ({"role": ""}, "请填写此项"),
        ({"role": "king"}, "请从给出的选项中选择"),
        ({"place": ""}, "须填网格或微网格"),
        ({"place": "沙塘镇"}, "没有找到“沙塘镇”"),
        ({"place": TOWNSHIP}, "不能设在这一层"),
        ({"place": OFFICE}, "不能设在这一层"),
        ({"place": "%"}, "没有找到"),
        ({"place": "红岭村"}, "处符合，请选一处"),
        ({"side": "C"}, "请从给出的选项中选择"),
        ({"starts_on": "9999-12-31"}, "日期超出范围"),
        ({"starts_on": "2026-03-02", "ends_on": "2026-03-01"}, "离岗日不能早于到岗日"),
        ({"idempotency_key": "x"}, "页面已过期"),
    ],
)
def test_bad_additions_come_back_with_what_was_typed(cast, admin, data, says):
    before = User.objects.count()
    sent = person(**data)
    answer = admin.post("/people/new/", sent)
    assert answer.status_code == 422
    assert says in body(answer)
    assert 'value="fengxm"' in body(answer) or "username" in data
    assert 'value="13800006021"' in body(answer) or "phone" in data
    assert User.objects.count() == before


def test_one_of_several_places_is_picked(cast, admin):
    sent = person(place="红岭村")
    answer = body(admin.post("/people/new/", sent))
    assert f'value="{VILLAGE}003"' in answer
    assert admin.post("/people/new/", sent | {"pick": f"{VILLAGE}003"}).status_code == 200
    assert User.objects.get(username="fengxm").posts.get().area == cast.second_microgrid


def test_a_pick_that_fits_nothing_typed_is_not_taken(cast, admin):
    assert admin.post("/people/new/", person(place="红岭村", pick=f"{OTHER_TOWNSHIP}")).status_code == 422
    admin.post("/people/new/", person(place="锦星村网格", pick=f"{VILLAGE}003"))
    assert User.objects.get(username="fengxm").posts.get().area == cast.sibling_grid


@pytest.mark.parametrize("words", [OFFICE, "WL"])
def test_department_roles_are_placed_at_departments(cast, admin, words):
    sent = person(role=Role.DEPARTMENT_HANDLER.value, place=words)
    answer = admin.post("/people/new/", sent)
    assert answer.status_code == 200, body(answer)
    assert User.objects.get(username="fengxm").posts.get().department.code == words


def test_county_roles_need_no_place(cast, admin):
    admin.post("/people/new/", person(role=Role.AUDITOR.value, place=""))
    assert User.objects.get(username="fengxm").posts.get().area == cast.county


def test_search_and_filters(cast, admin):
    accounts.disable(user=cast.verifier, actor=cast.system_admin)

    def names(**query):
        text = body(admin.get("/people/", query))
        return {user.username for user in cast.users.values() if f'href="/people/{user.username}/"' in text}

    assert names(q="梁小") == {"worker"}
    assert names(q="liangxiaoyan") == {"worker"}
    assert names(q="liang xiao") == {"worker"}
    assert names(q="second_w") == {"second_worker"}
    assert names(role="verifier") == {"verifier"}
    assert names(area="锦星村委会") == {"sibling_worker", "sibling_secretary"}
    assert names(area=OTHER_TOWNSHIP, role="grid_worker") == {"other_worker"}
    assert names(department=OFFICE) == {"handler", "colleague", "dept_leader"}
    assert names(state="off") == {"verifier"}
    assert names(q="%") == set()
    assert names(area="没有这里") == set()
    assert len(names()) == len(cast.users)


@pytest.mark.parametrize(
    "query",
    ["q=%00", "q=" + "9" * 100_000, "role=king", "department=XX", "state=1", "area=%00", "after=%00", "after=e30"],
)
def test_malformed_filters_do_no_harm(admin, query):
    assert admin.get(f"/people/?{query}").status_code in (200, 400)


def test_name_and_phone_are_changed_and_an_empty_phone_keeps_the_old(cast, admin):
    url = "/people/worker/edit/"
    assert admin.post(url, {"name": "梁晓燕", "phone": "13900001234"}).status_code == 302
    assert admin.post(url, {"name": "梁晓燕", "phone": ""}).status_code == 302
    found = User.objects.get(username="worker")
    assert (found.name, found.phone, found.pinyin) == ("梁晓燕", "13900001234", "liangxiaoyan")
    assert "13900001234" not in body(admin.get(url))
    admin.post(url, {"name": "梁晓燕", "no_phone": "on"})
    assert User.objects.get(username="worker").phone == ""
    assert admin.post(url, {"name": "", "phone": "1"}).status_code == 422
    assert "13900001234" not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


def test_a_reset_password_is_new_shown_once_and_ends_sessions(cast, admin, login):
    worker = login(cast.worker)
    assert worker.get("/account/").status_code == 200
    assert "原来的密码立即作废" in body(admin.get("/people/worker/password/"))
    first = shown_password(admin.post("/people/worker/password/"))
    second = shown_password(admin.post("/people/worker/password/"))
    assert first != second
    found = User.objects.get(username="worker")
    assert found.check_password(second)
    assert found.must_change_password
    assert worker.get("/account/").status_code == 302


def test_disable_and_enable(cast, admin, login):
    worker = login(cast.worker)
    assert admin.post("/people/worker/disable/").status_code == 302
    assert worker.get("/account/").status_code == 302
    assert "已停用" in body(admin.get("/people/worker/"))
    assert admin.post("/people/worker/enable/").status_code == 302
    assert User.objects.get(username="worker").is_active


def test_unlock_lets_a_locked_person_in_at_once(cast, admin):
    accounts.set_password(user=cast.worker, password="Teal-Bridge-2291", actor=None)
    door = Client()
    for _try in range(5):
        door.post("/login/", {"username": "worker", "password": "wrong"})
    right = {"username": "worker", "password": "Teal-Bridge-2291"}
    assert door.post("/login/", right).status_code == 429
    assert "已锁定" in body(admin.get("/people/worker/"))
    assert admin.post("/people/worker/unlock/").status_code == 302
    assert "已锁定" not in body(admin.get("/people/worker/"))
    assert door.post("/login/", right).status_code == 302


def test_assign_and_end_with_dates(cast, admin):
    data = {
        "idempotency_key": str(uuid4()),
        "role": Role.GRID_CHIEF.value,
        "place": "红岭村网格",
        "side": "B",
        "ends_on": str(clock.today() + timedelta(days=30)),
    }
    assert admin.post("/people/worker/assign/", data).status_code == 302
    assert admin.post("/people/worker/assign/", data).status_code == 302
    post = cast.worker.posts.get(role=Role.GRID_CHIEF)
    assert (post.side, post.area) == ("B", cast.grid)
    url = f"/people/worker/posts/{post.pk}/end/"
    early = admin.post(url, {"on": "2020-01-01"})
    assert early.status_code == 422
    assert "不能早于到岗日" in body(early)
    assert admin.post(url, {"on": "x"}).status_code == 422
    assert admin.post(url, {"on": str(clock.today())}).status_code == 302
    post.refresh_from_db()
    assert post.ends_on == clock.today()
    again = admin.post(url, {"on": str(clock.today())})
    assert again.status_code == 422
    assert "已经结束" in body(again)
    with clock.at(clock.now() + timedelta(days=2)):
        assert "已离岗" in body(login_later(cast).get("/people/worker/"))


def login_later(cast):
    client = Client()
    client.force_login(cast.system_admin, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_same_post_twice_is_refused(cast, admin):
    data = {"role": Role.GRID_WORKER.value, "place": f"{VILLAGE}002", "side": "A"}
    answer = admin.post("/people/worker/assign/", data | {"idempotency_key": str(uuid4())})
    assert answer.status_code == 422
    assert "已经担任这个岗位" in body(answer)


def test_nobody_changes_their_own_post_account_or_password_here(cast, admin, second_admin):
    own = cast.system_admin.posts.get()
    steps = {
        "assign/": person(role=Role.COUNTY_LEADER.value, place=""),
        f"posts/{own.pk}/end/": {"on": str(clock.today())},
        "disable/": {},
        "password/": {},
    }
    for step, data in steps.items():
        shown = admin.get(f"/people/system_admin/{step}")
        assert 'form="form"' not in body(shown), step
        answer = admin.post(f"/people/system_admin/{step}", data)
        assert answer.status_code == 422, step
    assert cast.system_admin.posts.count() == 1
    assert User.objects.get(pk=cast.system_admin.pk).is_active
    own.refresh_from_db()
    assert own.ends_on is None


def test_the_last_admin_stays(cast, second_admin, login):
    """Two admins against each other: whoever comes second finds that nobody else would be left."""
    one, two = login(cast.system_admin), login(second_admin)
    assert one.post("/people/second_admin/disable/").status_code == 302
    assert two.get("/people/").status_code == 302
    with pytest.raises(accounts.AccountRefused, match="至少须保留一名"):
        accounts.disable(user=cast.system_admin, actor=second_admin)
    with pytest.raises(posts.PostRefused, match="至少须保留一名"):
        posts.end(post=cast.system_admin.posts.get(), actor=second_admin)


@pytest.mark.parametrize("step", ["", "edit/", "password/", "disable/", "enable/", "unlock/", "assign/"])
def test_only_system_admins_reach_people(cast, login, step):
    for role in Role:
        if role is not Role.SYSTEM_ADMIN:
            client = login(cast.holding(role))
            assert client.get(f"/people/worker/{step}").status_code == 403, role
            assert client.post(f"/people/worker/{step}").status_code == 403, role
    assert Client().get(f"/people/worker/{step}").status_code == 302


def test_lists_are_for_system_admins(cast, login):
    for path in ("/people/", "/people/new/", "/people/departments/", "/people/departments/new/"):
        assert login(cast.auditor).get(path).status_code == 403
        assert login(cast.town_dispatcher).get(path).status_code == 403
        assert login(cast.system_admin).get(path).status_code == 200


@pytest.mark.parametrize("name", ["nobody", "%00", "x" * 100_000, "%F0%9F%98%80", "..", "new2"])
def test_unknown_and_malformed_names_are_not_found(admin, name):
    for step in ("", "edit/", "password/", "posts/1/end/"):
        assert admin.get(f"/people/{name}/{step}").status_code in (400, 404)


def test_somebody_elses_post_is_not_found(cast, admin):
    other = cast.chief.posts.get()
    for pk in (other.pk, 0, 10**30):
        assert admin.get(f"/people/worker/posts/{pk}/end/").status_code == 404
        assert admin.post(f"/people/worker/posts/{pk}/end/", {"on": "2026-01-01"}).status_code == 404


def queries(client, path):
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def test_pages_cost_the_same_for_few_and_many(cast, admin):
    trail = "/people/audit/?object=members.post"
    paths = ["/people/", "/people/new/", "/people/worker/", "/people/departments/", trail, "/people/?q=li"]

    def more(n):
        user = accounts.create_user(username=f"w{n}", name=f"李{n}", password=None, actor=cast.system_admin)
        posts.assign(user=user, role=Role.GRID_WORKER, area=cast.microgrid, actor=cast.system_admin)
        posts.assign(user=cast.worker, role=Role.VERIFIER, area=cast.village, ends_on=clock.today(), actor=None)
        accounts.update(user=cast.worker, actor=cast.system_admin, name=f"梁{n}")

    more(0)
    admin.get("/people/")
    few = [queries(admin, path) for path in paths]
    for n in range(1, 20):
        more(n)
    assert [queries(admin, path) for path in paths] == few
    assert max(few) <= 14, few


def test_long_lists_are_paged(cast, admin):
    for n in range(60):
        accounts.create_user(username=f"w{n:02}", name=f"李{n}", password=None, actor=None)
    first = body(admin.get("/people/?q=w"))
    assert "下一页" in first
    after = re.search(r'href="\?(q=w&amp;after=[^"]+)"', first).group(1).replace("&amp;", "&")
    rest = body(admin.get(f"/people/?{after}"))
    assert "w59" in rest + first
    assert "上一页" in rest
