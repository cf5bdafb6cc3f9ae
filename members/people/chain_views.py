"""The page of the trail's chain: its head to write down, where it is kept, and whether an old one still holds."""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.trust import chain, heads
from core.web.forms import CleanForm
from members.access import allow, reader
from members.people import queries
from members.roles import Role


class CodeForm(CleanForm):
    """A code that somebody wrote down or was sent."""

    code = forms.CharField(
        label=_("以前抄下的核对码"), max_length=60, required=False,
        help_text=_("连同前面的条数，例如 1234-9f86 d081 884c 7d65 9a2f eaa0"),
    )  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A file outside the database, and how far what it holds reaches."""

    name: str
    position: int | None
    at: datetime | None
    holds: bool


@allow(Role.SYSTEM_ADMIN, Role.AUDITOR)
@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    form, head = CodeForm(request.GET if "code" in request.GET else None), chain.head()
    asked = form.cleaned_data["code"] if form.is_valid() else ""
    context = {
        "nav": "audit",
        "sections": queries.sections(reader(request), "audit"),
        "head": head,
        "spelled": heads.spelled(head) if head else "",
        "waiting": chain.waiting(),
        "places": [_place(kept) for kept in heads.look()],
        "form": form,
        "asked": asked,
        "holds": bool(asked) and heads.holds(asked),
    }
    return render(request, "members/chain.html", context, status=422 if form.errors else 200)


def _place(look: heads.Look) -> Place:
    kept = look.kept
    return Place(look.place.name, kept.position if kept else None, _moment(kept.at) if kept else None, look.holds)


def _moment(text: str) -> datetime | None:
    """When a line was written, in the county's time on the page; None where somebody has meddled with it."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None
