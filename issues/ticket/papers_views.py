"""督办单 and 会商纪要: the list of open supervision, and minutes for the file."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from core import clock
from core.files import tables
from core.files.tables import TYPES, Cell, Column
from core.rows.paging import page_of
from core.trust import audit
from issues.dossier.panels import answerable_by, consultation_of, sheet_line, sheets_of
from issues.dossier.reading import is_readable_to, visible_ticket
from issues.engine.actors import READERS
from issues.models import Sheet
from issues.models.papers import SHEET_STATES
from issues.ticket import contact
from members.access import allow, reader
from members.models import User
from members.signing_in.stepping_up import proved

PAGE_SIZE = 50


def _line(name: str) -> Cell:
    """What the page says of a sheet; words about a sensitive ticket stay out of files."""
    return lambda sheet, now: str(getattr(sheet_line(sheet, now, readable=not sheet.ticket.is_sensitive), name))


COLUMNS = (
    Column(_("文号"), lambda sheet, now: sheet.number, 20),
    Column(_("工单"), lambda sheet, now: sheet.ticket.number, 16),
    Column(_("标题"), lambda sheet, now: sheet.ticket.public_title, 30),
    Column(_("村社"), lambda sheet, now: sheet.ticket.village.short_name, 12),
    Column(_("督办内容"), _line("asked"), 50),
    Column(_("单位"), lambda sheet, now: str(sheet.department or ""), 16),
    Column(_("下发"), tables.moment("issued_at"), 16),
    Column(_("回复期限"), tables.moment("due_at"), 16),
    Column(_("状态"), _line("standing"), 20),
    Column(_("回复"), _line("answered"), 50),
    Column(_("县级通报"), tables.moment("reported_at"), 16),
)


@allow(*READERS)
@require_safe
def sheets(request: HttpRequest) -> HttpResponse:
    """`/t/sheets/`: the supervision sheets of the reader's tickets, the one due first on top."""
    user, now = reader(request), clock.now()
    chosen, rows, order = _chosen(request, user)
    page = page_of(rows, order=order, after=request.GET.get("after", ""), size=PAGE_SIZE)
    answerable = answerable_by(user, page.rows) if chosen == "waiting" else frozenset()
    context = {
        "nav": "sheets",
        "tabs": _tabs(user, chosen),
        "page": page,
        "lines": [sheet_line(sheet, now, readable=not sheet.ticket.is_sensitive) for sheet in page.rows],
        "query": f"state={chosen}&",
        "chosen": chosen,
        "answerable": answerable,
    }
    return render(request, "issues/sheets.html", context)


def _chosen(request: HttpRequest, user: User) -> tuple[str, QuerySet[Sheet], tuple[str, str]]:
    """The state that the address names, the reader's sheets in it, and their order."""
    asked = request.GET.get("state", "")
    chosen = asked if asked in SHEET_STATES else "waiting"
    order = ("-due_at", "-id") if chosen == "closed" else ("due_at", "id")
    return chosen, sheets_of(user).filter(SHEET_STATES[chosen][1]), order


@allow(*READERS)
@proved
@never_cache
@require_GET
def export(request: HttpRequest, kind: str) -> FileResponse:
    """`/t/sheets/export/<kind>/?state=…`: the sheets of the list as a file; the trail keeps who took how many."""
    if kind not in TYPES:
        raise Http404
    user, now = reader(request), clock.now()
    chosen, rows, order = _chosen(request, user)
    table = tables.write(kind, COLUMNS, rows.order_by(*order), now, title=gettext("督办单"))
    with transaction.atomic():
        audit.record("sheets.exported", None, actor=user, format=kind, filter=chosen, count=table.count)
    return table.answer("dubandan", now)


def _tabs(user: User, chosen: str) -> list[dict[str, Any]]:
    """Only open sheets are counted: what is closed grows without end."""
    mine = sheets_of(user)
    counted = {key: mine.filter(SHEET_STATES[key][1]).count() for key in ("waiting", "answered", "reported")}
    return [
        {"url": f"?state={key}", "text": text, "count": counted.get(key), "current": key == chosen}
        for key, (text, _condition) in SHEET_STATES.items()
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
