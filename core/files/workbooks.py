"""Excel workbooks in and out: written so that no spreadsheet runs a cell, read so that no file can hurt.

A file is looked at as a zip archive before any of it is parsed: how large, how many parts, how large these say
they are (Python never unpacks more of a part than it says), and whether a part defines entities of its own.
"""

import io
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any, Protocol
from xml.etree.ElementTree import ParseError

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from core import clock
from core.errors import Refused
from core.text import printable

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
FILE_MOST = 5 * 1024 * 1024
"""Bytes of an uploaded file."""
UNPACKED_MOST = 40 * 1024 * 1024
"""Bytes of all its parts together, unpacked."""
PARTS_MOST = 200
RATIO_MOST = 200
"""How often a part may multiply; short ones may multiply more."""
SMALL_PART = 100_000
READ = 1 << 20
CELL_MOST = 2000
BROKEN = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, ParseError, OSError, EOFError, NotImplementedError,
    RuntimeError, KeyError, ValueError, TypeError, AttributeError, IndexError,
)  # fmt: skip
"""What the parsers raise about a file that is not what it says."""


class BadWorkbook(Refused):
    """The file is no workbook that can be read; the message says why."""

    code = "bad_workbook"


@dataclass(frozen=True)
class Cell:
    """Where a text stands, and the text."""

    place: str
    text: str
    is_formula: bool = False


# ---- out ------------------------------------------------------------------------------------------------------
def led(text: str) -> str:
    """Text that no spreadsheet runs: what begins like a formula is led by one more apostrophe."""
    return f"'{text}" if text.lstrip("'").startswith(FORMULA) else text


def unled(text: str) -> str:
    """What `led` was given."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA) else text


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
    sheet = book.create_sheet(title)
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
    sheet, guide = book.worksheets[0], book.create_sheet(_("填写说明"))
    sheet.title, sheet.freeze_panes = title, "C2"
    sheet.append([head.label for head in heads])
    for line in lines:
        sheet.append([led(text) for text in line])
    for row in help_rows:
        guide.append([led(text) for text in row])
    _dress(sheet, [head.width for head in heads])
    _dress(guide, [18, 100])
    book.save(file)


def _dress(sheet: Worksheet, widths: Sequence[int]) -> None:
    for at, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(at)].width = width
        sheet.cell(1, at).font = Font(bold=True)
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")


# ---- in -------------------------------------------------------------------------------------------------------
def read(file: IO[bytes], *, rows: int, columns: int) -> list[list[list[Cell]]]:
    """The sheets of a workbook as rows of cells; raises BadWorkbook.

    At most `rows` rows of the first sheet and as many of the second; more is a refusal, further columns are not read.
    """
    examine(file, Bounds(FILE_MOST, UNPACKED_MOST, PARTS_MOST, RATIO_MOST))
    try:
        book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
        return [_sheet(sheet, rows, columns) for sheet in book.worksheets[:2]]
    except BROKEN as error:
        raise BadWorkbook(_("文件读不出来，请用 Excel 或 WPS 另存为 .xlsx 后再传")) from error


@dataclass(frozen=True)
class Bounds:
    """How large an uploaded workbook may be: bytes as it comes, bytes unpacked, parts, and how often one multiplies."""

    file: int
    unpacked: int
    parts: int
    ratio: int


def examine(file: IO[bytes], bounds: Bounds) -> None:
    """What can be said about a workbook before any of it is parsed; raises BadWorkbook."""
    if file.seek(0, io.SEEK_END) > bounds.file:
        raise BadWorkbook(_("文件太大，最多 %(n)d MB，请分成几份") % {"n": bounds.file // 1024 // 1024})
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            _weigh(parts, bounds)
            for part in parts:
                _look_into(archive, part)
    except BROKEN as error:
        raise BadWorkbook(_("文件损坏、已加密或不是 .xlsx 表格，请用 Excel 或 WPS 另存为 .xlsx 后再传")) from error
    file.seek(0)


def _weigh(parts: Sequence[zipfile.ZipInfo], bounds: Bounds) -> None:
    if len(parts) > bounds.parts:
        raise BadWorkbook(_("部件过多，展开后太大，没有读取"))
    if sum(part.file_size for part in parts) > bounds.unpacked:
        raise BadWorkbook(_("文件展开后太大，没有读取，请分成几份"))
    for part in parts:
        if part.file_size > SMALL_PART and part.file_size > bounds.ratio * max(part.compress_size, 1):
            raise BadWorkbook(_("文件的压缩比异常，没有读取"))
        name = part.filename.lower()
        if "vbaproject" in name or "externallinks/" in name:
            raise BadWorkbook(_("文件含宏或外部链接，请另存为不含宏的 .xlsx"))


def _look_into(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """No part of XML may declare a document type; none may be in an encoding that hides one."""
    if not part.filename.lower().endswith((".xml", ".rels", ".vml")):
        return
    with archive.open(part) as stream:
        tail = b""
        while block := stream.read(READ):
            if not tail and (block.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in block[:8]):
                raise BadWorkbook(_("文件的编码异常，可能藏有不允许的定义，没有读取"))
            seen = (tail + block).upper()
            if b"<!DOCTYPE" in seen or b"<!ENTITY" in seen:
                raise BadWorkbook(_("文件里有不允许的定义（文档类型声明），没有读取"))
            tail = block[-16:]


def _sheet(sheet: Any, rows: int, columns: int) -> list[list[Cell]]:
    found: list[list[Cell]] = []
    for n, row in enumerate(sheet.iter_rows(max_row=rows + 1, max_col=columns), 1):
        line = [_cell(n, at, cell) for at, cell in enumerate(row, 1)]
        found.append(line)
    while found and not any(cell.text or cell.is_formula for cell in found[-1]):
        found.pop()
    if len(found) > rows:
        raise BadWorkbook(_("行数太多，一次最多 %(n)d 行") % {"n": rows - 1})
    return found


def _cell(row: int, column: int, cell: Any) -> Cell:
    place = f"{get_column_letter(column)}{row}"
    if cell.data_type == "f":
        return Cell(place, "", is_formula=True)
    return Cell(place, _text(cell.value))


def _text(value: Any) -> str:
    """A value as somebody would have typed it, cut where nobody would have typed on."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime | date):
        value = value.isoformat()[:10]
    return unled(str(value).replace("_x000D_", "").replace("\r\n", "\n").strip())[: CELL_MOST + 1]
