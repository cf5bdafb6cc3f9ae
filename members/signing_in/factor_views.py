"""Pages of the second factor: the code at sign-in, proving anew, setting up, recovery codes."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import DomainError
from core.files import qr
from core.races.throttle import TooMany
from members.access import public, reader, scope_for, signed_in
from members.models import User
from members.signing_in import doorbook, entering, lockout, profile, second_factor
from members.signing_in.forms import CodeForm
from members.signing_in.targets import local

FORMS = require_http_methods(["GET", "HEAD", "POST"])


@public
@sensitive_post_parameters("code")
@never_cache
@FORMS
def code(request: HttpRequest) -> HttpResponse:
    """The second half of signing in."""
    found = entering.halfway(request)
    if found is None:
        return redirect("members:login")
    user, target = found
    form = CodeForm(request.POST if request.method == "POST" else None)
    proof = _prove(request, user, form)
    if proof:
        return entering.let_in(request, user, target, proof=proof)
    return _asking(request, form, "members/code.html")


@signed_in
@sensitive_post_parameters("code")
@never_cache
@FORMS
def prove(request: HttpRequest) -> HttpResponse:
    """Prove the factor anew, before something that asks for it."""
    user, target = reader(request), local(request, request.POST.get("next") or request.GET.get("next") or "")
    if second_factor.of(user) is None:
        return redirect("members:factor")
    form = CodeForm(request.POST if request.method == "POST" else None)
    proof = _prove(request, user, form)
    if proof:
        entering.prove(request.session)
        doorbook.proved(request, user, proof)
        return redirect(entering.onward(request, target))
    return _asking(request, form, "members/prove.html", next=target)


@signed_in
@sensitive_post_parameters("code")
@never_cache
@FORMS
def factor(request: HttpRequest) -> HttpResponse:
    """Set up one's own factor, or see that it is; the recovery codes are in the answer to one request only."""
    user, target = reader(request), local(request, request.POST.get("next") or request.GET.get("next") or "")
    if second_factor.of(user) is not None:
        if profile.is_required(scope_for(user).roles) and not entering.has_proved(request.session):
            return redirect("members:prove")
        return render(request, "members/factor.html", {"nav": "me", "left": second_factor.left(user)})
    row, form = second_factor.begin(user), CodeForm(request.POST if request.method == "POST" else None)
    form.fields["code"].help_text = _("扫码后，手机上显示的六位数字")
    if form.is_valid():
        try:
            codes = second_factor.confirm(user, form.cleaned_data["code"])
        except DomainError as refused:
            form.add_error("code", refused.message)
        else:
            entering.prove(request.session)
            return _codes(request, codes, entering.onward(request, target))
    context = {
        "form": form,
        "next": target,
        "qr": qr.svg(second_factor.address(row)),
        "secret": second_factor.spelled(row),
        "is_required": profile.is_required(scope_for(user).roles),
    }
    return render(request, "members/factor_new.html", context, status=422 if form.errors else 200)


@signed_in
@never_cache
@require_POST
def codes(request: HttpRequest) -> HttpResponse:
    """Ten new recovery codes, for who has just proved the factor."""
    user = reader(request)
    if second_factor.of(user) is None:
        return redirect("members:factor")
    if not entering.is_fresh(request.session):
        messages.info(request, _("请先验证，再换恢复码。"))
        return redirect("members:prove")
    return _codes(request, second_factor.renew_codes(user), local(request, ""))


def _prove(request: HttpRequest, user: User, form: CodeForm) -> str:
    """Which proof the form brings; empty, with the reason in the form and on the trail, when it brings none."""
    if not form.is_valid():
        return ""
    try:
        return second_factor.prove(user, form.cleaned_data["code"], device=lockout.device_of(request, user.username))
    except second_factor.FactorRefused as refused:
        doorbook.turned_away(request, user.username, "factor.failed")
        form.add_error("code", refused.message)
    except TooMany:
        doorbook.turned_away(request, user.username, "factor.locked")
        form.add_error("code", _("验证码输错太多次，请一刻钟后再试"))
        form.is_spent = True
    return ""


def _asking(request: HttpRequest, form: CodeForm, template: str, **more: object) -> HttpResponse:
    status = 429 if form.is_spent else 422 if form.errors else 200
    return render(request, template, {"form": form, **more}, status=status)


def _codes(request: HttpRequest, found: list[str], target: str) -> HttpResponse:
    return render(request, "members/recovery_codes.html", {"codes": found, "next": target})
