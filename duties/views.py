"""Reading pages of the lists, for everybody signed in: desk and phone."""

from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.clock import today
from core.forms import MAX_CHOICE_TEXT
from duties import queries
from duties.beside import links_of
from duties.comparing import compare, counts, history_steps
from duties.models import ListVersion
from duties.routing import decide
from duties.viewer import may_edit, may_read_rules, own_township, township_choices
from members.access import signed_in
from members.models import User


@signed_in
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The version in force; before there is one, the newest."""
    version = queries.current() or queries.versions().first()
    if version is None:
        return render(request, "duties/none.html", {"nav": "lists"})
    return _list_page(request, version, "duties/version.html")


@signed_in
@require_safe
def phone(request: HttpRequest) -> HttpResponse:
    version = queries.current()
    if version is None:
        return render(request, "duties/phone_none.html", {"nav": "list"})
    return _list_page(request, version, "duties/phone.html")


@signed_in
@require_safe
def version(request: HttpRequest, number: int) -> HttpResponse:
    return _list_page(request, queries.version_or_404(number), "duties/version.html")


@signed_in
@require_safe
def item(request: HttpRequest, number: int, code: str) -> HttpResponse:
    return _item_page(request, queries.version_or_404(number), code, "desk.html")


@signed_in
@require_safe
def phone_item(request: HttpRequest, code: str) -> HttpResponse:
    version = queries.current()
    if version is None:
        return redirect("lists:phone")
    return _item_page(request, version, code, "phone.html")


@signed_in
@require_safe
def versions(request: HttpRequest) -> HttpResponse:
    """All versions with their dates."""
    in_force = queries.current()
    rows = [{"version": v, "standing": queries.standing(v, in_force)} for v in queries.versions()]
    return render(request, "duties/versions.html", {"nav": "lists", "rows": rows, "may_edit": may_edit(request)})


@signed_in
@require_safe
def diff(request: HttpRequest, number: int) -> HttpResponse:
    """A version against the one it was made from, changed rows only."""
    version = queries.version_or_404(number)
    rows = [row for row in compare(version) if row.mark]
    context = {"nav": "lists", "version": version, "rows": rows, "counts": counts(rows)}
    return render(request, "duties/diff.html", context)


def _list_page(request: HttpRequest, version: ListVersion, template: str) -> HttpResponse:
    text = request.GET.get("q", "")[:MAX_CHOICE_TEXT].replace("\0", "").strip()
    category = request.GET.get("cat", "")
    hits = queries.search(version, text)
    kept = [hit for hit in hits if not category or hit.item.category.code == category]
    context: dict[str, Any] = {
        "nav": "lists",
        "version": version,
        "standing": queries.standing(version, queries.current()),
        "draft": queries.draft() if may_edit(request) else None,
        "may_edit": may_edit(request),
        "may_read_rules": may_read_rules(request),
        "q": text,
        "cat": category,
        "hits": kept,
        "groups": None if text else queries.by_category(hit.item for hit in kept),
        "tabs": None,
        "category_tabs": _tabs(version, hits, category, text),
        "total": len(hits),
    }
    return render(request, template, context)


def _tabs(version: ListVersion, hits: list[queries.Hit], current: str, text: str) -> list[dict[str, Any]]:
    found: dict[str, tuple[str, int]] = {}
    for hit in hits:
        category = hit.item.category
        found[category.code] = (str(category), found.get(category.code, ("", 0))[1] + 1)
    tabs = [{"url": "?" + urlencode({"q": text}), "text": _("全部"), "count": len(hits), "current": not current}]
    for code in sorted(found):
        name, n = found[code]
        query = urlencode({"q": text, "cat": code} if text else {"cat": code})
        tabs.append({"url": f"?{query}", "text": name, "count": n, "current": code == current})
    return tabs


def _item_page(request: HttpRequest, version: ListVersion, code: str, frame: str) -> HttpResponse:
    found = queries.item_or_404(version, code)
    township = own_township(request)
    back = reverse("lists:phone") if frame == "phone.html" else reverse("lists:version", args=[version.number])
    context = {
        "nav": "lists",
        "frame": frame,
        "version": version,
        "item": found,
        "standing": queries.standing(version, queries.current()),
        "township": township,
        "townships": township_choices(request),
        "decision": decide(found, township, on=today()) if township else None,
        "history": history_steps(queries.history(code, version)),
        "back": back,
        "links": links_of(cast(User, request.user), code),
        "draft": queries.draft() if may_edit(request) else None,
    }
    return render(request, "duties/item.html", context)
