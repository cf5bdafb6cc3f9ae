"""The two other lists: what stands in them, what they come to, and their pages."""

import pytest
from django.urls import reverse

from duties.drafting import editing
from duties.lists import queries
from duties.lists.summary import summary_of
from duties.models import DutyLine, ListKind
from tests.duties.conftest import edit, item_of, publish

TOWN, VILLAGE = ListKind.TOWNSHIP_DUTIES, ListKind.SELF_GOVERNANCE


def body(response):
    return response.content.decode()


def counts(kind):
    return {part.info.part.value: part.count for part in summary_of(queries.current(kind)).parts}


def test_the_starter_file_holds_the_three_lists(lists):
    assert counts(TOWN) == {"basic": 24, "assist": 12, "returned": 8}
    assert counts(VILLAGE) == {"autonomy": 39, "help": 15, "removed": 7}
    village = DutyLine.objects.filter(version=queries.current(VILLAGE), part="autonomy")
    groups = [village.filter(group=name).count() for name in ("自我管理", "自我服务", "自我教育", "自我监督")]
    assert groups == [11, 11, 8, 9]
    assert item_of(queries.current(TOWN), "T201").share == "人员引导与信息告知"
    assert item_of(queries.current(VILLAGE), "XJ02").lead.code == "FG"


def test_what_the_lists_come_to(lists):
    village = summary_of(queries.current(VILLAGE))
    assert (village.reduction.before, village.reduction.now, village.reduction.percent) == (22, 15, 31.8)
    assert [(str(word), n) for word, n in village.moves] == [("责任→协助", 15), ("责任→清退", 7)]
    assert village.small == 39
    town = summary_of(queries.current(TOWN))
    assert (town.reduction.before, town.reduction.now) == (44, 36)
    assert summary_of(lists.first).reduction is None


def test_a_help_that_is_cleared_raises_the_reduction(village_draft):
    edit(village_draft, "XZ15", part="removed", lead="TJ")
    version = publish(village_draft)
    assert summary_of(version).reduction.percent == 36.4


@pytest.mark.parametrize("kind", [TOWN, VILLAGE])
def test_each_list_has_the_same_pages(cast, signers, kind):
    def url(name, *args):
        return reverse(f"lists:{name}", args=[kind.value, *args])

    code = "T201" if kind == TOWN else "XZ01"
    for path in (url("index"), url("versions"), url("version", 1), url("diff", 1), url("item", 1, code)):
        page = cast.worker.get(path)
        assert page.status_code == 200
        assert "None" not in body(page)
    page = body(cast.worker.get(url("index")))
    assert "职责三清单" in page
    assert "减负率" in page
    assert "责任清单" in page
    assert "打开草稿" in body(cast.admin.get(url("index")))
    assert cast.admin.post(url("open_draft")).url == url("edit", 2)
    for path in (url("edit", 2), url("edit_item", 2, code), url("add_item", 2), url("submit", 2), url("sheet", 2)):
        assert cast.admin.get(path).status_code == 200
        assert cast.worker.get(path).status_code == 403
    assert b"".join(cast.worker.get(url("export", 1)).streaming_content).startswith(b"PK")
    assert cast.admin.post(url("discard", 2), {"revision": 0}).url == url("index")
    assert cast.worker.get(f"/lists/{kind.value}/1/Z99/").status_code == 404


def test_a_line_is_written_through_its_form(village_draft):
    d = village_draft
    url = f"/lists/{VILLAGE.value}/2/edit/"
    given = {"revision": 0, "name": "协助统计调查", "part": "help", "lead": "TJ", "group": "", "borne_before": "on"}
    answer = d.admin.post(f"{url}XZ15/", given)
    assert answer.status_code == 302
    assert item_of(d.draft, "XZ15").name == "协助统计调查"
    assert "<del>协助统计调查和普查</del><ins>协助统计调查</ins>" in body(d.admin.get(url))
    wrong = d.admin.post(f"{url}XZ15/", given | {"revision": 1, "lead": ""})
    assert wrong.status_code == 422
    assert "哪个部门" in body(wrong)
    added = d.admin.post(f"{url}new/", given | {"code": "xz90", "name": "协助登记", "part": "removed"})
    assert added.status_code == 302
    assert item_of(d.draft, "XZ90").get_part_display() == "清退事项"
    assert d.admin.post(f"{url}XZ01/remove/", {"revision": 0}).status_code == 302
    page = body(d.admin.get(f"{url}?changed=1"))
    assert page.count('class="add"') == page.count('class="mod"') == page.count('class="del"') == 1


def test_one_draft_for_each_list(cast):
    for kind in ListKind:
        editing.open_draft(duty_list=queries.current(kind).duty_list, actor=cast.admin_user)
    assert queries.open_version(TOWN).number == queries.open_version(VILLAGE).number == 2


def test_any_two_versions_are_compared(village_draft):
    d = village_draft
    for name in ("协助统计", "协助普查"):
        edit(d, "XZ15", name=name)
        publish(d)
        d.draft = editing.open_draft(duty_list=d.draft.duty_list, actor=d.admin_user)
    base = f"/lists/{VILLAGE.value}"
    page = body(d.worker.get(f"{base}/3/diff/?with=1"))
    assert "第 3 版与第 1 版对比" in page
    assert "<del>协助统计调查和普查</del>" in page
    assert "<ins>协助普查</ins>" in page
    assert "<ins>协助统计调查和普查</ins>" in body(d.worker.get(f"{base}/1/diff/?with=3")), "backwards too"
    assert "协助统计 → 协助普查" in body(d.worker.get(f"{base}/3/XZ15/"))
    assert d.worker.get(f"{base}/3/diff/?with=99").status_code == 404
