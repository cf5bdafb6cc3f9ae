"""The page of what was parked, of every topic: start over, or void with a reason."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.jobs import parked
from core.models import OutboxRow
from members.access import allow, reader
from members.people.panels import Panel
from members.roles import Role
from notices.system import queries
from notices.system.forms import VoidForm


@allow(Role.SYSTEM_ADMIN)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return _page(request)


@allow(Role.SYSTEM_ADMIN)
@require_POST
def rerun(request: HttpRequest, pk: int) -> HttpResponse:
    """Let one row start over."""
    again = parked.rerun(queries.parked_or_404(pk), actor=reader(request))
    _say(request, int(again), _("已重新排队 %(n)d 项，几秒后见结果"))
    return redirect("system:parked")


@allow(Role.SYSTEM_ADMIN)
@require_POST
def rerun_all(request: HttpRequest) -> HttpResponse:
    """Let every row of one kind start over."""
    again = parked.rerun_all(request.POST.get("topic", "")[:64], actor=reader(request))
    _say(request, again, _("已重新排队 %(n)d 项，几秒后见结果"))
    return redirect("system:parked")


@allow(Role.SYSTEM_ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def void(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the reason, then leave the row, or all of its kind, undone."""
    row = queries.parked_or_404(pk)
    form = VoidForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        reason, admin = form.cleaned_data["reason"], reader(request)
        if form.cleaned_data["all"]:
            count = parked.void_all(row.topic, reason=reason, actor=admin)
        else:
            count = int(parked.void(row, reason=reason, actor=admin))
        _say(request, count, _("已作废 %(n)d 项"))
        return redirect("system:parked")
    (line,) = queries.lines([row])
    text = _("%(what)s。作废后不再执行，不能恢复。") % {"what": f"{line.label} {line.detail}".strip()}
    return _page(request, Panel(_("作废"), _("作废"), reverse("system:parked"), form, text, danger=True), row)


def _say(request: HttpRequest, count: int, words: str) -> None:
    if count:
        messages.success(request, words % {"n": count})
    else:
        messages.info(request, _("没有这样的搁置事项，可能刚刚有人处理过"))


def _page(request: HttpRequest, panel: Panel | None = None, chosen: OutboxRow | None = None) -> HttpResponse:
    page, lines = queries.parked_page(request.GET.get("after", ""))
    context = {
        "nav": "system",
        "sections": queries.sections("parked"),
        "page": page,
        "lines": lines,
        "topics": queries.topics(),
        "waiting": parked.waiting_to_be_sent(),
        "panel": panel,
        "chosen": chosen,
    }
    return render(request, "notices/system/parked.html", context, status=panel.status if panel else 200)
