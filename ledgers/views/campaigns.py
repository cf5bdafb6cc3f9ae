"""专项行动: the list, one campaign with its progress, the share of each worker, the three-tap form, print and file."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from core import clock
from core.errors import Denied
from core.files import tables
from core.process.transition_views import show
from core.rows.list_address import one_of
from core.trust import audit
from core.web.submitting import posted, submit
from duties.routing.deciding import version_in_force
from issues.ticket.photo_views import told
from issues.workflow import PLACE_ROLES
from ledgers import lists
from ledgers.campaigns import progress
from ledgers.campaigns.look_form import LookForm
from ledgers.campaigns.targets import look, looks_for, may_use_tags, start
from ledgers.forms import CampaignForm
from ledgers.models import Campaign, Target
from ledgers.page import open_page
from ledgers.people import CAMPAIGN_READERS, KEEPERS, offices_of
from ledgers.workflow import Kind
from ledgers.workflow.campaign import Result
from members.access import allow, get_scoped_or_404, reader
from members.models import User
from members.roles import Role
from members.signing_in.stepping_up import proved

NAV = {"nav": "campaigns"}
OPENERS = tuple(role for role in Role if role in KEEPERS)
LOOKERS = tuple(role for role in CAMPAIGN_READERS if role in PLACE_ROLES)


@allow(*CAMPAIGN_READERS)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    user, view = reader(request), lists.plain_view(request.GET)
    page, rows = lists.campaign_page(user, view, request.GET.get("after", ""))
    context = NAV | {
        "views": lists.plain_tabs(Campaign, user, view, request.path),
        "page": page,
        "rows": rows,
        "query": f"view={view}&",
        "may_open": bool(offices_of(user)),
    }
    return render(request, "ledgers/campaigns.html", context)


@allow(*CAMPAIGN_READERS)
@never_cache
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is by village and grid; nobody is ranked."""
    user = reader(request)
    page = open_page(user, Kind.CAMPAIGN, pk)
    return show(request, page, **_standing(user, page.matter))


@allow(*CAMPAIGN_READERS)
@never_cache
@require_safe
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The same on paper."""
    user = reader(request)
    page = open_page(user, Kind.CAMPAIGN, pk)
    return render(request, "ledgers/campaign_sheet.html", {"page": page, **_standing(user, page.matter)})


def _standing(user: User, campaign: Campaign) -> dict[str, Any]:
    return {
        "tally": progress.tally_of(user, campaign),
        "may_see_rows": progress.may_see_rows(user, campaign),
        "tags": campaign.tags if may_use_tags(user) else [],
    }


@allow(*CAMPAIGN_READERS)
@proved
@never_cache
@require_GET
def export(request: HttpRequest, pk: int, kind: str) -> FileResponse:
    """The targets in sight as a file, without names, phones or labels; on the trail."""
    if kind not in tables.TYPES:
        raise Http404
    user, now = reader(request), clock.now()
    campaign = get_scoped_or_404(user, Campaign, pk=pk)
    rows = progress.rows_to_keep(user, campaign)
    table = tables.write(kind, progress.TARGET_COLUMNS, rows, now, title=_("专项行动"))
    with transaction.atomic():
        audit.record("ledgers.exported", campaign, actor=user, format=kind, filter=campaign.number, count=table.count)
    return table.answer("xingdong", now)


@allow(*OPENERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    user = reader(request)
    offices = offices_of(user)
    if not offices:
        raise Denied(_("您的岗位不能在这里开展行动"))
    version, tags = version_in_force(), may_use_tags(user)

    def ask(form: CampaignForm, status: int) -> HttpResponse:
        return render(request, "ledgers/new_campaign.html", NAV | {"form": form}, status=status)

    first = {"starts_on": clock.today()}
    form = CampaignForm(offices[0], version, posted(request), may_use_tags=tags, initial=first)
    return submit(
        request,
        form,
        ask,
        lambda once: start(user=user, office=offices[0], plan=form.plan, once=once),
        lambda made: _opened(request, made),
    )


def _opened(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    messages.success(request, _("已开展：%(number)s，名单按网格分到网格员手机") % {"number": campaign.number})
    return redirect("ledgers:campaign", pk=campaign.pk)


@allow(*CAMPAIGN_READERS)
@never_cache
@require_safe
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """My share: what is still to be looked at, by grid."""
    user = reader(request)
    campaign = get_scoped_or_404(user, Campaign, pk=pk)
    view = one_of(request.GET, "view", progress.VIEWS, "todo")
    grids = progress.grids_of(user, campaign)
    grid = request.GET.get("grid", "")
    grid = grid if grid in {code for code, _name, _left in grids} else ""
    context = NAV | {
        "campaign": campaign,
        "views": progress.share_tabs(user, campaign, view, grid),
        "view": view,
        "grid": grid,
        "grids": grids,
        "page": progress.share_of(user, campaign, view=view, grid=grid, after=request.GET.get("after", "")),
        "query": f"view={view}&grid={grid}&",
    }
    return render(request, "ledgers/share.html", context)


@allow(*CAMPAIGN_READERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def target(request: HttpRequest, pk: int) -> HttpResponse:
    """One household or grid: 正常, 发现问题 or 没人; what is found becomes a ticket."""
    user = reader(request)
    row = progress.target_of(user, pk)
    offered = looks_for(row, user)
    given = posted(request)
    form = LookForm(row.campaign, offered if given is None else offered or list(Result), given, request.FILES or None)
    return submit(
        request,
        form,
        _asking(request, row, offered),
        lambda once: look(row.pk, form.chosen, user=user, once=once, **form.contents),
        lambda made: _looked(request, made),
        tell=lambda made: told(made.ticket) if made.ticket else {},
    )


def _asking(request: HttpRequest, row: Target, offered: list[str]) -> Callable[..., HttpResponse]:
    def ask(form: LookForm, status: int) -> HttpResponse:
        context = NAV | {"target": row, "campaign": row.campaign, "form": form, "offered": offered}
        return render(request, "ledgers/target.html", context, status=status)

    return ask


def _looked(request: HttpRequest, row: Target) -> HttpResponse:
    if row.ticket is not None:
        messages.success(request, _("已记下，并转为工单 %(number)s") % {"number": row.ticket.number})
    else:
        messages.success(request, _("“%(name)s”已记下：%(result)s") % {"name": row.name, "result": row.info.label})
    return redirect(f"{reverse('ledgers:share', args=[row.campaign_id])}?grid={row.area.code}")
