"""督办单 and 会商纪要: the list of open supervision, and minutes for the file."""

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core import clock
from core.rows.paging import page_of
from core.text import Text
from issues.dossier.panels import consultation_of, sheet_line, sheets_of
from issues.dossier.reading import is_readable_to, visible_ticket
from issues.engine.actors import READERS
from issues.ticket import contact
from members.access import allow, reader
from members.models import User

PAGE_SIZE = 50
STATES: dict[str, tuple[Text, Q]] = {
    "waiting": (_("待回复"), Q(closed_at=None, answered_at=None)),
    "answered": (_("已回复，件未办结"), Q(closed_at=None, answered_at__isnull=False)),
    "reported": (_("县级通报"), Q(closed_at=None, reported_at__isnull=False)),
    "closed": (_("已了结"), Q(closed_at__isnull=False)),
}


@allow(*READERS)
@require_safe
def sheets(request: HttpRequest) -> HttpResponse:
    """`/t/sheets/`: the supervision sheets of the reader's tickets, the one due first on top."""
    user, now = reader(request), clock.now()
    chosen = request.GET.get("state", "")
    chosen = chosen if chosen in STATES else "waiting"
    order = ("-due_at", "-id") if chosen == "closed" else ("due_at", "id")
    rows = sheets_of(user).filter(STATES[chosen][1])
    page = page_of(rows, order=order, after=request.GET.get("after", ""), size=PAGE_SIZE)
    context = {
        "nav": "sheets",
        "tabs": _tabs(user, chosen),
        "page": page,
        "lines": [sheet_line(sheet, now, readable=not sheet.ticket.is_sensitive) for sheet in page.rows],
        "query": f"state={chosen}&",
        "chosen": chosen,
    }
    return render(request, "issues/sheets.html", context)


def _tabs(user: User, chosen: str) -> list[dict[str, Any]]:
    """Only open sheets are counted: what is closed grows without end."""
    mine = sheets_of(user)
    counted = {key: mine.filter(STATES[key][1]).count() for key in ("waiting", "answered", "reported")}
    return [
        {"url": f"?state={key}", "text": text, "count": counted.get(key), "current": key == chosen}
        for key, (text, _condition) in STATES.items()
    ]


@allow(*READERS)
@require_safe
def minutes(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """`/t/<number>/minutes/<pk>/`: the minutes of a decided consultation, on paper."""
    user = reader(request)
    ticket = visible_ticket(user, number, "item", "village", "township", "lead")
    held = consultation_of(ticket, pk)
    if held is None or not is_readable_to(user, ticket):
        raise Http404
    contact.note_look(ticket, user, what="minutes")
    return render(request, "issues/minutes.html", {"ticket": ticket, "held": held, "nav": "queue"})
