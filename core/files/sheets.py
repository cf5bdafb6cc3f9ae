"""Tables from strangers, read as text once `core.files.examining` has judged them, by the rules of `core.files.cells`.

Two ways, for what becomes of the rows. `read` gives the sheets of a workbook as cells that know their place, for a
table that came from a form of ours and goes back there: every formula is a fault, since none was in it. `rows_of`
streams long lists as plain texts, from one sheet of a workbook or a text with delimiters, and takes the value that a
formula was stored with. What cannot be read is a cell that says so (`cells.fault_of`). A row or column beyond the
bounds is never lost silently: too many rows are refused, columns too where the caller has not said which ones are
wanted. Lines that hold nothing do not count, however they are dressed.

A hidden sheet is read only where the caller names it, hidden rows only where it says so: what a filter has put away was
not meant to be read.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import IO

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from core.files import book_rows, delimited
from core.files.book_rows import Hidden
from core.files.books import Book, Sheet, hidden_columns, hides_rows, merges_of, opened
from core.files.cells import FORMULA_FAULT, Cell, typed, without_identity
from core.files.examining import BadWorkbook, Bounds, kind_of
from core.files.heads import Head, Line
from core.trust.identity import Finder

CELL_MOST = 2000
"""Characters of a cell in a form."""
OPENING = 30
"""Lines by which a person knows a sheet."""
MOST_SHEETS = 40
AS_TEXT = re.compile(r'="([^"]*)"\Z')
"""How a text is written into a CSV so that a spreadsheet does not take it for a number."""


@dataclass(frozen=True)
class Size:
    """How much of a list is read: rows below its head, columns, characters of a cell."""

    rows: int
    columns: int
    cell: int


@dataclass(frozen=True)
class Place:
    """Which table of a file is meant: the name of its sheet (empty: the first in sight), and where its head stands."""

    sheet: str = ""
    head: Head = field(default_factory=Head)
    takes_hidden: bool = False
    """Whether rows that are hidden are read, too."""


FIRST = Place(takes_hidden=True)


@dataclass(frozen=True)
class Opening:
    """A sheet and its first lines that hold anything."""

    name: str
    is_hidden: bool
    rows: Sequence[Line]
    hides_rows: bool = False
    hidden_columns: frozenset[int] = frozenset()


# ---- a form that comes back -----------------------------------------------------------------------------------
def read(file: IO[bytes], *, rows: int, columns: int) -> list[list[list[Cell]]]:
    """The sheets of a workbook as rows of cells, texts of several lines kept; those in sight first. Lines that hold
    nothing are left out. Raises BadWorkbook.

    At most `rows` rows of a sheet; more is a refusal, further columns are not read.
    """
    if kind_of(file, Bounds()) != "xlsx":
        raise BadWorkbook(_("只收 .xlsx 表格；请用 Excel 或 WPS 另存为 .xlsx 后再传"))
    with opened(file, _cleaner(CELL_MOST, multiline=True)) as book:
        return [_grid(book, sheet, rows, columns) for sheet in _in_sight_first(book)]


def _in_sight_first(book: Book) -> list[Sheet]:
    sheets = sorted(book.sheets[:MOST_SHEETS], key=lambda sheet: sheet.is_hidden)
    if not sheets:
        raise BadWorkbook(_("文件里没有工作表"))
    return sheets


def _grid(book: Book, sheet: Sheet, rows: int, columns: int) -> list[list[Cell]]:
    found: list[list[Cell]] = []
    merges = merges_of(book, sheet, columns)
    for number, cells in book_rows.rows(book, sheet, columns=columns, formulas=True, merges=merges):
        texts = cells[:columns]
        if not any(texts):
            continue
        texts += [""] * (columns - len(texts))
        found.append([Cell(f"{get_column_letter(at)}{number}", text) for at, text in enumerate(texts, 1)])
        if len(found) > rows:
            raise BadWorkbook(_("行数太多，一次最多 %(n)d 行") % {"n": rows - 1})
    return found


# ---- a list, row by row ---------------------------------------------------------------------------------------
def rows_of(file: IO[bytes], kind: str, size: Size, place: Place = FIRST) -> Iterator[list[str]]:
    """Every line as text from the first one of the sheet, empty cells at its end left out. Raises BadWorkbook.

    `kind` is what `examining.kind_of` said of the file.
    """
    count = at = 0
    for number, line in _lines(file, kind, size, place):
        while line and not line[-1]:
            line.pop()
        if not line:
            continue
        count += number > place.head.line
        if count > size.rows:
            raise BadWorkbook(_("超过 %(n)d 行，请分成几份") % {"n": size.rows})
        if len(line) > size.columns:
            raise BadWorkbook(_("第 %(line)d 行超过 %(n)d 列") % {"line": number, "n": size.columns})
        while at < number - 1:
            at += 1
            yield []
        at = number
        yield line


def openings(file: IO[bytes], kind: str, size: Size, *, takes_hidden: bool = False) -> list[Opening]:
    """The sheets of a file in their order, each with its first lines; a text with delimiters is one without a name."""
    if kind == "csv":
        return [Opening("", False, list(islice(_first(_csv(file, size)), OPENING)))]
    found = []
    with opened(file, _cleaner(size.cell)) as book:
        for sheet in book.sheets[:MOST_SHEETS]:
            lines = _first(_sheet(book, sheet, size, None if takes_hidden else Hidden()))
            opening = list(islice(lines, OPENING))
            unseen = hidden_columns(book, sheet, size.columns)
            found.append(Opening(sheet.name, sheet.is_hidden, opening, hides_rows(book, sheet), unseen))
    return found


def hidden_rows(file: IO[bytes], kind: str, size: Size, place: Place) -> int:
    """How many rows of a sheet hold something and are hidden, by hand or by a filter."""
    if kind == "csv":
        return 0
    hidden = Hidden()
    with opened(file, _cleaner(size.cell)) as book:
        for sheet in _wanted(book, place):
            if hides_rows(book, sheet):
                for _line in _sheet(book, sheet, size, hidden):
                    pass
    return hidden.rows


def _first(lines: Iterator[tuple[int, list[str]]]) -> Iterator[Line]:
    return (line for line in lines if any(line[1]))


def _lines(file: IO[bytes], kind: str, size: Size, place: Place) -> Iterator[tuple[int, list[str]]]:
    if kind == "csv":
        yield from _csv(file, size)
        return
    with opened(file, _cleaner(size.cell)) as book:
        for sheet in _wanted(book, place):
            yield from _sheet(book, sheet, size, None if place.takes_hidden else Hidden())


def _wanted(book: Book, place: Place) -> list[Sheet]:
    """The one sheet that is meant."""
    wanted = [sheet for sheet in book.sheets if sheet.name == place.sheet] if place.sheet else _in_sight_first(book)
    if not wanted:
        raise BadWorkbook(_("文件里没有工作表“%(name)s”") % {"name": place.sheet[:31]})
    return wanted[:1]


def _sheet(book: Book, sheet: Sheet, size: Size, hidden: Hidden | None) -> Iterator[tuple[int, list[str]]]:
    merges = merges_of(book, sheet, size.columns)
    return book_rows.rows(book, sheet, columns=size.columns, formulas=False, merges=merges, hidden=hidden)


def _csv(file: IO[bytes], size: Size) -> Iterator[tuple[int, list[str]]]:
    clean = _cleaner(size.cell)
    for number, (_line, row) in enumerate(delimited.rows(file), 1):
        yield number, [_delimited(cell, clean) for cell in row]


def _delimited(cell: str, clean: Callable[[str], str]) -> str:
    """A cell of a text as a spreadsheet would show it; what it would have to reckon has no value here."""
    if cell.startswith("="):
        found = AS_TEXT.match(cell)
        return clean(found[1]) if found else FORMULA_FAULT
    return clean(cell)


def _cleaner(most: int, *, multiline: bool = False) -> Callable[[str], str]:
    """How a text becomes that of a cell, for one reading of one file."""
    return without_identity(Finder(), partial(typed, most=most, multiline=multiline))
