"""Sheets as counties have them: whatever stands above, beside or around a table, its cells come out as they were meant
and what nobody can read says so.
"""

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.styles import PatternFill

from core.files import books
from core.files.cells import fault_of, read_value
from core.files.encodings import decoded, wide_encoding
from core.files.examining import BadWorkbook, Bounds, kind_of
from core.files.heads import Head, bare, find, names, readings
from core.files.sheets import Place, Size, openings, read, rows_of
from tests.core.files.test_workbooks import book_of, with_sheet

TABLES = Path(__file__).resolve().parents[2] / "data" / "tables"
LIST = Size(rows=500, columns=20, cell=200)
KNOWN = {"网格编码", "门牌地址", "户主", "电话", "人口", "户主姓名"}


def table(name):
    return io.BytesIO((TABLES / name).read_bytes())


def lines(file, place=None):
    return list(rows_of(file, kind_of(file, Bounds()), LIST, place or Place()))


def knows(heads):
    return sum(any(reading in KNOWN for reading in readings(head)) for head in heads)


def head_of(name):
    file = table(name)
    opening = openings(file, kind_of(file, Bounds()), LIST)[0]
    head = find(opening.rows, knows)
    return head, names(opening.rows, head)


# ---- text with delimiters ----------------------------------------------------------------------------------------
TEXT = "网格编码{0}门牌地址{0}户主{0}人口\n440783103229002{0}南安里1组2号{0}一凡{0}3\n"
ROWS = [["网格编码", "门牌地址", "户主", "人口"], ["440783103229002", "南安里1组2号", "一凡", "3"]]
ENCODINGS = ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "，"])
def test_a_text_is_read_in_every_encoding_with_every_delimiter(encoding, delimiter):
    content = TEXT.format(delimiter).encode(encoding)
    assert lines(io.BytesIO(content)) == ROWS
    assert decoded(content).removeprefix("\ufeff") == TEXT.format(delimiter)


def test_a_delimiter_is_not_taken_from_what_stands_in_cells():
    said = "网格编码,标签\n1,低保;独居\n2,低保;独居;残疾\n3,\n"
    assert lines(io.BytesIO(said.encode()))[1] == ["1", "低保;独居"]
    said = '网格编码;住址\n1;"甲, 乙"\n2;丙, 丁\n'
    assert lines(io.BytesIO(said.encode()))[1] == ["1", "甲, 乙"]
    assert lines(io.BytesIO("sep=|\n甲|乙\n1|2\n".encode())) == [["甲", "乙"], ["1", "2"]]
    assert lines(io.BytesIO("门牌\n甲\n".encode())) == [["门牌"], ["甲"]]


def test_a_title_above_does_not_hide_the_delimiter():
    said = "某镇某村住户登记表\n填报单位：某村\n" + TEXT.format("\t") * 3
    assert lines(io.BytesIO(said.encode("utf-16")))[2] == ROWS[0]


@pytest.mark.parametrize("name", ["semi.csv", "tab.csv"])
def test_what_counties_sent_as_text_has_seven_columns(name):
    assert {len(line) for line in lines(table(name))} <= {6, 7}


def test_cells_that_excel_was_told_to_take_for_text_are_text_and_formulas_are_none():
    head, link, code = lines(table("formula_cells.csv"))
    assert head == ["网格编码", "门牌", "户主"]
    assert "公式" in fault_of(link[2])
    assert code == ["440783103229002", "南安里1组2号", "梁伟"]


def test_a_broken_text_names_its_line():
    with pytest.raises(BadWorkbook, match="第 2 行：文件不是 UTF-8、GB 18030 或 UTF-16"):
        lines(io.BytesIO("甲,乙\n".encode() + b"\xff\xff,1\n"))


def test_a_few_zero_bytes_do_not_make_a_wide_text():
    assert wide_encoding(b"a" * 4000 + b"\x00") == ""
    assert wide_encoding(b"\x00" * 4000) == ""


# ---- what is no table ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("content", "says"),
    [
        ((TABLES / "html.xls").read_bytes(), "网页"),
        ("\ufeff\n <!DOCTYPE html><table></table>".encode(), "网页"),
        ("<HTML><table>".encode("utf-16"), "网页"),
        (b"MIME-Version: 1.0\nX-Document-Type: Workbook\n", "网页"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "XML"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版"),
        (b"%PDF-1.7", "不是表格"),
    ],
)
def test_what_only_bears_the_name_of_a_table_is_said_plainly(content, says):
    for door in (lambda file: kind_of(file, Bounds()), lambda file: read(file, rows=5, columns=5)):
        with pytest.raises(BadWorkbook, match=says):
            door(io.BytesIO(content))


@pytest.mark.parametrize(("part", "says"), [("content.xml", "ods"), ("xl/workbook.bin", "xlsb")])
def test_workbooks_of_another_kind_are_called_by_their_name(part, says):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(part, "x")
    with pytest.raises(BadWorkbook, match=says):
        kind_of(file, Bounds())


# ---- heads ---------------------------------------------------------------------------------------------------------
def test_a_head_below_title_rows_is_found():
    head, found = head_of("title_row.xlsx")
    assert head == Head(3)
    assert found == ["网格编码", "门牌地址", "户主", "电话", "人口"]


def test_a_head_of_two_lines_is_found():
    head, found = head_of("twolevel.xlsx")
    assert head.line == 2
    assert [bare(name.rpartition("·")[2]) for name in found] == ["网格编码", "门牌地址", "户主", "电话", "人口"]


def test_a_head_of_two_lines_needs_no_merged_cells():
    rows = [(1, ["表"]), (2, ["网格编码", "门牌地址", "户主", "", "人口"]), (3, ["", "", "姓名", "电话", ""])]
    head = find(rows, knows)
    assert head == Head(3, 2)
    assert names(rows, head) == ["网格编码", "门牌地址", "户主·姓名", "户主·电话", "人口"]


@pytest.mark.parametrize(
    "name",
    [
        "网格编码",
        "*网格编码",
        "网格编码*",
        "网格编码（必填）",
        "网格编码 (15位)",
        "网格\n编码",
        "【必填】网格编码",
        "网格编码：",
    ],
)
def test_marks_and_remarks_are_no_part_of_a_name(name):
    assert readings(name)[0] == "网格编码"


def test_units_are_no_part_of_a_name():
    assert "家庭人口" in readings("家庭人口/人")
    assert readings("家庭人口（人）")[0] == "家庭人口"
    assert bare("（必填）") == "(必填)", "what is nothing but a remark stays"


def test_where_nothing_is_known_the_first_wide_line_names_the_columns():
    rows = [(1, ["登记表"]), (3, ["填报", "", "", "2026"]), (4, ["甲", "乙", "丙", "丁"]), (5, ["1", "2", "3", "4"])]
    assert find(rows, knows) == Head(4)
    assert find([], knows) == Head(1)
    assert find([(2, ["甲"]), (3, ["1"])], knows) == Head(2)


# ---- workbooks -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["strict.xlsx", "dim_a1.xlsx"])
def test_how_a_workbook_is_written_does_not_matter(name):
    assert lines(table(name)) == [
        ["网格编码", "门牌地址", "户主"],
        ["440783103229001", "测试里9组1号", "测试甲"],
    ]


def test_names_may_stand_under_a_prefix():
    file = io.BytesIO()
    with zipfile.ZipFile(table("dim_a1.xlsx")) as source, zipfile.ZipFile(file, "w") as target:
        for part in source.infolist():
            content = source.read(part)
            if part.filename.endswith("sheet1.xml"):
                content = content.replace(b"</", b"</x:").replace(b"<", b"<x:").replace(b"<x:/x:", b"</x:")
                content = content.replace(b"xmlns=", b"xmlns:x=")
            target.writestr(part, content)
    assert lines(file) == lines(table("dim_a1.xlsx"))


def test_cells_merged_downward_say_the_same_in_every_line():
    _head, *people = lines(table("merged_down.xlsx"))
    assert [line[:3] for line in people] == [
        ["440783103229001", "测试里9组1号", name] for name in ("测试甲", "测试乙", "测试丙")
    ]


def merged(rows, *places):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for place in places:
        book.active.merge_cells(place)
    file = io.BytesIO()
    book.save(file)
    return file


def test_only_downward_and_only_where_a_line_says_something():
    rows = [["甲", "乙", "丙"], ["1", "2", "3"], [None, None, "4"], [None, None, None], ["5", "并", None]]
    assert lines(merged(rows, "A2:A4", "B2:B3", "B5:C5")) == [
        ["甲", "乙", "丙"], ["1", "2", "3"], ["1", "2", "4"], [], ["5", "并"],
    ]  # fmt: skip


def test_more_merged_cells_than_anybody_has_are_refused(monkeypatch):
    monkeypatch.setattr(books, "MOST_MERGED", 2)
    with pytest.raises(BadWorkbook, match="合并"):
        lines(merged([["甲"]] * 9, "A1:A2", "A3:A4", "A5:A6"))


def test_merged_cells_across_two_reads_are_seen(monkeypatch):
    monkeypatch.setattr(books, "READ", 128)
    rows = [[n if n % 2 else None, n] for n in range(1, 41)]
    found = lines(merged(rows, *(f"A{n}:A{n + 1}" for n in range(1, 41, 2))))
    assert [line[0] for line in found] == [str(n - (n - 1) % 2) for n in range(1, 41)]


def test_hidden_sheets_are_never_taken_by_themselves():
    book = Workbook()
    book.active.title, book.active.sheet_state = "旧表", "hidden"
    book.active.append(["旧"])
    book.create_sheet("极秘").append(["极"])
    book.worksheets[1].sheet_state = "veryHidden"
    book.create_sheet("今年").append(["新"])
    file = io.BytesIO()
    book.save(file)
    assert [(one.name, one.is_hidden) for one in openings(file, "xlsx", LIST)] == [
        ("旧表", True), ("极秘", True), ("今年", False),
    ]  # fmt: skip
    assert lines(file) == [["新"]]
    assert lines(file, Place("旧表")) == [["旧"]]
    assert read(file, rows=5, columns=5)[0][0][0].text == "新"
    with pytest.raises(BadWorkbook, match="没有工作表“明年”"):
        lines(file, Place("明年"))


def test_every_sheet_shows_its_first_lines():
    first, second = openings(table("secondsheet.xlsx"), "xlsx", LIST)
    assert (first.name, len(first.rows)) == ("Sheet1", 1)
    assert (second.name, len(second.rows)) == ("横西村", 4)


def test_lines_that_are_only_dressed_do_not_count():
    book = Workbook()
    book.active.append(["甲"])
    for row in book.active["A2:C900"]:
        for cell in row:
            cell.fill = PatternFill("solid", fgColor="FFFF00")
    book.active["A901"] = "最后"
    file = io.BytesIO()
    book.save(file)
    found = list(rows_of(file, "xlsx", Size(rows=1, columns=3, cell=20)))
    assert (len(found), found[900]) == (901, ["最后"])


def test_faults_stand_where_no_value_is():
    _head, formula, error, *others = lines(table("formula.xlsx"))
    assert "没有存下算出的结果" in fault_of(formula[1])
    assert "#N/A" in fault_of(error[1])
    assert not any(fault_of(cell) for line in others for cell in line)
    cells = [line for sheet in read(table("formula.xlsx"), rows=20, columns=5) for line in sheet]
    assert [cell.place for line in cells for cell in line if cell.fault] == ["B2", "B3"]
    assert all(cell.text == "" for line in cells for cell in line if cell.fault)


def test_nobody_can_type_a_fault():
    assert lines(io.BytesIO("\ufdd0=,甲\n".encode())) == [["\ufffd=", "甲"]]


def test_days_are_days_however_they_are_shown():
    book = Workbook()
    day = date(1970, 1, 2)
    book.active.append([day, day, day, 25570, datetime(1970, 1, 2, 8, 30)])  # noqa: DTZ001
    for cell, shown in zip(book.active[1], ['yyyy"年"m"月"d"日"', "m/d/yy", "yyyy年m月", "General"], strict=False):
        cell.number_format = shown
    file = io.BytesIO()
    book.save(file)
    assert lines(file) == [["1970-01-02", "1970-01-02", "1970-01-02", "25570", "1970-01-02"]]


def test_a_number_that_is_no_day_stays_a_number():
    book = Workbook()
    book.active.append([99999999, "甲"])
    book.active["A1"].number_format = "yyyy-mm-dd"
    file = io.BytesIO()
    book.save(file)
    assert lines(file) == [["99999999", "甲"]]


def test_how_a_word_is_pronounced_and_what_lies_behind_the_rows_is_not_read():
    row = (
        '<row r="1"><c r="A1" t="inlineStr"><is><r><t>东</t></r><r><t>升</t></r><rPh><t>shēng</t></rPh></is></c></row>'
    )
    assert lines(
        with_sheet(row, "<conditionalFormatting><cfRule><formula>1</formula></cfRule></conditionalFormatting>")
    ) == [["东升"]]


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1" t="s"><v>99</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>',
        '<row r="x"><c r="A1"><v>1</v></c></row>',
        '<row r="9999999"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1<v></c></row>',
        '<row r="1"><c r="A1"><v>eins</v></c></row>',
    ],
)
def test_crooked_rows_are_told(rows):
    with pytest.raises(BadWorkbook):
        lines(with_sheet(rows))


def test_lines_without_numbers_and_cells_without_places_follow_each_other():
    rows = "<row><c><v>1</v></c><c><v>2</v></c></row><row><c r='C2'><v>3</v></c></row>"
    assert lines(with_sheet(rows)) == [["1", "2"], ["", "", "3"]]


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**17), 10**17),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.dates(date(1901, 1, 1), date(2099, 12, 31)),
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=12).filter(
        lambda text: not text.startswith("=")
    ),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(VALUES, min_size=1, max_size=5), min_size=1, max_size=6))
def test_what_openpyxl_reads_slowly_is_read_the_same(rows):
    file = book_of(rows)
    slow = [
        [read_value(value, LIST.cell) for value in row]
        for row in load_workbook(file).active.iter_rows(values_only=True)
    ]
    for line in slow:
        while line and not line[-1]:
            line.pop()
    while slow and not slow[-1]:
        slow.pop()
    assert lines(file) == slow
