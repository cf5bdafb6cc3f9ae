"""The register of powers handed down to townships and of their own division of work; list admins keep it."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.clock import local, today
from core.errors import DomainError
from core.races.idempotency import Once
from core.races.idempotency import claim as claim_key
from core.web.submitting import submit
from duties.models.assigned import READERS, Assignment
from duties.routing import powers, standing
from duties.routing.power_forms import AssignForm, ChosenForm, ReasonForm
from duties.routing.standing import Chosen, is_held
from members.access import allow, get_scoped_or_404, reader
from members.people.panels import Panel
from members.roles import Role


@allow(*READERS)
@require_safe
def powers_in_force(request: HttpRequest) -> HttpResponse:
    """`/lists/powers/`: powers delegated to townships, and their own division of work."""
    return _powers_page(request)


@allow(Role.LIST_ADMIN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: HttpRequest) -> HttpResponse:
    form = _assign_form(request)
    panel = Panel(_("登记赋权或分工"), _("登记"), reverse("lists:powers"), form)
    return submit(
        request,
        form,
        lambda _form, _status: _powers_page(request, panel),
        lambda once: _assign_once(request, form, once),
        lambda _none: _assigned(request),
    )


def _assigned(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("已登记，从开始那天起照此派单；已派的工单不变"))
    return redirect("lists:powers")


@allow(Role.LIST_ADMIN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a power or a division of work, with the reason on record."""
    row = get_scoped_or_404(reader(request), Assignment, pk=pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" and row.ended_at is not None:
        words = {"who": row.ended_by.name if row.ended_by else "", "day": f"{local(row.ended_at):%Y-%m-%d}"}
        over = _("%(who)s已在 %(day)s 终止") % words
        return _powers_page(request, Panel(_("终止赋权或分工"), "", reverse("lists:powers"), refusal=over), row)
    if form.is_bound and form.is_valid():
        try:
            powers.end(assignment=row, reason=form.cleaned_data["reason"], actor=reader(request))
        except DomainError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("已终止，已派的工单不变"))
        return redirect("lists:powers")
    words = {"town": row.township.name, "code": row.item_code, "office": str(row.office)}
    text = _("%(town)s %(code)s 不再照此由%(office)s办。") % words
    panel = Panel(_("终止赋权或分工"), _("终止"), reverse("lists:powers"), form, text, danger=True)
    return _powers_page(request, panel, row)


def _assign_form(request: HttpRequest) -> AssignForm:
    towns, items, departments = standing.townships(reader(request)), standing.items_in_force(), standing.offices()
    asked = Chosen.parse(request.GET)
    given = {"township": asked.town, "item_code": asked.item, "kind": asked.kind, "starts_on": today()}
    return AssignForm(towns, items, departments, request.POST if request.method == "POST" else None, initial=given)


def _assign_once(request: HttpRequest, form: AssignForm, once: Once) -> None:
    with transaction.atomic():
        slot = claim_key(once.owner, once.key, once.body)
        if slot.result is None:
            powers.assign(**form.contents, actor=reader(request), slot=slot)


def _powers_page(request: HttpRequest, panel: Panel | None = None, chosen: Assignment | None = None) -> HttpResponse:
    user, asked = reader(request), Chosen.parse(request.GET)
    page, rows = standing.assignments(user, asked, request.GET.get("after", ""))
    context = {
        "nav": "lists",
        "sections": standing.sections(user, "powers"),
        "filter": ChosenForm(asked, standing.townships(user)),
        "query": asked.query,
        "page": page,
        "rows": rows,
        "may_edit": is_held(user, (Role.LIST_ADMIN,)),
        "panel": panel,
        "chosen": chosen,
    }
    return render(request, "duties/powers.html", context, status=panel.status if panel else 200)
