"""Workbooks: nothing written runs as a formula, nothing read can hurt, and what went out comes in again."""

import io
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from core.files import sheets
from core.files.cells import fault_of, led, unled
from core.files.examining import READ, BadWorkbook, Bounds, examine
from core.files.sheets import Size, read, rows_of
from core.files.workbooks import Head, write, write_form

TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=0x9FFF, exclude_characters="\x7f"), max_size=20)


def book_of(rows, extra=()):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for row in extra:
        (book.worksheets[1] if len(book.worksheets) > 1 else book.create_sheet("二")).append(row)
    file = io.BytesIO()
    book.save(file)
    return file


def with_sheet(rows, tail=""):
    """A workbook whose first sheet has these rows as XML."""
    made = io.BytesIO()
    name = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    with zipfile.ZipFile(book_of([["甲"]])) as source, zipfile.ZipFile(made, "w") as target:
        for part in source.infolist():
            content = source.read(part)
            if part.filename.endswith("sheet1.xml"):
                content = f'<worksheet xmlns="{name}"><sheetData>{rows}</sheetData>{tail}</worksheet>'.encode()
            target.writestr(part, content)
    return made


def texts(file, rows=50, columns=10):
    found = [[cell.text for cell in row] for row in read(file, rows=rows, columns=columns)[0]]
    return [row[: max((n for n, text in enumerate(row, 1) if text), default=0)] for row in found]


@given(TEXT)
def test_leading_is_taken_back_exactly(text):
    assert unled(led(text)) == text


@pytest.mark.parametrize("text", ["=1+1", "+86", "-3", "@SUM(A1)", "\t=1", "＝1", "'=1", "''=1"])
def test_nothing_written_is_a_formula(text):
    file = io.BytesIO()
    write(file, "一", [Head("甲")], [[text]])
    sheet = load_workbook(file).worksheets[0]
    assert sheet["A2"].data_type == "s"
    assert sheet["A2"].value.startswith("'")


def test_a_form_brings_back_what_went_out():
    file = io.BytesIO()
    lines = [["路灯", "=cmd|' /C calc'!A0", "两行\n文字"], ["", "'引号", "3"]]
    write_form(file, "清单", [Head("甲"), Head("乙"), Head("丙")], lines, [["栏目", "怎么填"], ["甲", "=不是公式"]])
    assert texts(file)[1:] == lines
    assert [cell.text for cell in read(file, rows=50, columns=2)[1][1]] == ["甲", "=不是公式"]


def test_values_are_read_as_somebody_would_have_typed_them():
    assert texts(book_of([["甲", 3, 3.0, 2.5, True, None, "  空格 "]])) == [["甲", "3", "3", "2.5", "是", "", "空格"]]


def test_a_formula_is_told_and_not_run():
    cell = read(book_of([["=1+1"]]), rows=5, columns=5)[0][0][0]
    assert (cell.is_formula, cell.place, cell.text) == (True, "A1", "")


def test_empty_rows_at_the_end_do_not_count():
    assert texts(book_of([["甲"], [None], [""]])) == [["甲"]]


@pytest.mark.parametrize("content", [b"", b"PK", b"a,b\n1,2", b"\xd0\xcf\x11\xe0" * 100, b"\0" * 5000])
def test_what_is_no_workbook_is_refused(content):
    with pytest.raises(BadWorkbook):
        read(io.BytesIO(content), rows=5, columns=5)


def packed(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", content)
    return file


def test_a_zip_that_is_no_workbook_is_refused():
    for content in (b"<a/>", b"<a", b"\xff\xfe"):
        with pytest.raises(BadWorkbook):
            read(packed(xl__workbook=content), rows=5, columns=5)


def test_a_bomb_is_refused_before_it_is_parsed(monkeypatch):
    monkeypatch.setattr(sheets, "opened", lambda *args, **kwargs: pytest.fail("parsed"))
    bomb = packed(xl__worksheets__sheet1=b"0" * (Bounds().unpacked + 1))
    assert bomb.tell() < 1024 * 1024
    with pytest.raises(BadWorkbook, match="展开后太大"):
        read(bomb, rows=5, columns=5)
    with pytest.raises(BadWorkbook, match="展开后太大"):
        read(packed(**{f"part{n}": b"<a/>" for n in range(Bounds().parts + 1)}), rows=5, columns=5)
    with pytest.raises(BadWorkbook, match="最多 5 MB"):
        read(io.BytesIO(b"0" * (Bounds().file + 1)), rows=5, columns=5)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_entities_are_refused_before_they_are_parsed(monkeypatch, encoding):
    monkeypatch.setattr(sheets, "opened", lambda *args, **kwargs: pytest.fail("parsed"))
    laughs = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "哈"><!ENTITY c "&b;&b;">]><a>&c;</a>'.encode(encoding)
    with pytest.raises(BadWorkbook, match="不允许的定义"):
        read(packed(xl__workbook=laughs), rows=5, columns=5)


@pytest.mark.parametrize(
    "name", ["xl/sharedStrings.bin", "xl/media/image1.png", "docProps/core", "xl/printerSettings1.bin"]
)
def test_every_part_is_looked_into_whatever_it_is_called(name):
    """A part is parsed by what the workbook says it is, not by its name."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, b"x" * (READ - 4) + b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>")
    with pytest.raises(BadWorkbook, match="不允许的定义"):
        examine(file, Bounds())


def test_pictures_and_settings_of_printers_are_let_through():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/media/image1.png", b"\x89PNG\r\n\x1a\n<!DOCTYPE")
        archive.writestr("xl/printerSettings1.bin", "HP LaserJet".encode("utf-16-le") + bytes(100))
    examine(file, Bounds())


def test_an_encoding_that_hides_a_declaration_is_refused():
    hidden = b'<?xml version="1.0" encoding="cp037"?>' + "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>".encode("cp037")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", hidden)
    with pytest.raises(BadWorkbook, match="编码异常"):
        examine(file, Bounds())


def test_too_many_rows_are_refused_and_far_cells_cost_nothing():
    with pytest.raises(BadWorkbook, match="最多 2 行"):
        read(book_of([["甲"]] * 4), rows=3, columns=5)
    far = Workbook()
    far.active["A1"], far.active["XFD1048576"] = "甲", "远"
    file = io.BytesIO()
    far.save(file)
    assert texts(file) == [["甲"]]


def test_an_endless_text_is_cut():
    (cell,) = texts(book_of([["长" * 30_000]]))[0]
    assert len(cell) == sheets.CELL_MOST + 1


LIST = Size(rows=50, columns=10, cell=20)


def both(*row):
    """The same row as a form that comes back and as a list that is streamed."""
    (streamed,) = rows_of(book_of([row]), "xlsx", LIST)
    return texts(book_of([row]))[0], streamed


def test_both_ways_of_reading_take_a_cell_for_the_same():
    wanted = ["3", "1234567.5", "0.3", "是", "2026-11-30", "≈4407831032290020001", "=1", "甲"]
    row = [3.0, 1234567.5, 0.1 + 0.2, True, date(2026, 11, 30), 4407831032290020001, "'=1", " 甲\u3000"]
    form, streamed = both(*row)
    assert [text[:9] for text in form] == [text[:9] for text in streamed] == [text[:9] for text in wanted]


def test_only_a_form_keeps_line_breaks_and_neither_control_characters():
    assert both("甲\n乙") == (["甲\n乙"], ["甲 乙"])
    assert list(rows_of(io.BytesIO("甲\x07乙\n".encode()), "csv", LIST)) == [["甲\ufffd乙"]]


def test_a_list_takes_the_value_a_formula_was_stored_with():
    (row,) = rows_of(book_of([["甲", "=1+1"]]), "xlsx", LIST)
    assert row[0] == "甲"
    assert "没有存下算出的结果" in fault_of(row[1]), "nothing has reckoned it yet"
    reckoned = with_sheet('<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>""</f><v/></c></row>')
    assert list(rows_of(reckoned, "xlsx", LIST)) == [["2"]]


def test_a_broken_part_is_told_while_the_rows_stream():
    good = book_of([["甲"]])
    torn = io.BytesIO()
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(torn, "w") as target:
        for part in source.infolist():
            content = source.read(part)
            target.writestr(part, content[:-40] if part.filename.endswith("sheet1.xml") else content)
    with pytest.raises(BadWorkbook, match="读不出来"):
        list(rows_of(torn, "xlsx", LIST))
