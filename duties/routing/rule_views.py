"""派单规则: the list of what consultations decided for the next time, and how the list's own word comes back."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import Conflict
from core.rows.paging import page_of
from duties.lists.viewer import RULE_ENDERS, RULE_READERS, may_end_rules, own_township, township_choices
from duties.routing import dispatching, standing
from duties.routing.power_forms import EndRuleForm
from members.access import allow, reader
from members.models import User

PAGE_SIZE = 50


@allow(*RULE_READERS)
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """`/lists/rules/`: rules in force or ended; staff of a township read those of their own."""
    township = own_township(request)
    ended = request.GET.get("state") == "ended"
    town = f"town={township.code}&" if township else ""
    page = page_of(
        dispatching.listed(township, ended=ended),
        order=("-revoked_at", "-id") if ended else ("-made_at", "-id"),
        after=request.GET.get("after", ""),
        size=PAGE_SIZE,
    )
    context = {
        "nav": "lists",
        "sections": standing.sections(reader(request), "rules"),
        "page": page,
        "lines": dispatching.lines(page.rows),
        "ended": ended,
        "tabs": [
            {"url": f"?{town}state=in_force", "text": _("执行中"), "current": not ended},
            {"url": f"?{town}state=ended", "text": _("已废止"), "current": ended},
        ],
        "query": f"{town}state={'ended' if ended else 'in_force'}&",
        "township": township,
        "townships": township_choices(request),
        "may_end": may_end_rules(request),
    }
    return render(request, "duties/rules.html", context)


@allow(*RULE_ENDERS)
@require_http_methods(["GET", "HEAD", "POST"])
def end_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask why, then let the list alone decide again."""
    rule = dispatching.rule_by_pk(pk)
    if rule is None or not isinstance(request.user, User):
        raise Http404(_("没有这条派单规则"))
    form = EndRuleForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                dispatching.revoke(rule=rule, reason=form.cleaned_data["reason"], actor=request.user)
            except Conflict as conflict:
                messages.warning(request, conflict.message)
            else:
                messages.success(request, _("派单规则已废止，今后按责任清单派单"))
            return redirect("lists:rules")
    context = {"nav": "lists", "line": dispatching.lines([rule])[0], "form": form}
    return render(request, "duties/end_rule.html", context, status=status)
