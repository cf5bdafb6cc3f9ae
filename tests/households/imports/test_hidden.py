"""What nobody sees in a sheet, and what stands in it twice, is said before anything is read, and the person chooses."""

import io

import pytest
from django.urls import reverse
from openpyxl import Workbook

from core.files.examining import BadWorkbook
from core.files.heads import Head
from core.files.sheets import Place
from core.jobs import outbox
from grids.models import Household
from households.imports import work
from households.imports.fields import doubles, guess
from households.models import Import, ImportProblem
from tests.households.conftest import book, fresh, imported, uploaded

GRID = "440783103229002"
HEAD = ["网格编码", "门牌地址", "户主", "电话"]


def hiding(rows, lines=(), columns=(), *, filtered=False, merged=()):
    """A workbook in which these lines and columns are hidden."""
    made = Workbook()
    for row in rows:
        made.active.append(row)
    for line in lines:
        made.active.row_dimensions[line].hidden = True
    for letter in columns:
        made.active.column_dimensions[letter].hidden = True
    for place in merged:
        made.active.merge_cells(place)
    if filtered:
        made.active.auto_filter.ref = f"A1:D{len(rows)}"
    content = io.BytesIO()
    made.save(content)
    content.seek(0)
    return content


def home(n, name="梁永康", phone=""):
    return [GRID, f"新安里{n}号", name, phone]


def there():
    return sorted(one.address for one in Household.objects.filter(address__startswith="新安里"))


@pytest.mark.parametrize("filtered", [True, False])
def test_hidden_and_filtered_rows_are_counted_and_not_read(cast, login, filtered):
    rows = [HEAD, home(1), home(2), [None] * 4, home(3)]
    one = uploaded(cast, hiding(rows, lines=(3, 4), filtered=filtered))
    assert (one.hidden_rows, one.takes_hidden) == (1, False), "a line that holds nothing is no row"
    page = login(cast.secretary).get(reverse("households:columns", args=[one.pk])).content.decode()
    assert "有 1 行在表里是隐藏的或被筛选掉的，不会读" in page
    work.choose_columns(one, columns=one.columns, user=cast.secretary)
    outbox.drain_inline()
    page = login(cast.secretary).get(reverse("households:import", args=[one.pk])).content.decode()
    assert "有 1 行是隐藏的或被筛选掉的，没有读" in page
    work.start(fresh(one), user=cast.secretary)
    outbox.drain_inline()
    assert (fresh(one).rows, there()) == (2, ["新安里1号", "新安里3号"])


def test_who_wants_them_has_them_read(cast, login):
    one = uploaded(cast, hiding([HEAD, home(1), home(2)], lines=(3,)))
    client = login(cast.secretary)
    url = reverse("households:choose_table", args=[one.pk])
    assert client.post(url, {"head": "1", "depth": "1", "takes_hidden": "on"}).status_code == 302
    one = fresh(one)
    assert (one.takes_hidden, one.hidden_rows) == (True, 1)
    assert "按您选的也会读" in client.get(reverse("households:columns", args=[one.pk])).content.decode()
    work.choose_columns(one, columns=one.columns, user=cast.secretary)
    outbox.drain_inline()
    assert fresh(one).rows == 2
    again = uploaded(cast, hiding([HEAD, home(1), home(2)], lines=(3,)))
    work.choose_table(again, table=Place("Sheet", Head(1), takes_hidden=True), user=cast.secretary)
    assert not work.choose_table(again, table=Place("Sheet", Head(1)), user=cast.secretary).takes_hidden


def test_merged_cells_reach_below_a_hidden_first_line(cast):
    rows = [["网格编码", "门牌地址"], [GRID, "新安里1号"], [None, "新安里2号"]]
    assert imported(cast, hiding(rows, lines=(2,), merged=("A2:A3",))).added == 1
    assert there() == ["新安里2号"]


def test_hidden_codes_above_the_head_are_no_head(cast):
    one = uploaded(cast, hiding([["area", "address", "head_name", "phone"], HEAD, home(1)], lines=(1,)))
    assert (one.head_line, one.header) == (2, HEAD)


def test_a_sheet_of_which_everything_is_filtered_away_says_so(cast):
    with pytest.raises(BadWorkbook, match="隐藏的或被筛选掉"):
        uploaded(cast, hiding([HEAD, home(1)], lines=(2,)))
    assert not Import.objects.exists()


def test_hidden_columns_are_named_and_left_to_the_person(cast, login):
    one = uploaded(cast, hiding([HEAD, home(1, phone="10000007001")], columns=("D",)))
    assert one.columns == {"area": 0, "address": 1, "head_name": 2}
    client = login(cast.secretary)
    url = reverse("households:columns", args=[one.pk])
    assert "隐藏的列没有自动对上：D 电话" in client.get(url).content.decode()
    assert client.post(url, {"area": "0", "address": "1", "head_name": "2", "phone": "3"}).status_code == 302
    outbox.drain_inline()
    work.start(fresh(one), user=cast.secretary)
    outbox.drain_inline()
    assert Household.objects.get(address="新安里1号").phone == "10000007001"


# ---- two columns that say the same ----------------------------------------------------------------------------------
def test_a_second_column_of_telephones_speaks_where_the_first_does_not(cast, login):
    rows = [
        [*HEAD, "手机"],
        [*home(1, phone="10000007001"), ""],
        [*home(2), "10000007002"],
        [*home(3, phone="无"), "10000007003"],
        [*home(4, phone="读不出"), "10000007004"],
        [*home(5, phone="10000007005"), "10000007006"],
        [*home(6, phone="10000007007"), "100 0000 7007"],
    ]
    one = imported(cast, book(rows))
    assert one.columns["phone_2"] == 4
    held = {row.address: row.phone for row in Household.objects.filter(address__startswith="新安里")}
    assert list(held.values()) == [f"1000000700{n}" for n in (1, 2, 3, 4, 5, 7)]
    said = dict(ImportProblem.objects.filter(of=one).values_list("cell", "text"))
    assert said.keys() == {"D5", "E6"}
    assert "两列都有号码" in said["E6"]


def test_the_second_one_never_fills_what_is_emptied(cast):
    first = imported(cast, book([HEAD, home(1, phone="10000007001")]))
    assert first.added == 1
    imported(cast, book([[*HEAD, "手机"], [*home(1, phone="清空"), "10000007002"]]))
    assert Household.objects.get(address="新安里1号").phone == ""


def test_every_column_that_is_passed_over_is_named(cast, login):
    head = [*HEAD, "手机", "联系电话", "住址", "户主姓名"]
    columns = guess("households", head)
    assert columns == {"area": 0, "address": 1, "head_name": 2, "phone": 3, "phone_2": 4}
    assert doubles("households", head, columns) == [
        ("门牌地址", "B 门牌地址", ["G 住址"]),
        ("户主", "C 户主", ["H 户主姓名"]),
        ("电话", "D 电话", ["F 联系电话"]),
    ]
    one = uploaded(cast, book([head, [*home(1), "", "", "", ""]]))
    page = login(cast.secretary).get(reverse("households:columns", args=[one.pk])).content.decode()
    assert "读的是“B 门牌地址”。“G 住址”没有对上" in page
    assert "备用电话" in page
