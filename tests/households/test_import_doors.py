"""One door is one household, and one person is one resident; retired grids, moves; faulty rows to be taken away."""

import io
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from core import clock
from core.errors import NotNow
from core.jobs import outbox
from grids import addresses, counting, households, tree
from grids.addresses import door
from grids.households import NewHousehold
from grids.levels import Level
from grids.models import Household
from households.file import actions
from households.file.actions import Person
from households.imports import faulty, undoing, work
from households.models import ImportChunk, ImportProblem, Resident
from households.rules import KEEP_FAULTY
from members import posts
from members.models import Post
from tests.households.conftest import book, checked, fresh, imported, sheet

GRID, SECOND = "440783103229002", "440783103229003"
ONE_DOOR = ["测试里9组1号", "测试里9组１号", "测试里 9组1号", "测试里9组1号\u200b", "测试里九组1号", "测试里9\n组1号"]
ONE_DOOR += ["测试里第九组 一号", "测试里9小组01号", "\ufeff测试里９組１號", "测试里9组1号\u3000"]
HEAD = ["网格编码", "门牌地址", "户主"]


def said(one):
    return list(ImportProblem.objects.filter(of=one).order_by("line", "id").values_list("line", "text"))


@pytest.mark.parametrize(
    "same",
    [
        ONE_DOOR,
        [
            "幸福花园3栋2单元502室",
            "幸福花园三幢二单元502房",
            "幸福花园 ３号楼 2单元０502",
            "幸福花园，3栋2单元五〇二室",
        ],
        ["长庆里二十三号", "长庆里23号", "长庆里 023 号"],
        ["三江里一百零五号", "三江里105号"],
        ["长庆里12-3号", "长庆里12—3号"],
        ["村口小卖部", "村口 小卖部"],
    ],
)
def test_a_door_is_one_however_it_is_written(same):
    assert len({door(text) for text in same}) == 1
    assert {addresses.with_door(text)["door"] for text in same} == {door(same[0])}


def test_doors_that_differ_stay_apart():
    apart = [
        "测试里9组1号",
        "测试里9组11号",
        "测试里19组1号",
        "测试里9组",
        "测试里9组1-1号",
        "测试9组1号",
        "三里9组1号",
    ]
    apart += [
        "幸福花园3栋2单元502室",
        "幸福花园3栋502室",
        "幸福花园3栋2单元5002室",
        "一里9组1号",
        "八一路9号",
        "81路9号",
    ]
    assert len({door(text) for text in apart}) == len(apart)


@given(st.text(max_size=130))
def test_every_text_has_a_door_that_fits_its_column(text):
    assert len(door(text)) <= 120
    assert door(text) == addresses.with_door(text)["door"]


def test_rows_of_one_door_make_one_household(cast):
    one = imported(cast, book([HEAD, *([GRID, text, "测试甲"] for text in ONE_DOOR)]))
    assert (one.added, one.bad) == (1, len(ONE_DOOR) - 1)
    assert all("第 2 行是同一户" in text for _line, text in said(one))
    for text in ONE_DOOR:
        again = imported(cast, book([HEAD, [GRID, text, "测试甲"]]))
        assert (again.added, again.unchanged, again.bad) == (0, 1, 0), text
    home = Household.objects.get(head_index=households.name_key("测试甲"))
    assert (home.address, home.group, home.number) == ("测试里9组1号", "9", "1")


def test_rows_far_apart_make_one_household_too(cast, monkeypatch):
    monkeypatch.setattr(work, "CHUNK", 2)
    one = imported(cast, book([HEAD, *([GRID, text, ""] for text in ONE_DOOR)]))
    assert Household.objects.filter(area=cast.microgrid).count() == 2
    assert (one.added, one.changed) == (1, 0)


def test_what_cannot_be_seen_is_not_kept(cast):
    imported(cast, book([HEAD, [GRID, "测试里9\u200b组1号\u200b", "测\u200b试甲"]]))
    home = Household.objects.get(area=cast.microgrid, number="1", estate="测试里")
    assert (home.address, home.head_name) == ("测试里9组1号", "测试甲")


def test_the_same_door_in_another_grid_is_another_household(cast):
    one = imported(cast, book([HEAD, [GRID, "测试里9组1号", ""], [SECOND, "测试里9组1号", ""]]))
    assert (one.added, one.bad) == (2, 0)


def test_a_divided_grid_knows_the_doors_of_its_microgrids(cast, home):
    one = imported(cast, book([HEAD, [cast.grid.code, home.address, "李四"]]))
    assert (one.added, one.changed, one.moved, fresh(home).head_name) == (0, 1, 0, "李四")
    assert fresh(home).area_id == cast.microgrid.pk


def test_two_behind_one_door_are_told_apart_by_name_or_code(cast):
    rows = [NewHousehold(cast.microgrid, "测试里9组1号", name) for name in ("测试甲", "测试乙")]
    households.register_many(rows=rows, actor=None)
    one = imported(cast, book([HEAD, [GRID, "测试里九组1号", "测试乙"], [GRID, "测试里9组 1号", "测试丙"]]))
    assert (one.unchanged, one.bad) == (1, 1)
    assert "登记了 2 户" in said(one)[0][1]


def test_a_new_code_or_address_does_not_double_a_door(cast, home):
    one = checked(cast, sheet(f"户编码,门牌地址\n{GRID}0077,{home.address}\n{GRID}0078,新里1号\n{GRID}0079,新里一号\n"))
    assert [line for line, _text in said(one)] == [2, 4]
    assert home.code in said(one)[0][1]
    other = households.register(area=cast.microgrid, address="新里2号", actor=None)
    taken = checked(cast, sheet(f"户编码,门牌地址\n{other.code},{home.address}\n"))
    assert home.code in said(taken)[0][1]


def test_a_row_by_code_and_one_by_door_are_the_same_household(cast, home):
    one = checked(cast, sheet(f"户编码,网格编码,门牌地址,人口\n{home.code},,,5\n,{GRID},{home.address},6\n"))
    assert said(one) == [(3, "与第 2 行是同一户")]


# ---- who is who ------------------------------------------------------------------------------------------------------
PEOPLE = ["户编码", "姓名", "关系", "出生年", "电话"]


def people(cast, home, *rows):
    return imported(cast, book([PEOPLE, *([home.code, *row] for row in rows)]), kind="residents")


def test_two_of_one_name_are_told_apart_by_year_or_relation(cast, home):
    first = people(cast, home, ["陈文", "户主", "1950"], ["陈文", "子女", "1990"], ["陈文", "子女", "1995"])
    assert (first.added, first.bad) == (3, 0)
    again = people(cast, home, ["陈文", "子女", "1995", "10000007001"], ["陈文", "户主", ""], ["陈文", "", "1990"])
    assert (again.added, again.changed, again.unchanged, again.bad) == (0, 1, 2, 0)
    assert Resident.objects.get(birth_year=1995).phone == "10000007001"
    unclear = people(cast, home, ["陈文", "", "", "10000007009"], ["李文", "", ""])
    assert (unclear.added, unclear.changed, unclear.bad) == (1, 0, 1)
    assert "分不清" in said(unclear)[0][1]


def test_rows_that_nothing_tells_apart_are_refused_not_merged(cast, home):
    one = people(cast, home, ["陈文", "子女", ""], ["陈文", "子女", "1990"], ["陈文", "其他", "", "10000007001"])
    assert (one.added, one.bad) == (1, 2)


def test_somebody_else_of_the_name_is_never_overwritten(cast, home):
    actions.add_resident(household=home, person=Person("陈文", "10000007001", "head", 1950), user=cast.worker)
    assert people(cast, home, ["陈文", "子女", "1990", "10000007002"]).added == 1
    assert people(cast, home, ["陈文", "子女", "1991", "10000007003"], ["李文", "", ""]).bad == 1
    assert sorted(
        Resident.objects.filter(name_index=households.name_key("陈文")).values_list("birth_year", flat=True)
    ) == [1950, 1990]
    assert people(cast, home, ["陈文", "配偶", "1950"]).changed == 1, "the relation is put right"


def test_what_is_not_known_yet_is_filled_in(cast, home):
    actions.add_resident(household=home, person=Person("陈文"), user=cast.worker)
    one = people(cast, home, ["陈文", "子女", "1990", "10000007002"])
    assert (one.added, one.changed) == (0, 1)


def test_a_household_is_not_cut_between_two_chunks(cast, home, monkeypatch):
    monkeypatch.setattr(work, "CHUNK", 2)
    rows = [[f"陈{n}", "子女", ""] for n in range(3)] + [["陈文", "子女", "1990"], ["陈文", "子女", "1991"]]
    one = people(cast, home, *rows)
    assert (one.added, one.bad) == (5, 0)


# ---- grids out of use, households elsewhere --------------------------------------------------------------------------
def test_a_retired_grid_is_told_its_successor(cast):
    code = tree.next_grid_code(cast.village)
    tree.add(parent=cast.grid, level=Level.MICROGRID, code=code, name="红岭村新微网格", actor=None)
    heir = tree.Area.objects.get(code=code)
    posts.end(post=Post.objects.get(area=cast.second_microgrid), actor=cast.system_admin)
    tree.retire(area=cast.second_microgrid, successors=[heir], actor=None)
    one = checked(cast, book([HEAD, [SECOND, "测试里9组1号", ""]]))
    assert code in said(one)[0][1]
    assert "红岭村新微网格" in said(one)[0][1]
    home = households.register(area=heir, address="测试里9组2号", actor=None)
    old = imported(cast, sheet(f"户编码,网格编码,人口\n{home.code},{SECOND},4\n"))
    assert (old.changed, old.bad) == (1, 0), "it stands where the grid went"


def test_a_move_is_offered_and_done_only_when_it_is_wanted(cast, home):
    text = f"户编码,网格编码,门牌地址,人口\n{home.code},{SECOND},{home.address},7\n"
    one = checked(cast, sheet(text))
    assert (one.foresight["moves"], one.foresight["columns"]) == (1, {"size": [1, 0]})
    work.start(one, user=cast.secretary)
    outbox.drain_inline()
    assert (fresh(one).moved, fresh(home).area_id, fresh(home).size) == (0, cast.microgrid.pk, 7)
    two = checked(cast, sheet(text))
    work.start(two, user=cast.secretary, moves=True)
    outbox.drain_inline()
    assert (fresh(two).moved, fresh(home).area_id) == (1, cast.second_microgrid.pk)
    assert counting.recount() == []
    undoing.take_back(two, user=cast.secretary)
    outbox.drain_inline()
    assert (fresh(home).area_id, fresh(two).undone) == (cast.microgrid.pk, {"restored": 1})
    assert counting.recount() == []


# ---- faulty rows -----------------------------------------------------------------------------------------------------
def wrong(cast):
    head = ["身份证号", "网格编码", "门牌地址", "户主", "人口", "备注"]
    rows = [["110101199003070011", GRID, "测试里1号", "测试甲", "三百", "在外"], ["", GRID, "测试里2号", "", "3", ""]]
    return checked(cast, book([head, *rows, ["", GRID, "测试里3号", "110101199003070011", "300", ""]]))


def test_faulty_rows_can_be_taken_away_with_all_their_cells(cast):
    one = wrong(cast)
    table = faulty.file_of(one, user=cast.secretary)
    with table.file as file:
        rows = list(load_workbook(io.BytesIO(file.read())).active.iter_rows(values_only=True))
    assert rows[0] == ("身份证号", "网格编码", "门牌地址", "户主", "人口", "备注", "问题")
    assert [row[2] for row in rows[1:]] == ["测试里1号", "测试里3号"]
    assert rows[1][5] == "在外"
    assert all(row[6] for row in rows[1:])
    assert "110101199003070011" not in str(rows)
    work.start(one, user=cast.secretary)
    outbox.drain_inline()
    assert not ImportChunk.objects.exists()
    with pytest.raises(NotNow):
        faulty.file_of(fresh(one), user=cast.secretary)


def test_after_a_day_they_are_gone(cast):
    one = wrong(cast)
    assert faulty.is_there(one)
    with clock.at(clock.now() + KEEP_FAULTY + timedelta(minutes=1)):
        outbox.drain_inline()
    assert not faulty.is_there(one)
    assert [chunk.faulty for chunk in ImportChunk.objects.filter(of=one)] == [""]
