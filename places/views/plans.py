"""Plans to reshape grids: the list, beginning one, its page with preview, and what is pressed on it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import DomainError, Refused
from core.rows.paging import page_of
from core.web.forms import CleanForm, IdempotentForm
from grids.levels import GRID_LEVELS
from grids.models import Area
from grids.tree import AreaRefused
from members.access import allow, get_scoped_or_404, reader, scope_for
from members.areas.forms import show_refusal
from members.areas.queries import trail
from members.models import User
from members.roles import Role
from places.forms import PressForm
from places.models import Plan
from places.plans import carrying, drafting, drawing
from places.plans.forms import ApplyForm, ChoiceForm, NewPlanForm, PartForm, SuggestForm, UndoForm, groups_for
from places.plans.preview import preview
from places.rules import PlanKind, PlanState
from places.views.common import ADMIN, GET_OR_POST, NAV, PLAN_READERS, once

PAGE_SIZE = 30
LONGEST_KEY = 18


@allow(*PLAN_READERS)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    user = reader(request)
    state = request.GET.get("state", "")
    rows = Plan.objects.visible_to(user).select_related("area", "created_by").prefetch_related("sources__area")
    if state in PlanState.values:
        rows = rows.filter(state=state)
    context = {
        "page": page_of(rows, order=("-id",), after=request.GET.get("after", ""), size=PAGE_SIZE),
        "states": PlanState.choices,
        "state": state if state in PlanState.values else "",
    }
    return render(request, "places/plans.html", NAV | context)


@allow(*ADMIN)
@never_cache
@require_http_methods(GET_OR_POST)
def new(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Begin a plan at one grid."""
    user = reader(request)
    area = get_scoped_or_404(user, Area, code=code)
    if kind not in PlanKind.values:
        raise Http404
    if area.level not in GRID_LEVELS or area.retired_at:
        raise Refused(_("只有在用的网格和微网格可以调整"))
    form = NewPlanForm(kind, area, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            pk = once(request, user, form, lambda: str(_begin(user, area, kind, form).pk))
        except drafting.PlanRefused as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("places:plan", pk=int(pk))
    context = {"area": area, "scope_trail": trail(user, area), "kind": PlanKind(kind), "form": form}
    return render(request, "places/plan_new.html", NAV | context, status=422 if form.errors else 200)


def _begin(user: User, area: Area, kind: str, form: NewPlanForm) -> Plan:
    data = form.cleaned_data
    others = list(data.get("others", ()))
    sources = others if kind == PlanKind.MERGE else [area, *others]
    into = area if kind == PlanKind.MERGE else data.get("into")
    plan = drafting.draft(kind=kind, sources=sources, into=into, reason=data["reason"], actor=user)
    if "parts" in data:
        drafting.suggest(plan=plan, parts=data["parts"], actor=user)
    return plan


@allow(*PLAN_READERS)
@never_cache
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    user = reader(request)
    return _page(request, user, get_scoped_or_404(user, Plan, pk=pk))


def _page(request: HttpRequest, user: User, plan: Plan, status: int = 200, **filled: Any) -> HttpResponse:
    """The page of a plan; `filled` are the forms that were sent and refused."""
    may = Role.SYSTEM_ADMIN in scope_for(user).roles
    context: dict[str, Any] = {"plan": plan, "scope_trail": trail(user, plan.area), "may_change": may}
    if plan.state == PlanState.DRAFT:
        shown = preview(plan)
        context["shown"] = shown
        if may:
            context |= _draft_forms(plan, shown.fingerprint) | {"canvas": drawing.canvas(plan)}
    else:
        refusal = carrying.undo_refusal(plan) if plan.state == PlanState.APPLIED else None
        context |= {"undo_refusal": refusal, "undo": UndoForm(), "targets": _targets(plan), "along": _along(plan)}
    return render(request, "places/plan.html", NAV | context | filled, status=status)


def _draft_forms(plan: Plan, fingerprint: str) -> dict[str, Any]:
    return {
        "suggest": SuggestForm(initial={"parts": max(2, plan.targets.count())}),
        "part": PartForm(plan),
        "choice": ChoiceForm(plan, groups_for(plan)),
        "apply": ApplyForm(initial={"fingerprint": fingerprint}),
        "press": PressForm(),
    }


def _targets(plan: Plan) -> list[dict[str, Any]]:
    """What each target got, by its source."""
    rows = plan.moves.values_list("target", "source__name").order_by("target", "source__code")
    counts: dict[int, dict[str, int]] = {}
    for target, source in rows:
        counts.setdefault(target, {})[source] = counts.get(target, {}).get(source, 0) + 1
    targets = plan.targets.select_related("area").order_by("pk")
    return [{"target": t, "from": sorted(counts.get(t.area_id or 0, {}).items())} for t in targets]


def _along(plan: Plan) -> list[tuple[str, int]]:
    return carrying.effects_of(plan)


@allow(*ADMIN)
@require_POST
def suggest(request: HttpRequest, pk: int) -> HttpResponse:
    user, plan = _asked(request, pk)
    form = SuggestForm(request.POST)
    return _pressed(
        request, user, plan, form, "suggest",
        lambda: drafting.suggest(plan=plan, parts=form.cleaned_data["parts"], actor=user),
    )  # fmt: skip


@allow(*ADMIN)
@require_POST
def add_part(request: HttpRequest, pk: int) -> HttpResponse:
    user, plan = _asked(request, pk)
    form = PartForm(plan, request.POST)

    def act() -> object:
        return drafting.add_part(plan=plan, actor=user, **form.cleaned_data)

    return _pressed(request, user, plan, form, "part", act)


@allow(*ADMIN)
@require_POST
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    user, plan = _asked(request, pk)
    form = ChoiceForm(plan, groups_for(plan), request.POST)

    def act() -> object:
        data = form.cleaned_data
        chosen = {"target": data["target"], "how": data["how"], "value": data["value"], "source": data.get("source")}
        return drafting.choose(plan=plan, actor=user, **chosen)

    return _pressed(request, user, plan, form, "choice", act)


@allow(*ADMIN)
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a part or a choice out; what is gone already is no error."""
    user, plan = _asked(request, pk)
    for name, drop_one in (("target", drafting.drop_part), ("choice", drafting.drop_choice)):
        key = request.POST.get(name, "")
        if key.isdecimal() and len(key) < LONGEST_KEY:
            drop_one(plan=plan, key=int(key), actor=user)
    return redirect("places:plan", pk=plan.pk)


@allow(*ADMIN)
@require_POST
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    user, plan = _asked(request, pk)
    form = ApplyForm(request.POST)

    def act() -> object:
        mark = form.cleaned_data["fingerprint"]
        return once(request, user, form, lambda: str(carrying.apply(plan=plan, fingerprint=mark, actor=user).pk))

    return _pressed(request, user, plan, form, "apply", act, _("已实施；一天之内可以撤销"))


@allow(*ADMIN)
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    user, plan = _asked(request, pk)
    form = UndoForm(request.POST)
    return _pressed(
        request, user, plan, form, "undo",
        lambda: once(request, user, form, lambda: str(carrying.undo(plan=plan, actor=user).pk)),
        _("已撤销，一切回到实施之前"),
    )  # fmt: skip


@allow(*ADMIN)
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    user, plan = _asked(request, pk)
    form = PressForm(request.POST)
    return _pressed(
        request, user, plan, form, "press",
        lambda: once(request, user, form, lambda: str(drafting.discard(plan=plan, actor=user).pk)),
        _("方案已作废"),
    )  # fmt: skip


def _asked(request: HttpRequest, pk: int) -> tuple[User, Plan]:
    user = reader(request)
    return user, get_scoped_or_404(user, Plan, pk=pk)


def _pressed(
    request: HttpRequest,
    user: User,
    plan: Plan,
    form: CleanForm | IdempotentForm,
    name: str,
    act: Callable[[], object],
    said: str = "",
) -> HttpResponse:
    """Do what was pressed and go back to the plan; a refusal stands in the form that was sent."""
    if form.is_valid():
        try:
            act()
        except (drafting.PlanRefused, AreaRefused) as refusal:
            show_refusal(form, refusal)
        except DomainError as stale:
            messages.warning(request, stale.message)
            return redirect("places:plan", pk=plan.pk)
        else:
            if said:
                messages.success(request, said)
            return redirect("places:plan", pk=plan.pk)
    return _page(request, user, get_object_or_404(Plan, pk=plan.pk), status=422, **{name: form})
