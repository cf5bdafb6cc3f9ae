"""The rows of the queue as HTML: what each says of its ticket, punched from `issues/queue_row.html`.

Reads what `issues.finding.queries.queue` has loaded; asks the database for nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from urllib.parse import quote

from django.utils.safestring import SafeString

from core.templatetags.ui import remaining, stage, when
from core.text import Text
from core.web.addresses import Address
from core.web.stencil import Stencil
from duties.models import GradeCode
from issues.engine.audiences import whose
from issues.engine.clocks import NONE, lamp
from issues.finding.conditions import LAMP_GROUPS
from issues.finding.filters import TicketFilter
from issues.finding.queries import Counted
from issues.models import Ticket
from issues.workflow import IN_HAND, State

SAMPLE = "AB26-0102-003"
TICKET, PEEK = Address("issues:ticket", SAMPLE), Address("issues:peek", SAMPLE)
ROW = Stencil(
    "issues/queue_row.html",
    *("number", "series", "serial", "title", "area", "grade", "whose", "stage", "left", "url", "peek_url", "aside_url"),
)


@dataclass(frozen=True)
class Look:
    """What decides how all rows of a page look: the viewer's posts, the list's address, the ticket in the pane."""

    bulk: bool
    is_one_series: bool
    here: str  # the parameters of this page, ending in & or empty
    shown: str = ""


@dataclass(frozen=True)
class Group:
    """Rows under one lamp; `key` is empty where lamps do not sort the list."""

    key: str
    name: Text
    count: Counted
    rows: SafeString


def here(query: str, after: str) -> str:
    """The parameters that lead to this page of the list, for an address that adds one."""
    return f"{query}after={quote(after)}&" if after else query


def groups(
    tickets: list[Ticket], chosen: TicketFilter, counts: Mapping[str, Counted], now: datetime, look: Look
) -> Iterator[Group]:
    """The rows of a page under their lamps."""
    lit = [(lamp(ticket, now), ticket) for ticket in tickets]
    if not chosen.is_by_lamp:
        yield Group("", "", counts["all"], _rows(lit, look))
        return
    for key, under in groupby(lit, key=lambda pair: pair[0]):
        yield Group(key, LAMP_GROUPS[key], counts[key], _rows(under, look))


def _rows(lit: Iterable[tuple[str, Ticket]], look: Look) -> SafeString:
    return SafeString("".join(row(ticket, lamp=key, look=look) for key, ticket in lit))


def row(ticket: Ticket, *, lamp: str, look: Look) -> str:
    fill = ROW.cut(**flags_of(ticket, lamp, look))
    return fill(values_of(ticket, lamp, look))


def flags_of(ticket: Ticket, lamp: str, look: Look) -> dict[str, Any]:
    is_shown = look.shown == ticket.number
    return {"lamp": lamp, "bulk": look.bulk, "is_one_series": look.is_one_series, "is_shown": is_shown}


def values_of(ticket: Ticket, lamp: str, look: Look) -> dict[str, Any]:
    number = ticket.number
    series, dash, serial = number.partition("-")
    return {
        "number": number,
        "series": series + dash,
        "serial": serial,
        "title": ticket.public_title,
        "area": ticket.area.name,
        "grade": GradeCode(ticket.grade).label,
        "whose": whose_move(ticket),
        "stage": stage(ticket.state),
        "left": when(ticket.closed_at) if lamp == NONE else remaining(ticket.due_at, "short"),
        "url": TICKET.of(number),
        "peek_url": PEEK.of(number),
        "aside_url": f"?{look.here}peek={number}#peek",
    }


def whose_move(ticket: Ticket) -> Text:
    """Whom a ticket waits for: the department or person in charge, else the role."""
    state = State(ticket.state)
    if state == State.DISPATCHED and ticket.lead:
        return str(ticket.lead)
    if state in IN_HAND and (ticket.lead or ticket.holder):
        return str(ticket.lead if ticket.route == "whistle" and ticket.lead else ticket.holder)
    return whose(ticket)
