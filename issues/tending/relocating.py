"""Open tickets go along when grids are reshaped: each with one entry in its log, so that tallies follow.

A ticket that moves keeps its state, its limits and its number; pages read before stay good. Ended tickets keep the
path they were filed under.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core import clock
from core.trust.audit import Actor as Person
from grids.models import Area
from grids.scope import path_of
from issues.engine.actions import event_of
from issues.engine.actors import system
from issues.models import OPEN, Ticket, TicketEvent
from places.following import Follower, Going, Shift, going_of

KEY = "tickets"
RELOCATE = "relocate"
BATCH = 500


def found(shift: Shift) -> list[Going]:
    return going_of(shift, KEY, Ticket.objects.filter(OPEN), "number")


def carry(going: Sequence[Going], areas: Mapping[int, Area], actor: Person | None) -> list[Going]:
    """Move the tickets that are still open and still there; runs in the caller's transaction."""
    moved: list[Going] = []
    paths = {pk: path_of(area) for pk, area in areas.items()}
    for start in range(0, len(going), BATCH):
        moved += _batch(going[start : start + BATCH], areas, paths)
    return moved


def _batch(going: Sequence[Going], areas: Mapping[int, Area], paths: Mapping[int, Mapping[str, int]]) -> list[Going]:
    now = clock.now()
    locked = Ticket.objects.select_for_update(of=("self",)).filter(OPEN).order_by("pk")
    tickets = locked.select_related("area").in_bulk([one.row for one in going])
    moved = [one for one in going if one.row in tickets and tickets[one.row].area_id == one.before]
    by_target: dict[int, list[int]] = {}
    for one in moved:
        by_target.setdefault(one.after, []).append(one.row)
    for target, rows in by_target.items():
        Ticket.objects.filter(pk__in=rows).update(version=F("version") + 1, last_event_at=now, **paths[target])
    TicketEvent.objects.bulk_create(_event(tickets[o.row], areas[o.after], paths[o.after], now) for o in moved)
    return moved


def _event(ticket: Ticket, area: Area, path: Mapping[str, int], now: datetime) -> TicketEvent:
    before = ticket.area.name
    for column, value in path.items():
        setattr(ticket, column, value)
    ticket.version, ticket.last_event_at = ticket.version + 1, now
    data = {"moved_from": before, "moved_to": area.name}
    return event_of(ticket, RELOCATE, system(), now, from_state=ticket.state, data=data, is_public=False)


TICKETS = Follower(KEY, _("未办结工单"), found, carry)


def open_at(area: Area) -> str | None:
    """Why `area` cannot be retired by hand while tickets run in it; a plan takes them along."""
    count = Ticket.objects.filter(OPEN, area=area).count()
    return _now("还有 %(n)d 件未办结的工单在这里，请用“合并”方案，工单会一起划转") % {"n": count} if count else None
