"""Spreadsheets from strangers, made safe before anything parses them, and read row by row as text.

A workbook is a ZIP of XML: what its parts say they unpack to, how often they multiply, document type declarations,
macros and links are looked at before openpyxl sees it. A CSV is UTF-8 or what Excel in China writes (GB 18030).
"""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from typing import IO, Any

import openpyxl
from django.utils.translation import gettext as _

from core.files.workbooks import READ, BadWorkbook, Bounds, examine, unled
from core.text import printable
from households.rules import (
    LARGEST_FILE,
    LARGEST_UNPACKED,
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_PARTS,
    MOST_RATIO,
    MOST_ROWS,
)

LOST = "≈"
"""Begins a number that the spreadsheet has rounded: no code of nineteen digits survives as a number."""
EXACT = 10**15


def kind_of(content: IO[bytes]) -> str:
    """`xlsx` or `csv` by content; raises BadWorkbook for what is neither safe nor known."""
    content.seek(0)
    head = content.read(8)
    size = content.seek(0, io.SEEK_END)
    content.seek(0)
    if not size:
        raise BadWorkbook(_("文件是空的"))
    if size > LARGEST_FILE:
        raise BadWorkbook(_("文件超过 %(n)d MB，请分成几份") % {"n": LARGEST_FILE // 1024 // 1024})
    if head.startswith(b"PK"):
        examine(content, Bounds(LARGEST_FILE, LARGEST_UNPACKED, MOST_PARTS, MOST_RATIO))
        return "xlsx"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadWorkbook(_("这是旧版 .xls 或加密的工作簿，请在 Excel 里另存为 .xlsx（不加密）再导入"))
    if b"\x00" in head or head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8")):
        raise BadWorkbook(_("这不是表格文件；请用 .xlsx 或 .csv"))
    return "csv"


def rows_of(content: IO[bytes], kind: str, most: int | None = None) -> Iterator[list[str]]:
    """Every line of the file as text, the head line first; `most` rows below it. Raises BadWorkbook."""
    most = MOST_ROWS if most is None else most
    rows = _csv(content) if kind == "csv" else _xlsx(content)
    for number, row in enumerate(rows, 1):
        if number > most + 1:
            raise BadWorkbook(_("超过 %(n)d 行，请分成几份") % {"n": most})
        if len(row) > MOST_COLUMNS:
            raise BadWorkbook(_("第 %(line)d 行超过 %(n)d 列") % {"line": number, "n": MOST_COLUMNS})
        yield row


# ---- workbooks -------------------------------------------------------------------------------------------------------
def _xlsx(content: IO[bytes]) -> Iterator[list[str]]:
    content.seek(0)
    try:
        book = openpyxl.load_workbook(content, read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        for row in sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS):
            yield _trimmed([_text(cell) for cell in row])
        book.close()
    except BadWorkbook:
        raise
    except Exception as error:  # openpyxl raises whatever a crooked part makes it stumble over
        raise BadWorkbook(_("工作簿读不出来，请用 Excel 打开后另存一份再试")) from error


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return _("是") if cell else _("否")
    if isinstance(cell, int | float):
        whole = isinstance(cell, int) or cell.is_integer()
        return (f"{LOST}{cell:.0f}" if abs(cell) >= EXACT else f"{cell:.0f}") if whole else f"{cell:g}"
    if isinstance(cell, datetime | date):
        return f"{cell:%Y-%m-%d}"
    return _plain(str(cell))


# ---- CSV -------------------------------------------------------------------------------------------------------------
def _csv(content: IO[bytes]) -> Iterator[list[str]]:
    content.seek(0)
    text = io.TextIOWrapper(content, encoding=_encoding(content), newline="")
    try:
        for row in csv.reader(text):
            yield _trimmed([_plain(cell) for cell in row])
    except (csv.Error, UnicodeDecodeError) as error:
        raise BadWorkbook(_("不是正确的 CSV，请用 Excel 打开后另存为 .xlsx 再试")) from error
    finally:
        text.detach()


def _encoding(content: IO[bytes]) -> str:
    """UTF-8 where every byte of the file is, else GB 18030."""
    decoder = io.TextIOWrapper(content, encoding="utf-8-sig")
    try:
        while decoder.read(READ):
            pass
        return "utf-8-sig"
    except UnicodeDecodeError:
        return "gb18030"
    finally:
        decoder.detach()
        content.seek(0)


def _plain(cell: str) -> str:
    """The cell as a person typed it: one line, without the apostrophe that keeps a spreadsheet from running it."""
    return unled(printable(cell).strip()[: LONGEST_CELL + 1])


def _trimmed(row: list[str]) -> list[str]:
    while row and not row[-1]:
        row.pop()
    return row
