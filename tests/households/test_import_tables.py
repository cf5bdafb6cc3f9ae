"""Files as counties have them, through the doors of an import: the table in them is found, can be chosen by hand, and
what cannot be read is named with its cell.
"""

import io
from pathlib import Path

import pytest
from django.urls import reverse
from openpyxl import Workbook

from core.errors import Refused
from core.files.examining import BadWorkbook
from core.files.heads import Head
from core.files.sheets import Place
from core.trust.sweeping import sweep
from grids.models import Household
from households.imports import work
from households.models import Import, ImportProblem, Resident
from tests.households.conftest import book, checked, fresh, imported, sheet, uploaded

TABLES = Path(__file__).resolve().parents[1] / "data" / "tables"
GRID = "440783103229002"
OTHER_GRID = "440783103229001"


def table(name):
    """A file as a county sent it."""
    return io.BytesIO((TABLES / name).read_bytes())


def workbook(**sheets):
    """A workbook of sheets with these rows; a name that begins with _ is hidden."""
    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        one = made.create_sheet(name.strip("_"))
        one.sheet_state = "hidden" if name.startswith("_") else "visible"
        for row in rows:
            one.append(row)
    content = io.BytesIO()
    made.save(content)
    content.seek(0)
    return content


HEAD = ["网格编码", "门牌地址", "户主姓名"]


@pytest.mark.parametrize("name", ["semi.csv", "tab.csv"])
def test_texts_with_other_delimiters_go_in(cast, name):
    one = imported(cast, table(name))
    assert (one.state, len(one.header), one.rows, one.added) == ("done", 7, 5, 4)
    assert ImportProblem.objects.get(of=one).column == "户别", "人户分离 is no kind of household"


def test_a_head_of_two_lines_below_merged_names_goes_in(cast):
    one = imported(cast, table("twolevel.xlsx"))
    assert (one.head_line, one.added, one.bad) == (2, 3, 0)
    assert Household.objects.get(address="南安里1组2号").size == 3


def test_a_title_above_the_head_is_passed_over(cast):
    rows = [
        ["某镇某村住户登记表"],
        ["填报单位：某村委会", "", "填报日期：2026.11"],
        [],
        HEAD,
        [GRID, "新安里1号", "梁永康"],
    ]
    one = imported(cast, book(rows))
    assert (one.head_line, one.header, one.added) == (4, HEAD, 1)


def test_marks_remarks_and_units_do_not_hide_a_column(cast):
    head = ["*网格编码（15位）", "门牌地址（必填）", "户主 姓名", "人口/人", "联系电话*"]
    one = imported(cast, book([head, [GRID, "新安里1号", "梁永康", "4", "10000007001"]]))
    home = Household.objects.get(address="新安里1号")
    assert (one.added, home.head_name, home.size, home.phone) == (1, "梁永康", 4, "10000007001")


def test_the_sheet_with_the_table_is_found_and_the_other_ones_are_named(cast, login):
    one = uploaded(cast, table("secondsheet.xlsx"))
    assert (one.sheet, one.head_line) == ("横西村", 1)
    two = uploaded(cast, workbook(甲村=[HEAD, [GRID, "新安里1号", ""]], 乙村=[HEAD, [GRID, "新安里2号", ""]]))
    page = login(cast.secretary).get(reverse("households:columns", args=[two.pk])).content.decode()
    assert "现在读的是工作表“甲村”；没有读：乙村" in page
    done = work.choose_table(two, table=Place("乙村"), user=cast.secretary)
    work.choose_columns(two, columns=done.columns, user=cast.secretary)
    work.outbox.drain_inline()
    work.start(fresh(two), user=cast.secretary)
    work.outbox.drain_inline()
    assert not Household.objects.filter(address="新安里1号").exists()
    assert Household.objects.filter(address="新安里2号").exists()


def test_a_hidden_sheet_is_read_only_when_somebody_chooses_it(cast):
    file = {"_去年": [HEAD, [GRID, "新安里1号", ""]], "今年": [["甲", "乙", "丙"], [GRID, "新安里2号", ""]]}
    one = uploaded(cast, workbook(**file))
    assert (one.sheet, one.columns) == ("今年", {})
    with pytest.raises(BadWorkbook, match="没有列名"):
        uploaded(cast, workbook(_去年=file["_去年"], 今年=[]))
    assert work.choose_table(one, table=Place("去年"), user=cast.secretary).columns == {
        "area": 0, "address": 1, "head_name": 2,
    }  # fmt: skip


def test_one_plain_table_asks_nothing_and_can_still_be_changed(cast, login):
    client = login(cast.secretary)
    one = uploaded(cast, book([["甲", "乙", "丙"], HEAD[::-1], ["梁永康", "新安里1号", GRID]]))
    assert one.head_line == 2
    plain = uploaded(cast, book([HEAD, [GRID, "新安里1号", ""]]))
    assert "列名不在第 1 行？" in client.get(reverse("households:columns", args=[plain.pk])).content.decode()
    url = reverse("households:choose_table", args=[one.pk])
    assert client.post(url, {"head": "1", "depth": "1"}).status_code == 302
    assert (fresh(one).head_line, fresh(one).header) == (1, ["甲", "乙", "丙"])
    client.post(url, {"head": "2", "depth": "2"})
    assert fresh(one).header == ["甲·户主姓名", "乙·门牌地址", "丙·网格编码"]
    assert fresh(one).columns == {"area": 2, "address": 1, "head_name": 0}
    for wrong in ({"head": "3", "depth": "1"}, {"head": "9", "depth": "1"}, {"head": "1"}, {}):
        answer = client.post(url, wrong)
        assert answer.status_code == 422
    assert fresh(one).head_line == 2


def test_a_table_is_chosen_by_whoever_uploaded_it_while_columns_are_open(cast):
    one = checked(cast, book([HEAD, [GRID, "新安里1号", ""]]))
    with pytest.raises(work.NotNow):
        work.choose_table(one, table=Place("Sheet", Head(1)), user=cast.secretary)
    two = uploaded(cast, book([HEAD, [GRID, "新安里1号", ""]]))
    with pytest.raises(work.NotYours):
        work.choose_table(two, table=Place("Sheet", Head(1)), user=cast.town_dispatcher)
    with pytest.raises(Refused, match="没有列名"):
        work.choose_table(two, table=Place("没有"), user=cast.secretary)


def test_what_cannot_be_read_is_named_with_its_cell(cast):
    one = checked(cast, table("formula.xlsx"))
    found = dict(ImportProblem.objects.filter(of=one).values_list("cell", "text"))
    assert "没有存下算出的结果" in found["B2"]
    assert "#N/A" in found["B3"]
    assert found.keys() == {"B2", "B3", "E4", "E6"}
    assert (one.rows, one.bad) == (6, 4)
    text = checked(cast, table("formula_cells.csv"))
    assert list(ImportProblem.objects.filter(of=text).values_list("cell", flat=True)) == ["C2"]


def test_lines_that_say_nothing_that_is_read_are_no_rows(cast):
    rows = [["序号", *HEAD], [1, GRID, "新安里1号", ""], [2, "", "", ""], [3, None, None, None]]
    assert imported(cast, book(rows)).rows == 1


def test_every_door_of_a_list_of_telephones_goes_in(cast):
    rows = work.openings(table("phones.xlsx"), "xlsx", work.LIST)[0].rows
    moved = [[GRID if cell == OTHER_GRID else cell for cell in cells] for _number, cells in rows]
    one = imported(cast, book(moved))
    assert (one.added, one.bad) == (25, 0)
    held = {home.address: home.phone for home in Household.objects.filter(address__startswith="测试里9组")}
    assert held["测试里9组1号"] == "10000000011"
    assert held["测试里9组4号"] == "13000000001"
    assert held["测试里9组9号"] == held["测试里9组21号"] == ""
    said = list(ImportProblem.objects.filter(of=one).values_list("cell", flat=True))
    assert said == ["D6", "D7", "D8", "D9", "D22", "D26"]


def test_people_under_a_merged_address_are_one_household_and_their_dates_are_read(cast, home):
    made = Workbook()
    rows = [
        ["网格编码", "门牌地址", "姓名", "与户主关系", "出生日期"],
        [GRID, home.address, "测试甲", "户主", 25570],
        [None, None, "测试乙", "配偶", "1972年3月"],
        [None, None, "测试丙", "子女", "19990506"],
    ]
    for row in rows:
        made.active.append(row)
    for place in ("A2:A4", "B2:B4"):
        made.active.merge_cells(place)
    content = io.BytesIO()
    made.save(content)
    one = imported(cast, content, kind="residents")
    assert (one.added, one.bad) == (3, 0)
    years = Resident.objects.filter(household=home).values_list("birth_year", flat=True)
    assert sorted(years) == [1970, 1972, 1999]


def test_a_page_that_calls_itself_a_table_is_said_plainly(cast):
    with pytest.raises(BadWorkbook, match="网页"):
        uploaded(cast, table("html.xls"))
    with pytest.raises(BadWorkbook, match="没有列名，或列名下面没有数据"):
        uploaded(cast, sheet("网格编码,门牌地址\n"))
    assert not Import.objects.exists()


NUMBER = "11010519491231002X"


@pytest.mark.parametrize("written", [NUMBER, "110105 19491231 002x", "１１０１０５４９１２３１００２", 110105491231002])
def test_an_identity_number_gets_no_further_than_the_file(cast, written):
    head = ["网格编码", "门牌地址", "户主", "电话", "标签", "备注", "身份证号"]
    rows = [[GRID, f"新安里{n}号", "梁永康", "", "", "", NUMBER] for n in range(1, 6)]
    for at, row in enumerate(rows, 1):
        row[at] = written
    one = checked(cast, book([head, *rows]))
    assert dict(ImportProblem.objects.filter(of=one).values_list("cell", "text")) == dict.fromkeys(
        ["B2", "C3", "D4", "E5"], "像是身份证号；本系统不保存身份证号，请删去"
    )
    assert (one.rows, one.bad) == (5, 4)
    assert list(sweep()) == []
    work.start(one, user=cast.secretary)
    work.outbox.drain_inline()
    assert list(sweep()) == []


def test_an_identity_number_is_no_head_and_no_name_of_a_sheet(cast):
    one = uploaded(cast, book([[GRID, "新安里1号", NUMBER], [GRID, "新安里2号", "梁永康"]]))
    assert one.header == [GRID, "新安里1号", ""]
    assert list(sweep()) == []
    with pytest.raises(BadWorkbook, match="工作表名像是身份证号"):
        uploaded(cast, workbook(**{NUMBER: [HEAD, [GRID, "新安里1号", ""]]}))


def test_codes_in_an_import_are_no_identity_numbers(cast):
    cast.township.code = "440783110000"
    cast.township.save(update_fields=["code"])
    code = "440783110220001"  # the twentieth of February 1911
    one = checked(cast, book([[*HEAD, "户编码"], [code, f"新安里 {code}", "", f"{code}0001"]]))
    assert "身份证" not in str(list(ImportProblem.objects.filter(of=one).values_list("text", flat=True)))
