"""政策文件: the library for everybody, adding and repealing for list admins and the keepers of the gate."""

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from admission.forms.opening import PolicyForm, RepealForm
from admission.library import actions, reading
from admission.models import Policy
from admission.people import DEPARTMENT_ROLES
from admission.views.common import form_page
from admission.workflow.rules import EXIT_WITHIN
from core.errors import NotYours
from core.files.handing import handed
from core.races.idempotency import Once
from core.web.submitting import posted, submit
from members.access import allow, get_scoped_or_404, reader, signed_in
from members.roles import Role

NAV = {"nav": "policies"}
WRITERS = (Role.LIST_ADMIN, *DEPARTMENT_ROLES)


@signed_in
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All documents, or those a search finds."""
    user = reader(request)
    sought = reading.asked(request.GET.get("q", ""))
    page = reading.page(user, sought, request.GET.get("after", ""))
    context = NAV | {
        "page": page,
        "q": sought,
        "query": reading.query_of(sought),
        "may_write": reading.may_write(user),
    }
    return render(request, "admission/policies.html", context)


@signed_in
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One document, and what rests on it."""
    user = reader(request)
    policy = get_scoped_or_404(user, Policy, pk=pk)
    context = NAV | {
        "policy": policy,
        "items": reading.items_of(policy),
        "admissions": reading.resting_on(user, policy),
        "may_write": reading.may_write(user) and policy.repealed_on is None,
    }
    return render(request, "admission/policy.html", context)


@signed_in
@require_safe
def file(request: HttpRequest, pk: int) -> FileResponse:
    """The PDF under a fixed type, to keep and not to run: an attachment in a sandbox."""
    policy = get_scoped_or_404(reader(request), Policy, pk=pk)
    if not policy.file_path or not default_storage.exists(policy.file_path):
        raise Http404
    response = FileResponse(default_storage.open(policy.file_path), content_type="application/pdf")
    response["X-Content-Type-Options"] = "nosniff"
    return handed(response, f"policy-{policy.pk}.pdf")


@allow(*WRITERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    return _edit(request, None)


@allow(*WRITERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_scoped_or_404(reader(request), Policy, pk=pk))


def _edit(request: HttpRequest, policy: Policy | None) -> HttpResponse:
    _check_writer(request)
    user = reader(request)
    form = PolicyForm(policy, posted(request), request.FILES or None)

    def do(once: Once) -> Policy:
        if policy is None:
            return actions.add(document=form.document, user=user, once=once)
        version = form.cleaned_data["version"]
        return actions.change(policy=policy, document=form.document, version=version, user=user, once=once)

    return submit(
        request,
        form,
        lambda form, status: _form_page(request, form, policy, status),
        do,
        lambda made: _saved(request, made),
    )


def _saved(request: HttpRequest, made: Policy) -> HttpResponse:
    messages.success(request, _("已保存：%(number)s") % {"number": made.number})
    return redirect("admission:policy", pk=made.pk)


def _form_page(request: HttpRequest, form: PolicyForm, policy: Policy | None, status: int) -> HttpResponse:
    heading = _("修改政策文件") if policy else _("政策文件入库")
    back = reverse("admission:policy", args=[policy.pk]) if policy else reverse("admission:policies")
    words = {"heading": heading, "submit": _("保存"), "back": back}
    return form_page(request, "admission/policy_form.html", form, NAV | words, status=status, policy=policy)


@allow(*WRITERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def repeal(request: HttpRequest, pk: int) -> HttpResponse:
    """Say from when on it holds no more; shows beforehand what loses its basis."""
    _check_writer(request)
    user = reader(request)
    policy = get_scoped_or_404(user, Policy, pk=pk)
    form = RepealForm(posted(request), initial={"version": policy.version})
    back = reverse("admission:policy", args=[policy.pk])
    words = {"heading": _("登记废止"), "submit": _("登记废止"), "back": back}

    def ask(form: RepealForm, status: int) -> HttpResponse:
        more: dict[str, object] = {
            "policy": policy,
            "admissions": reading.resting_on(user, policy),
            "items": reading.items_of(policy),
            "limit": EXIT_WITHIN.label,
        }
        return form_page(request, "admission/policy_repeal.html", form, NAV | words, status=status, **more)

    def do(once: Once) -> None:
        data = form.cleaned_data
        actions.repeal(policy=policy, on=data["on"], note=data["note"], version=data["version"], user=user, once=once)

    return submit(request, form, ask, do, lambda _none: _repealed(request, policy))


def _repealed(request: HttpRequest, policy: Policy) -> HttpResponse:
    messages.success(request, _("已登记废止，以它为唯一依据的准入事项将拟退出"))
    return redirect("admission:policy", pk=policy.pk)


def _check_writer(request: HttpRequest) -> None:
    if not reading.may_write(reader(request)):
        raise NotYours(_("政策文件由清单管理员和准入主管部门维护"))
