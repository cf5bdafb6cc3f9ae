"""包联: who keeps in touch with whom, how many households are covered, and the gaps."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import Refused
from core.web.submitting import posted, submit
from grids.finding import found_q
from households.contact import queries
from households.contact.liaisons import add_helper, assign, release, retire_helper
from households.forms import AssignForm, HelperForm
from households.people import KEEPERS, READERS
from households.registers import search
from households.registers.search import Wanted
from households.rules import LEAST_LIAISONS, MOST_LIAISONS
from households.views.common import FormPage, taken
from members.access import allow, reader

NAV = {"nav": "households"}
OFFERED = 30


@allow(*READERS)
@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    user = reader(request)
    wanted = Wanted.parse(request.GET, user)
    area = search.area_of(user, wanted)
    if wanted.area and area is None:
        raise Http404
    context = NAV | {
        "area": area,
        "coverage": queries.coverage(user, area),
        "helpers": queries.helper_page(user, area, request.GET.get("people", "")),
        "gaps": queries.gaps(user, area, request.GET.get("after", "")),
        "query": wanted.query,
        "least": LEAST_LIAISONS,
        "most": MOST_LIAISONS,
        "may_keep": bool(queries.keeping_villages(user)),
    }
    return render(request, "households/liaisons.html", context)


@allow(*KEEPERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    user = reader(request)
    villages = queries.keeping_villages(user)
    if not villages:
        raise Refused(_("您管的范围里没有村社"))
    accounts = queries.accounts_in(villages)
    page = FormPage(_("添加联户人"), _("添加"), reverse("households:liaisons"), icon="plus")
    form = HelperForm(villages, accounts, posted(request))
    return submit(
        request,
        form,
        lambda form, status: page.show(request, form, status),
        lambda once: add_helper(
            village=form.cleaned_data["village"],
            name=form.cleaned_data["name"],
            kind=form.cleaned_data["kind"],
            account=form.cleaned_data["account"],
            user=user,
            once=once,
        ),
        lambda made: redirect("households:helper", pk=made.pk),
    )


@allow(*READERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def helper(request: HttpRequest, pk: int) -> HttpResponse:
    """One helper with their households; who keeps liaisons adds some."""
    user = reader(request)
    row = queries.helper_of(user, pk)
    words = request.GET.get("q", "").strip()[:60]
    may_keep = row.village_id in {village.pk for village in queries.keeping_villages(user)}
    offered = queries.uncovered(user, row.village)
    if words:
        offered = offered.filter(found_q(words))
    offered = offered.order_by("code")
    form = AssignForm(offered, request.POST or None)
    context: dict[str, Any] = {
        "offered": offered[:OFFERED], "words": words, "helper": row, "may_keep": may_keep,
        "liaisons": queries.liaisons_of(user, row), "least": LEAST_LIAISONS, "most": MOST_LIAISONS,
    }  # fmt: skip
    if request.method == "POST":
        page = FormPage(row.name, _("由他联系"), reverse("households:helper", args=[pk]))
        return taken(
            request,
            form,
            page,
            lambda: assign(helper=row, households=list(form.cleaned_data["households"]), user=user),
            _("已安排"),
        )
    return render(request, "households/helper.html", NAV | context | {"form": form})


@allow(*KEEPERS)
@require_POST
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    user = reader(request)
    retire_helper(helper=queries.helper_of(user, pk), user=user)
    messages.success(request, _("已不再联户，原来的户列在缺口里"))
    return redirect("households:liaisons")


@allow(*KEEPERS)
@require_POST
def release_one(request: HttpRequest, pk: int) -> HttpResponse:
    user = reader(request)
    row = queries.liaison_of(user, pk)
    release(liaison=row, user=user)
    messages.success(request, _("这一户已不由他联系"))
    return redirect("households:helper", pk=row.helper_id)
