"""Steps on one account: new initial password, disable, enable, unlock. Each asks first and says what follows."""

from collections.abc import Callable
from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import DomainError
from members import accounts, extensions
from members.access import allow, reader
from members.models import User
from members.people import queries
from members.people.forms import EmptyForm, show_refusal
from members.people.panels import Panel, person_page
from members.people.views import password_page
from members.roles import Role
from members.signing_in import second_factor

Verb = Callable[..., None]


@allow(Role.SYSTEM_ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest, username: str) -> HttpResponse:
    """A new initial password, in the answer to this request only; sent again, it is another one."""
    person, admin = queries.person_or_404(username), reader(request)
    own = _("自己的密码在“我的账号”里修改") if person.pk == admin.pk else ""
    if request.method == "POST" and not own:
        fresh = accounts.initial_password()
        accounts.set_password(user=person, password=fresh, actor=admin, must_change=True)
        return password_page(request, person, fresh)
    text = _("原来的密码立即作废，此人在各设备上的登录都会退出，下次登录须改密码。")
    panel = Panel(_("重设密码"), _("重设密码"), _page(person), EmptyForm(), text, own, danger=True)
    return person_page(request, person, panel, status=422 if request.method == "POST" else 0)


@allow(Role.SYSTEM_ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def disable(request: HttpRequest, username: str) -> HttpResponse:
    person = queries.person_or_404(username)
    own = _("不能停用自己的账号，请另一位系统管理员来办") if person.pk == reader(request).pk else ""
    text = _("停用后立即不能登录，岗位和记录都保留，可以再启用。")
    held = extensions.held_by(person) if not own else []
    panel = Panel(_("停用账号"), _("停用"), _page(person), None, text, own, danger=True, held=held)
    return _step(request, person, panel, accounts.disable, _("账号已停用"))


@allow(Role.SYSTEM_ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def enable(request: HttpRequest, username: str) -> HttpResponse:
    person = queries.person_or_404(username)
    text = _("启用后可用原来的密码登录，岗位照旧。")
    return _step(
        request, person, Panel(_("启用账号"), _("启用"), _page(person), None, text), accounts.enable, _("账号已启用")
    )


@allow(Role.SYSTEM_ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def unlock(request: HttpRequest, username: str) -> HttpResponse:
    person = queries.person_or_404(username)
    text = _("清掉输错密码的次数，马上可以再登录。请先核实是本人。")
    panel = Panel(_("解除锁定"), _("解除锁定"), _page(person), None, text)
    return _step(request, person, panel, accounts.unlock, _("已解除锁定"))


@allow(Role.SYSTEM_ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def factor(request: HttpRequest, username: str) -> HttpResponse:
    """The phone is lost: whoever it was lets another admin take the factor off, and sets up a new one."""
    person = queries.person_or_404(username)
    own = _("自己的第二重验证请另一位系统管理员来重设") if person.pk == reader(request).pk else ""
    text = _("原来的手机和恢复码都不再有效，此人下次登录后重新扫码。请先核实是本人。")
    panel = Panel(_("重设第二重验证"), _("重设"), _page(person), None, text, own, danger=True)
    return _step(request, person, panel, second_factor.take_off, _("已重设，请本人重新扫码"))


def _step(request: HttpRequest, person: User, panel: Panel, verb: Verb, done: str) -> HttpResponse:
    """Ask on GET, do on POST; a refusal is said in the panel."""
    form = EmptyForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            verb(user=person, actor=reader(request))
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, done)
            return redirect("people:detail", username=person.username)
    refusal_text = "" if form.errors else panel.refusal
    asked = replace(panel, form=form, refusal=refusal_text)
    return person_page(request, person, asked)


def _page(person: User) -> str:
    return reverse("people:detail", args=[person.username])
