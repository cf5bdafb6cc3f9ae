"""问题台账: the list, the sheet to print, the file, one problem, opening one."""

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from core import clock
from core.errors import Denied
from core.files import tables
from core.process.transition_views import show
from core.trust import audit
from core.web.submitting import posted, submit
from ledgers import lists
from ledgers.engine.rectifications import open_problem
from ledgers.forms import FilterForm, ProblemForm
from ledgers.page import open_page
from ledgers.people import KEEPERS, READERS, offices_of
from ledgers.workflow import Kind
from members.access import allow, reader
from members.roles import Role
from members.signing_in.stepping_up import proved

NAV = {"nav": "rectify"}
OPENERS = tuple(role for role in Role if role in KEEPERS)
SHEET_MOST = 500
"""Rows on the sheet to print; a longer list goes into a file."""


@allow(*READERS)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The ledger: by state, owner and source, what is due first comes first."""
    user, chosen = reader(request), lists.Chosen.parse(request.GET)
    page, rows = lists.problem_page(user, chosen, request.GET.get("after", ""))
    context = NAV | {
        "chosen": chosen,
        "views": lists.problem_tabs(user, chosen),
        "page": page,
        "rows": rows,
        "query": chosen.query,
        "filter": FilterForm(chosen, lists.owners_seen(user)),
        "may_open": bool(offices_of(user)),
    }
    return render(request, "ledgers/rectifications.html", context)


@allow(*READERS)
@never_cache
@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """The same problems on paper."""
    user, chosen = reader(request), lists.Chosen.parse(request.GET)
    rows = lists.problems(user, chosen).order_by("due_on", "id")
    today = clock.today()
    shown = [
        {"matter": row, "lamp": lists.problem_lamp(row, today), "place": lists.place_name(row)}
        for row in rows[:SHEET_MOST]
    ]
    context = NAV | {"rows": shown, "chosen": chosen, "view": lists.VIEWS[chosen.view], "now": clock.now()}
    return render(request, "ledgers/sheet.html", context | {"count": rows.count()})


@allow(*READERS)
@proved
@never_cache
@require_GET
def export(request: HttpRequest, kind: str) -> FileResponse:
    """The same problems as a file; the trail keeps who took how many under which conditions."""
    if kind not in tables.TYPES:
        raise Http404
    user, chosen, now = reader(request), lists.Chosen.parse(request.GET), clock.now()
    rows = lists.problems(user, chosen).order_by("due_on", "id")
    table = tables.write(kind, lists.PROBLEM_COLUMNS, rows, now, title=_("问题台账"))
    with transaction.atomic():
        audit.record("ledgers.exported", None, actor=user, format=kind, filter=chosen.address(), count=table.count)
    return table.answer("wenti", now)


@allow(*READERS)
@never_cache
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return show(request, open_page(reader(request), Kind.RECTIFICATION, pk))


@allow(*OPENERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Enter a problem."""
    user = reader(request)
    offices = offices_of(user)
    if not offices:
        raise Denied(_("您的岗位不能在这里立账"))

    def ask(form: ProblemForm, status: int) -> HttpResponse:
        return render(request, "ledgers/new_problem.html", NAV | {"form": form}, status=status)

    form = ProblemForm(user, offices[0], posted(request))
    return submit(
        request,
        form,
        ask,
        lambda once: open_problem(user=user, office=offices[0], once=once, **form.contents),
        lambda made: _opened(request, made.pk, made.number),
    )


def _opened(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    messages.success(request, _("已立账：%(number)s，责任单位会收到通知") % {"number": number})
    return redirect("ledgers:rectification", pk=pk)
