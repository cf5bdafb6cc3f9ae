"""Pages of one's own account: sign in, sign out, home by role, account, password."""

from django.contrib import auth, messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members import accounts, leaves, navigation
from members.access import public, reader, scope_for, signed_in
from members.models import User
from members.signing_in import doorbook, entering, profile, resuming, second_factor
from members.signing_in.entering import STARTED
from members.signing_in.forms import LeaveForm, LoginForm, PasswordForm
from members.signing_in.lockout import canonical, is_locked
from members.signing_in.targets import local


@public
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Sign in; the same words for a wrong password, an unknown and a disabled account."""
    target = local(request, request.POST.get("next") or request.GET.get("next") or "")
    if request.method != "POST":
        if request.user.is_authenticated:
            typed = resuming.typed(request, request.session.get(STARTED, 0))
            return render(request, "members/resume.html", {"typed": typed}) if typed else redirect(target)
        return render(request, "members/login.html", {"form": LoginForm(), "next": target})
    form = LoginForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        name = canonical(data["username"])
        user = auth.authenticate(request, username=name, password=data["password"])
        if isinstance(user, User):
            is_asked = second_factor.of(user) is not None
            return (entering.go_halfway if is_asked else entering.let_in)(request, user, target)
        doorbook.turned_away(request, name, "signin.locked" if is_locked(request) else "signin.failed")
        form.add_error(None, _("账号或密码不正确，请核对后再试"))
    return render(request, "members/login.html", {"form": form, "next": target}, status=422)


@signed_in
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        doorbook.went_out(reader(request), why="asked")
        resuming.end(request)
    messages.info(request, _("已退出。"))
    return redirect("members:login")


@signed_in
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return redirect(navigation.home_for(scope_for(request.user).roles))


@signed_in
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    user = reader(request)
    return render(
        request,
        "members/account.html",
        {"nav": "me", "posts": scope_for(user).posts, "has_factor": second_factor.of(user) is not None},
    )


@signed_in
@sensitive_post_parameters("current", "new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; every other session of the account ends."""
    user = reader(request)
    is_forced = profile.owes_password(user)
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _changed(request, user, form):
        auth.update_session_auth_hash(request, user)
        messages.success(request, _("密码已修改，其他设备上的登录已退出。"))
        return redirect(entering.onward(request, reverse("home" if is_forced else "members:account")))
    context = {"nav": "me", "form": form, "is_forced": is_forced, "is_initial": user.must_change_password}
    return render(request, "members/password.html", context, status=422 if form.is_bound else 200)


def _changed(request: HttpRequest, user: User, form: PasswordForm) -> bool:
    data = form.cleaned_data
    if auth.authenticate(request, username=user.username, password=data["current"]) != user:
        doorbook.turned_away(request, user.username, "signin.locked" if is_locked(request) else "signin.failed")
        form.add_error("current", _("现在的密码不正确"))
        return False
    try:
        accounts.set_password(user=user, password=data["new"], actor=user)
    except accounts.AccountRefused as refused:
        form.add_error("new", refused.message)
        return False
    return True


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """请假: my days away, who covers my posts, and which colleagues are away."""
    user = reader(request)
    form = LeaveForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            leaves.take(user=user, actor=user, **form.cleaned_data)
        except leaves.LeaveRefused as refused:
            form.add_error(refused.field or None, refused.message)
        else:
            messages.success(request, _("已登记。请假当天起，您手里的件由 AB 岗接手，销假后交回。"))
            return redirect("members:leave")
    posts, absent = scope_for(user).posts, leaves.away()
    context = {
        "nav": "me",
        "form": form,
        "leaves": leaves.own(user),
        "cover": [(post, leaves.cover_for(post, absent)) for post in posts],
        "colleagues": leaves.colleagues_away(user),
    }
    return render(request, "members/leave.html", context, status=422 if form.is_bound else 200)


@signed_in
@require_POST
def cancel_leave(request: HttpRequest, pk: int) -> HttpResponse:
    user = reader(request)
    leaves.cancel(get_object_or_404(leaves.own(user), pk=pk), actor=user)
    messages.success(request, _("已销假，AB 岗接手而未办结的件会交回给您。"))
    return redirect("members:leave")


@public
@require_safe
def admin_login(request: HttpRequest) -> HttpResponse:
    """Django's admin has no door of its own: everybody signs in on our page, under our lockout."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(local(request, request.GET.get("next", "")), reverse("members:login"))
