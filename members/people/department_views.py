"""Pages of departments: those of the county, and the offices and stations of its townships."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import Conflict, DomainError
from core.races import idempotency
from members import departments, extensions
from members.access import allow, reader
from members.models import Department, User
from members.people import queries
from members.people.forms import DepartmentForm, OfficeForm, RetireForm, show_refusal
from members.people.panels import Panel
from members.roles import Role


@allow(Role.SYSTEM_ADMIN)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return _page(request)


@allow(Role.SYSTEM_ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    admin = reader(request)
    form = OfficeForm(queries.townships(admin), request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = _add_once(admin, form)
        except DomainError as refusal:
            show_refusal(form, refusal, "suffix" if isinstance(refusal, Conflict) else "")
        else:
            messages.success(request, _("已新增“%(name)s”") % {"name": made.name})
            return redirect("people:department", code=made.code)
    return _page(request, Panel(_("新增乡镇站所"), _("新增"), reverse("people:departments"), form))


@allow(Role.SYSTEM_ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, code: str) -> HttpResponse:
    row = queries.department_or_404(code)
    known = {"short_name": row.short_name, "phone": row.phone}
    form = DepartmentForm(request.POST if request.method == "POST" else None, initial=known)
    if form.is_bound and form.is_valid():
        try:
            departments.update(department=row, actor=reader(request), **form.cleaned_data)
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("已保存"))
            return redirect("people:department", code=row.code)
    gone = _("该部门已停用，不能再修改") if row.retired_at and not form.errors else ""
    return _page(request, Panel(row.name, _("保存"), reverse("people:departments"), form, refusal=gone), row)


@allow(Role.SYSTEM_ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def retire(request: HttpRequest, code: str) -> HttpResponse:
    row = queries.department_or_404(code)
    held = extensions.held_by_department(row)
    form = RetireForm(row, request.POST if request.method == "POST" else None, is_needed=bool(held))
    if form.is_bound and form.is_valid():
        try:
            departments.retire(department=row, heir=form.chosen, actor=reader(request))
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("已停用“%(name)s”") % {"name": row.name})
            return redirect("people:departments")
    reason = "" if form.errors else departments.retire_refusal(row) or ""
    text = _("停用后不能再给它派单、安排岗位，代码不再使用，不能恢复。")
    back = reverse("people:department", args=[row.code])
    panel = Panel(_("停用“%(name)s”") % {"name": row.name}, _("停用"), back, form, text, reason, danger=True, held=held)
    return _page(request, panel, row)


def _add_once(admin: User, form: OfficeForm) -> Department:
    """Add the office of a valid form; the same submission again returns the one already made."""
    data = form.cleaned_data
    with transaction.atomic():
        slot = idempotency.claim(f"user:{admin.pk}", data["idempotency_key"], form.data)
        if slot.result is not None:
            return Department.objects.get(code=slot.result)
        made = departments.add(
            code=f"{data['township'].code[:9]}-{data['suffix'].upper()}",
            name=data["name"],
            short_name=data["short_name"],
            kind=data["kind"],
            township=data["township"],
            stands_in_for=data["stands_in_for"],
            phone=data["phone"],
            actor=admin,
        )
        slot.finish(made.code)
        return made


def _page(request: HttpRequest, panel: Panel | None = None, chosen: Department | None = None) -> HttpResponse:
    context = {
        "nav": "people",
        "sections": queries.sections(reader(request), "departments"),
        "groups": queries.departments(),
        "panel": panel,
        "chosen": chosen,
    }
    return render(request, "members/people/departments.html", context, status=panel.status if panel else 200)
