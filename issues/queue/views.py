"""The queue: the tickets somebody answers for, by lamp, with filters in the address and a pane to peek."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core import clock
from core.rows.bigrams import single
from core.text import is_clean
from issues.dossier.action_bar import key_help
from issues.engine.actors import READERS
from issues.extensions import total_of
from issues.finding.filters import TicketFilter
from issues.finding.lists import page_and_counts
from issues.finding.queries import VIEWS, Counted, tabs
from issues.queue import bulk, rows, saved
from issues.queue.condition_form import ConditionForm
from issues.ticket.views import pane
from members.access import Scope, allow, reader, scope_for
from members.models import User
from members.roles import Role

NUMBER_LENGTH = 20


@allow(*READERS)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The list an address means; `peek` names the ticket shown beside it, `more` opens the conditions."""
    user = reader(request)
    chosen = TicketFilter.parse(request.GET)
    if "apply" in request.GET and not chosen.unread:
        return redirect(chosen.url())
    now = clock.now()
    after = request.GET.get("after", "")
    page, counts = page_and_counts(user, chosen, now, after)
    kept = saved.links(user, chosen)
    peeked = request.GET.get("peek", "")
    beside = _pane(request, peeked)
    frame = _frame(user, chosen)
    look = rows.Look(
        bulk=bool(frame["bulk"]),
        is_one_series=frame["is_one_series"],
        here=rows.here(frame["query"], after),
        shown=peeked if beside else "",
    )
    context = frame | {
        "tabs": _tabs(user, chosen, now),
        "kept": kept,
        "kept_first": saved.in_sight(kept),
        "page": page,
        "groups": list(rows.groups(page.rows, chosen, counts, now, look)),
        "total": total_of(user, chosen, counts["all"]),
        "now": now,
        "form": ConditionForm(chosen, user) if "more" in request.GET else None,
        "peeked": peeked,
        "pane": beside,
        "first": page.rows[0].number if page.rows else "",
    }
    return render(request, "issues/queue.html", context)


def _pane(request: HttpRequest, number: str) -> str:
    """The pane as it is fetched, so that it also shows without JavaScript; empty when there is none."""
    if not number or len(number) > NUMBER_LENGTH or not is_clean(number, multiline=False):
        return ""
    try:
        return pane(request, number)
    except Http404:
        return ""


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
