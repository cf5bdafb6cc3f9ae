"""Cells that people write in many ways are read, and what cannot be read costs as little as possible."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from households.imports.parsing import BadCell, Warned, birth_year, code, number, phone


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("10000000011", "10000000011"),
        ("+86 130 0000 0001", "13000000001"),
        ("+8613000000001", "13000000001"),
        ("0086-13000000001", "13000000001"),
        ("0086 130-0000-0001", "13000000001"),
        ("86-10000000017", "10000000017"),
        ("(+86)13000000001", "13000000001"),
        ("+86-750-2000001", "07502000001"),
        ("＋８６ １３００００００００１ ", "13000000001"),
        ("130\u00a00000\u00a00001", "13000000001"),
        ("130–0000–0001", "13000000001"),
        ("130－0000－0001", "13000000001"),
        ("130—0000—0001", "13000000001"),
        ("(0750)2000001", "07502000001"),
        ("（0750）2000001", "07502000001"),
        ("0750 2000001", "07502000001"),
        ("0750-2000001", "07502000001"),
        ("+852 2000 0001", "+85220000001"),
        ("tel:10000000021", "10000000021"),
        ("电话：10000000021", "10000000021"),
        ("400-000-0001", "4000000001"),
        ("2000001", "07502000001"),
    ],
)
def test_a_number_is_read_however_it_is_written(cell, wanted):
    assert phone(cell) == wanted


@pytest.mark.parametrize("cell", ["", "无", "—", "/", "\\", "-", "没有", "暂无", "不详", "N/A", " ", "（无）", "0"])
def test_that_there_is_none_is_no_fault(cell):
    assert phone(cell) == ""


@pytest.mark.parametrize(
    ("cell", "kept", "says"),
    [
        ("0750-2000001转8001", "07502000001", "分机"),
        ("0750-2000001-8001", "07502000001", "分机"),
        ("(0750)2000001 转 8001", "07502000001", "分机"),
        ("0750-2000001 ext. 12", "07502000001", "分机"),
        ("0750-2000001#12", "07502000001", "分机"),
        ("10000000014/0750-2000001", "10000000014", "不止一个"),
        ("10000000015、10000000016", "10000000015", "不止一个"),
        ("10000000015 10000000016", "10000000015", "不止一个"),
        ("130 0000 0001 130 0000 0002", "13000000001", "不止一个"),
        ("10000000015，0750 2000001", "10000000015", "不止一个"),
        ("10000000015或10000000016", "10000000015", "不止一个"),
        ("10000000022（儿子）", "10000000022", "文字"),
        ("儿子10000000022", "10000000022", "文字"),
        ("10000000022 2号", "10000000022", "文字"),
        ("1.3E+10", "", "科学计数"),
        ("abc", "", "读不出"),
        ("100****8248", "", "读不出"),
        ("12", "", "读不出"),
        ("1" * 40, "", "读不出"),
        ("村委会转交", "", "读不出"),
    ],
)
def test_what_is_lost_of_a_number_is_said_and_costs_no_more(cell, kept, says):
    with pytest.raises(Warned, match=says) as caught:
        phone(cell)
    assert caught.value.value == kept


@given(st.text(max_size=60))
def test_no_telephone_breaks_anything(cell):
    try:
        found = phone(cell)
    except Warned as warned:
        found = warned.value
    assert found == "" or (5 <= len(found.removeprefix("+")) <= 15 and found.removeprefix("+").isascii())


@pytest.mark.parametrize(
    "cell",
    [
        "1970", "1970年", "1970年1月", "1970年01月02日", "1970-1", "1970-01-02", "1970/1/2", "1970.1.2", "1970.01",
        "19700102", "197001", "25570", "25570.0", "1970.0", "1970-01-02 00:00:00",
        "1970-01-02T08:30:00", "１９７０年１月", " 1970 年 1 月 ", "1970年1月生", "1970.1",
    ],
)  # fmt: skip
def test_a_year_is_read_out_of_every_date(cell):
    assert birth_year(cell) == 1970


def test_days_before_the_thirties_and_of_today_are_read_as_well():
    assert (birth_year("8000"), birth_year("2101"), birth_year("45000"), birth_year("2026")) == (1921, 1905, 2023, 2026)
    assert birth_year("") is None


@pytest.mark.parametrize(
    "cell",
    [
        "70.1",
        "70",
        "民国五十九年",
        "1970-13",
        "19701302",
        "1970-02-30",
        "18991231",
        "70101",
        "99999",
        "一九七〇",
        "不详",
    ],
)
def test_what_is_no_year_of_four_digits_is_a_fault(cell):
    with pytest.raises(BadCell, match="四位"):
        birth_year(cell)


@given(st.dates(date(1906, 1, 1), date(2049, 12, 31)))
def test_every_day_is_read_from_every_form(day):
    serial = day.toordinal() - date(1899, 12, 30).toordinal()
    forms = (f"{day:%Y%m%d}", f"{day:%Y-%m-%d}", f"{day.year}年{day.month}月{day.day}日", f"{day:%Y.%m}", str(serial))
    assert {birth_year(form) for form in forms} == {day.year}


@pytest.mark.parametrize(("cell", "wanted"), [("3", 3), ("3人", 3), ("3.0", 3), ("３口人", 3), (" 3 ", 3), ("", None)])
def test_a_count_is_read_with_what_is_counted(cell, wanted):
    assert number(1, 99)(cell) == wanted


@pytest.mark.parametrize("cell", ["三", "3.5", "0", "100", "-1", "3-4"])
def test_what_is_no_count_is_a_fault(cell):
    with pytest.raises(BadCell):
        number(1, 99)(cell)


def test_codes_are_read_through_what_keeps_them_text():
    assert code(15)("'440783103229002") == "440783103229002"
    assert code(15)("４４０７８３１０３２２９００２") == "440783103229002"
    for cell in ("4.40783E+14", "≈4407831032290020001"):
        with pytest.raises(BadCell, match="失真"):
            code(15)(cell)
