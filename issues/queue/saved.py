"""The only code that writes saved views: keep a filter under a name, rename, share, forget it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from django.db import transaction
from django.db.models import BigIntegerField, Case, IntegerField, QuerySet, Value, When
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from core.errors import NotYours, Refused
from core.races.idempotency import Once, claim
from core.rows.composed import found_by_key
from core.trust.identity import REFUSAL, has_identity_number
from core.trust.numbers import masked
from grids.models import Area
from issues.finding.conditions import LABELS
from issues.finding.filters import TicketFilter
from issues.models import SavedView
from members.access import Scope, scope_for
from members.models import Department, User

MOST = 20
"""Views that one person keeps."""
SHOWN = 100
LINKED = (
    "name", "query", "owner__name", "area__name", "area__level", "department__name", "department__short_name",
)  # fmt: skip
IN_SIGHT = 4
"""How many stand above the list; the rest are in the menu."""


@dataclass(frozen=True)
class Link:
    """A saved view as a page names it."""

    pk: int
    text: str
    url: str
    current: bool
    is_own: bool
    shared_with: str
    by: str
    conditions: str


def links(user: User, chosen: TicketFilter | None = None) -> list[Link]:
    """The views the user may use, own ones first: one query."""
    here = canonical(chosen) if chosen else None
    return [_link(row, user, here) for row in _usable(scope_for(user).bare, user=user.pk)]


@found_by_key(user=BigIntegerField())
def _usable(scope: Scope, *, user: Any) -> QuerySet[SavedView]:
    own_first = Case(When(owner=user, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = SavedView.objects.within(scope).select_related("owner", "area", "department")
    return rows.only(*LINKED).order_by(own_first, "pk")[:SHOWN]


def _link(view: SavedView, user: User, here: str | None) -> Link:
    kept = TicketFilter.parse(QueryDict(view.query))
    return Link(
        pk=view.pk,
        text=view.name,
        url=f"{reverse('issues:queue')}?{view.query}",
        current=view.query == here,
        is_own=view.owner_id == user.pk,
        shared_with=view.shared_with,
        by=view.owner.name,
        conditions="、".join(f"{LABELS[name]} {kept.plain_word(name)}".strip() for name in kept.conditions),
    )


def in_sight(found: list[Link]) -> list[Link]:
    """The first few, the one that is shown among them."""
    first, shown = found[:IN_SIGHT], next((link for link in found if link.current), None)
    return first if shown is None or shown in first else [*first[:-1], shown]


def canonical(chosen: TicketFilter) -> str:
    """The query string of a filter, with its tab always said."""
    rest = chosen.query()
    return rest if rest.startswith("view=") else f"view={chosen.view}" + (f"&{rest}" if rest else "")


def shares(user: User) -> dict[str, Area | Department]:
    """With whom the user may share: the areas and departments of their own posts, by key."""
    posts = scope_for(user).seeing("tickets").posts
    places = [place for post in posts for place in (post.area, post.department) if place is not None]
    return {f"{place._meta.model_name}:{place.pk}": place for place in places}


def keep(user: User, *, name: str, query: str, share: str, once: Once) -> SavedView:
    """Keep a new view. Raises `Refused` for a name that is taken, one view too many or words that are never kept,
    `KeyReused`.
    """
    words = unquote_plus(query)
    if has_identity_number(words):
        raise Refused(str(REFUSAL))
    if masked(words) != words:
        raise Refused(_("条件里有电话号码，不能存成视图"))
    with transaction.atomic():
        slot = claim(once.owner, once.key, once.body)
        if slot.result:
            return SavedView.objects.get(pk=slot.result)
        own = SavedView.objects.select_for_update().filter(owner=user)
        if own.count() >= MOST:
            raise Refused(_("最多保存 %(most)d 个视图，请先删去不用的") % {"most": MOST})
        view = SavedView(owner=user, query=canonical(TicketFilter.parse(QueryDict(query))))
        _write(view, user, name, share)
        slot.finish(str(view.pk))
    return view


@transaction.atomic
def change(view: SavedView, user: User, *, name: str, share: str) -> None:
    """Rename it or share it with others. Raises `NotYours` for somebody else's, `Refused` for a name that is taken."""
    require_own(view, user)
    _write(view, user, name, share)


def forget(view: SavedView, user: User) -> None:
    """Delete it; those it was shared with lose it too. Raises `NotYours` for somebody else's."""
    require_own(view, user)
    view.delete()


def require_own(view: SavedView, user: User) -> None:
    """Raises `NotYours` for a view that somebody else has shared."""
    if view.owner_id != user.pk:
        raise NotYours(_("这个视图是别人共享给您的，只有保存它的人能改"))


def _write(view: SavedView, user: User, name: str, share: str) -> None:
    if SavedView.objects.filter(owner=user, name=name).exclude(pk=view.pk).exists():
        raise Refused(_("您已有叫“%(name)s”的视图，换个名称") % {"name": name})
    place = shares(user).get(share)
    view.name = name
    view.area = place if isinstance(place, Area) else None
    view.department = place if isinstance(place, Department) else None
    view.save()
