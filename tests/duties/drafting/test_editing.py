"""Drafts: what may be changed, who wins, and what a new version leaves alone."""

from datetime import date, timedelta

import pytest

from core import clock
from core.errors import Conflict, Refused
from core.models import AuditEntry
from duties.drafting import editing
from duties.lists import queries
from duties.lists.comparing import Comparison, history_steps
from duties.models import DutyItem
from duties.routing.deciding import decide, item_by_code, version_in_force
from duties.shapes import shape_of
from members.models import Department
from tests.duties.conftest import content_of, edit, item_of, publish


def marks(d):
    comparison = Comparison(d.draft)
    return {code: comparison.lines[code].mark for code in comparison.changed}


def row_of(d, code):
    return Comparison(d.draft).row(code)


def test_a_draft_is_a_copy_of_everything(draft):
    new = draft.draft
    assert (new.number, new.base, new.rules) == (2, draft.first, draft.first.rules)
    assert new.categories.count() == 12
    assert new.grades.count() == 4
    assert new.items.count() == 64
    assert marks(draft) == {}
    assert version_in_force() == draft.first
    assert {i.category.version_id for i in queries.items_of(new)} == {new.pk}
    assert {i.grade.version_id for i in queries.items_of(new)} == {new.pk}


def test_one_draft_at_a_time(draft):
    with pytest.raises(Conflict, match="huang"):
        editing.open_draft(duty_list=draft.first.duty_list, actor=draft.second_user)
    assert draft.first.duty_list.versions.count() == 2


def test_an_edit_shows_as_a_change_and_is_audited(draft):
    edit(draft, "C02", resolve="2wd", assisting=["GD"], aliases=["灯坏了", "路灯瞎了"])
    row = row_of(draft, "C02")
    assert row.mark == "chg"
    assert set(row.changes) == {"resolve", "assisting", "aliases"}
    assert (row.changes["resolve"].old, row.changes["resolve"].new) == ("3 个工作日", "2 个工作日")
    assert "ldxl" in row.item.initials
    entry = AuditEntry.objects.get(verb="duties.edit_item")
    assert (entry.object_id, entry.detail["code"]) == (str(draft.draft.pk), "C02")
    assert str(item_of(draft.first, "C02").resolve_limit) == "3wd", "the version in force says what it said"


def test_the_slower_of_two_admins_is_told_who_was_faster(draft):
    edit(draft, "C02", resolve="2wd", actor=draft.second_user)
    with pytest.raises(editing.StaleDraftError, match=r"lin刚刚.*C02"):
        edit(draft, "C02", resolve="4wd", revision=0)
    assert item_of(draft.draft, "C02").resolve == "2wd"
    edit(draft, "C03", name="道路坑洼")  # another item is another matter


def test_an_edit_of_what_was_removed_or_restored_is_stale(draft):
    editing.remove_item(version_id=draft.draft.pk, code="C02", revision=0, actor=draft.second_user)
    content = content_of(item_of(draft.draft, "C03"))
    seen = {"version_id": draft.draft.pk, "code": "C02", "revision": 0, "content": content, "actor": draft.admin_user}
    with pytest.raises(editing.StaleDraftError, match=r"停用.*lin"):
        editing.edit_item(**seen)
    editing.restore_item(version_id=draft.draft.pk, code="C02", revision=0, actor=draft.second_user)
    with pytest.raises(editing.StaleDraftError, match="lin"):
        editing.edit_item(**seen)


def test_remove_add_restore(draft):
    editing.remove_item(version_id=draft.draft.pk, code="A07", revision=0, actor=draft.admin_user)
    new = content_of(item_of(draft.draft, "C02"), name="公园长椅损坏", aliases=["凳子烂"])
    editing.add_item(version_id=draft.draft.pk, code="C09", content=new, actor=draft.admin_user)
    edit(draft, "C03", name="道路坑洼")
    assert marks(draft) == {"A07": "del", "C09": "new", "C03": "chg"}
    assert Comparison(draft.draft).counts == {"new": 1, "chg": 1, "del": 1, "all": 3}
    editing.restore_item(version_id=draft.draft.pk, code="A07", revision=0, actor=draft.admin_user)
    revision = item_of(draft.draft, "C03").revision
    editing.restore_item(version_id=draft.draft.pk, code="C03", revision=revision, actor=draft.admin_user)
    assert marks(draft) == {"C09": "new"}
    assert [d.code for d in item_of(draft.draft, "A07").assisting.order_by("code")] == ["JY", "YJ"]


def test_a_code_means_one_thing_for_ever(draft):
    content = content_of(item_of(draft.draft, "C02"))
    with pytest.raises(Refused, match="已有事项"):
        editing.add_item(version_id=draft.draft.pk, code="C02", content=content, actor=draft.admin_user)
    editing.remove_item(version_id=draft.draft.pk, code="A07", revision=0, actor=draft.admin_user)
    with pytest.raises(Refused, match="以前的版本用过"):
        editing.add_item(version_id=draft.draft.pk, code="A07", content=content, actor=draft.admin_user)
    with pytest.raises(Refused, match="上一版没有"):
        editing.restore_item(version_id=draft.draft.pk, code="Z01", revision=0, actor=draft.admin_user)


def test_codes_of_nowhere_are_refused(draft):
    office = Department.objects.get(short_name="规划建设办")
    wrong = {"category": "Z", "grade": "huge", "lead": office.code, "assisting": ["QQ"], "first_level": "moon"}
    for name, value in wrong.items():
        with pytest.raises(editing.BadContentError) as caught:
            edit(draft, "C02", **{name: value})
        assert set(caught.value.errors) == {name}
    with pytest.raises(editing.BadContentError, match="点单页"):
        edit(draft, "C02", is_sensitive=True, is_resident_tile=True)
    with pytest.raises(editing.BadContentError, match="须填部门"):
        edit(draft, "C02", lead="")
    with pytest.raises(editing.BadContentError, match="同时是配合部门"):
        edit(draft, "C02", assisting=["ZJ"])
    assert item_of(draft.draft, "C02").revision == 0


def test_saying_the_same_again_writes_nothing(draft):
    assert edit(draft, "C02") == 0
    assert not AuditEntry.objects.filter(verb="duties.edit_item").exists()


# ---- undo ----------------------------------------------------------------------------------------------------
def undo(d, actor=None):
    d.draft.refresh_from_db()
    return editing.undo(version_id=d.draft.pk, revision=d.draft.revision, actor=actor or d.admin_user)


def test_undo_takes_back_one_write_after_the_other(draft):
    before = shape_of(draft.draft).plains(draft.draft)
    edit(draft, "C02", resolve="2wd")
    editing.remove_item(version_id=draft.draft.pk, code="A07", revision=0, actor=draft.admin_user)
    new = content_of(item_of(draft.draft, "C02"), name="公园长椅损坏", aliases=["凳子烂"])
    editing.add_item(version_id=draft.draft.pk, code="C09", content=new, actor=draft.admin_user)
    assert [undo(draft), undo(draft), undo(draft)] == [["C09"], ["A07"], ["C02"]]
    assert shape_of(draft.draft).plains(draft.draft) == before
    with pytest.raises(Refused, match="没有可以撤销"):
        undo(draft)


def test_nobody_undoes_what_another_wrote(draft):
    edit(draft, "C02", resolve="2wd", actor=draft.second_user)
    with pytest.raises(Refused, match="lin"):
        undo(draft)
    with pytest.raises(editing.StaleDraftError):
        editing.undo(version_id=draft.draft.pk, revision=0, actor=draft.second_user)
    assert undo(draft, draft.second_user) == ["C02"]


# ---- publishing ----------------------------------------------------------------------------------------------
def test_publishing_today_changes_whose_duty_it_is_from_today(draft):
    old = decide(item_by_code("C02"), draft.grid)
    edit(draft, "C02", lead="GD", assisting=[])
    version = publish(draft, note="路灯改由供电企业牵头")
    assert version.state == "published"
    assert (version.note, version.published_by) == ("路灯改由供电企业牵头", draft.admin_user)
    assert decide(item_by_code("C02"), draft.grid).lead.name == "供电所"
    assert decide(item_by_code("C02", clock.today() - timedelta(days=1)), draft.grid).lead == old.lead
    assert history_steps(queries.history("C02"), shape_of(version))[0].text.startswith("牵头部门：县住建局 → 供电企业")


def test_a_later_start_waits(draft):
    edit(draft, "C02", resolve="2wd")
    later = clock.today() + timedelta(days=10)
    version = publish(draft, starts_on=later)
    assert version_in_force() == draft.first
    assert queries.standing(version, draft.first) == "待施行"
    assert version_in_force(on=later) == version
    third = editing.open_draft(duty_list=draft.first.duty_list, actor=draft.admin_user)
    assert (third.number, third.base) == (3, version), "the next draft starts from the newest"


def test_a_discarded_draft_leaves_nothing_and_its_number_is_free(draft):
    edit(draft, "C02", resolve="2wd")
    with pytest.raises(editing.StaleDraftError):
        editing.discard_draft(version_id=draft.draft.pk, revision=0, actor=draft.admin_user)
    editing.discard_draft(version_id=draft.draft.pk, revision=1, actor=draft.admin_user)
    assert DutyItem.objects.count() == 64
    assert editing.open_draft(duty_list=draft.first.duty_list, actor=draft.admin_user).number == 2


def test_search_ranks_codes_names_aliases_and_initials(lists):
    def found(text):
        return [hit.item.code for hit in queries.search(lists.first, text)]

    assert found("C02") == ["C02"]
    assert found("c02") == ["C02"]
    assert found("灯坏了")[0] == "C02"
    assert found("路灯")[0] == "C02"
    assert found("ldbl") == ["C02"]
    assert found("垃圾 露天") == ["D01"]
    assert found("没有这种事") == []
    assert len(found("")) == 64
    assert found("%") == []
    assert "C02" in found("县住房和城乡建设局")
    assert queries.search(lists.first, "灯坏了")[0].alias == "灯坏了"


def test_tiles(lists):
    assert len(queries.common_tiles(lists.first)) == 8
    assert {i.code for i in queries.resident_tiles(lists.first)} == {"B01", "C02", "C03", "C04", "D04", "F01"}


def test_versions_and_dates_of_the_clock(lists):
    with clock.at(clock.now().replace(year=2025, month=6, day=1)):
        assert queries.current() is None
    assert date(2026, 1, 1) == lists.first.starts_on
