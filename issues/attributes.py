"""What a ticket has, said once: what it is called, what its values are called, and who reads it.

Files to keep, searches, the conditions of lists, lines of a ticket's page and fields of forms read `ATTRIBUTES`. Lines
that say several things in one breath (where, by when, how it was judged) stay with their page.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.text import Text
from duties.models import GradeCode
from issues.models import Route, Source, Ticket
from issues.workflow import SATISFACTION, SOLVED, STARS, STATES

Read = Callable[[Ticket], Any]
ON_TIME: Mapping[Any, Text] = {True: _("按时"), False: _("超时")}
MOMENT = 17
"""The width of a moment to the minute."""


@dataclass(frozen=True)
class Attribute:
    """One thing that a ticket has; `name` is its column, and its name in the address of a list.

    What only some tickets have reads as empty for the others.
    """

    name: str
    label: Text
    words: Mapping[Any, Text] | None = None  # what its values are called
    read: Read | None = None  # what it says, where that is not what the column holds
    veil: Read | None = None  # what those read who may not read a sensitive ticket
    columns: tuple[str, ...] = ()  # what `read` and `veil` look at, where that is not its own column
    width: int = 0  # in a file to keep; 0 keeps it out
    searched: bool = False  # tickets are found by its words
    narrows: bool = False  # lists can be narrowed to each of its values
    line: Text = ""  # what its line on the ticket's page is called, if it has one of its own
    example: Text = ""  # in the empty field of a form

    def said(self, ticket: Ticket, *, is_readable: bool) -> Any:
        """Its value in words, for those who may read the ticket or for everybody else."""
        if self.veil and not is_readable:
            return self.veil(ticket)
        value = self.read(ticket) if self.read else getattr(ticket, self.name)
        return value if self.words is None else self.words.get(value, "")

    def cell(self, ticket: Ticket, now: datetime) -> Any:
        """What a table to keep says of it: no words of a sensitive ticket, whoever takes it along."""
        return self.said(ticket, is_readable=not ticket.is_sensitive)


def _hidden(ticket: Ticket) -> str:
    return ""


ATTRIBUTES: tuple[Attribute, ...] = (
    Attribute("number", _("编号"), width=17),
    Attribute(
        "title",
        _("标题"),
        veil=lambda t: t.public_title,
        columns=("title", "is_sensitive", "item__name"),
        width=36,
        searched=True,
    ),
    Attribute("state", _("状态"), words={state.value: info.label for state, info in STATES.items()}, width=12),
    Attribute("item_code", _("清单编号"), width=9, searched=True),
    Attribute(
        "item_id",
        _("清单事项"),
        read=lambda t: t.item.name if t.item else "",
        columns=("item__name",),
        width=24,
        searched=True,
    ),
    Attribute("grade", _("级别"), words=dict(GradeCode.choices), width=8, narrows=True),
    Attribute("source", _("来源"), words=dict(Source.choices), width=12, narrows=True),
    Attribute("route", _("去向"), words=dict(Route.choices), width=12, narrows=True),
    Attribute("township_id", _("乡镇"), read=lambda t: t.township.name, columns=("township__name",), width=12),
    Attribute("village_id", _("村社"), read=lambda t: t.village.name, columns=("village__name",), width=16),
    Attribute("grid_id", _("网格"), read=lambda t: t.grid.name, columns=("grid__name",), width=18),
    Attribute(
        "area_id",
        _("微网格"),
        read=lambda t: "" if t.area_id == t.grid_id else t.area.name,
        columns=("area__name",),
        width=18,
    ),
    Attribute("place", _("具体位置"), veil=_hidden, width=24, searched=True, example=_("例：村口公交站旁")),
    Attribute("description", _("说明"), veil=_hidden, searched=True),
    Attribute(
        "lead_id",
        _("牵头部门"),
        read=lambda t: str(t.lead or ""),
        columns=("lead__name", "lead__short_name"),
        width=18,
        line=_("牵头"),
    ),
    Attribute("holder_id", _("承办人"), read=lambda t: str(t.holder or ""), columns=("holder__name",), width=12),
    Attribute("placed_at", _("点单时间"), width=MOMENT),
    Attribute("accepted_at", _("受理时间"), width=MOMENT),
    Attribute("claimed_at", _("领办时间"), width=MOMENT),
    Attribute("reported_at", _("报办结时间"), width=MOMENT),
    Attribute("due_at", _("期限"), width=MOMENT),
    Attribute("closed_at", _("结束时间"), width=MOMENT),
    Attribute("claimed_on_time", _("领办时限"), words=ON_TIME, width=9),
    Attribute("done_on_time", _("办结时限"), words=ON_TIME, width=9),
    Attribute("round", _("轮次"), width=6),
    Attribute("returns", _("退单次数"), width=9),
    Attribute("satisfaction", _("满意程度"), words=SATISFACTION, width=10),
    Attribute("solved", _("解决情况"), words=SOLVED, width=10, narrows=True),
    Attribute("stars", _("评哨"), words=STARS, narrows=True),
)
BY_NAME: Mapping[str, Attribute] = {attribute.name: attribute for attribute in ATTRIBUTES}
