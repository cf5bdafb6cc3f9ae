"""List pages: who reaches them, what they show, what they cost, and what bad input gets."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from duties.drafting import editing
from duties.models import DutyItem
from members.models import Department
from members.roles import Role
from tests.duties.conftest import client_of, content_of, item_of, person, posted

READING = ["index", "versions", "phone", ("version", 1), ("diff", 1), ("item", 1, "C02"), ("phone_item", "C02")]
EDITING = [
    ("edit", 2),
    ("add_item", 2),
    ("edit_item", 2, "C02"),
    ("discard", 2),
    ("submit", 2),
    ("sheet", 2),
]


def url(name, *args):
    if isinstance(name, tuple):
        name, *args = name
    return reverse(f"lists:{name}", args=args)


def body(response):
    return response.content.decode()


@pytest.mark.parametrize("name", READING)
def test_everybody_signed_in_reads_the_list(cast, name):
    page = cast.worker.get(url(name))
    assert page.status_code == 200
    assert "None" not in body(page)
    assert Client().get(url(name)).status_code == 302


@pytest.mark.parametrize("name", EDITING)
def test_only_list_admins_edit(draft, name):
    assert draft.admin.get(url(name)).status_code == 200
    for role, area in ((Role.SYSTEM_ADMIN, draft.county), (Role.TOWNSHIP_LEADER, draft.town)):
        other = client_of(person(role, role.value, area))
        assert other.get(url(name)).status_code == 403
        assert other.post(url(name)).status_code == 403
    assert Client().get(url(name)).status_code == 302


@pytest.mark.parametrize("name", ["open_draft", ("remove_item", 2, "C02"), ("restore_item", 2, "C02")])
def test_steps_need_a_post_by_a_list_admin(draft, name):
    assert draft.admin.get(url(name)).status_code == 405
    assert draft.worker.post(url(name)).status_code == 403


@pytest.mark.parametrize(
    "path",
    ["/lists/0/", "/lists/9/", "/lists/99999/", "/lists/999999/", "/lists/x/", "/lists/1/C99/", "/lists/1/c02/",
     "/lists/1/C02'/", "/lists/9/edit/", "/lists/1/edit/", "/lists/1/edit/C02/", "/m/list/Z99/"],
)  # fmt: skip
def test_what_does_not_exist_is_404(cast, path):
    assert cast.admin.get(path).status_code == 404


def test_the_list_page_searches_and_narrows(cast):
    page = body(cast.worker.get("/lists/", {"q": "灯坏了"}))
    assert "路灯不亮" in page
    assert "群众叫“灯坏了”" in page
    assert "生活垃圾暴露" not in page
    page = body(cast.worker.get("/lists/", {"cat": "B"}))
    assert "生活垃圾暴露" in page
    assert "路灯不亮" not in page
    assert "没有查到" in body(cast.worker.get("/lists/", {"q": "火星"}))
    assert "打开草稿" not in page
    assert "打开草稿" in body(cast.admin.get("/lists/"))


@pytest.mark.parametrize("text", ["a" * 100_000, "%_\\'\"<script>", "\ud83d", "（" * 500])
def test_any_search_text_is_answered(cast, text):
    for path in ("/lists/", "/m/list/"):
        answer = cast.worker.get(path, {"q": text.encode("utf-8", "replace"), "cat": text.encode("utf-8", "replace")})
        assert answer.status_code == 200
        assert "<script>" not in body(answer)


def test_the_item_page_says_why(cast):
    page = body(cast.worker.get("/m/list/C02/"))
    assert "沙塘镇设有规划建设办" in page
    assert "恢复照明" in page
    assert "灯坏了" in page
    county = client_of(person(Role.COUNTY_LEADER, "leader", cast.county))
    page = body(county.get("/lists/1/C02/"))
    assert "看在哪个乡镇由谁领办" in page
    assert "沙塘镇设有规划建设办" in body(county.get("/lists/1/C02/", {"town": cast.town.code}))
    for town in ("\0", "x" * 100_000, cast.village.code):
        assert "为什么是这个单位" not in body(county.get("/lists/1/C02/", {"town": town}))


def cost(client, path):
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def test_pages_cost_the_same_for_few_and_many(draft):
    editing.remove_item(version_id=draft.draft.pk, code="A01", revision=0, actor=draft.admin_user)
    pinned = {
        "/lists/": cost(draft.worker, "/lists/"),
        "/lists/2/edit/C02/": cost(draft.admin, "/lists/2/edit/C02/"),
        "/lists/2/diff/": cost(draft.admin, "/lists/2/diff/"),
    }
    assert pinned["/lists/"] <= 10
    assert pinned["/lists/2/edit/C02/"] <= 22
    assert pinned["/lists/2/diff/"] <= 11
    assert cost(draft.worker, "/lists/?q=C02") == pinned["/lists/"]
    for item in list(DutyItem.objects.filter(version=draft.draft).exclude(code__startswith="C")[:40]):
        editing.remove_item(version_id=draft.draft.pk, code=item.code, revision=0, actor=draft.admin_user)
    for path in ("/lists/2/edit/C02/", "/lists/2/diff/"):
        assert cost(draft.admin, path) == pinned[path]


# ---- editing --------------------------------------------------------------------------------------------------
def test_a_new_item_is_added(draft):
    data = posted(item_of(draft.draft, "C02"), code="c09", name="公园长椅损坏", aliases="凳子烂，椅子断", revision=0)
    done = draft.admin.post(url("add_item", 2), data)
    assert done.url == "/lists/2/edit/C09/#r-C09"
    assert item_of(draft.draft, "C09").aliases == ["凳子烂", "椅子断"]
    again = draft.admin.post(url("add_item", 2), data | {"name": "另一件事"})
    assert again.status_code == 422
    assert "已有事项使用" in body(again)
    assert "另一件事" in body(again)


def test_a_stale_edit_keeps_what_was_typed_and_says_who(draft):
    item = item_of(draft.draft, "C02")
    draft.second.post(url("edit_item", 2, "C02"), posted(item, resolve="2wd"))
    stale = draft.admin.post(url("edit_item", 2, "C02"), posted(item, closing_standard="灯亮了就算"))
    assert stale.status_code == 409
    page = body(stale)
    assert "lin刚刚" in page
    assert "灯亮了就算" in page
    fresh = item_of(draft.draft, "C02")
    assert fresh.closing_standard == "恢复照明"
    assert f'name="revision" value="{fresh.revision}"' in page, "the next save is a knowing one"


def test_an_edit_of_a_removed_item_is_a_conflict(draft):
    item = item_of(draft.draft, "C02")
    draft.second.post(url("remove_item", 2, "C02"), {"revision": 0})
    stale = draft.admin.post(url("edit_item", 2, "C02"), posted(item, closing_standard="灯亮了就算"))
    assert stale.status_code == 409
    assert "灯亮了就算" in body(stale)
    assert draft.admin.get(url("edit_item", 2, "C02")).status_code == 200
    assert draft.admin.post(url("restore_item", 2, "C02"), {"revision": 0}).status_code == 302
    assert item_of(draft.draft, "C02").name == item.name


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "请填写此项"),
        ("name", "路灯\0", "无法保存的字符"),
        ("name", "灯" * 100_000, "内容过长"),
        ("closing_standard", "灯" * 201, "内容过长"),
        ("aliases", "、".join("一二三四五六七八九"), "最多 8 个叫法"),
        ("aliases", "灯" * 30, "每个不超过 20 个字"),
        ("category", "999999", "请从给出的选项中选择"),
        ("category", "abc", "请从给出的选项中选择"),
        ("lead", "\0", "无法保存的字符"),
        ("lead", "", "请填写此项"),
        ("assisting", ["1", "x"], "请从给出的选项中选择"),
        ("grade", "-1", "请从给出的选项中选择"),
        ("first_level", "moon", "请从给出的选项中选择"),
        ("resolve", "很快", "3 个工作日"),
        ("resolve", "0wd", "3 个工作日"),
        ("resolve", "99999wd", "3 个工作日"),
        ("icon", "skull", "请从给出的选项中选择"),
    ],
)
def test_bad_input_comes_back_with_what_was_typed(draft, field, value, said):
    data = posted(item_of(draft.draft, "C02"), basis="我写的口径", **{field: value})
    answer = draft.admin.post(url("edit_item", 2, "C02"), data)
    assert answer.status_code == 422
    assert said in body(answer)
    assert "我写的口径" in body(answer)
    assert item_of(draft.draft, "C02").revision == 0


@pytest.mark.parametrize("revision", ["", "-1", "abc", "9" * 5000, "\0", "3.5"])
def test_a_wrong_revision_is_never_written(draft, revision):
    data = posted(item_of(draft.draft, "C02"), revision=revision)
    assert draft.admin.post(url("edit_item", 2, "C02"), data).status_code == 422
    for step in ("remove_item", "restore_item"):
        assert draft.admin.post(url(step, 2, "C02"), {"revision": revision}).status_code == 422
    for step in ("discard", "submit", "undo"):
        assert draft.admin.post(url(step, 2), {"revision": revision}).status_code == 422
    assert DutyItem.objects.filter(version=draft.draft).count() == 64


def test_departments_of_a_township_are_no_choices(draft):
    office = Department.objects.get(short_name="规划建设办")
    data = posted(item_of(draft.draft, "C02"), lead=office.code)
    assert draft.admin.post(url("edit_item", 2, "C02"), data).status_code == 422


def test_extra_fields_have_no_effect(draft):
    data = posted(item_of(draft.draft, "C02"), code="A01", version=draft.first.pk, initials="hack", version_id=1)
    assert draft.admin.post(url("edit_item", 2, "C02"), data).status_code == 302
    assert item_of(draft.draft, "C02").initials != "hack"


def test_blockers_are_listed_and_linked(draft):
    draft.admin.post(url("edit_item", 2, "A01"), posted(item_of(draft.draft, "A01"), enforcement_body="不涉及"))
    page = body(draft.admin.get("/lists/2/edit/"))
    assert "送审前要改 1 处" in page
    assert "可处罚事项须填执法主体" in page
    assert "/lists/2/edit/A01/#r-A01" in page


def test_discarding_what_has_changed_since_is_a_conflict(draft):
    draft.second.post(url("edit_item", 2, "C02"), posted(item_of(draft.draft, "C02"), resolve="2wd"))
    discard = draft.admin.post(url("discard", 2), {"revision": 0})
    assert discard.status_code == 409
    assert "lin刚刚改过" in body(discard)
    assert draft.admin.post(url("discard", 2), {"revision": 1}).status_code == 302


def test_autosave_answers_in_few_words(draft):
    item = item_of(draft.draft, "C02")
    answer = draft.admin.post(url("edit_item", 2, "C02"), posted(item, resolve="2wd", autosave="1"))
    assert answer.json()["revision"] == 1
    assert "已自动保存" in answer.json()["said"]
    stale = draft.second.post(url("edit_item", 2, "C02"), posted(item, resolve="1wd", autosave="1"))
    assert stale.status_code == 409
    assert "huang刚刚" in stale.json()["said"]
    wrong = draft.admin.post(url("edit_item", 2, "C02"), posted(item, name="", autosave="1"))
    assert wrong.status_code == 422
    assert "还没保存" in wrong.json()["said"]
    assert item_of(draft.draft, "C02").resolve == "2wd"


def test_undo_is_one_press_away(draft):
    assert "撤销上一步" not in body(draft.admin.get("/lists/2/edit/"))
    draft.admin.post(url("edit_item", 2, "C02"), posted(item_of(draft.draft, "C02"), resolve="2wd"))
    assert "撤销上一步" in body(draft.admin.get("/lists/2/edit/"))
    done = draft.admin.post(url("undo", 2), {"revision": 1}, follow=True)
    assert "已撤销对 C02 的修改" in body(done)
    assert draft.admin.post(url("undo", 2), {"revision": 1}).status_code == 409
    assert draft.admin.post(url("undo", 2), {"revision": 2}).status_code == 422


def test_a_copy_begins_with_what_was_copied(draft):
    page = body(draft.admin.get(url("add_item", 2) + "?from=C02"))
    assert "恢复照明" in page
    assert 'value="C02"' not in page


def test_the_editor_marks_added_changed_and_removed(draft):
    content = content_of(item_of(draft.draft, "C02"), name="公园长椅损坏")
    editing.add_item(version_id=draft.draft.pk, code="C09", content=content, actor=draft.admin_user)
    draft.admin.post(url("remove_item", 2, "A07"), {"revision": 0})
    draft.admin.post(url("edit_item", 2, "C03"), posted(item_of(draft.draft, "C03"), name="道路坑洼"))
    for path in ("/lists/2/edit/", "/lists/2/edit/?changed=1", "/lists/2/diff/"):
        page = body(draft.admin.get(path))
        assert page.count('class="add"') == page.count('class="mod"') == page.count('class="del"') == 1
    assert "生活垃圾" not in body(draft.admin.get("/lists/2/edit/?changed=1"))
    assert "生活垃圾" in body(draft.admin.get("/lists/2/edit/?cat=B"))
