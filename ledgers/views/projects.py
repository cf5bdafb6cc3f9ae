"""民生实事 for staff: projects, proposals, 立项, writing down what the village said."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import Denied
from core.process.transition_views import show
from core.races.idempotency import Once
from core.web.submitting import posted, submit
from grids.levels import Level
from grids.scope import areas_below
from issues.field.queries import placing_areas
from ledgers import lists
from ledgers.engine.projects import decline, proposal_hats, propose, start
from ledgers.forms import DeclineForm, ProjectForm, VillageProposeForm
from ledgers.models import Project, Proposal
from ledgers.page import open_page
from ledgers.people import PROPOSERS, READERS, TOWN_KEEPERS, offices_of
from ledgers.workflow import Kind
from ledgers.workflow.project import Proposal as ProposalState
from members.access import allow, get_scoped_or_404, reader, scope_for
from members.roles import Role

NAV = {"nav": "projects"}
STARTERS = tuple(role for role in Role if role in TOWN_KEEPERS)
MOST_CHOICES = 60


@allow(*READERS)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Projects with the lamp of their next milestone."""
    user, view = reader(request), lists.plain_view(request.GET)
    page, rows = lists.project_page(user, view, request.GET.get("after", ""))
    context = NAV | {
        "views": lists.plain_tabs(Project, user, view, request.path),
        "page": page,
        "rows": rows,
        "query": f"view={view}&",
        "waiting": lists.waiting_proposals(user),
        "may_start": bool(offices_of(user, TOWN_KEEPERS)),
    }
    return render(request, "ledgers/projects.html", context)


@allow(*READERS)
@never_cache
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    page = open_page(reader(request), Kind.PROJECT, pk)
    return show(request, page, proposals=page.matter.proposals.count())


@allow(*STARTERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """立项, with the proposals that it takes up."""
    user = reader(request)
    offices = offices_of(user, TOWN_KEEPERS)
    if not offices:
        raise Denied(_("您的岗位不能在这里立项"))
    villages = list(areas_below(offices[0], [Level.VILLAGE]))
    waiting = Proposal.objects.visible_to(user).filter(state=ProposalState.WAITING, township=offices[0].pk)
    proposals = list(waiting.select_related("village").order_by("village__code", "-placed_at")[:MOST_CHOICES])

    def ask(form: ProjectForm, status: int) -> HttpResponse:
        return render(request, "ledgers/new_project.html", NAV | {"form": form}, status=status)

    chosen = next((one for one in proposals if str(one.pk) == request.GET.get("proposal")), None)
    first = {"proposals": [str(chosen.pk)], "village": chosen.village.code} if chosen else {}
    form = ProjectForm(offices[0], villages, proposals, posted(request), initial=first)
    return submit(
        request,
        form,
        ask,
        lambda once: start(user=user, once=once, **form.contents),
        lambda made: _started(request, made),
    )


def _started(request: HttpRequest, project: Project) -> HttpResponse:
    messages.success(request, _("已立项：%(number)s") % {"number": project.number})
    return redirect("ledgers:project", pk=project.pk)


@allow(*READERS)
@never_cache
@require_safe
def proposals(request: HttpRequest) -> HttpResponse:
    """What residents and villages proposed."""
    user, view = reader(request), lists.plain_view(request.GET)
    page = lists.proposal_page(user, view, request.GET.get("after", ""))
    rows = [{"proposal": one, "may": bool(proposal_hats(user, one)) and one.info.is_open} for one in page.rows]
    context = NAV | {
        "page": page,
        "rows": rows,
        "view": view,
        "query": f"view={view}&",
        "may_propose": bool(scope_for(user).roles & PROPOSERS),
    }
    return render(request, "ledgers/proposals.html", context)


@allow(*STARTERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decline_one(request: HttpRequest, pk: int) -> HttpResponse:
    """不采纳, with a reason."""
    user = reader(request)
    proposal = get_scoped_or_404(user, Proposal, pk=pk)

    def ask(form: DeclineForm, status: int) -> HttpResponse:
        context = NAV | {"form": form, "proposal": proposal}
        return render(request, "ledgers/decline.html", context, status=status)

    form = DeclineForm(posted(request))

    def do(once: Once) -> Proposal:
        return decline(proposal.pk, user=user, reason=form.cleaned_data["reason"], once=once)

    return submit(request, form, ask, do, lambda made: _declined(request))


def _declined(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("已记下，提建议的人能看到理由"))
    return redirect("ledgers:proposals")


@allow(*(role for role in Role if role in PROPOSERS))
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write_down(request: HttpRequest) -> HttpResponse:
    """代提: what somebody of the village said, written down by staff."""
    user = reader(request)
    grids = placing_areas(user)

    def ask(form: VillageProposeForm, status: int) -> HttpResponse:
        return render(request, "ledgers/write_down.html", NAV | {"form": form}, status=status)

    form = VillageProposeForm(grids, posted(request))
    return submit(
        request, form, ask, lambda once: propose(user=user, once=once, **form.contents), lambda made: _written(request)
    )


def _written(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("建议已记下，镇里审议后会答复"))
    return redirect("ledgers:proposals")
