"""A list of tickets as a table to keep: an Excel workbook or CSV, row by row in constant memory.

Holds what the list shows: sensitive tickets go by the words of the duty list, and nothing of residents is in it.
A cell that a spreadsheet would take for a formula is led by an apostrophe.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import workbooks
from core.errors import Refused
from core.workbooks import local, safe
from duties.models import GradeCode
from issues.clocks import LAMP_WORDS, lamp
from issues.models import Route, Source, Ticket
from issues.queries import Text
from issues.workflow import SATISFACTION, SOLVED, STATES, State

MOST = 20_000
"""Rows in one file: what a web process writes within five seconds."""
CHUNK = 1000
TYPES = {"xlsx": workbooks.XLSX, "csv": "text/csv; charset=utf-8"}
RELATED = ("township", "village", "grid", "area", "item", "lead", "holder")
FIELDS = (
    "number", "title", "is_sensitive", "place", "state", "item_code", "grade", "source", "route", "round", "returns",
    "placed_at", "accepted_at", "claimed_at", "reported_at", "due_at", "warn_at", "closed_at", "claimed_on_time",
    "done_on_time", "satisfaction", "solved", "township__name", "village__name", "grid__name", "area__name",
    "item__name", "lead__name", "lead__short_name", "holder__name",
)  # fmt: skip


class TooMany(Refused):
    """The list is longer than one file holds."""

    code = "export_too_long"


Cell = Callable[[Ticket, datetime], Any]


@dataclass(frozen=True)
class Column:
    label: Text
    cell: Cell
    width: int = 12


def _word(words: Any, name: str) -> Cell:
    """The word for the value of a column; empty where there is none."""
    return lambda ticket, now: words[value] if (value := getattr(ticket, name)) in words else ""


def _moment(name: str) -> Cell:
    return lambda ticket, now: getattr(ticket, name)


ON_TIME = {True: _("按时"), False: _("超时")}
COLUMNS: tuple[Column, ...] = (
    Column(_("编号"), lambda t, now: t.number, 17),
    Column(_("标题"), lambda t, now: t.public_title, 36),
    Column(_("状态"), lambda t, now: STATES[State(t.state)].label),
    Column(_("灯色"), lambda t, now: LAMP_WORDS[lamp(t, now)], 8),
    Column(_("清单编号"), lambda t, now: t.item_code, 9),
    Column(_("清单事项"), lambda t, now: t.item.name if t.item else "", 24),
    Column(_("级别"), lambda t, now: GradeCode(t.grade).label, 8),
    Column(_("来源"), _word(dict(Source.choices), "source")),
    Column(_("去向"), _word(dict(Route.choices), "route")),
    Column(_("乡镇"), lambda t, now: t.township.name),
    Column(_("村社"), lambda t, now: t.village.name, 16),
    Column(_("网格"), lambda t, now: t.grid.name, 18),
    Column(_("微网格"), lambda t, now: "" if t.area_id == t.grid_id else t.area.name, 18),
    Column(_("具体位置"), lambda t, now: "" if t.is_sensitive else t.place, 24),
    Column(_("牵头部门"), lambda t, now: str(t.lead or ""), 18),
    Column(_("承办人"), lambda t, now: str(t.holder or "")),
    Column(_("点单时间"), _moment("placed_at"), 17),
    Column(_("受理时间"), _moment("accepted_at"), 17),
    Column(_("领办时间"), _moment("claimed_at"), 17),
    Column(_("报办结时间"), _moment("reported_at"), 17),
    Column(_("期限"), _moment("due_at"), 17),
    Column(_("结束时间"), _moment("closed_at"), 17),
    Column(_("领办时限"), _word(ON_TIME, "claimed_on_time"), 9),
    Column(_("办结时限"), _word(ON_TIME, "done_on_time"), 9),
    Column(_("轮次"), lambda t, now: t.round, 6),
    Column(_("退单次数"), lambda t, now: t.returns, 9),
    Column(_("满意程度"), _word(SATISFACTION, "satisfaction"), 10),
    Column(_("解决情况"), _word(SOLVED, "solved"), 10),
)


@dataclass(frozen=True)
class Table:
    """A finished file at its first byte, and how many tickets are in it."""

    file: IO[bytes]
    count: int


def write(kind: str, rows: QuerySet[Ticket], now: datetime) -> Table:
    """The tickets of `rows` in their order as `kind` (a key of TYPES). Raises `TooMany` before it writes anything."""
    found = rows.select_related(None).order_by().count()
    if found > MOST:
        raise TooMany(
            gettext("这份清单有 %(found)d 件，一次最多导出 %(most)d 件。请加条件（例如按点单日期分段）后再导出。")
            % {"found": found, "most": MOST}
        )
    tickets = rows.select_related(*RELATED).only(*FIELDS)[:MOST].iterator(chunk_size=CHUNK)
    lines = ([column.cell(ticket, now) for column in COLUMNS] for ticket in tickets)
    with ExitStack() as failed:
        file = failed.enter_context(TemporaryFile())
        count = WRITERS[kind](file, lines)
        file.seek(0)
        failed.pop_all()  # whoever sends the file closes it
    return Table(file, count)


def _csv(file: IO[bytes], lines: Iterable[list[Any]]) -> int:
    """UTF-8 with the mark that tells a spreadsheet so."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([str(column.label) for column in COLUMNS])
    count = 0
    for line in lines:
        count += 1
        writer.writerow([f"{moment:%Y-%m-%d %H:%M}" if (moment := local(cell)) else safe(cell) for cell in line])
    text.detach()
    return count


def _xlsx(file: IO[bytes], lines: Iterable[list[Any]]) -> int:
    """One sheet; moments are moments there, so that they can be reckoned with."""
    heads = [workbooks.Head(str(column.label), column.width) for column in COLUMNS]
    return workbooks.write(file, gettext("工单"), heads, lines)


WRITERS: dict[str, Callable[[IO[bytes], Iterator[list[Any]]], int]] = {"csv": _csv, "xlsx": _xlsx}
