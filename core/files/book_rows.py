"""The rows of one sheet of a workbook as texts, in constant memory.

A sheet is parsed block by block; a row is given as soon as its end was seen. What a cell holds becomes the text that
somebody would have typed (`core.files.cells`); what nobody can have meant, an error value or a formula that nothing has
reckoned, is marked (`cells.FAULT`) and never passes for text. Cells merged downward say in every line what they say in
their first, where the line says anything by itself.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext as _
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from core.files.books import BLOCK, Book, Merge, Sheet, column_number
from core.files.cells import FAULT, FORMULA_FAULT, number_text, read_value
from core.files.examining import BadWorkbook

LAST_LINE = 1 << 20
LONGEST = 1 << 16
"""Characters of a cell that are looked at: a spreadsheet keeps half as many."""
PLAIN = 15
"""Digits from which on a number needs a second look."""
column_of = lru_cache(maxsize=2000)(column_number)


@dataclass
class Hidden:
    """Counts the lines that hold something and were not read because they are hidden."""

    rows: int = 0


def rows(
    book: Book, sheet: Sheet, *, columns: int, formulas: bool, merges: list[Merge], hidden: Hidden | None = None
) -> Iterator[tuple[int, list[str]]]:
    """Lines that hold anything, with their numbers; cells beyond `columns` are not read but for one that says there
    are some. `formulas`: every formula is a fault, also one that was reckoned. With `hidden`, lines that are hidden,
    by hand or by a filter, are counted there and not given.
    """
    filled = _Filled(merges)
    parser = _Parser(book, columns, formulas=formulas)
    with book.archive.open(sheet.part) as stream:
        for block in iter(lambda: stream.read(BLOCK), b""):
            parser.feed(block)
            for number, cells in parser.taken():
                is_empty = not any(cells)
                filled.fill(number, cells)
                if hidden is not None and number in parser.hidden:
                    parser.hidden.discard(number)
                    hidden.rows += not is_empty
                else:
                    yield number, cells
        parser.feed(b"", last=True)


class _Filled:
    """What merged cells say in the lines below their first."""

    def __init__(self, merges: list[Merge]) -> None:
        self.coming = deque(merges)
        self.open: dict[int, tuple[int, str]] = {}

    def fill(self, number: int, cells: list[str]) -> None:
        while self.coming and self.coming[0].top <= number:
            one = self.coming.popleft()
            if one.top == number:
                said = cells[one.column] if one.column < len(cells) else ""
                self.open[one.column] = (one.bottom, said)
        for column, (bottom, said) in list(self.open.items()):
            if bottom < number:
                del self.open[column]
                continue
            if column >= len(cells):
                cells.extend([""] * (column + 1 - len(cells)))
            cells[column] = cells[column] or said


class _Parser:
    """Feeds blocks to expat and collects rows. Nothing is kept of a cell beyond what becomes its text."""

    def __init__(self, book: Book, columns: int, *, formulas: bool) -> None:
        self.found: list[tuple[int, list[str]]] = []
        self.read = _Cells(book, formulas=formulas)
        self.most = columns
        self.hidden = set[int]()
        """Lines given lately that are hidden."""
        self.line, self.row, self.column = 0, list[str](), -1
        self.kind = self.style = ""
        self.held, self.room = list[str](), LONGEST
        self.is_formula = self.is_valued = self.is_quiet = False
        self.starts = {
            "row": self._row, "c": self._cell, "v": self._value, "t": self._text, "f": self._formula,
            "rPh": self._quiet,
        }  # fmt: skip
        self.ends = {
            "row": self._row_ends, "c": self._cell_ends, "v": self._text_ends, "t": self._text_ends, "rPh": self._loud,
        }  # fmt: skip
        self.expat = expat.ParserCreate()
        self.expat.buffer_text = True
        self.expat.StartElementHandler, self.expat.EndElementHandler = self._first, self._end

    def feed(self, block: bytes, *, last: bool = False) -> None:
        self.expat.Parse(block, last)

    def taken(self) -> list[tuple[int, list[str]]]:
        found, self.found = self.found, []
        return found

    # ---- what expat calls ----
    def _first(self, name: str, attributes: dict[str, str]) -> None:
        """The outermost element tells under which prefix all names stand."""
        prefix = name[: name.rfind(":") + 1]
        self.starts = {f"{prefix}{key}": do for key, do in self.starts.items()}
        self.ends = {f"{prefix}{key}": do for key, do in self.ends.items()}
        self.expat.StartElementHandler = self._start

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if (do := self.starts.get(name)) is not None:
            do(attributes)

    def _end(self, name: str) -> None:
        if (do := self.ends.get(name)) is not None:
            do()

    def _row(self, attributes: dict[str, str]) -> None:
        self.line = max(self.line + 1, int(attributes.get("r", 0)))
        self.column = -1
        if attributes.get("hidden", "0") in ("1", "true"):
            self.hidden.add(self.line)
        if self.line > LAST_LINE:
            raise BadWorkbook(_("行号超出表格的范围，没有读取"))

    def _cell(self, attributes: dict[str, str]) -> None:
        place = attributes.get("r")
        self.column = column_of(place.rstrip("0123456789")) if place else self.column + 1
        self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "0")
        self.is_formula = self.is_valued = False

    def _value(self, attributes: dict[str, str]) -> None:
        self.is_valued = True
        self._text(attributes)

    def _text(self, attributes: dict[str, str]) -> None:
        if not self.is_quiet:
            self.expat.CharacterDataHandler = self._piece

    def _piece(self, piece: str) -> None:
        if self.room > 0:
            self.room -= len(piece)
            self.held.append(piece)

    def _formula(self, attributes: dict[str, str]) -> None:
        self.is_formula = True

    def _quiet(self, attributes: dict[str, str]) -> None:
        """How a word is pronounced is no part of it."""
        self.is_quiet = True

    def _loud(self) -> None:
        self.is_quiet = False

    def _text_ends(self) -> None:
        self.expat.CharacterDataHandler = None

    def _cell_ends(self) -> None:
        raw = "".join(self.held) if self.held else ""
        self.held, self.room = [], LONGEST
        text = self.read.text(self.kind, self.style, raw, is_formula=self.is_formula, is_valued=self.is_valued)
        if not text:
            return
        at = min(self.column, self.most)
        if at < len(self.row):
            self.row[at] = text
            return
        if missing := at - len(self.row):
            self.row.extend([""] * missing)
        self.row.append(text)

    def _row_ends(self) -> None:
        if self.row:
            self.found.append((self.line, self.row))
            self.row = []


class _Cells:
    """What the cells of a workbook say, by the type they are stored under."""

    def __init__(self, book: Book, *, formulas: bool) -> None:
        self.book, self.all_formulas = book, formulas
        self.days = {str(style) for style in book.days}
        self.epoch = CALENDAR_MAC_1904 if book.is_1904 else CALENDAR_WINDOWS_1900
        self.others: dict[str, Callable[[str], str]] = {
            "s": self._shared,
            "e": lambda raw: FAULT + book.clean(raw)[:20],
            "b": lambda raw: read_value(raw.strip() == "1", 9),
            "d": lambda raw: book.clean(raw)[:10],
        }

    def text(self, kind: str, style: str, raw: str, *, is_formula: bool, is_valued: bool) -> str:
        if is_formula and (self.all_formulas or not (raw or (is_valued and kind == "str"))):
            return FORMULA_FAULT
        if not raw:
            return ""
        if kind == "n":
            return self._number(style, raw)
        return self.others.get(kind, self.book.clean)(raw)

    def _shared(self, raw: str) -> str:
        if self.book.texts is None or int(raw) < 0:
            raise BadWorkbook(_("文件缺少一部分文字，请用 Excel 或 WPS 打开后另存为 .xlsx 再传"))
        return self.book.texts[int(raw)]

    def _number(self, style: str, raw: str) -> str:
        if style in self.days:
            return _day(raw, self.epoch)
        if len(raw) < PLAIN and raw.isascii() and raw.isdigit():
            return raw
        return self.book.clean(number_text(raw))


@lru_cache(maxsize=10_000)
def _day(raw: str, epoch: Any) -> str:
    try:
        return read_value(from_excel(float(raw), epoch), 40)
    except (ValueError, OverflowError):  # no day is so far away: somebody has formatted a number
        return number_text(raw)
