"""Departments: edit, add once, retire with reasons; areas with posts stay in use."""

from uuid import uuid4

import pytest

from grids import tree
from members import posts
from members.extensions import RETIRE_GUARDS
from members.models import Department
from members.roles import Role
from tests.cast import OFFICE, OTHER_TOWNSHIP, SIBLING_OFFICE


@pytest.fixture
def admin(cast, login):
    return login(cast.system_admin)


def body(response):
    return response.content.decode()


def office(**data):
    return {
        "idempotency_key": str(uuid4()),
        "township": OTHER_TOWNSHIP,
        "name": "水口镇规划建设办公室",
        "short_name": "规划建设办",
        "suffix": "gj",
        "kind": "office",
        "phone": "0750-2210000",
        "stands_in_for": ["ZJ"],
        **data,
    }


def test_departments_are_listed_by_township(cast, admin):
    text = body(admin.get("/people/departments/"))
    assert "县级 · 政府" in text
    assert OFFICE in text
    assert text.index("县级 · 政府") < text.index(OFFICE)
    assert f'/people/?department={OFFICE}">3' in text


def test_short_name_and_duty_phone_are_changed(cast, admin):
    url = f"/people/departments/{OFFICE}/"
    assert admin.post(url, {"short_name": "规建办", "phone": "0750-2210001"}).status_code == 302
    row = Department.objects.get(code=OFFICE)
    assert (row.short_name, row.phone) == ("规建办", "0750-2210001")
    bad = admin.post(url, {"short_name": "规" * 100_000, "phone": "电话"})
    assert bad.status_code == 422
    assert "过长" in body(bad)
    assert "请填电话号码" in body(bad)


def test_an_office_is_added_once(cast, admin):
    code = Department.objects.filter(township=None).order_by("code").first().code
    data = office(stands_in_for=[code])
    first = admin.post("/people/departments/new/", data)
    again = admin.post("/people/departments/new/", data)
    assert first.status_code == again.status_code == 302
    made = Department.objects.get(code=f"{OTHER_TOWNSHIP[:9]}-GJ")
    assert made.township == cast.other_township
    assert [d.code for d in made.stands_in_for.all()] == [code]
    taken = admin.post("/people/departments/new/", office(stands_in_for=[]))
    assert taken.status_code == 422
    assert "已有部门使用" in body(taken)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"township": "440783000000"}, "请从给出的选项中选择"),
        ({"township": "x"}, "请从给出的选项中选择"),
        ({"suffix": "x/"}, "请用两到八个字母或数字"),
        ({"name": "甲\x00"}, "无法保存"),
        ({"kind": "government"}, "请从给出的选项中选择"),
        ({"stands_in_for": ["nope"]}, "选项"),
        ({"stands_in_for": [OFFICE]}, "选项"),
    ],
)
def test_bad_offices_come_back_with_what_was_typed(cast, admin, data, says):
    answer = admin.post("/people/departments/new/", office(stands_in_for=[]) | data)
    assert answer.status_code == 422
    assert says in body(answer)
    assert "规划建设办" in body(answer)
    assert not Department.objects.filter(code__startswith=OTHER_TOWNSHIP[:9]).exists()


def test_a_department_with_posts_or_tickets_stays(cast, admin):
    url = f"/people/departments/{OFFICE}/retire/"
    assert "还有 3 个在岗的岗位" in body(admin.get(url))
    refused = admin.post(url)
    assert refused.status_code == 422
    assert "还有 3 个在岗的岗位" in body(refused)
    sibling = f"/people/departments/{SIBLING_OFFICE}/retire/"
    with RETIRE_GUARDS.only(lambda row: f"{row}还有 2 件在办工单"):
        assert "还有 2 件在办工单" in body(admin.post(sibling))
    assert admin.post(sibling).status_code == 302
    row = Department.objects.get(code=SIBLING_OFFICE)
    assert row.retired_at
    assert "已停用" in body(admin.post(sibling))
    assert admin.post(f"/people/departments/{SIBLING_OFFICE}/", {"short_name": "x"}).status_code == 422
    with pytest.raises(posts.PostRefused, match="已停用"):
        posts.assign(user=cast.worker, role=Role.DEPARTMENT_HANDLER, department=row, actor=None)


@pytest.mark.parametrize("code", ["nope", "%00", "9" * 100_000])
def test_unknown_departments_are_not_found(admin, code):
    for step in ("", "retire/"):
        assert admin.get(f"/people/departments/{code}/{step}").status_code in (400, 404)


def test_others_cannot_change_departments(cast, login):
    for user in (cast.auditor, cast.list_admin, cast.dept_leader):
        for step in ("", "retire/"):
            assert login(user).post(f"/people/departments/{OFFICE}/{step}").status_code == 403


def test_an_area_with_posts_is_not_retired(cast):
    with pytest.raises(tree.AreaRefused, match="还有 1 个在岗的岗位"):
        tree.retire(area=cast.second_microgrid, actor=None)
    posts.end(post=cast.second_worker.posts.get(), actor=cast.system_admin)
    post = cast.second_worker.posts.get()
    assert post.ends_on
