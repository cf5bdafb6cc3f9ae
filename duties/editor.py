"""The editor of a draft: table with inline differences, side form, and the one-button steps around it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from core.errors import Conflict, DomainError
from duties import editing, queries
from duties.comparing import Finding, Row, compare, counts, findings, history_steps
from duties.forms import ItemForm, NewItemForm, PublishForm, RevisionForm, initial_of
from duties.models import ListVersion
from members.access import allow
from members.models import User
from members.roles import Role

admin_only = allow(Role.LIST_ADMIN)


@admin_only
@require_POST
def open_draft(request: HttpRequest) -> HttpResponse:
    newest = queries.versions().first()
    if newest is None:
        raise Http404
    try:
        draft = editing.open_draft(duty_list=newest.duty_list, actor=_actor(request))
    except Conflict as conflict:
        messages.warning(request, conflict.message)
        return redirect("lists:versions")
    return redirect("lists:edit", draft.number)


@admin_only
@require_safe
def edit(request: HttpRequest, number: int) -> HttpResponse:
    """The table without a side form."""
    return _page(request, queries.draft_or_404(number), None, None)


@admin_only
@require_http_methods(["GET", "HEAD", "POST"])
def edit_item(request: HttpRequest, number: int, code: str) -> HttpResponse:
    version = queries.draft_or_404(number)
    rows = compare(version)
    row = next((row for row in rows if row.item.code == code), None)
    if row is None:
        raise Http404(_("这一版清单没有这个编号"))
    if request.method != "POST":
        return _page(request, version, _item_form(version, row), row, rows=rows)
    form = _item_form(version, row, request)
    if not form.is_valid():
        return _page(request, version, form, row, rows=rows, status=422)
    seen = form.cleaned_data["revision"]
    try:
        editing.edit_item(
            version_id=version.pk, code=code, revision=seen, content=form.content(), actor=_actor(request)
        )
    except DomainError as error:
        return _again(request, version, form, row, error)
    messages.success(request, _("%(code)s 已保存") % {"code": code})
    return redirect(_editor_url(number, _next_code(rows, code)))


@admin_only
@require_http_methods(["GET", "HEAD", "POST"])
def add_item(request: HttpRequest, number: int) -> HttpResponse:
    version = queries.draft_or_404(number)
    form = _new_form(version, request)
    if request.method != "POST":
        return _page(request, version, form, None)
    if not form.is_valid():
        return _page(request, version, form, None, status=422)
    code = form.cleaned_data["code"]
    try:
        editing.add_item(version_id=version.pk, code=code, content=form.content(), actor=_actor(request))
    except DomainError as error:
        return _again(request, version, form, None, error)
    messages.success(request, _("已新增 %(code)s") % {"code": code})
    return redirect(_editor_url(number, code))


@admin_only
@require_POST
def remove(request: HttpRequest, number: int, code: str) -> HttpResponse:
    return _step(request, number, code, editing.remove_item, _("%(code)s 已从草稿中删去"))


@admin_only
@require_POST
def restore(request: HttpRequest, number: int, code: str) -> HttpResponse:
    return _step(request, number, code, editing.restore_item, _("%(code)s 已还原为上一版"))


@admin_only
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, number: int) -> HttpResponse:
    """Ask, then throw the draft away."""
    version = queries.draft_or_404(number)
    if request.method != "POST":
        return render(request, "duties/discard.html", {"nav": "lists", "version": version})
    form = RevisionForm(request.POST)
    if not form.is_valid():
        return render(request, "duties/discard.html", {"nav": "lists", "version": version}, status=422)
    try:
        revision = form.cleaned_data["revision"]
        editing.discard_draft(version_id=version.pk, revision=revision, actor=_actor(request))
    except Conflict as conflict:
        messages.error(request, conflict.message)
        fresh = queries.draft_or_404(number)
        return render(request, "duties/discard.html", {"nav": "lists", "version": fresh}, status=conflict.status)
    messages.success(request, _("草稿已删除"))
    return redirect("lists:index")


@admin_only
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, number: int) -> HttpResponse:
    version = queries.draft_or_404(number)
    initial = {"starts_on": clock.today(), "revision": version.revision, "note": version.note}
    form = PublishForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method != "POST":
        return _publish_page(request, version, form)
    if not form.is_valid():
        return _publish_page(request, version, form, status=422)
    try:
        editing.publish(version_id=version.pk, **form.cleaned_data, actor=_actor(request))
    except DomainError as error:
        form.add_error(None, error.message)
        fresh = queries.version_or_404(number)
        _refresh_revision(form, fresh.revision)
        return _publish_page(request, fresh, form, status=error.status)
    messages.success(request, _("第 %(n)d 版已发布") % {"n": number})
    return redirect("lists:version", number)


# ---- pieces ---------------------------------------------------------------------------------------------------
def _actor(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def _item_form(version: ListVersion, row: Row, request: HttpRequest | None = None) -> ItemForm:
    data = request.POST if request is not None else None
    initial = initial_of(row.item) if row.mark != "del" else None
    return ItemForm(data, initial=initial, version=version, departments=queries.county_departments())


def _new_form(version: ListVersion, request: HttpRequest) -> NewItemForm:
    data = request.POST if request.method == "POST" else None
    initial = {"revision": version.revision, "first_level": "town", "enforcement_body": "不涉及"}
    return NewItemForm(data, initial=initial, version=version, departments=queries.county_departments())


def _again(
    request: HttpRequest, version: ListVersion, form: ItemForm, row: Row | None, error: DomainError
) -> HttpResponse:
    """The form again with what was typed, over the fresh state; the next save is a knowing one."""
    form.add_error(None, error.message)
    rows = compare(version)
    if row is not None:
        row = next((fresh for fresh in rows if fresh.item.code == row.item.code), row)
        _refresh_revision(form, row.item.revision)
    return _page(request, version, form, row, rows=rows, status=error.status)


def _refresh_revision(form: RevisionForm | ItemForm, revision: int) -> None:
    """Show what was typed again, but as seen at the fresh revision."""
    data = QueryDict(mutable=True)
    for name in form.data:
        data.setlist(name, form.data.getlist(name))  # type: ignore[attr-defined]  # a posted form's QueryDict
    data["revision"] = str(revision)
    form.data = data


def _step(request: HttpRequest, number: int, code: str, verb: Any, done: str) -> HttpResponse:
    version = queries.draft_or_404(number)
    form = RevisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("页面已过期，请重试"))
        return _page(request, version, None, None, status=422)
    try:
        verb(version_id=version.pk, code=code, revision=form.cleaned_data["revision"], actor=_actor(request))
    except DomainError as error:
        messages.error(request, error.message)
        return _page(request, queries.draft_or_404(number), None, None, status=error.status)
    messages.success(request, done % {"code": code})
    return redirect(_editor_url(number, code))


def _editor_url(number: int, code: str) -> str:
    return f"{reverse('lists:edit_item', args=[number, code])}#r-{code}"


def _next_code(rows: list[Row], code: str) -> str:
    codes = [row.item.code for row in rows]
    return codes[(codes.index(code) + 1) % len(codes)]


def _page(
    request: HttpRequest,
    version: ListVersion,
    form: ItemForm | None,
    row: Row | None,
    *,
    rows: list[Row] | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = compare(version) if rows is None else rows
    found = findings(rows)
    context = {
        "nav": "lists",
        "version": version,
        "counts": counts(rows),
        "blockers": [f for f in found if f.is_blocker],
        "warnings": [f for f in found if not f.is_blocker],
        "wrong": _fields_by_code(found),
        "form": form,
        "row": row,
        "is_new": isinstance(form, NewItemForm),
        "history": history_steps(queries.history(row.item.code, version)) if row else (),
        **_narrowed(request, rows),
    }
    return render(request, "duties/edit.html", context, status=status)


def _fields_by_code(found: list[Finding]) -> dict[str, dict[str, bool]]:
    """Which cells of which rows stop the publishing."""
    wrong: dict[str, dict[str, bool]] = {}
    for finding in found:
        if finding.is_blocker:
            wrong.setdefault(finding.code, {})[finding.field] = True
    return wrong


def _narrowed(request: HttpRequest, rows: list[Row]) -> dict[str, Any]:
    """The rows of one category (?cat=B) or only the changed ones (?changed=1), and the tabs to choose them."""
    category, changed = request.GET.get("cat", ""), request.GET.get("changed") == "1"
    tabs = [{"url": "?", "text": _("全部"), "count": len(rows), "current": not category and not changed}]
    per: dict[str, list[Row]] = {}
    for row in rows:
        per.setdefault(str(row.item.category), []).append(row)
    for name in sorted(per):
        code = per[name][0].item.category.code
        tabs.append({"url": f"?cat={code}", "text": name, "count": len(per[name]), "current": code == category})
    tabs.append({"url": "?changed=1", "text": _("只看改动"), "count": counts(rows)["all"], "current": changed})
    kept = [row for row in rows if (not category or row.item.category.code == category) and (not changed or row.mark)]
    groups: dict[str, list[Row]] = {}
    for row in kept:
        groups.setdefault(str(row.item.category), []).append(row)
    return {"category_tabs": tabs, "groups": sorted(groups.items()), "query": request.GET.urlencode()}


def _publish_page(request: HttpRequest, version: ListVersion, form: PublishForm, status: int = 200) -> HttpResponse:
    rows = compare(version)
    found = findings(rows)
    context = {
        "nav": "lists",
        "version": version,
        "form": form,
        "rows": [row for row in rows if row.mark],
        "counts": counts(rows),
        "blockers": [f for f in found if f.is_blocker],
        "warnings": [f for f in found if not f.is_blocker],
    }
    return render(request, "duties/publish.html", context, status=status)
