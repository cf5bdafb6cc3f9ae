"""Imports: a file up, which column is which, what is wrong with it, go, and how far it is."""

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from core.errors import DomainError, Refused
from core.files import tables
from core.files.cells import CLEAR
from core.trust import audit
from core.web.submitting import posted, submit
from grids.models import Area
from households.forms import ColumnsForm, TableForm, UploadForm
from households.imports import faulty, fields, forms, lists, placing, undoing, work
from households.imports.fields import identity_columns
from households.models import Import
from households.people import IMPORTERS, KEEPERS, may_import_areas, places_of
from households.views.common import NAV, FormPage
from members.access import allow, get_scoped_or_404, reader
from members.areas.forms import show_refusal
from members.models import User
from members.roles import Role
from members.signing_in.stepping_up import proved

FORMS = require_http_methods(["GET", "HEAD", "POST"])


@allow(*IMPORTERS)
@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    user = reader(request)
    page = lists.own(user, request.GET.get("after", ""))
    kinds = [(kind, Import.Kind(kind).label) for kind in _kinds(user)]
    return render(request, "households/imports.html", NAV | {"page": page, "kinds": kinds})


@allow(*IMPORTERS)
@never_cache
@FORMS
def new(request: HttpRequest) -> HttpResponse:
    user = reader(request)
    kinds, places = _kinds(user), _places(user)
    if not kinds:
        raise Refused(_("您管的范围里没有可以导入的地方"))
    intro = _(
        "表格先检查再导入：有错的行会写明是哪一格，其余照常导入；同一户再导入一次只会更新，不会重复。"
        "没有的列、空着的格不改原有内容；要删去原有的电话等，在格里写“%(clear)s”。"
    ) % {"clear": CLEAR}
    page = FormPage(_("导入表格"), _("上传并对列"), reverse("households:imports"), intro=intro, icon="up")
    form = UploadForm(kinds, places, posted(request), request.FILES or None)
    return submit(
        request,
        form,
        lambda form, status: page.show(request, form, status),
        lambda once: work.take_in(
            content=form.cleaned_data["file"].file,
            kind=form.cleaned_data["kind"],
            place=form.cleaned_data["place"],
            user=user,
            once=once,
        ),
        lambda made: redirect("households:columns", pk=made.pk),
    )


def _kinds(user: User) -> list[str]:
    kinds = [Import.Kind.HOUSEHOLDS.value, Import.Kind.RESIDENTS.value] if places_of(user, KEEPERS) else []
    return [*kinds, Import.Kind.AREAS.value] if may_import_areas(user) else kinds


def _places(user: User) -> list[Area]:
    return places_of(user, (*KEEPERS, Role.SYSTEM_ADMIN))


@allow(*IMPORTERS)
@never_cache
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """How it stands; the page asks again by itself while something is going on."""
    one = _one(request, pk)
    if one.state == Import.State.MAPPING:
        return redirect("households:columns", pk=pk)
    return render(request, "households/import.html", NAV | lists.standing(one, reader(request)))


@allow(*IMPORTERS)
@never_cache
@FORMS
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    one = _one(request, pk)
    if one.state != Import.State.MAPPING:
        return redirect("households:import", pk=pk)
    form = ColumnsForm(one, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            work.choose_columns(one, columns=form.columns, user=reader(request))
            return redirect("households:import", pk=pk)
        except DomainError as refused:
            show_refusal(form, refused)
    return _columns_page(request, one, form)


def _columns_page(request: HttpRequest, one: Import, form: ColumnsForm, table: TableForm | None = None) -> HttpResponse:
    choice = placing.choice_of(one, work.openings_of(one))
    table = table or TableForm(one, choice)
    context = {
        "choice": choice, "table": table,
        "one": one, "form": form, "sample": lists.masked_sample(one), "identity": identity_columns(one.header),
        "doubles": fields.doubles(one.kind, one.header, one.columns),
        "letters": [fields.letter(at) for at in range(len(one.header))], "clear": CLEAR,
        "clears": [field.label for field in fields.FIELDS[one.kind] if field.clears],
    }  # fmt: skip
    status = 422 if form.errors or table.errors else 200
    return render(request, "households/columns.html", NAV | context, status=status)


@allow(*IMPORTERS)
@require_POST
def choose_table(request: HttpRequest, pk: int) -> HttpResponse:
    """Another sheet or another head than was found; the columns are guessed anew."""
    one = _one(request, pk)
    if one.state != Import.State.MAPPING:
        return redirect("households:import", pk=pk)
    form = TableForm(one, placing.choice_of(one, work.openings_of(one)), request.POST)
    if form.is_valid():
        try:
            work.choose_table(one, table=form.table, user=reader(request))
            return redirect("households:columns", pk=pk)
        except DomainError as refused:
            show_refusal(form, refused)
    return _columns_page(request, one, ColumnsForm(one), form)


@allow(*IMPORTERS)
@require_POST
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    work.start(_one(request, pk), user=reader(request), moves=request.POST.get("moves") == "on")
    return redirect("households:import", pk=pk)


@allow(*IMPORTERS)
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    undoing.take_back(_one(request, pk), user=reader(request))
    return redirect("households:import", pk=pk)


@allow(*IMPORTERS)
@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    work.cancel(_one(request, pk), user=reader(request))
    messages.success(request, _("已取消；已经写入的留着，没写的和上传的表格已删去"))
    return redirect("households:imports")


@allow(*IMPORTERS)
@proved
@never_cache
@require_safe
def problems(request: HttpRequest, pk: int) -> FileResponse:
    """What is wrong, cell by cell, to work through beside the spreadsheet; on the trail."""
    one = _one(request, pk)
    table = tables.write("csv", lists.PROBLEM_COLUMNS, lists.problems(one), clock.now(), title=_("问题"))
    with transaction.atomic():
        audit.record("import.problems_taken", one, actor=reader(request), rows=table.count)
    return table.answer(f"daoru-{pk}-wenti")


@allow(*IMPORTERS)
@proved
@never_cache
@require_safe
def faulty_rows(request: HttpRequest, pk: int) -> FileResponse:
    """The rows with faults under their own heads, to be put right and uploaded."""
    return faulty.file_of(_one(request, pk), user=reader(request)).answer(f"daoru-{pk}-gaicuo")


@allow(*IMPORTERS)
@never_cache
@require_safe
def empty_form(request: HttpRequest, kind: str) -> FileResponse:
    """A sheet to be filled in, with what each column takes beside it."""
    if kind not in Import.Kind.values:
        raise Http404
    return forms.empty(kind).answer(f"daoru-{kind}")


def _one(request: HttpRequest, pk: int) -> Import:
    return get_scoped_or_404(reader(request), Import, pk=pk)
