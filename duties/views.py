"""Reading pages of the three lists, for everybody signed in; the grid items also on the phone."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.clock import today
from duties.extensions import links_of
from duties.lists import queries
from duties.lists.addresses import url_for, url_of
from duties.lists.comparing import Comparison, history_steps
from duties.lists.list_search import leaf
from duties.lists.listing import Chosen, hits_of, tabs_of
from duties.lists.rows import groups
from duties.lists.summary import summary_of
from duties.lists.viewer import dry_run_url, may_edit, own_township, township_choices, waiting_for
from duties.models import ListKind, ListVersion
from duties.routing.deciding import decide
from duties.routing.standing import sections
from duties.shapes import shape_of
from duties.shapes.parts import part_of
from members.access import reader, signed_in

GRID = ListKind.GRID_ITEMS
KINDS = {kind.value: str(kind.label) for kind in ListKind}


@signed_in
@require_safe
def index(request: HttpRequest, kind: str = GRID) -> HttpResponse:
    """The version in force; before there is one, the newest."""
    in_force = queries.current(kind)
    version = in_force or queries.versions(kind).first()
    if version is None:
        return render(request, "duties/none.html", {"nav": "lists", "lists": list_tabs(kind), "title": KINDS[kind]})
    return _list_page(request, version, in_force, "duties/version.html")


@signed_in
@require_safe
def phone(request: HttpRequest) -> HttpResponse:
    version = queries.current()
    if version is None:
        return render(request, "duties/phone_none.html", {"nav": "list"})
    return _list_page(request, version, version, "duties/phone.html")


@signed_in
@require_safe
def version(request: HttpRequest, number: int, kind: str = GRID) -> HttpResponse:
    version = queries.version_or_404(number, kind)
    return _list_page(request, version, queries.current(kind), "duties/version.html")


@signed_in
@require_safe
def item(request: HttpRequest, number: int, code: str, kind: str = GRID) -> HttpResponse:
    return _item_page(request, queries.version_or_404(number, kind), code, "desk.html")


@signed_in
@require_safe
def phone_item(request: HttpRequest, code: str) -> HttpResponse:
    version = queries.current()
    if version is None:
        return redirect("lists:phone")
    return _item_page(request, version, code, "phone.html")


@signed_in
@require_safe
def versions(request: HttpRequest, kind: str = GRID) -> HttpResponse:
    """All versions of a list with their dates."""
    in_force = queries.current(kind)
    rows = [{"version": v, "standing": queries.standing(v, in_force)} for v in queries.versions(kind)]
    context = {
        "nav": "lists",
        "rows": rows,
        "kind": kind,
        "list_name": KINDS[kind],
        "may_edit": may_edit(request),
        "waiting": waiting_for(request),
    }
    return render(request, "duties/versions.html", context)


@signed_in
@require_safe
def diff(request: HttpRequest, number: int, kind: str = GRID) -> HttpResponse:
    """A version against any other one of the list (?with=3), by default the one it was made from."""
    version = queries.version_or_404(number, kind)
    other = request.GET.get("with", "")
    base = queries.version_or_404(int(other), kind) if other.isascii() and other.isdigit() else version.base
    comparison = Comparison(version, base)
    page = leaf(comparison.changed, request.GET.get("after", ""))
    context = {
        "nav": "lists",
        "version": version,
        "base": base,
        "look": comparison.shape.look,
        "others": [v for v in queries.versions(kind) if v.pk != version.pk],
        "rows": comparison.rows(page.codes),
        "page": page,
        "query": f"with={base.number}&" if base else "",
        "counts": comparison.counts,
        "may_edit": may_edit(request),
        "dry_run": dry_run_url(request, version),
    }
    return render(request, "duties/diff.html", context)


def list_tabs(kind: str) -> list[dict[str, Any]]:
    """The three lists, to go from one to the other."""
    return [{"url": url_for("index", key), "text": name, "current": key == kind} for key, name in KINDS.items()]


def _list_page(request: HttpRequest, version: ListVersion, in_force: ListVersion | None, template: str) -> HttpResponse:
    chosen = Chosen.of(request)
    shape, kind = shape_of(version), version.duty_list.kind
    found = hits_of(shape, version, chosen)
    context: dict[str, Any] = {
        "nav": "lists",
        "version": version,
        "kind": kind,
        "lists": list_tabs(kind),
        "look": shape.look,
        "standing": queries.standing(version, in_force),
        "draft": queries.open_version(kind) if may_edit(request) else None,
        "may_edit": may_edit(request),
        "sections": sections(reader(request), "index"),
        "waiting": waiting_for(request),
        "summary": summary_of(version),
        "q": chosen.q,
        "cat": chosen.tab,
        "hits": found.hits,
        "page": found.page,
        "query": chosen.query,
        "groups": partial(groups, version, shape.look, found, is_search=bool(chosen.q)),  # for the table only
        "category_tabs": tabs_of(shape, found.matched, chosen),
        "total": len(found.matched),
    }
    return render(request, template, context)


def _item_page(request: HttpRequest, version: ListVersion, code: str, frame: str) -> HttpResponse:
    found = queries.item_or_404(version, code)
    kind, shape = version.duty_list.kind, shape_of(version)
    township = own_township(request) if kind == GRID else None
    context = {
        "nav": "lists",
        "frame": frame,
        "version": version,
        "item": found,
        "look": shape.look,
        "info": part_of(kind, found.part) if kind != GRID else None,
        "standing": queries.standing(version, queries.current(kind)),
        "township": township,
        "townships": township_choices(request) if kind == GRID else [],
        "decision": decide(found, township, on=today()) if township else None,
        "history": history_steps(queries.history(code, version, kind), shape),
        "back": reverse("lists:phone") if frame == "phone.html" else url_of("version", version),
        "links": links_of(reader(request), code),
        "draft": queries.open_version(kind) if may_edit(request) else None,
    }
    return render(request, "duties/item.html", context)
