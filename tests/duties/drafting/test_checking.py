"""What a draft may not be submitted with, and what its editors are only reminded of; one test for each rule."""

import pytest

from core import clock
from duties.drafting import editing
from duties.drafting.checking import findings
from duties.lists.comparing import Comparison
from members.models import Department
from tests.duties.conftest import content_of, edit, item_of, publish


def found(d, *, blockers):
    return {(f.code, f.field) for f in findings(Comparison(d.draft)) if f.is_blocker == blockers}


def blockers(d):
    return found(d, blockers=True)


def warnings(d):
    return found(d, blockers=False)


def add(d, code, **changes):
    content = content_of(item_of(d.draft, "C02"), name="公园长椅损坏", aliases=["凳子烂"]) | changes
    editing.add_item(version_id=d.draft.pk, code=code, content=content, actor=d.admin_user)


# ---- grid items ----------------------------------------------------------------------------------------------
def test_the_starter_items_above_their_grade_do_not_block_a_draft(draft):
    assert blockers(draft) == set()
    edit(draft, "A07", name="野外水域缺警示")
    assert ("A07", "resolve") in warnings(draft), "5wd against the 3wd of its grade, as it was"
    assert blockers(draft) == set()
    edit(draft, "A07", resolve="4wd")
    assert blockers(draft) == set(), "shorter than before"
    edit(draft, "A07", resolve="6wd")
    assert blockers(draft) == {("A07", "resolve")}


def test_a_limit_newly_above_its_grade_blocks(draft):
    edit(draft, "C02", resolve="6wd")
    assert blockers(draft) == {("C02", "resolve")}


def test_a_punishable_item_keeps_an_enforcement_body(draft):
    edit(draft, "A01", enforcement_body="")
    assert blockers(draft) == {("A01", "enforcement_body")}


def test_a_new_item_that_sounds_punishable_is_asked_about(draft):
    add(draft, "C09", name="擅自占用绿化带")
    assert ("C09", "enforcement_body") in warnings(draft)
    assert blockers(draft) == set()


@pytest.mark.parametrize("body", ["网格员", "丽新村委会", "社区居委会"])
def test_nobody_in_the_grid_enforces(draft, body):
    edit(draft, "A01", enforcement_body=body)
    assert blockers(draft) == {("A01", "enforcement_body")}


def test_a_retired_department_blocks_wherever_it_is_named(draft):
    Department.objects.filter(code="TX").update(retired_at=clock.now())
    assert {("C07", "lead"), ("F06", "assisting")} <= blockers(draft)


def test_a_name_or_alias_stands_for_one_item(draft):
    other = item_of(draft.draft, "C03")
    edit(draft, "C02", name=other.name)
    assert blockers(draft) == {("C02", "name")}
    edit(draft, "C02", name="路灯", aliases=[other.aliases[0]])
    assert blockers(draft) == {("C02", "aliases")}


def test_an_item_without_popular_names_is_hard_to_find(draft):
    edit(draft, "C02", aliases=[])
    assert warnings(draft) == {("C02", "aliases")}


# ---- lines ---------------------------------------------------------------------------------------------------
def line(d, code, **changes):
    content = {
        "name": "新条目", "part": "help", "group": "", "lead": "GA", "share": "", "closes_at_village": False,
        "borne_before": False, "basis": "",
    } | changes  # fmt: skip
    editing.add_item(version_id=d.draft.pk, code=code, content=content, actor=d.admin_user)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"lead": ""}, "lead"),
        ({"part": "removed", "lead": ""}, "lead"),
        ({"part": "autonomy", "group": "自我管理"}, "lead"),
        ({"part": "autonomy", "group": "", "lead": ""}, "group"),
        ({"part": "autonomy", "group": "自我发展", "lead": ""}, "group"),
        ({"group": "自我管理"}, "group"),
        ({"share": "配合"}, "share"),
        ({"part": "basic"}, "part"),
        ({"part": "removed", "closes_at_village": True}, "closes_at_village"),
        ({"name": ""}, "name"),
        ({"lead": "QQ"}, "lead"),
    ],
)
def test_what_a_line_may_not_say(village_draft, changes, field):
    with pytest.raises(editing.BadContentError) as caught:
        line(village_draft, "XZ90", **changes)
    assert set(caught.value.errors) == {field}


def test_new_help_lowers_the_reduction_and_says_so(village_draft):
    line(village_draft, "XZ90")
    assert warnings(village_draft) == {("XZ90", "borne_before")}


@pytest.mark.parametrize("name", ["协助行政处罚", "协助城管执法"])
def test_villages_do_not_enforce(village_draft, name):
    line(village_draft, "XZ90", name=name, borne_before=True)
    assert blockers(village_draft) == {("XZ90", "name")}


def test_what_is_cleared_does_not_stay_in_the_same_list(village_draft):
    line(village_draft, "XJ90", part="removed", name=item_of(village_draft.draft, "XZ04").name, borne_before=True)
    assert ("XJ90", "name") in blockers(village_draft)


def test_what_is_cleared_does_not_stay_among_the_grid_items(village_draft):
    name = item_of(village_draft.first, "C02").name
    line(village_draft, "XJ90", part="removed", name=name, lead="ZJ", borne_before=True)
    assert blockers(village_draft) == {("XJ90", "part")}


def test_what_was_cleared_does_not_come_back_as_a_grid_item(draft):
    add(draft, "C09", name="报刊征订、摊派捐款", first_level="village")
    assert blockers(draft) == {("C09", "first_level")}
    edit(draft, "C09", first_level="county")
    assert blockers(draft) == set(), "a department may do it"


def test_what_the_county_took_back_is_not_given_to_villages(village_draft):
    line(village_draft, "XZ90", name="食品生产许可现场核查", lead="SC", borne_before=True)
    assert blockers(village_draft) == {("XZ90", "part")}


def test_help_of_a_township_says_what_it_is(cast, signers):
    from duties.lists import queries

    base = queries.current("township_duties")
    cast.draft = editing.open_draft(duty_list=base.duty_list, actor=cast.admin_user)
    edit(cast, "T201", share="")
    assert blockers(cast) == {("T201", "share")}
    Department.objects.filter(code="HB").update(retired_at=clock.now())
    assert {("T203", "lead"), ("T304", "lead")} <= blockers(cast)


def test_a_list_of_lines_goes_the_same_way_to_its_day(village_draft):
    edit(village_draft, "XZ15", part="removed", lead="TJ")
    version = publish(village_draft)
    assert version.state == "published"
