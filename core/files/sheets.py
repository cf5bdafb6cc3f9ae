"""Tables from strangers, read as text once `core.files.examining` has judged them, by the rules of `core.files.cells`.

Two ways, for what becomes of the rows. `read` gives the first two sheets as cells that know their place, for a table
that came from a form of ours and goes back there: formulas are told, since none was in it. `rows_of` streams long
lists as plain texts, from a workbook's first sheet or a CSV (UTF-8, or GB 18030 as Excel in China writes it), and takes
the value that a formula was stored with. In both a row or column beyond the bounds is never lost silently: too many
rows are refused, columns too where the caller has not said which ones are wanted.
"""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from core.files.cells import Cell, read_value, typed
from core.files.examining import READ, BadWorkbook, Bounds, examine

CELL_MOST = 2000
"""Characters of a cell in a form."""


@dataclass(frozen=True)
class Size:
    """How much of a list is read: rows below its head, columns, characters of a cell."""

    rows: int
    columns: int
    cell: int


# ---- a form that comes back -----------------------------------------------------------------------------------
def read(file: IO[bytes], *, rows: int, columns: int) -> list[list[list[Cell]]]:
    """The sheets of a workbook as rows of cells, texts of several lines kept; raises BadWorkbook.

    At most `rows` rows of the first sheet and as many of the second; more is a refusal, further columns are not read.
    """
    examine(file, Bounds())
    with _opened(file, with_formulas=True) as book:
        return [_grid(sheet, rows, columns) for sheet in book.worksheets[:2]]


def _grid(sheet: Any, rows: int, columns: int) -> list[list[Cell]]:
    found: list[list[Cell]] = []
    for n, row in enumerate(sheet.iter_rows(max_row=rows + 1, max_col=columns), 1):
        found.append([_cell(n, at, cell) for at, cell in enumerate(row, 1)])
    while found and not any(cell.text or cell.is_formula for cell in found[-1]):
        found.pop()
    if len(found) > rows:
        raise BadWorkbook(_("行数太多，一次最多 %(n)d 行") % {"n": rows - 1})
    return found


def _cell(row: int, column: int, cell: Any) -> Cell:
    place = f"{get_column_letter(column)}{row}"
    if cell.data_type == "f":
        return Cell(place, "", is_formula=True)
    return Cell(place, read_value(cell.value, CELL_MOST, multiline=True))


# ---- a list, row by row ---------------------------------------------------------------------------------------
def rows_of(file: IO[bytes], kind: str, size: Size) -> Iterator[list[str]]:
    """Every line as text, the head line first, empty cells at its end left out. Raises BadWorkbook.

    `kind` is what `examining.kind_of` said of the file.
    """
    lines = _csv(file, size) if kind == "csv" else _xlsx(file, size)
    for number, line in enumerate(lines, 1):
        if number > size.rows + 1:
            raise BadWorkbook(_("超过 %(n)d 行，请分成几份") % {"n": size.rows})
        while line and not line[-1]:
            line.pop()
        if len(line) > size.columns:
            raise BadWorkbook(_("第 %(line)d 行超过 %(n)d 列") % {"line": number, "n": size.columns})
        yield line


def _xlsx(file: IO[bytes], size: Size) -> Iterator[list[str]]:
    with _opened(file, with_formulas=False) as book:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        for row in sheet.iter_rows(values_only=True, max_col=size.columns + 1):
            yield [read_value(value, size.cell) for value in row]


def _csv(file: IO[bytes], size: Size) -> Iterator[list[str]]:
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=_encoding(file), newline="")
    try:
        for row in csv.reader(text):
            yield [typed(cell, size.cell) for cell in row]
    except (csv.Error, UnicodeDecodeError) as error:
        raise BadWorkbook(_("不是正确的 CSV，请用 Excel 打开后另存为 .xlsx 再试")) from error
    finally:
        text.detach()


def _encoding(file: IO[bytes]) -> str:
    """UTF-8 where every byte of the file is, else GB 18030."""
    decoder = io.TextIOWrapper(file, encoding="utf-8-sig")
    try:
        while decoder.read(READ):
            pass
        return "utf-8-sig"
    except UnicodeDecodeError:
        return "gb18030"
    finally:
        decoder.detach()
        file.seek(0)


@contextmanager
def _opened(file: IO[bytes], *, with_formulas: bool) -> Iterator[Any]:
    """The workbook; whatever a crooked part makes the parser stumble over becomes a BadWorkbook."""
    file.seek(0)
    try:
        book = load_workbook(file, read_only=True, data_only=not with_formulas, keep_links=False)
        try:
            yield book
        finally:
            book.close()
    except BadWorkbook:
        raise
    except Exception as error:
        raise BadWorkbook(_("文件读不出来，请用 Excel 或 WPS 打开后另存为 .xlsx 再传")) from error
