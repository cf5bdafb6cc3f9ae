"""The queue: the tickets somebody answers for, by lamp, with filters in the address and a pane to peek."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core import clock
from core.rows.bigrams import single
from core.rows.paging import Page, page_of, page_of_runs, position
from core.text import Text, is_clean
from duties.models import GradeCode
from issues.dossier.action_bar import key_help
from issues.engine.actors import READERS
from issues.engine.clocks import lamp
from issues.finding.conditions import LAMP_GROUPS
from issues.finding.filters import TicketFilter
from issues.finding.queries import VIEWS, Counted, count_to, lamp_counts, queue, tabs, under_lamps
from issues.finding.search import Days, is_short, spans
from issues.models import Ticket
from issues.queue import bulk, saved
from issues.queue.condition_form import ConditionForm
from issues.workflow import IN_HAND, STATES, State
from members.access import Scope, allow, reader, scope_for
from members.models import User
from members.roles import Role

PAGE_SIZE = 50
NUMBER_LENGTH = 20


@dataclass(frozen=True)
class Row:
    ticket: Ticket
    series: str
    serial: str
    title: Text
    lamp: str
    grade: Text
    whose: Text


@dataclass(frozen=True)
class Group:
    """Rows under one lamp; `key` is empty where lamps do not sort the list."""

    key: str
    name: Text
    count: Counted
    rows: list[Row]


@allow(*READERS)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The list an address means; `peek` names the ticket shown beside it, `more` opens the conditions."""
    user = reader(request)
    chosen = TicketFilter.parse(request.GET)
    if "apply" in request.GET and not chosen.unread:
        return redirect(chosen.url())
    now = clock.now()
    page, counts = _searched(request, chosen, now) if chosen.is_search_of_history else _listed(request, chosen, now)
    kept = saved.links(user, chosen)
    context = _frame(user, chosen) | {
        "tabs": _tabs(user, chosen, now),
        "kept": kept,
        "kept_first": saved.in_sight(kept),
        "page": page,
        "groups": list(_groups(page.rows, chosen, counts, now)),
        "total": counts["all"],
        "now": now,
        "form": ConditionForm(chosen, user) if "more" in request.GET else None,
        "after": request.GET.get("after", ""),
        "peeked": request.GET.get("peek", ""),
        "pane": _pane(request, request.GET.get("peek", "")),
        "first": page.rows[0].number if page.rows else "",
    }
    return render(request, "issues/queue.html", context)


def _pane(request: HttpRequest, number: str) -> str:
    """What the pane's own address answers, so that it also shows without JavaScript; empty when there is none."""
    if not number or len(number) > NUMBER_LENGTH or not is_clean(number, multiline=False):
        return ""
    try:
        view, args, kwargs = resolve(reverse("issues:peek", args=[number]))
        answer: HttpResponse = view(request, *args, **kwargs)
    except (Http404, NoReverseMatch):
        return ""
    return SafeString(answer.content.decode())


Counts = dict[str, Counted]
"""How long a list is: "all", and under each lamp where lamps group it."""


def _listed(request: HttpRequest, chosen: TicketFilter, now: datetime) -> tuple[Page[Ticket], Counts]:
    user, after = reader(request), request.GET.get("after", "")
    rows = chosen.apply(queue(user), now, user)
    if chosen.is_by_lamp:
        counts = lamp_counts(rows, now)
        return page_of_runs(under_lamps(rows, counts, now), ("lamp_rank", *chosen.order), after, PAGE_SIZE), counts
    return page_of(rows, order=chosen.order, after=after, size=PAGE_SIZE), {"all": count_to(rows)}


def _searched(request: HttpRequest, chosen: TicketFilter, now: datetime) -> tuple[Page[Ticket], Counts]:
    """What is found in history: of the last days, of more days, until a page is full. How many only if it is not."""
    user, after = reader(request), request.GET.get("after", "")
    if is_short(queue(user), scope_for(user)):
        rows = chosen.apply(queue(user), now, user, is_short=True)
        return page_of(rows, order=chosen.order, after=after, size=PAGE_SIZE), {"all": count_to(rows)}
    page: Page[Ticket] = Page([], None, None)
    for days in _times(after, chosen, now):
        rows = chosen.apply(queue(user), now, user, days=days)
        page = page_of(rows, order=chosen.order, after=after, size=PAGE_SIZE)
        if page.next:
            break
    is_all = page.next is None and page.previous is None
    return page, {"all": Counted(len(page.rows) if is_all else PAGE_SIZE + 1, PAGE_SIZE)}


def _times(after: str, chosen: TicketFilter, now: datetime) -> Iterable[Days | None]:
    """The times to look at for the page that the cursor `after` names."""
    today = clock.local(now).date()
    backwards, values = position(after, len(chosen.order))
    if values is None or not isinstance(values[0], datetime):
        return spans(today)
    passed = clock.local(values[0]).date()
    return [(passed, today)] if backwards else spans(passed)


def _groups(tickets: list[Ticket], chosen: TicketFilter, counts: dict[str, Counted], now: datetime) -> Iterator[Group]:
    rows = [_row(ticket, now) for ticket in tickets]
    if not chosen.is_by_lamp:
        yield Group("", "", counts["all"], rows)
        return
    for key, under in groupby(rows, key=lambda row: row.lamp):
        yield Group(key, LAMP_GROUPS[key], counts[key], list(under))


def _row(ticket: Ticket, now: datetime) -> Row:
    series, dash, serial = ticket.number.partition("-")
    grade = GradeCode(ticket.grade).label
    return Row(ticket, series + dash, serial, ticket.public_title, lamp(ticket, now), grade, whose_move(ticket))


def whose_move(ticket: Ticket) -> Text:
    """Whom a ticket waits for: the department or person in charge, else the role."""
    state = State(ticket.state)
    if state == State.DISPATCHED and ticket.lead:
        return str(ticket.lead)
    if state in IN_HAND and (ticket.lead or ticket.holder):
        return str(ticket.lead if ticket.route == "whistle" and ticket.lead else ticket.holder)
    return STATES[state].whose


def _tabs(user: User, chosen: TicketFilter, now: datetime) -> list[dict[str, Any]]:
    here = chosen.view
    return [
        {
            "url": TicketFilter(view=t.view).url(),
            "text": t.text,
            "count": None if t.count is None else Counted(t.count),
            "current": t.view == here,
        }
        for t in tabs(user, now)
    ]


def _frame(user: User, chosen: TicketFilter) -> dict[str, Any]:
    scope = scope_for(user)
    query = chosen.query()
    return {
        "nav": "queue",
        "chosen": chosen,
        "chips": chosen.chips(),
        "query": f"{query}&" if query else "",
        "view_name": VIEWS[chosen.view],
        "cleared_url": TicketFilter(view=chosen.view).url(),
        "open_url": TicketFilter().url(),
        "all_url": TicketFilter(view="all").url(),
        "other_sort_url": chosen.url(sort="new" if chosen.sorting == "due" else "due"),
        "scope_name": _scope_name(scope),
        "search_value": chosen.q,
        "finds_beginnings": single(chosen.q),
        "step_keys": key_help(),
        "may_log": Role.TOWNSHIP_DISPATCHER in scope.roles,
        "bulk": bulk.steps_for(scope),
        "is_one_series": _is_one_series(scope),
        "keeps": bool(scope.seeing("tickets").roles - {Role.AUDITOR}),
    }


def _is_one_series(scope: Scope) -> bool:
    """Whether all posts lie in one township, so that the head of the numbers there tells nothing."""
    areas = [p.area or (p.department.township if p.department else None) for p in scope.seeing("tickets").posts]
    return not scope.counties and len({area.code[:9] if area else "" for area in areas} - {""}) == 1 and all(areas)


def _scope_name(scope: Scope) -> str:
    """Where the viewer's posts lie, the first two by name."""
    posts = scope.seeing("tickets").posts
    names = list(dict.fromkeys(str(p.department or (p.area.short_name if p.area else "")) for p in posts))
    return "、".join(names[:2]) + (str(_("等")) if len(names) > 2 else "")
