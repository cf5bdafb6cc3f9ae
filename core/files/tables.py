"""A list as a file to keep: an Excel workbook or CSV, row by row in constant memory.

An app says which columns there are and hands in its rows; no cell is run by a spreadsheet (`core.files.workbooks`).
"""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils.translation import gettext

from core import clock
from core.errors import Refused
from core.files import workbooks
from core.files.handing import handed
from core.files.workbooks import local, safe
from core.text import Text

MOST = 20_000
"""Rows in one file: what a web process writes within five seconds."""
CHUNK = 1000
TYPES = {"xlsx": workbooks.XLSX, "csv": "text/csv; charset=utf-8"}


class TooMany(Refused):
    """The list is longer than one file holds."""

    code = "export_too_long"


Cell = Callable[[Any, datetime], Any]


@dataclass(frozen=True)
class Column:
    label: Text
    cell: Cell
    width: int = 12


def moment(name: str) -> Cell:
    return lambda row, now: getattr(row, name)


@dataclass(frozen=True)
class Table:
    """A finished file at its first byte, how many rows are in it, and which of TYPES it is."""

    file: IO[bytes]
    count: int
    kind: str

    def answer(self, stem: str, at: datetime | None = None) -> FileResponse:
        """The file to keep, by the name `stem` and the minute `at` by the county's clock; closed when it is sent."""
        name = f"{stem}-{clock.local(at):%Y%m%d-%H%M}" if at else stem
        return handed(FileResponse(self.file, content_type=TYPES[self.kind]), f"{name}.{self.kind}")


def write(
    kind: str, columns: Sequence[Column], rows: QuerySet[Any], now: datetime, *, title: str, most: int = MOST
) -> Table:
    """`rows` in their order as `kind` (a key of TYPES). Raises `TooMany` before it writes anything."""
    found = rows.select_related(None).order_by().count()
    if found > most:
        raise TooMany(
            gettext("这份清单有 %(found)d 件，一次最多导出 %(most)d 件。请加条件（例如按日期或区域分段）后再导出。")
            % {"found": found, "most": most}
        )
    lines = ([column.cell(row, now) for column in columns] for row in rows[:most].iterator(chunk_size=CHUNK))
    with ExitStack() as failed:
        file = failed.enter_context(TemporaryFile())
        count = _csv(file, columns, lines) if kind == "csv" else workbooks.write(file, title, columns, lines)
        file.seek(0)
        failed.pop_all()  # whoever sends the file closes it
    return Table(file, count, kind)


def _csv(file: IO[bytes], columns: Sequence[Column], lines: Iterable[list[Any]]) -> int:
    """UTF-8 with the mark that tells a spreadsheet so."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([str(column.label) for column in columns])
    count = 0
    for line in lines:
        count += 1
        writer.writerow([f"{moment:%Y-%m-%d %H:%M}" if (moment := local(cell)) else safe(cell) for cell in line])
    text.detach()
    return count
