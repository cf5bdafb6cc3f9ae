"""What a row does not say stays: absent columns, empty cells, masked cells; emptying is said, counted, kept, undone."""

import io
from datetime import timedelta

import pytest
from django.db import connection

from core import clock
from core.errors import NotNow, NotYours
from core.jobs import outbox
from core.models import AuditEntry
from grids import counting, households
from grids.households import NewHousehold
from grids.models import Area, Household
from households.file import actions, subjects
from households.file.actions import Person
from households.imports import undoing, work
from households.imports.fields import guess
from households.imports.parsing import Warned, phone
from households.models import Import, ImportChange, ImportProblem, Resident
from households.rules import TAKE_BACK_WITHIN
from tests.households.conftest import book, checked, fresh, imported, sheet, visited

GRID = "440783103229002"
HEAD = ["户编码", "网格编码", "门牌地址", "户主", "电话", "人口", "户别", "标签", "党员中心户"]


@pytest.fixture
def known(home):
    """The central household, with something in every column."""
    new = NewHousehold(home.area, home.address, "陈大文", "10000006021", 4, ["低保"], is_hub=True, kind="rented")
    return households.correct(household=home, new=new, version=home.version, actor=None)


def held(home):
    row = fresh(home)
    return row.address, row.head_name, row.phone, row.size, row.kind, row.tags, row.is_hub


def said(one):
    return list(ImportProblem.objects.filter(of=one).order_by("line", "id").values_list("cell", "text"))


def export(login, user, kind="csv"):
    client = login(user)
    return io.BytesIO(b"".join(client.get(f"/households/file/{kind}/").streaming_content))


# ---- what is not said stays ------------------------------------------------------------------------------------------
def test_a_sheet_with_three_columns_changes_three_columns(cast, known):
    text = f"户编码,门牌地址,人口\n{known.code},{known.address},3\n"
    one = checked(cast, sheet(text))
    assert one.foresight["columns"] == {"size": [1, 0]}
    before = held(known)
    done = imported(cast, sheet(text))
    assert (done.changed, done.bad) == (1, 0)
    assert held(known) == (*before[:3], 3, *before[4:])
    assert Household.objects.get(words=fresh(known).words) == known, "still found by its label"


def test_an_empty_cell_says_nothing_and_a_file_needs_no_address_of_known_households(cast, known):
    before = held(known)
    one = imported(cast, book([HEAD, [known.code, "", "", "", "", "", "", "", ""]]))
    assert (one.unchanged, one.bad, held(known)) == (1, 0, before)
    assert imported(cast, sheet(f"户编码,电话\n{known.code},10000007009\n")).changed == 1
    assert held(known) == (*before[:2], "10000007009", *before[3:])
    missing = checked(cast, sheet(f"户编码,电话\n{GRID}0099,10000007009\n"))
    assert said(missing)[0][1] == "新户请填写门牌"


@pytest.mark.parametrize("word", ["清空", " 清 空 ", "“清空”"])
def test_emptying_is_said_and_counted(cast, known, word):
    row = [known.code, "", "", word, word, "", "", word, ""]
    one = checked(cast, book([HEAD, row]))
    assert one.foresight["columns"] == {"head_name": [0, 1], "phone": [0, 1], "tags": [0, 1]}
    work.start(one, user=cast.secretary)
    outbox.drain_inline()
    row = fresh(known)
    assert (row.head_name, row.head_index, row.phone, row.phone_index, row.tags) == ("", "", "", "", [])
    assert (row.size, row.kind, row.is_hub) == (4, "rented", True)


def test_what_cannot_be_empty_is_refused(cast, known):
    one = checked(cast, book([HEAD, [known.code, "", "清空", "", "", "清空", "清空", "", "清空"]]))
    assert [cell for cell, _text in said(one)] == ["C2", "F2", "G2", "I2"]


def test_of_residents_too_what_is_not_said_stays(cast, home):
    person = actions.add_resident(
        household=home, person=Person("陈小文", "10000007002", "child", 2011), user=cast.worker
    )
    one = imported(cast, sheet(f"户编码,姓名\n{home.code},陈小文\n"), kind="residents")
    assert (one.added, one.changed, one.unchanged) == (0, 0, 1)
    text = f"户编码,姓名,电话,关系,出生年\n{home.code},陈小文,清空,,\n"
    assert checked(cast, sheet(text), kind="residents").foresight["columns"] == {"phone": [0, 1]}
    assert imported(cast, sheet(text), kind="residents").changed == 1
    row = fresh(person)
    assert (row.phone, row.phone_index, row.relation, row.birth_year) == ("", "", "child", 2011)


def test_a_file_of_areas_without_a_level_leaves_it(cast):
    more = {"kind": Import.Kind.AREAS, "place": cast.county, "user": cast.system_admin}
    area = cast.microgrid
    text = f"网格编码,名称,上级编码\n{area.code},改了名的微网格,{area.parent.code}\n"
    one = imported(cast, sheet(text), **more)
    assert (one.changed, one.bad, fresh(area).level) == (1, 0, "microgrid")


# ---- what the product exports ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_went_out_masked_comes_back_unchanged(cast, known, login, kind):
    moved = NewHousehold(cast.microgrid, "东升里9组1号", "=欧阳", "+8610000006", 2, ["本村旧标签"])
    households.register_many(rows=[moved], actor=None)
    gone = Household.objects.get(address="东升里9组1号")
    households.transfer(households=[gone], area=cast.second_microgrid, actor=None)
    before = [held(row) for row in (known, gone)]
    one = checked(cast, export(login, cast.secretary, kind))
    assert (one.rows, one.bad, one.foresight["unchanged"], one.foresight["columns"]) == (2, 0, 2, {})
    assert one.foresight["moves"] == 0
    assert one.foresight["masked"] == 4
    done = imported(cast, export(login, cast.secretary, kind))
    assert (done.added, done.changed, done.unchanged) == (0, 0, 2)
    assert [held(row) for row in (known, gone)] == before


def test_stars_elsewhere_are_refused(cast, known):
    one = checked(cast, book([HEAD, ["", GRID, "南安里***号", "陈**", "", "", "", "", ""]]))
    assert [cell for cell, _text in said(one)] == ["C2"]
    residents = checked(cast, sheet(f"户编码,姓名\n{known.code},陈＊＊\n"), kind="residents")
    assert "遮盖" in said(residents)[0][1]


# ---- labels ----------------------------------------------------------------------------------------------------------
def test_a_label_of_ones_own_is_told_the_right_one(cast):
    rows = [["", GRID, f"新安里{n}号", "", "", "", "", tag, ""] for n, tag in enumerate(["五保户", "五保户", "怪标签"])]
    one = checked(cast, book([HEAD, *rows]))
    kinds = sorted(one.faults.values(), key=lambda fault: -fault[3])
    assert [(column, cell, count) for column, _text, cell, count in kinds] == [("标签", "H2", 2), ("标签", "H4", 1)]
    assert "特困供养" in kinds[0][1]


# ---- the trail of old values, and taking back ------------------------------------------------------------------------
def test_old_values_stand_on_the_trail_encrypted(cast, known):
    imported(cast, sheet(f"户编码,户主,电话\n{known.code},陈小文,清空\n"))
    change = ImportChange.objects.get(household=known)
    assert ("陈大文" in change.before.encode().decode("unicode_escape"), "10000006021" in change.before) == (True, True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT before FROM households_importchange")
        assert "10000006021" not in str(cursor.fetchall())
    subjects.forget(household=known, reason="request", user=cast.secretary)
    assert fresh(change).before == "", "who is forgotten is forgotten here too"


def undone(one):
    undoing.take_back(one, user=one.user)
    outbox.drain_inline()
    return fresh(one)


def test_an_import_is_taken_back_but_for_what_somebody_has_changed_since(cast, known, monkeypatch):
    monkeypatch.setattr(work, "CHUNK", 2)
    monkeypatch.setattr(undoing, "BATCH", 1)
    households.register_many(rows=[NewHousehold(cast.microgrid, f"东升里{n}号", "李四") for n in (1, 2)], actor=None)
    first, _second = Household.objects.filter(address__startswith="东升里").order_by("address")
    before, count = held(known), fresh(cast.microgrid).household_count
    rows = [
        [known.code, "", "", "张三", "清空", "9", "", "独居老人", ""],
        [first.code, "", "", "张三", "", "", "", "", ""],
        *(["", GRID, f"新安里{n}号", "", "", "", "", "", ""] for n in range(4)),
    ]
    one = imported(cast, book([HEAD, *rows]))
    assert (one.added, one.changed) == (4, 2)
    new = list(Household.objects.filter(address__startswith="新安里").order_by("address"))
    visited(cast, household=new[0])
    for row in (first, new[1]):
        kept = NewHousehold(row.area, row.address, "王五")
        households.correct(household=row, new=kept, version=fresh(row).version, actor=None)
    with pytest.raises(NotYours):
        undoing.take_back(one, user=cast.town_dispatcher)
    row = undone(one)
    assert (row.state, row.undone) == ("undone", {"restored": 1, "left": 2, "removed": 2, "retired": 1})
    assert held(known) == before
    assert Household.objects.get(phone_index=households.phone_key("10000006021"), area=cast.microgrid) == known
    assert fresh(first).head_name == "王五"
    assert fresh(new[0]).retired_at
    assert fresh(new[1]).retired_at is None
    assert not Household.objects.filter(pk__in=[new[2].pk, new[3].pk]).exists()
    assert counting.recount() == []
    assert fresh(cast.microgrid).household_count == count + 1
    entries = AuditEntry.objects.filter(verb="household.unregistered_many")
    assert {code for entry in entries for code in entry.detail["removed"]} == {new[2].code, new[3].code}
    with pytest.raises(NotNow):
        undoing.take_back(one, user=one.user)


def test_residents_are_taken_back(cast, home):
    person = actions.add_resident(household=home, person=Person("陈小文", "", "child", 2011), user=cast.worker)
    rows = ["陈小文,10000007003,", "李秀英,,1950", "李秀丽,,1951"]
    text = "\n".join(["户编码,姓名,电话,出生年", *(f"{home.code},{row}" for row in rows)])
    one = imported(cast, sheet(text), kind="residents")
    assert (one.added, one.changed) == (2, 1)
    mine = Resident.objects.get(birth_year=1951)
    actions.change_resident(resident=mine, person=Person("李秀丽", "10000007004"), user=cast.worker)
    row = undone(one)
    assert row.undone == {"restored": 1, "removed": 1, "left": 1}
    assert (fresh(person).phone, fresh(person).phone_index) == ("", "")
    assert {r.name for r in Resident.objects.filter(household=home)} == {"陈小文", "李秀丽"}


def test_who_was_forgotten_since_is_not_brought_back(cast, known):
    actions.add_resident(household=known, person=Person("陈小文", "", "child"), user=cast.worker)
    first = imported(cast, sheet(f"户编码,户主\n{known.code},陈小武\n"))
    second = imported(cast, sheet(f"户编码,姓名,电话\n{known.code},陈小文,10000007003\n"), kind="residents")
    subjects.forget(household=known, reason="request", user=cast.secretary)
    assert [undone(one).undone for one in (first, second)] == [{"left": 1}, {"left": 1}]
    assert fresh(known).head_name == ""
    assert not Resident.objects.filter(household=known).exists()


def test_after_a_day_nothing_is_taken_back(cast, known):
    one = imported(cast, sheet(f"户编码,人口\n{known.code},9\n"))
    with clock.at(clock.now() + TAKE_BACK_WITHIN + timedelta(minutes=1)), pytest.raises(NotNow, match="超过一天"):
        undoing.take_back(one, user=one.user)
    nothing = imported(cast, sheet(f"户编码,人口\n{known.code},9\n"))
    with pytest.raises(NotNow):
        undoing.take_back(nothing, user=one.user)
    assert Area.objects.count()


@pytest.mark.parametrize("nothing", ["无", "暂无", "不详", "/", "／", "-", "——", "N/A"])
def test_a_cell_that_leaves_something_out_neither_changes_nor_costs_its_row(cast, nothing):
    head, door = "网格编码,门牌地址,户主,电话,标签,家庭人口,户别\n", "440783103229002,测试里31号,"
    imported(cast, sheet(f"{head}{door}张三,13800138000,低保,3,\n"))
    again, other = f"{door}{','.join([nothing] * 5)}", f"{door.replace('里31', '里32')}李四,,,2,"
    one = imported(cast, sheet(f"{head}{again}\n{other}\n"))
    home = Household.objects.get(address="测试里31号")
    assert (one.unchanged, one.added) == (1, 1)
    assert (home.head_name, home.phone, home.tags, home.size) == ("张三", "13800138000", ["低保"], 3)


def test_a_stroke_names_nobody_and_no_place(cast):
    head = "网格编码,门牌地址,户主\n"
    one = checked(cast, sheet(f"{head}440783103229002,/,张三\n440783103229002,测试里33号,/\n"))
    assert said(one) == [("B2", "新户请填写门牌")]


def test_how_many_live_there_is_found_by_the_heads_of_counties():
    for head in ("常住人口（人）", "家庭人口数", "家庭人数"):
        assert guess("households", ["网格编码", "门牌地址", head])["size"] == 2


def test_a_day_in_the_column_of_telephones_is_no_number():
    with pytest.raises(Warned) as warned:
        phone("2020-01-01")
    assert warned.value.value == ""
