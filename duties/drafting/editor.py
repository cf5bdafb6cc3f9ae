"""The editor of a draft: table with inline differences, side form, and the one-button steps around it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from core.errors import Conflict, DomainError
from duties.drafting import editing
from duties.drafting.desk import EditorPage, refresh_revision
from duties.drafting.editing import BadContentError
from duties.drafting.forms import EntryForm, RevisionForm, form_of
from duties.lists import queries
from duties.lists.addresses import url_for, url_of
from duties.lists.comparing import Comparison, Row
from duties.models import ListKind, ListVersion
from duties.shapes import Known
from members.access import allow
from members.models import User
from members.roles import Role

admin_only = allow(Role.LIST_ADMIN)
GRID = ListKind.GRID_ITEMS
AUTOSAVE = "autosave"


@admin_only
@require_POST
def open_draft(request: HttpRequest, kind: str = GRID) -> HttpResponse:
    newest = queries.versions(kind).first()
    if newest is None:
        raise Http404
    try:
        draft = editing.open_draft(duty_list=newest.duty_list, actor=actor_of(request))
    except Conflict as conflict:
        messages.warning(request, conflict.message)
        return redirect(url_for("versions", kind))
    return redirect(url_of("edit", draft))


@admin_only
@require_safe
def edit(request: HttpRequest, number: int, kind: str = GRID) -> HttpResponse:
    """The table without a side form."""
    version = queries.draft_or_404(number, kind)
    if not version.is_draft:
        return redirect(url_of("review", version))
    return EditorPage(request, version).answer()


@admin_only
@require_http_methods(["GET", "HEAD", "POST"])
def edit_item(request: HttpRequest, number: int, code: str, kind: str = GRID) -> HttpResponse:
    version = queries.draft_or_404(number, kind)
    page = EditorPage(request, version, around=code)
    row = page.comparison.row(code)
    if row is None:
        raise Http404(_("这一版清单没有这个编号"))
    form = _form(version, row, request)
    if request.method != "POST":
        return page.answer(form, row)
    if not form.is_valid():
        return _not_saved(request, page, form, row, 422)
    seen = form.cleaned_data["revision"]
    try:
        revision = editing.edit_item(
            version_id=version.pk, code=code, revision=seen, content=form.content(), actor=actor_of(request)
        )
    except DomainError as error:
        return _again(request, version, form, code, error)
    return _saved(request, page, code, revision)


@admin_only
@require_http_methods(["GET", "HEAD", "POST"])
def add_item(request: HttpRequest, number: int, kind: str = GRID) -> HttpResponse:
    """An empty form, or with ?from=C02 one that begins as a copy."""
    version = queries.draft_or_404(number, kind)
    form = _new_form(version, request)
    page = EditorPage(request, version)
    if request.method != "POST":
        return page.answer(form)
    if not form.is_valid():
        return page.answer(form, status=422)
    code = form.cleaned_data["code"]
    try:
        editing.add_item(version_id=version.pk, code=code, content=form.content(), actor=actor_of(request))
    except DomainError as error:
        return _again(request, version, form, "", error)
    messages.success(request, _("已新增 %(code)s") % {"code": code})
    return redirect(_at(version, code))


@admin_only
@require_POST
def remove(request: HttpRequest, number: int, code: str, kind: str = GRID) -> HttpResponse:
    version = queries.draft_or_404(number, kind)
    return _step(request, version, code, editing.remove_item, _("%(code)s 从下一版起停用"))


@admin_only
@require_POST
def restore(request: HttpRequest, number: int, code: str, kind: str = GRID) -> HttpResponse:
    version = queries.draft_or_404(number, kind)
    return _step(request, version, code, editing.restore_item, _("%(code)s 已还原为上一版"))


@admin_only
@require_POST
def undo(request: HttpRequest, number: int, kind: str = GRID) -> HttpResponse:
    """Take back one's own last write, as long as nobody wrote after."""
    version, form = queries.draft_or_404(number, kind), RevisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("页面已过期，请重试"))
        return EditorPage(request, version).answer(status=422)
    try:
        codes = editing.undo(version_id=version.pk, revision=form.cleaned_data["revision"], actor=actor_of(request))
    except DomainError as error:
        messages.error(request, error.message)
        return EditorPage(request, queries.draft_or_404(number, kind)).answer(status=error.status)
    messages.success(request, _("已撤销对 %(codes)s 的修改") % {"codes": "、".join(codes[:5])})
    return redirect(url_of("edit", version))


@admin_only
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, number: int, kind: str = GRID) -> HttpResponse:
    """Ask, then throw the draft away."""
    version = queries.draft_or_404(number, kind)
    if request.method != "POST":
        return _ask_discard(request, version)
    form = RevisionForm(request.POST)
    if not form.is_valid():
        return _ask_discard(request, version, 422)
    try:
        revision = form.cleaned_data["revision"]
        editing.discard_draft(version_id=version.pk, revision=revision, actor=actor_of(request))
    except Conflict as conflict:
        messages.error(request, conflict.message)
        return _ask_discard(request, queries.draft_or_404(number, kind), conflict.status)
    messages.success(request, _("草稿已删除"))
    return redirect(url_for("index", kind))


# ---- pieces ---------------------------------------------------------------------------------------------------
def actor_of(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def _form(version: ListVersion, row: Row, request: HttpRequest) -> EntryForm:
    kind = form_of(version)
    data = request.POST if request.method == "POST" else None
    initial = kind.initial_of(row.plain, row.item.revision) if row.mark != "del" else None
    return kind(data, initial=initial, version=version, known=Known.of(version))


def _new_form(version: ListVersion, request: HttpRequest) -> EntryForm:
    kind, known = form_of(version), Known.of(version)
    initial: dict[str, Any] = {"first_level": "town", "enforcement_body": "不涉及"}
    if source := Comparison(version).row(request.GET.get("from", "")):
        initial = kind.initial_of(source.plain, 0)
    data = request.POST if request.method == "POST" else None
    return kind(data, initial=initial | {"revision": version.revision}, version=version, known=known, is_new=True)


def _saved(request: HttpRequest, page: EditorPage, code: str, revision: int) -> HttpResponse:
    if AUTOSAVE in request.POST:
        said = _("已自动保存 %(at)s") % {"at": clock.local(clock.now()).strftime("%H:%M:%S")}
        return JsonResponse({"revision": revision, "said": said})
    messages.success(request, _("%(code)s 已保存") % {"code": code})
    return redirect(_at(page.version, page.next_code(code), page.chosen.address()))


def _not_saved(request: HttpRequest, page: EditorPage, form: EntryForm, row: Row, status: int) -> HttpResponse:
    if AUTOSAVE not in request.POST:
        return page.answer(form, row, status=status)
    words = [str(message) for errors in form.errors.values() for message in errors]
    return JsonResponse({"said": _("还没保存：%(why)s") % {"why": "；".join(words)}}, status=status)


def _again(request: HttpRequest, version: ListVersion, form: EntryForm, code: str, error: DomainError) -> HttpResponse:
    """The form again with what was typed, over the fresh state; the next save is a knowing one."""
    if isinstance(error, BadContentError):
        for name, message in error.errors.items():
            form.add_error(name if name in form.fields else None, message)
    else:
        form.add_error(None, error.message)
    if AUTOSAVE in request.POST:
        return JsonResponse({"said": error.message}, status=error.status)
    page = EditorPage(request, version, around=code)
    row = page.comparison.row(code) if code else None
    if row is not None:
        refresh_revision(form, row.item.revision)
    return page.answer(form, row, status=error.status)


def _step(
    request: HttpRequest, version: ListVersion, code: str, verb: Callable[..., object], done: str
) -> HttpResponse:
    form = RevisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("页面已过期，请重试"))
        return EditorPage(request, version).answer(status=422)
    try:
        verb(version_id=version.pk, code=code, revision=form.cleaned_data["revision"], actor=actor_of(request))
    except DomainError as error:
        messages.error(request, error.message)
        fresh = queries.draft_or_404(version.number, version.duty_list.kind)
        return EditorPage(request, fresh).answer(status=error.status)
    messages.success(request, done % {"code": code})
    return redirect(_at(version, code))


def _at(version: ListVersion, code: str, query: str = "") -> str:
    """The editor with this line open."""
    return f"{url_of('edit_item', version, code)}{'?' if query else ''}{query}#r-{code}"


def _ask_discard(request: HttpRequest, version: ListVersion, status: int = 200) -> HttpResponse:
    return render(request, "duties/discard.html", {"nav": "lists", "version": version}, status=status)
