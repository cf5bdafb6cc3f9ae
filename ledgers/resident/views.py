"""Residents' pages of livelihood projects. Public: the token of a grid or the code of a proposal is all one needs."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.files import qr
from core.races import doors
from core.races.idempotency import Once
from core.trust.visitor import remember, visitor_of
from core.web.submitting import posted, submit
from grids.levels import Level
from grids.models import Area
from grids.scope import ancestor_at, area_by_token
from ledgers.engine.projects import propose
from ledgers.forms import ProposeForm
from ledgers.models import Proposal
from ledgers.resident.shown import proposal_by_code, public_project, public_projects
from ledgers.rules import CODES, PROPOSALS
from members.access import public


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def propose_one(request: HttpRequest, token: str) -> HttpResponse:
    """`/d/<token>/propose/`: 提一件民生实事 in the grid whose code was scanned."""
    area = _area_or_404(token)

    def do(once: Once) -> Proposal:
        doors.knock(PROPOSALS, visitor_of(request), place=area.code, is_answered=form.is_answered)
        return propose(area=area, once=once, **form.contents)

    form = ProposeForm(posted(request))
    return submit(
        request,
        form,
        lambda form, status: _page(request, area, form, status),
        do,
        lambda made: remember(request, redirect(f"{reverse('ledgers:proposal', args=[made.code])}?new=1")),
        owner=f"propose:{area.code}",
    )


def _page(request: HttpRequest, area: Area, form: ProposeForm, status: int) -> HttpResponse:
    context = {"area": area, "village": ancestor_at(area, Level.VILLAGE), "form": form}
    return render(request, "ledgers/resident/propose.html", context, status=status)


@public
@never_cache
@require_safe
def village(request: HttpRequest, token: str) -> HttpResponse:
    """`/d/<token>/projects/`: what the village is getting, with lamps and answers."""
    area = _area_or_404(token)
    place = ancestor_at(area, Level.VILLAGE)
    if place is None:
        raise Http404
    context = {"area": area, "village": place, "projects": public_projects(place)}
    return render(request, "ledgers/resident/village.html", context)


@public
@never_cache
@require_safe
def proposal(request: HttpRequest, code: str) -> HttpResponse:
    """`/p/<code>/`: what became of a proposal; its words and its proposer are not shown."""
    found = _proposal_or_404(request, code)
    context = {
        "proposal": found,
        "is_new": request.GET.get("new") == "1",
        "project": public_project(found.project) if found.project else None,
        "qr": qr.svg(request.build_absolute_uri(reverse("ledgers:proposal", args=[found.code]))),
    }
    return remember(request, render(request, "ledgers/resident/proposal.html", context))


def _proposal_or_404(request: HttpRequest, code: str) -> Proposal:
    """The proposal with this code; a wrong one is counted. Raises `TooMany` where too many were wrong.

    Its codes are so long that no crowd of wrong ones makes a right one likelier: nobody is asked a question here.
    """
    who = visitor_of(request)
    doors.before_a_guess(CODES, who, is_answered=True)
    found = proposal_by_code(code)
    if found is None:
        doors.wrong_guess(CODES, who)
        raise Http404
    return found


def _area_or_404(token: str) -> Area:
    area = area_by_token(token)
    if area is None:
        raise Http404
    return area
