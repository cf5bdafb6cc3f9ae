"""督办单 and 会商纪要: the list of open supervision, and minutes for the file."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core import clock
from core.paging import page_of
from issues.dossier import is_readable_to, visible_ticket
from issues.models import Consultation, Sheet, Ticket
from issues.panels import SheetLine, sheet_line
from issues.queries import Text
from issues.views.queue import READERS, viewer
from members.access import allow
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
    user, now = viewer(request), clock.now()
    chosen = request.GET.get("state", "")
    chosen = chosen if chosen in STATES else "waiting"
    order = ("-due_at", "-id") if chosen == "closed" else ("due_at", "id")
    rows = sheets_of(user).filter(STATES[chosen][1])
    page = page_of(rows, order=order, after=request.GET.get("after", ""), size=PAGE_SIZE)
    context = {
        "nav": "sheets",
        "tabs": _tabs(user, chosen),
        "page": page,
        "lines": [_line(sheet, now) for sheet in page.rows],
        "query": f"state={chosen}&",
        "chosen": chosen,
    }
    return render(request, "issues/sheets.html", context)


def sheets_of(user: User) -> QuerySet[Sheet]:
    """The sheets on tickets that `user` may see, with what a list says of them."""
    mine = Sheet.objects.filter(ticket__in=Ticket.objects.visible_to(user))
    return mine.select_related("ticket__item", "ticket__village", "department", "issued_by", "answered_by")


def _line(sheet: Sheet, now: datetime) -> SheetLine:
    return sheet_line(sheet, now, readable=not sheet.ticket.is_sensitive)


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
    user = viewer(request)
    ticket = visible_ticket(user, number, "item", "village", "township", "lead")
    held = Consultation.objects.filter(ticket=ticket, pk=pk, decided_at__isnull=False).select_related("decided_by")
    one = held.first()
    if one is None or not is_readable_to(user, ticket):
        raise Http404
    parties = one.parties.select_related("department", "stated_by").order_by("department__code")
    decision = ticket.events.filter(action="decide", at=one.decided_at).first()
    context = {"ticket": ticket, "one": one, "parties": parties, "decision": decision, "nav": "queue"}
    return render(request, "issues/minutes.html", context)
