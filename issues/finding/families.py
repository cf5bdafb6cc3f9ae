"""Reads of tickets that belong together: the same matter nearby, what was merged, what was split off."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import QuerySet

from core import clock
from grids.levels import Level
from grids.models import Area
from issues.models import OPEN, Ticket
from issues.workflow import State

SAME_DAYS = 30
SHOWN = 5
OF_PEOPLE = ("F", "G")
"""Categories whose matters are somebody's own (quarrels, care): neighbours are not told of them."""


def same_matter(ticket: Ticket) -> list[Ticket]:
    """Open tickets of the same item in the same grid, placed within thirty days; newest first. One query."""
    if not ticket.item_code:
        return []
    return list(_alike(ticket.grid_id, ticket.item_code).exclude(pk=ticket.pk)[:SHOWN])


def alike(area: Area, *item_codes: str) -> list[Ticket]:
    """The same before there is a ticket, for staff at `area`; never sensitive ones. One query."""
    return list(_near(area, item_codes)[:SHOWN]) if item_codes else []


def alike_in_public(area: Area, *item_codes: str) -> list[Ticket]:
    """What of it a resident may be told. One query."""
    told = _near(area, item_codes).exclude(item__category__code__in=OF_PEOPLE)
    return list(told[:SHOWN]) if item_codes else []


def _near(area: Area, item_codes: Sequence[str]) -> QuerySet[Ticket]:
    here = {"grid": area.pk} if area.level == Level.GRID else {"grid": area.parent_id, "area": area.pk}
    return _recent(item_codes).filter(**here, is_sensitive=False)


def leading(ticket: Ticket) -> Ticket:
    """The ticket that speaks for this one: itself, or the one it was merged into, however often."""
    seen = {ticket.pk}
    while ticket.merged_into_id is not None and ticket.merged_into_id not in seen:
        seen.add(ticket.merged_into_id)
        ticket = Ticket.objects.select_related("area", "village", "item", "lead").get(pk=ticket.merged_into_id)
    return ticket


def _alike(grid_id: int, item_code: str) -> QuerySet[Ticket]:
    return _recent([item_code]).filter(grid=grid_id)


def _recent(item_codes: Sequence[str]) -> QuerySet[Ticket]:
    since = clock.now() - timedelta(days=SAME_DAYS)
    rows = Ticket.objects.filter(OPEN, item_code__in=item_codes, placed_at__gte=since)
    return rows.select_related("item", "area").order_by("-placed_at", "-id")


def parts_of(ticket: Ticket) -> list[Ticket]:
    """The tickets it was split into, oldest first; no query when it was not."""
    if not ticket.children:
        return []
    return list(Ticket.objects.filter(parent=ticket).select_related("item", "lead", "holder").order_by("id"))


def merged_into(ticket: Ticket) -> list[Ticket]:
    """What was merged into it, oldest first."""
    rows = Ticket.objects.filter(merged_into=ticket, state=State.MERGED)
    return list(rows.select_related("area").order_by("placed_at", "id"))
