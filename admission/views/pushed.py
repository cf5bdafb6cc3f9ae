"""转嫁反映: one's own, the ledger for its owners, the counts by department, one report with its photo."""

from collections.abc import Sequence

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from admission import queries
from admission.forms.opening import PushedForm
from admission.forms.step_fields import form_for
from admission.lookup import Match, best
from admission.models import PushedTask
from admission.people import (
    DEPARTMENT_ROLES,
    REPORTERS,
    departments_of,
    may_refuse,
    reported_choices,
    reporting_township,
)
from admission.pushed import actions
from admission.pushed.page import open_page
from admission.views.common import form_page
from admission.workflow.rules import OWNER_CODES, Answer
from core.errors import NotYours
from core.files.handing import handed
from core.process.transition_views import Desk, show, show_in_full, take_step
from core.rows.list_address import one_of
from core.web.submitting import posted, submit
from issues.models import Ticket
from members.access import allow, get_scoped_or_404, reader, scope_for
from members.roles import Role

NAV = {"nav": "pushed"}
COUNTY = (Role.COUNTY_LEADER, Role.COUNTY_DISPATCHER, Role.AUDITOR)
ACTORS = (*REPORTERS, *DEPARTMENT_ROLES, Role.COUNTY_LEADER)
READERS = (*ACTORS, Role.COUNTY_DISPATCHER, Role.AUDITOR)


@allow(*READERS)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The reports in sight."""
    user = reader(request)
    chosen = queries.ChosenTasks.parse(request.GET)
    page, rows = queries.tasks(user, chosen, request.GET.get("after", ""))
    context = NAV | {
        "view": chosen.view,
        "views": queries.task_tabs(user, chosen),
        "department": chosen.department,
        "page": page,
        "rows": rows,
        "query": chosen.query,
        "may_report": bool(scope_for(user).roles & set(REPORTERS)),
        "sees_counts": _sees_counts(request),
    }
    return render(request, "admission/pushed_list.html", context)


def _sees_counts(request: HttpRequest) -> bool:
    user = reader(request)
    return bool(scope_for(user).roles & set(COUNTY)) or bool(set(OWNER_CODES) & set(departments_of(user)))


@allow(*COUNTY, *DEPARTMENT_ROLES)
@require_safe
def counts(request: HttpRequest) -> HttpResponse:
    """By department and period, in the order of codes; nobody is ranked."""
    if not _sees_counts(request):
        raise NotYours(_("只有县级人员和台账主管部门可以看统计"))
    period = one_of(request.GET, "period", queries.PERIODS, "quarter")
    tabs = [
        {"url": f"?period={key}", "text": text, "count": None, "current": key == period}
        for key, text in queries.PERIODS.items()
    ]
    context = NAV | {"rows": queries.counts(reader(request), period), "tabs": tabs, "answers": Answer.choices}
    return render(request, "admission/pushed_counts.html", context)


@allow(*REPORTERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Report a task; the button 先查清单 only looks whether something covers it."""
    user = reader(request)
    number = request.POST.get("ticket") or request.GET.get("ticket")
    ticket = get_scoped_or_404(user, Ticket, number=number) if number else None
    known = queries.report_on(user, ticket) if ticket is not None and request.method != "POST" else None
    if known is not None:
        messages.info(request, _("此件您已反映：%(number)s") % {"number": known.number})
        return redirect("admission:pushed", pk=known.pk)
    departments = reported_choices(reporting_township(user))
    form = PushedForm(departments, ticket, posted(request), request.FILES or None, may_refuse=may_refuse(user))
    if "check" in request.POST:
        return _checked(request, form)
    return submit(
        request,
        form,
        lambda form, status: _new_page(request, form, status=status),
        lambda once: actions.report(user=user, told=form.told, once=once),
        lambda made: _reported(request, made),
    )


def _checked(request: HttpRequest, form: PushedForm) -> HttpResponse:
    """The same page with what lists and register say; nothing is kept yet, so nothing else is asked for."""
    form.full_clean()
    words = str(form.cleaned_data.get("what", ""))
    form.errors.clear()
    if not words:
        form.add_error("what", _("请先写任务名称"))
        return _new_page(request, form, status=422)
    return _new_page(request, form, looked=True, found=best(words.splitlines()[0][:80], most=3))


def _new_page(
    request: HttpRequest, form: PushedForm, *, looked: bool = False, found: Sequence[Match] = (), status: int = 200
) -> HttpResponse:
    words = {"heading": _("反映转嫁"), "submit": _("提交反映"), "back": reverse("admission:pushed_index")}
    more = {"looked": looked, "found": found, "is_covered": any(match.covers for match in found)}
    return form_page(request, "admission/pushed_new.html", form, NAV | words, status=status, **more)


def _reported(request: HttpRequest, made: PushedTask) -> HttpResponse:
    words = {"number": made.number, "found": _("有据") if made.is_covered else _("无据")}
    messages.success(request, _("已反映：%(number)s，清单核对%(found)s") % words)
    return redirect("admission:pushed", pk=made.pk)


@allow(*READERS)
@never_cache
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return show(request, open_page(reader(request), pk))


@allow(*ACTORS)
@never_cache
@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """The page with the numbers in people's words in full; the look is on record."""
    return show_in_full(request, open_page(reader(request), pk))


@allow(*ACTORS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """The form of one step; POST takes it."""
    return take_step(request, Desk(lambda: open_page(reader(request), pk), form_for), action)


@allow(*READERS)
@never_cache
@require_safe
def photo(request: HttpRequest, pk: int) -> FileResponse:
    """The photo, for those who may know who took it."""
    page = open_page(reader(request), pk)
    if not page.photo_url or not default_storage.exists(page.row.photo_path):
        raise Http404
    page.note_reading()
    response = FileResponse(default_storage.open(page.row.photo_path), content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    handed(response, "photo.jpg", is_shown=True)
    return response
