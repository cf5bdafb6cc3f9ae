"""Excel workbooks going out, written so that no spreadsheet runs a cell (`core.files.cells` has the rules)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from core import clock
from core.files.cells import led
from core.text import printable
from core.trust.invented import MARK, SAID, is_demo

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def safe(cell: Any) -> Any:
    """A value for a cell: numbers stay numbers, everything else becomes text that no spreadsheet runs."""
    if cell is None or isinstance(cell, int):
        return "" if cell is None else cell
    return printable(led(str(cell)))


def local(cell: Any) -> datetime | None:
    """A moment as the county's clock showed it to the second, without its zone; None for anything else."""
    return clock.local(cell).replace(tzinfo=None, microsecond=0) if isinstance(cell, datetime) else None


def is_day(cell: Any) -> bool:
    return isinstance(cell, date) and not isinstance(cell, datetime)


class Heading(Protocol):
    """The head of a column."""

    @property
    def label(self) -> str | Promise: ...
    @property
    def width(self) -> int: ...


@dataclass(frozen=True)
class Head:
    label: str
    width: int = 12


def write(file: IO[bytes], title: str, heads: Sequence[Heading], lines: Iterable[Iterable[Any]]) -> int:
    """One sheet whose head stays in sight, row by row in constant memory; answers how many rows."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(f"{title}（{MARK}）" if is_demo() else title)
    _mark(book)
    sheet.freeze_panes = "B2"
    for at, head in enumerate(heads, 1):
        sheet.column_dimensions[get_column_letter(at)].width = head.width
    sheet.append([str(head.label) for head in heads])
    count = 0
    for line in lines:
        count += 1
        sheet.append([cell if is_day(cell) else local(cell) or safe(cell) for cell in line])
    book.save(file)
    return count


def write_form(
    file: IO[bytes],
    title: str,
    heads: Sequence[Head],
    lines: Iterable[Iterable[str]],
    help_rows: Sequence[Sequence[str]],
) -> None:
    """A table to be filled in and brought back: the sheet, and a second one that explains it. Line breaks stay."""
    book = Workbook()
    sheet, guide = book.worksheets[0], book.create_sheet(guide_title())
    _mark(book)
    sheet.title, sheet.freeze_panes = title, "C2"
    sheet.append([head.label for head in heads])
    for line in lines:
        sheet.append([led(text) for text in line])
    for row in help_rows:
        guide.append([led(text) for text in row])
    _dress(sheet, [head.width for head in heads])
    _dress(guide, [18, 100])
    book.save(file)


def guide_title() -> str:
    """The name of the sheet that explains a form."""
    return _("填写说明")


def _mark(book: Workbook) -> None:
    """What is invented says so in the properties of the file and above every printed page; no row or column moves."""
    if is_demo():
        book.properties.title = book.properties.subject = str(SAID)
        for sheet in book.worksheets:
            sheet.oddHeader.center.text = str(SAID)


def _dress(sheet: Worksheet, widths: Sequence[int]) -> None:
    for at, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(at)].width = width
        sheet.cell(1, at).font = Font(bold=True)
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
