"""Sheets as they come from offices: nothing of them is lost, doubled or turned into households that are none."""

import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from core.files.examining import BadWorkbook
from grids.models import Household
from households.imports import work
from households.models import ImportProblem, Resident
from tests.households.conftest import book, checked, imported, sheet, uploaded

GRID = "440783103229002"
HEAD = ["网格编码", "门牌地址", "户主", "人口", "电话"]


def home(n, name="梁永康", size=3, phone=""):
    return [GRID, f"新安里{n}号", name, size, phone]


def there():
    return sorted(one.address for one in Household.objects.filter(address__startswith="新安里"))


def said(one):
    return list(ImportProblem.objects.filter(of=one).order_by("line", "id").values_list("line", "text"))


@pytest.mark.parametrize(
    "row",
    [
        ["合计", "", "", 6, ""],
        [GRID, "合计", "", 6, ""],
        [GRID, "小计：2户", "", 6, ""],
        [GRID, "", "总计", 6, ""],
        ["填表人：梁永康", "", "审核人：", "", "2026年11月30日"],
        ["填报单位（盖章）：红岭村委会"],
        ["注：本表一式两份"],
        ["备注：无"],
        [*HEAD],
        ["网格编码", "门牌地址", "户主姓名", "人口", "电话"],
    ],
)
def test_lines_about_the_table_are_no_households(cast, row):
    one = imported(cast, book([HEAD, home(1), row, home(2)]))
    assert (one.added, one.bad, there()) == (2, 1, ["新安里1号", "新安里2号"])
    [(line, text)] = said(one)
    assert line == 3
    assert "没有读" in text


def test_a_name_of_a_household_that_sounds_like_it_is_one(cast):
    assert imported(cast, book([HEAD, home(1, "计小红"), home(2, "注册民")])).added == 2


@pytest.mark.parametrize("word", ["同上", "〃", "同 上", "”"])
def test_a_cell_that_points_at_the_one_above_is_a_fault(cast, word):
    rows = [HEAD, home(1), [GRID, word, "梁伟", 2, ""], [GRID, "新安里3号", word, 2, ""]]
    one = imported(cast, book(rows))
    assert (one.added, one.bad) == (1, 2)
    assert all("同上" in text for _line, text in said(one))


@pytest.mark.parametrize("door", [date(2026, 9, 1), "2026-09-01", "9月1日", "13800006021", GRID])
def test_what_a_spreadsheet_made_of_a_door_is_no_door(cast, door):
    one = imported(cast, book([HEAD, [GRID, door, "梁永康", 3, ""], home(1)]))
    assert (one.added, one.bad) == (1, 1)
    assert "不是门牌" in said(one)[0][1]


def test_numbers_kept_as_texts_are_read(cast):
    one = imported(cast, book([HEAD, [f"'{GRID}", " 新安里1号 ", "'梁永康", "'3人", "'10000007001"]]))
    row = Household.objects.get(address="新安里1号")
    assert (one.bad, row.head_name, row.size, row.phone) == (0, "梁永康", 3, "10000007001")
    assert said(one) == []


def test_two_households_behind_one_door_are_not_made_one(cast):
    one = imported(cast, book([HEAD, home(1), home(1, "梁伟")]))
    assert (one.added, one.bad) == (1, 1)
    assert "与第 2 行是同一户" in said(one)[0][1]
    assert Household.objects.get(address="新安里1号").head_name == "梁永康"


def test_nor_when_they_stand_far_apart(cast, monkeypatch):
    """Further than rows are checked together."""
    monkeypatch.setattr(work, "CHUNK", 1)
    known = imported(cast, book([HEAD, home(4, "陈三", 1)]))
    assert known.added == 1
    rows = [home(1), home(2), home(1, "梁伟"), home(2), home(4, "陈四", 1), home(4, "陈五", 1)]
    one = imported(cast, book([HEAD, *rows]))
    assert (one.added, one.changed, one.unchanged, one.bad) == (2, 1, 1, 2)
    assert [line for line, _text in said(one)] == [4, 7]
    names = {row.address: row.head_name for row in Household.objects.filter(address__startswith="新安里")}
    assert names == {"新安里1号": "梁永康", "新安里2号": "梁永康", "新安里4号": "陈四"}


def test_cells_merged_over_households_stay_with_each(cast):
    made = Workbook()
    for row in (HEAD, home(1), [None, "新安里2号", "梁伟", 2, ""], [None, None, "陈三", 1, ""]):
        made.active.append(row)
    made.active.merge_cells("A2:A4")
    made.active.merge_cells("B3:B4")
    content = io.BytesIO()
    made.save(content)
    one = imported(cast, content)
    assert (one.added, one.bad, there()) == (2, 1, ["新安里1号", "新安里2号"])


def test_an_empty_sheet_before_the_table_does_no_harm(cast):
    made = Workbook()
    other = made.create_sheet("花名册")
    for row in (HEAD, home(1)):
        other.append(row)
    content = io.BytesIO()
    made.save(content)
    assert imported(cast, content).added == 1


def test_days_of_either_calendar_are_the_same(cast):
    household = Household.objects.get(pk=cast.household.pk)
    made = Workbook()
    made.epoch = CALENDAR_MAC_1904
    for row in (
        ["网格编码", "门牌地址", "姓名", "出生日期"],
        [household.area.code, household.address, "测试甲", date(1970, 1, 2)],
        [household.area.code, household.address, "测试乙", "1971年01月"],
    ):
        made.active.append(row)
    content = io.BytesIO()
    made.save(content)
    assert imported(cast, content, kind="residents").added == 2
    assert set(Resident.objects.filter(household=household).values_list("birth_year", flat=True)) >= {1970, 1971}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "旧版 .xls 或加密"),
        (b"PK\x03\x04" + b"\x00" * 200, "损坏、已加密或不是"),
        (b"%PDF-1.7\n", "不是表格"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
        (b"", "空的"),
    ],
)
def test_what_is_no_workbook_is_said_in_chinese(cast, content, says):
    with pytest.raises(BadWorkbook, match=says):
        uploaded(cast, io.BytesIO(content))


def test_a_text_under_the_name_of_a_workbook_goes_in(cast, login):
    text = f"{','.join(HEAD)}\n{GRID},新安里1号,梁永康,3,\n".encode("gb18030")
    content = SimpleUploadedFile("户.xlsx", text).file
    assert imported(cast, content).added == 1


def test_a_quotation_that_never_ends_swallows_nothing(cast):
    text = f'{",".join(HEAD)}\n{GRID},新安里1号,"梁永康,3,\n{GRID},新安里2号,梁伟,2,\n'
    with pytest.raises(BadWorkbook, match="第 2 行的引号没有配对"):
        uploaded(cast, sheet(text))
    good = f'{",".join(HEAD)}\n{GRID},"新安里\n1号",梁永康,3,\n{GRID},新安里2号,梁伟,2,"无\n"\n'
    assert imported(cast, sheet(good)).added == 2


def test_two_tables_side_by_side_are_not_half_lost_in_silence(cast, login):
    one = checked(cast, book([[*HEAD, *HEAD], [*home(1), *home(2)]]))
    page = login(cast.secretary)
    two = uploaded(cast, book([[*HEAD, *HEAD], [*home(1), *home(2)]]))
    assert one.rows == 1
    assert "“G 门牌地址”没有对上" in page.get(f"/households/imports/{two.pk}/columns/").content.decode()
