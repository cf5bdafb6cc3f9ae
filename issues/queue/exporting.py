"""A list of tickets as a table to keep (`core.files.tables`).

Holds what the list shows: sensitive tickets go by the words of the duty list, and nothing of residents is in it.
"""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.files import tables
from core.files.tables import Cell, Column, Table
from core.files.tables import moment as _moment
from duties.models import GradeCode
from issues.engine.clocks import LAMP_WORDS, lamp
from issues.models import Route, Source, Ticket
from issues.workflow import SATISFACTION, SOLVED, STATES, State

RELATED = ("township", "village", "grid", "area", "item", "lead", "holder")
FIELDS = (
    "number", "title", "is_sensitive", "place", "state", "item_code", "grade", "source", "route", "round", "returns",
    "placed_at", "accepted_at", "claimed_at", "reported_at", "due_at", "warn_at", "closed_at", "claimed_on_time",
    "done_on_time", "satisfaction", "solved", "township__name", "village__name", "grid__name", "area__name",
    "item__name", "lead__name", "lead__short_name", "holder__name",
)  # fmt: skip


def _word(words: Any, name: str) -> Cell:
    """The word for the value of a column; empty where there is none."""
    return lambda ticket, now: words[value] if (value := getattr(ticket, name)) in words else ""


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


def write(kind: str, rows: QuerySet[Ticket], now: datetime) -> Table:
    """The tickets of `rows` in their order as `kind`. Raises `core.files.tables.TooMany` before it writes anything."""
    found = rows.select_related(*RELATED).only(*FIELDS)
    return tables.write(kind, COLUMNS, found, now, title=gettext("工单"), most=tables.MOST)
