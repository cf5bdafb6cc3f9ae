"""The phone's own pages, and logging in both frames."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import Refused
from core.text import is_clean
from core.web.submitting import submit
from duties.lists.queries import current, search
from duties.models import ListVersion
from duties.routing.deciding import decide
from grids.models import Area, Household
from issues.dossier.ticket_page import who_is_next
from issues.dossier.wording import done_words
from issues.engine.clocks import lamp
from issues.engine.intake import goes_to, log
from issues.extensions import phone_links
from issues.field import queries
from issues.field.forms import CounterForm, LogForm
from issues.finding.families import alike
from issues.models import Ticket
from issues.queue.rows import whose_move
from issues.stepping.fields import SUGGESTED
from issues.ticket.photo_views import told
from issues.workflow import GRID_STAFF, PLACE_ROLES
from members.access import allow, get_scoped_or_404, reader, scope_for
from members.models import User
from members.navigation import is_on_phone
from members.roles import PHONE_ROLES

GRID_ROLES = frozenset(role for role, _relation in GRID_STAFF)
TEXT_MAX = 80


@allow(*PHONE_ROLES)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """`/m/`: what waits for me, most urgent first."""
    user = reader(request)
    page = queries.home_of(user)
    context = {
        "nav": "home",
        "page": page,
        "mine": [_card(ticket, page) for ticket in page.mine],
        "others": [_card(ticket, page) for ticket in page.others],
        "counts": {tab.view: tab for tab in page.tabs},
        "beside": phone_links(user),
        "may_log": bool(scope_for(user).roles & PLACE_ROLES),
        "where": "、".join(str(p.area or p.department) for p in scope_for(user).posts[:2]),
    }
    return render(request, "issues/field/home.html", context)


def _card(ticket: Ticket, page: queries.Home) -> dict[str, Any]:
    return {"ticket": ticket, "lamp": lamp(ticket, page.now), "where": f"{ticket.area.name} · {whose_move(ticket)}"}


@allow(*PHONE_ROLES)
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """`/m/me`: my own numbers, my grid's code, my account."""
    user = reader(request)
    scope = scope_for(user)
    context = {"nav": "me", "own": queries.own_numbers(user), "grids": queries.grid_posts(scope), "posts": scope.posts}
    return render(request, "issues/field/me.html", context)


@allow(*PHONE_ROLES)
@require_safe
def drafts(request: HttpRequest) -> HttpResponse:
    """`/m/drafts/`: the frame of what this phone keeps; the server knows nothing of it."""
    return render(request, "issues/field/drafts.html", {"nav": "drafts"})


@allow(*PLACE_ROLES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """`/m/new`, `/t/new/`: log a finding; one press also takes it on or whistles."""
    user = reader(request)
    household = _household(request, user)
    form = _form(request, user, household)
    return submit(
        request,
        form,
        lambda form, status: _page(request, form, household, status),
        lambda once: log(
            form.new_ticket(household), user=user, then=form.then, once=once, cause=form.cleaned_data.get("cause", "")
        ),
        lambda ticket: _logged(request, user, ticket),
        tell=told,
    )


def _logged(request: HttpRequest, user: User, ticket: Ticket) -> HttpResponse:
    messages.success(request, done_words("place", ticket, who_is_next(ticket)))
    return redirect("issues:phone_ticket" if _frame(user) == "phone" else "issues:ticket", number=ticket.number)


def _form(request: HttpRequest, user: User, household: Household | None) -> LogForm:
    """The form for the reader's grids; raises Refused while there is none to log in, or no list to log under."""
    areas, version = queries.placing_areas(user), current()
    if not areas or version is None:
        raise Refused(_("现在不能上报：您管的范围里还没有网格，或责任清单还没有施行"))
    make = LogForm if scope_for(user).roles & GRID_ROLES else CounterForm
    chosen = _area(request.POST.get("area") or request.GET.get("area", ""), areas, household)
    tiles = queries.tiles_for(version, chosen if make is LogForm else None)
    if request.method == "POST":
        return make(areas, tiles, version, request.POST, request.FILES)
    initial = {"area": chosen.code, "where": household.address if household else "", "which": _wanted(request)}
    return make(areas, tiles, version, initial=initial)


@allow(*PLACE_ROLES)
@require_safe
def match(request: HttpRequest) -> HttpResponse:
    """Whose duty what is being typed is: the card under the tiles, fetched as one chooses."""
    user, version = reader(request), current()
    areas = queries.placing_areas(user)
    if version is None or not areas:
        raise Http404
    area = _area(request.GET.get("area", ""), areas, None)
    found = _matched(request.GET, version, area)
    goes = goes_to(user, area, found["decision"]) if found["decision"] else ""
    return render(request, "issues/field/match.html", found | {"is_fragment": True, "goes": goes})


def _matched(given: Any, version: ListVersion, area: Area) -> dict[str, Any]:
    """The decision on the item that is chosen; of words that choose none, the items to choose from."""
    typed = str(given.get("which") or "")
    words = (typed or str(given.get("item") or ""))[:TEXT_MAX]
    first = words.split()[0] if words.strip() and is_clean(words) else ""
    hits = search(version, first) if first else []
    picked = str(given.get("which_pick") or "") if typed else ""
    item = next((hit.item for hit in hits if hit.item.code == (picked or first.upper())), None)
    offered = hits[:SUGGESTED] if typed and (picked or item is None) else []
    found: dict[str, Any] = {"asked": words, "hits": offered, "picked": picked, "decision": None}
    if item is None:
        return found
    return found | {"decision": decide(item, area), "item": item, "alike": alike(area, item.code)}


def _page(request: HttpRequest, form: LogForm, household: Household | None, status: int = 200) -> HttpResponse:
    user = reader(request)
    frame = _frame(user)
    context = {
        "nav": "new" if frame == "phone" else "queue",
        "form": form,
        "household": household,
        "may_carry": not isinstance(form, CounterForm),
    }
    return render(request, f"issues/field/new_{frame}.html", context, status=status)


def _frame(user: User) -> str:
    return "phone" if is_on_phone(scope_for(user).roles) else "desk"


def _household(request: HttpRequest, user: User) -> Household | None:
    """The household a finding is about, if the page was opened from its file."""
    code = request.POST.get("household") or request.GET.get("household")
    return get_scoped_or_404(user, Household, code=code) if code else None


def _area(code: str, areas: list[Area], household: Household | None) -> Area:
    """The grid that is meant, else the first one the reader answers for."""
    wanted = household.area.code if household else code
    return next((area for area in areas if area.code == wanted), areas[0])


def _wanted(request: HttpRequest) -> str:
    """An item chosen on the page one comes from, such as the list."""
    code = request.GET.get("item", "")[:8]
    return code if code.isascii() and code.isalnum() else ""
