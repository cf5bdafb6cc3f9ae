"""A list as an Excel table: take it out, bring it back, look at what it would change, apply it."""

from tempfile import TemporaryFile

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import DomainError
from core.files.examining import Bounds
from core.files.handing import handed
from core.files.workbooks import XLSX
from core.web.forms import CleanForm
from duties.drafting.editor import actor_of, admin_only
from duties.lists import queries
from duties.lists.addresses import url_of
from duties.lists.list_search import PAGE_SIZE
from duties.models import ListKind, ListVersion
from duties.shapes.line_diff import from_json
from duties.sheets import proposing, tables
from members.access import signed_in

GRID = ListKind.GRID_ITEMS


class SheetForm(CleanForm):
    file = forms.FileField(
        label=gettext_lazy("表格"),
        help_text=gettext_lazy("先导出或下载模板，改好后传上来；只收 .xlsx，最多 %(n)d MB")
        % {"n": Bounds().file // 1024**2},
        error_messages={"required": gettext_lazy("请选一个 .xlsx 文件"), "empty": gettext_lazy("文件是空的")},
        widget=forms.FileInput(attrs={"accept": f".xlsx,{XLSX}"}),
    )


class ApplyForm(CleanForm):
    proposal = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)


@signed_in
@require_safe
def export(request: HttpRequest, number: int, kind: str = GRID) -> FileResponse:
    """Every line of a version; with ?empty=1 only the head."""
    version = queries.version_or_404(number, kind)
    empty = request.GET.get("empty") == "1"
    file = TemporaryFile()  # noqa: SIM115  (the response closes it)
    tables.write(file, version, empty=empty)
    file.seek(0)
    name = _("%(list)s模板.xlsx") if empty else _("%(list)s第%(n)d版.xlsx")
    name %= {"list": version.duty_list.name, "n": version.number}
    return handed(FileResponse(file, content_type=XLSX), name)


@admin_only
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest, number: int, kind: str = GRID) -> HttpResponse:
    """Upload, and what the upload would change."""
    version = queries.draft_or_404(number, kind)
    if not version.is_draft:
        return redirect(url_of("review", version))
    if request.method != "POST":
        return _page(request, version, SheetForm())
    form = SheetForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, version, form, status=422)
    actor, file = actor_of(request), form.cleaned_data["file"]
    try:
        difference = tables.read(file, version)
        proposing.keep(version_id=version.pk, difference=difference, file_name=file.name, actor=actor)
    except DomainError as error:
        proposing.drop(version_id=version.pk, actor=actor)
        form.add_error(None if isinstance(error, tables.BadSheetError) else "file", error.message)
        return _page(request, version, form, faults=getattr(error, "faults", ()), status=error.status)
    return redirect(url_of("sheet", version))


@admin_only
@require_POST
def apply_sheet(request: HttpRequest, number: int, kind: str = GRID) -> HttpResponse:
    version, form = queries.draft_or_404(number, kind), ApplyForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("页面已过期，请重试"))
        return _page(request, version, SheetForm(), status=422)
    try:
        count = proposing.take(
            version_id=version.pk, proposal_id=form.cleaned_data["proposal"], actor=actor_of(request)
        )
    except DomainError as error:
        messages.error(request, error.message)
        return _page(request, queries.draft_or_404(number, kind), SheetForm(), status=error.status)
    messages.success(request, _("表格已写入草稿，改了 %(n)d 项，可以撤销") % {"n": count})
    return redirect(f"{url_of('edit', version)}?changed=1")


@admin_only
@require_POST
def drop_sheet(request: HttpRequest, number: int, kind: str = GRID) -> HttpResponse:
    version = queries.draft_or_404(number, kind)
    proposing.drop(version_id=version.pk, actor=actor_of(request))
    messages.success(request, _("没有写入，草稿没有改动"))
    return redirect(url_of("sheet", version))


def _page(
    request: HttpRequest, version: ListVersion, form: SheetForm, faults: object = (), status: int = 200
) -> HttpResponse:
    proposal = queries.proposal_of(version, actor_of(request))
    lines = list(tables.preview(version, from_json(proposal.changes))) if proposal else []
    context = {
        "nav": "lists",
        "version": version,
        "form": form,
        "faults": faults,
        "proposal": proposal,
        "lines": lines[:PAGE_SIZE],
        "count": len(lines),
        "hidden": max(0, len(lines) - PAGE_SIZE),
    }
    return render(request, "duties/sheet.html", context, status=status)
