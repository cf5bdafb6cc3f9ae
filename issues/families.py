"""Reads of tickets that belong together: the same matter nearby, what was merged, what was split off."""

from datetime import timedelta

from django.db.models import QuerySet

from core import clock
from issues.models import OPEN, Ticket
from issues.workflow import State

SAME_DAYS = 30
SHOWN = 5


def same_matter(ticket: Ticket) -> list[Ticket]:
    """Open tickets of the same item in the same grid, placed within thirty days; newest first. One query."""
    if not ticket.item_code:
        return []
    return list(_alike(ticket.grid_id, ticket.item_code).exclude(pk=ticket.pk)[:SHOWN])


def alike(grid_id: int, item_code: str) -> list[Ticket]:
    """The same before there is a ticket; never sensitive ones, as residents are shown them. One query."""
    return list(_alike(grid_id, item_code).filter(is_sensitive=False)[:SHOWN]) if item_code else []


def _alike(grid_id: int, item_code: str) -> QuerySet[Ticket]:
    since = clock.now() - timedelta(days=SAME_DAYS)
    rows = Ticket.objects.filter(OPEN, grid=grid_id, item_code=item_code, placed_at__gte=since)
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
