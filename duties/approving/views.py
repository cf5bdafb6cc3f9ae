"""Pages of the way from a draft to its first day: submit, review, sign, withdraw, set the day."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from core.errors import Denied, DomainError
from duties.approving import actions
from duties.approving.forms import PublishForm, RoundForm, SignForm, SubmitForm
from duties.drafting.checking import findings
from duties.drafting.desk import refresh_revision
from duties.drafting.editor import actor_of, admin_only
from duties.lists import queries
from duties.lists.addresses import url_of
from duties.lists.comparing import Comparison
from duties.lists.list_search import PAGE_SIZE
from duties.lists.viewer import dry_run_url, may_edit, waiting_for
from duties.models import ListKind, ListVersion, VersionState
from members.access import allow, signed_in
from members.roles import Role

GRID = ListKind.GRID_ITEMS
signer_only = allow(Role.DEPARTMENT_LEADER)


@admin_only
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, number: int, kind: str = GRID) -> HttpResponse:
    """What will be asked of the departments; POST asks them."""
    version = queries.draft_or_404(number, kind)
    if not version.is_draft:
        return redirect(url_of("review", version))
    initial = {"revision": version.revision, "note": version.note}
    form = SubmitForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method != "POST":
        return _submit_page(request, version, form)
    if not form.is_valid():
        return _submit_page(request, version, form, status=422)
    try:
        actions.submit(version_id=version.pk, **form.cleaned_data, actor=actor_of(request))
    except DomainError as error:
        form.add_error(None, error.message)
        fresh = queries.draft_or_404(number, kind)
        refresh_revision(form, fresh.revision)
        return _submit_page(request, fresh, form, status=error.status)
    messages.success(request, _("第 %(n)d 版已送审") % {"n": number})
    return redirect(url_of("review", version))


@signed_in
@never_cache
@require_safe
def review(request: HttpRequest, number: int, kind: str = GRID) -> HttpResponse:
    """What the version changes and what each department said; who is asked signs here."""
    return _review_page(request, queries.version_or_404(number, kind))


@signer_only
@never_cache
@require_POST
def agree(request: HttpRequest, number: int, kind: str = GRID) -> HttpResponse:
    return _sign(request, queries.version_or_404(number, kind), actions.agree, _("已同意第 %(n)d 版"))


@signer_only
@never_cache
@require_POST
def send_back(request: HttpRequest, number: int, kind: str = GRID) -> HttpResponse:
    return _sign(request, queries.version_or_404(number, kind), actions.send_back, _("第 %(n)d 版已退回修改"))


@admin_only
@require_POST
def withdraw(request: HttpRequest, number: int, kind: str = GRID) -> HttpResponse:
    version, form = queries.version_or_404(number, kind), RoundForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("页面已过期，请重试"))
        return _review_page(request, version, status=422)
    try:
        actions.withdraw(version_id=version.pk, round_seen=form.cleaned_data["round"], actor=actor_of(request))
    except DomainError as error:
        messages.error(request, error.message)
        return _review_page(request, queries.version_or_404(number, kind), status=error.status)
    messages.success(request, _("已撤回，第 %(n)d 版又可以改了") % {"n": number})
    return redirect(url_of("edit", version))


@admin_only
@require_POST
def publish(request: HttpRequest, number: int, kind: str = GRID) -> HttpResponse:
    """Set the first day of an approved version."""
    version, form = queries.version_or_404(number, kind), PublishForm(request.POST)
    if not form.is_valid():
        return _review_page(request, version, publish_form=form, status=422)
    seen, day = form.cleaned_data["round"], form.cleaned_data["starts_on"]
    try:
        actions.publish(version_id=version.pk, round_seen=seen, starts_on=day, actor=actor_of(request))
    except DomainError as error:
        form.add_error(None, error.message)
        fresh = queries.version_or_404(number, kind)
        return _review_page(request, fresh, publish_form=form, status=error.status)
    messages.success(request, _("第 %(n)d 版已发布，%(day)s 起施行") % {"n": number, "day": day})
    return redirect(url_of("version", version))


# ---- pieces ---------------------------------------------------------------------------------------------------
def _sign(request: HttpRequest, version: ListVersion, verb: Callable[..., object], done: str) -> HttpResponse:
    waiting = [one.department for one in waiting_for(request) if one.version_id == version.pk]
    if not waiting and version.state == VersionState.SUBMITTED:
        raise Denied(_("这一版没有等您所在部门审核"))
    form = SignForm(request.POST, departments=waiting)
    if not form.is_valid():
        if not waiting:
            messages.error(request, _("这一版现在不用您审核：%(state)s") % {"state": version.get_state_display()})
        return _review_page(request, version, sign_form=form if waiting else None, status=422 if waiting else 409)
    data = form.cleaned_data
    try:
        verb(
            version_id=version.pk,
            round_seen=data["round"],
            department_id=data["department"],
            note=data["note"],
            actor=actor_of(request),
        )
    except Denied:
        raise
    except DomainError as error:
        form.add_error(None, error.message)
        fresh = queries.version_or_404(version.number, version.duty_list.kind)
        return _review_page(request, fresh, sign_form=form, status=error.status)
    messages.success(request, done % {"n": version.number})
    return redirect(url_of("review", version))


def _submit_page(request: HttpRequest, version: ListVersion, form: SubmitForm, status: int = 200) -> HttpResponse:
    comparison = Comparison(version)
    found = findings(comparison)
    context = {
        "nav": "lists",
        "version": version,
        "form": form,
        "look": comparison.shape.look,
        "rows": comparison.rows(comparison.changed[:PAGE_SIZE]),
        "more": len(comparison.changed) > PAGE_SIZE,
        "counts": comparison.counts,
        "blockers": [f for f in found if f.is_blocker],
        "warnings": [f for f in found if not f.is_blocker],
        "departments": queries.approver_names(),
        "dry_run": dry_run_url(request, version),
    }
    return render(request, "duties/submit.html", context, status=status)


def _review_page(
    request: HttpRequest,
    version: ListVersion,
    *,
    sign_form: SignForm | None = None,
    publish_form: PublishForm | None = None,
    status: int = 200,
) -> HttpResponse:
    comparison = Comparison(version)
    mine = [one.department for one in waiting_for(request) if one.version_id == version.pk]
    first = {"round": version.round}
    if sign_form is None and mine:
        sign_form = SignForm(initial=first, departments=mine)
    is_approved = version.state == VersionState.APPROVED and may_edit(request)
    if publish_form is None and is_approved:
        publish_form = PublishForm(initial=first | {"starts_on": clock.today()})
    context = {
        "nav": "lists",
        "version": version,
        "standing": queries.standing(version, queries.current(version.duty_list.kind)),
        "rounds": queries.rounds(version),
        "dry_run": dry_run_url(request, version),
        "rows": comparison.rows(comparison.changed[:PAGE_SIZE]),
        "more": len(comparison.changed) > PAGE_SIZE,
        "counts": comparison.counts,
        "look": comparison.shape.look,
        "sign_form": sign_form,
        "publish_form": publish_form if is_approved else None,
        "may_withdraw": may_edit(request) and version.state in (VersionState.SUBMITTED, VersionState.APPROVED),
    }
    return render(request, "duties/review.html", context, status=status)
