"""The page of a dry run: what a version would have done with past tickets, before anybody publishes it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.errors import Denied
from duties.lists import queries
from duties.lists.approvers import SIGNER
from duties.lists.viewer import DRY_RUNNERS, may_dry_run
from duties.routing import dryrun
from members.access import allow

SHOWN = 100
"""Changed groups on the page; the rest is counted."""


@allow(*DRY_RUNNERS, SIGNER)
@never_cache
@require_safe
def index(request: HttpRequest, number: int) -> HttpResponse:
    """`/lists/<number>/dryrun/?days=365`"""
    if not may_dry_run(request):
        raise Denied(_("只有全县的人员和审核部门可以看试算"))
    version = queries.version_or_404(number)
    given = request.GET.get("days", "")
    days = int(given) if given in map(str, dryrun.PERIODS) else dryrun.PERIODS[0]
    outcome = dryrun.run(version, days)
    context = {
        "nav": "lists",
        "version": version,
        "outcome": outcome,
        "moved": outcome.moved[:SHOWN],
        "hidden": len(outcome.moved[SHOWN:]),
        "tabs": [{"url": f"?days={n}", "text": _period(n), "current": n == days} for n in dryrun.PERIODS],
        "back": reverse("lists:diff", args=[version.number]),
    }
    return render(request, "duties/dryrun.html", context)


def _period(days: int) -> str:
    return _("近 %(n)d 天") % {"n": days} if days else _("全部")
