"""Files with personal data: asked for, approved by a second person, fetched once."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from core.errors import Refused
from core.files import tables
from core.web.submitting import posted, submit
from households.forms import DecideForm, ExportForm
from households.imports.lists import PAGE_SIZE
from households.models import ExportRequest
from households.people import APPROVERS, KEEPERS, places_of
from households.registers import exports
from households.rules import EXPORT_OPEN
from households.views.common import NAV, FormPage, taken
from members.access import allow, get_scoped_or_404, reader
from members.signing_in.stepping_up import proved

HOURS = int(EXPORT_OPEN.total_seconds() // 3600)
FORMS = require_http_methods(["GET", "HEAD", "POST"])


@allow(*KEEPERS, *APPROVERS)
@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """One's own wishes, and for who approves those of the township."""
    user = reader(request)
    page = exports.page(user, request.GET.get("after", ""), PAGE_SIZE)
    rows = [{"row": row, "may_fetch": exports.may_fetch(row, user)} for row in page.rows]
    context = {
        "page": page, "rows": rows, "may_ask": bool(places_of(user, KEEPERS)),
        "may_decide": {place.pk for place in places_of(user, APPROVERS)}, "hours": HOURS,
    }  # fmt: skip
    return render(request, "households/exports.html", NAV | context)


@allow(*KEEPERS)
@proved
@never_cache
@FORMS
def new(request: HttpRequest) -> HttpResponse:
    user = reader(request)
    places = places_of(user, KEEPERS)
    if not places:
        raise Refused(_("您管的范围里没有村社或乡镇"))
    intro = _("含姓名电话的文件要由乡镇领导批准，批准后 %(n)d 小时内由您取走一次；已撤回同意的住户不在其中。") % {
        "n": HOURS
    }
    page = FormPage(_("申请导出个人信息"), _("提交申请"), reverse("households:exports"), intro=intro)
    form = ExportForm(places, posted(request))
    return submit(
        request,
        form,
        lambda form, status: page.show(request, form, status),
        lambda once: exports.ask(
            area=form.cleaned_data["place"], reason=form.cleaned_data["reason"], user=user, once=once
        ),
        lambda _made: _asked(request),
    )


def _asked(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("已提交，等乡镇领导批准；批准后在这里取走"))
    return redirect("households:exports")


@allow(*APPROVERS)
@proved
@never_cache
@FORMS
def decide_one(request: HttpRequest, pk: int) -> HttpResponse:
    user = reader(request)
    row = get_scoped_or_404(user, ExportRequest, pk=pk)
    form = DecideForm(request.POST or None)
    intro = _("%(who)s申请导出%(area)s %(n)d 户的姓名和电话，用途：%(reason)s") % {
        "who": row.asked_by.name, "area": row.area.name, "n": row.count, "reason": row.reason,
    }  # fmt: skip
    page = FormPage(_("批准导出"), _("提交意见"), reverse("households:exports"), intro=intro)
    return taken(
        request,
        form,
        page,
        lambda: exports.decide(
            request=row,
            approve=form.cleaned_data["approve"] == "yes",
            remark=form.cleaned_data["remark"],
            user=user,
        ),
        _("已提交"),
    )


@allow(*KEEPERS)
@proved
@never_cache
@require_POST
def fetch_one(request: HttpRequest, pk: int, kind: str) -> FileResponse:
    """Take the file away, once."""
    if kind not in tables.TYPES:
        raise Http404
    user, now = reader(request), clock.now()
    row = get_scoped_or_404(user, ExportRequest, pk=pk)
    table = exports.fetch(request=row, kind=kind, user=user)
    return table.answer("zhuhu-geren", now)
