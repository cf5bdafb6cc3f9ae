"""The settings page of one's own notices: what goes where and when, and the address with its confirmation."""

from typing import Any

from django.conf import settings as site
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import DomainError
from core.trust.privacy import mask_email
from members.access import reader, signed_in
from members.people.forms import show_refusal
from notices import reaching, times
from notices.settings.forms import CodeForm, EmailForm, SettingsForm


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Choose; what is chosen for e-mail takes effect once an address is confirmed."""
    form = SettingsForm(reaching.of(reader(request)), request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        reaching.choose(user=reader(request), **form.chosen())
        messages.success(request, _("已保存"))
        return redirect("notices:settings")
    return _page(request, form=form)


@signed_in
@require_POST
def email(request: HttpRequest) -> HttpResponse:
    """Take an address and send a code there."""
    form = EmailForm(request.POST)
    if form.is_valid():
        try:
            reaching.ask(user=reader(request), email=form.cleaned_data["email"])
        except DomainError as refusal:
            show_refusal(form, refusal, "email")
        else:
            messages.success(request, _("验证码已发出，请查收邮件，30 分钟内填回来。"))
            return redirect("notices:settings")
    return _page(request, email_form=form)


@signed_in
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            reaching.confirm(user=reader(request), code=form.cleaned_data["code"])
        except DomainError as refusal:
            show_refusal(form, refusal, "code")
        else:
            messages.success(request, _("邮箱已确认，从现在起按下面的选择发邮件。"))
            return redirect("notices:settings")
    return _page(request, code_form=form)


@signed_in
@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """Remove the address."""
    reaching.forget(user=reader(request))
    messages.success(request, _("邮箱已删去，以后只发站内消息。"))
    return redirect("notices:settings")


def _page(request: HttpRequest, **forms: Any) -> HttpResponse:
    """The page with the form that was sent, if any; 422 when that one has errors."""
    reach = reaching.of(reader(request))
    quiet = times.county_quiet()
    context = {
        "nav": "me",
        "form": SettingsForm(reach),
        "email_form": EmailForm(),
        "code_form": CodeForm(),
        "address": mask_email(reach.email),
        "is_confirmed": reach.confirmed_at is not None,
        "is_asked": bool(reach.nonce),
        "is_mail_ready": site.EMAIL_READY,
        "county_quiet": f"{quiet[0]:%H:%M}–{quiet[1]:%H:%M}" if quiet else _("没有规定"),
        "digests": "、".join(f"{at:%H:%M}" for at in times.digest_times()),
        **forms,
    }
    wrong = any(form.is_bound and form.errors for form in forms.values())
    return render(request, "notices/settings.html", context, status=422 if wrong else 200)
