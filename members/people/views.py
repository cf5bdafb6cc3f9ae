"""Pages of people and their posts, for system admins."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import DomainError
from core.jobs import outbox
from core.races import idempotency
from members import accounts, extensions, posts
from members.access import allow, get_scoped_or_404, reader
from members.models import Post, User
from members.people import queries
from members.people.forms import AssignForm, EditPersonForm, EndForm, NewPersonForm, show_refusal
from members.people.panels import Panel, person_page
from members.roles import Role


@allow(Role.SYSTEM_ADMIN)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return _list_page(request, None)


@allow(Role.SYSTEM_ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Open an account with its first post; the initial password is in the answer to this request only."""
    form = NewPersonForm(reader(request), request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            person, password = _create_once(reader(request), form)
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            if password is None:
                messages.warning(request, _("这份表单已提交过，账号已开好。初始密码只显示一次；没记下就重设密码。"))
                return redirect("people:detail", username=person.username)
            return password_page(request, person, password, is_new=True)
    back = reverse("people:index")
    return _list_page(request, Panel(_("新增人员"), _("开户并安排岗位"), back, form))


@allow(Role.SYSTEM_ADMIN)
@require_safe
def detail(request: HttpRequest, username: str) -> HttpResponse:
    return person_page(request, queries.person_or_404(username))


@allow(Role.SYSTEM_ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, username: str) -> HttpResponse:
    person = queries.person_or_404(username)
    form = EditPersonForm(request.POST if request.method == "POST" else None, initial={"name": person.name})
    if form.is_bound and form.is_valid():
        try:
            accounts.update(user=person, actor=reader(request), **form.changes())
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("已保存"))
            return redirect("people:detail", username=username)
    text = _("电话不在这里显示；新电话不填，原来的就不变。")
    return person_page(request, person, Panel(_("改姓名或电话"), _("保存"), _page(person), form, text))


@allow(Role.SYSTEM_ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: HttpRequest, username: str) -> HttpResponse:
    person, admin = queries.person_or_404(username), reader(request)
    form = AssignForm(admin, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            _assign_once(admin, person, form)
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("岗位已安排"))
            return redirect("people:detail", username=username)
    own = _("不能给自己安排岗位，请另一位系统管理员来办") if person.pk == admin.pk and not form.errors else ""
    panel = Panel(_("安排岗位"), _("安排"), _page(person), form, refusal=own)
    return person_page(request, person, panel)


@allow(Role.SYSTEM_ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, username: str, pk: int) -> HttpResponse:
    person, admin = queries.person_or_404(username), reader(request)
    post = get_scoped_or_404(admin, Post, pk=pk, user_id=person.pk)
    form = EndForm(request.POST if request.method == "POST" else None, starts_on=post.starts_on)
    if form.is_bound and form.is_valid():
        try:
            posts.end(post=post, on=form.cleaned_data["on"], actor=admin)
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("岗位已定离岗日"))
            return redirect("people:detail", username=username)
    own = _("不能结束自己的岗位，请另一位系统管理员来办") if person.pk == admin.pk and not form.errors else ""
    where = {"role": post.get_role_display(), "place": post.area or post.department}
    text = _("“%(role)s”（%(place)s）") % where
    held = extensions.held_by(person, post) if not own else []
    panel = Panel(_("结束岗位"), _("结束"), _page(person), form, text, own, danger=True, held=held)
    return person_page(request, person, panel)


def password_page(request: HttpRequest, person: User, password: str, *, is_new: bool = False) -> HttpResponse:
    """The one answer that shows a password; nothing keeps it."""
    context = {
        "nav": "people",
        "sections": queries.sections(reader(request), "index"),
        "person": person,
        "password": password,
        "is_new": is_new,
    }
    response = render(request, "members/people/password.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _create_once(admin: User, form: NewPersonForm) -> tuple[User, str | None]:
    """The person of a valid form and the password; None instead of it for a submission already carried out."""
    data = form.cleaned_data
    with transaction.atomic():
        slot = idempotency.claim(f"user:{admin.pk}", data["idempotency_key"], form.data)
        if slot.result is not None:
            return User.objects.get(username=slot.result), None
        password = accounts.initial_password()
        person = accounts.create_user(
            username=data["username"], name=data["name"], phone=data["phone"], password=password, actor=admin
        )
        posts.assign(user=person, actor=admin, **form.post())
        slot.finish(person.username)
        return person, password


def _assign_once(admin: User, person: User, form: AssignForm) -> None:
    with transaction.atomic():
        slot = idempotency.claim(f"user:{admin.pk}", form.key, form.data)
        if slot.result is None:
            post = posts.assign(user=person, actor=admin, **form.post())
            slot.finish(str(post.pk))


def _list_page(request: HttpRequest, panel: Panel | None) -> HttpResponse:
    filters = queries.FilterForm(request.GET, auto_id="f_%s")
    query = queries.query_of(request)
    context = {
        "nav": "people",
        "sections": queries.sections(reader(request), "index"),
        "people": queries.people(reader(request), filters, request.GET.get("after", "")),
        "filters": filters,
        "query": query,
        "panel": panel,
        "parked": outbox.parked(),
    }
    return render(request, "members/people/people.html", context, status=panel.status if panel else 200)


def _page(person: User) -> str:
    return reverse("people:detail", args=[person.username])
