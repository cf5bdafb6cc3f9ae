"""Reads behind the field's pages. Everything starts from the posts of the reader."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from core import clock
from core.rows.composed import composed
from duties.lists.queries import common_tiles
from duties.models import DutyItem, ListVersion
from grids.levels import GRID_LEVELS, Level
from grids.models import Area
from grids.scope import at_or_below
from issues.finding.filters import TicketFilter
from issues.finding.queries import MOMENT, Moment, Tab, as_rows, day_start, my_move_q, tabs
from issues.models import OPEN, Route, Source, Ticket
from issues.workflow import PLACE_ROLES, State
from members.access import Scope, scope_for
from members.models import User

USUAL_DAYS, OWN_DAYS = 90, 30
MINE_SHOWN, OTHERS_SHOWN = 10, 5
HOME_TABS = ("mine", "overdue", "soon", "open")


def placing_areas(user: User) -> list[Area]:
    """Grids and microgrids in use in which `user` may log, by code. One query."""
    posts = [p for p in scope_for(user).posts if p.role in PLACE_ROLES and p.area is not None]
    rows = Area.objects.visible_to(user).in_use().filter(at_or_below(p.area for p in posts if p.area is not None))
    return list(rows.filter(level__in=GRID_LEVELS).select_related("parent").order_by("code"))


def tiles_for(version: ListVersion, area: Area | None) -> list[DutyItem]:
    """The common items, first what is most often logged in this grid. Two queries over one grid's last 90 days."""
    tiles = common_tiles(version)
    if area is None:
        return tiles
    since = day_start(clock.today() - timedelta(days=USUAL_DAYS))
    grid = area.pk if area.level == Level.GRID else area.parent_id
    rows = Ticket.objects.filter(grid=grid, placed_at__gte=since, item_code__in=[tile.code for tile in tiles])
    counts: Mapping[str, int] = dict(rows.order_by().values_list("item_code").annotate(n=Count("pk")))
    return sorted(tiles, key=lambda tile: (-counts.get(tile.code, 0), tile.code))


@dataclass(frozen=True)
class Home:
    """What now: the counts, the tickets whose next move is the reader's, and what else is open nearby."""

    tabs: list[Tab]
    mine: list[Ticket]
    others: list[Ticket]
    now: datetime

    @property
    def more_url(self) -> str:
        return TicketFilter(view="mine").url()

    @property
    def open_url(self) -> str:
        return TicketFilter().url()


def home_of(user: User) -> Home:
    """Three queries, most urgent first."""
    now, scope = clock.now(), scope_for(user).bare
    counted, at = tabs(user, now, HOME_TABS), vars(Moment.of(now))
    return Home(counted, waiting(scope, True, MINE_SHOWN, **at), waiting(scope, False, OTHERS_SHOWN, **at), now)


@composed(**MOMENT)
def waiting(scope: Scope, mine: bool, most: int, **moment: Any) -> QuerySet[Ticket]:
    """The most urgent open tickets of a scope whose next move is its holder's, or is not."""
    next_move = my_move_q(scope, at=Moment(**moment))
    rows = as_rows(Ticket.objects.within(scope).filter(OPEN)).order_by("due_at", "id")
    return (rows.filter(next_move) if mine else rows.exclude(next_move))[:most]


def kept_pages(user: User) -> Iterator[str]:
    """What a phone keeps of tickets: the frame, the list, and what is most urgent of the reader's, to add to."""
    names = ("phone_home", "phone_drafts", "phone_me", *(("phone_new",) if scope_for(user).roles & PLACE_ROLES else ()))
    yield from (reverse(f"issues:{name}") for name in names)
    yield reverse("lists:phone")
    scope, at = scope_for(user).bare, vars(Moment.of(clock.now()))
    for ticket in waiting(scope, True, MINE_SHOWN, **at):
        if not ticket.is_sensitive:
            yield reverse("issues:phone_ticket", args=[ticket.number])
            yield reverse("issues:phone_act", args=[ticket.number, "supplement"])


@dataclass(frozen=True)
class Own:
    """What I got solved in the last thirty days; shown to nobody else and compared with nobody."""

    days: int
    logged: int
    accepted: int
    handled: int
    solved: int


def own_numbers(user: User) -> Own:
    """One query over the tickets of the reader's own grids."""
    since = day_start(clock.today() - timedelta(days=OWN_DAYS))
    rows = Ticket.objects.visible_to(user).filter(placed_at__gte=since)
    closed = Q(state=State.CLOSED)
    involved = Q(placed_by=user) | Q(accepted_by=user) | Q(handled_by=user)
    counts = rows.aggregate(
        logged=Count("pk", filter=Q(placed_by=user) & ~Q(source=Source.COUNTER)),
        accepted=Count("pk", filter=Q(accepted_by=user)),
        handled=Count("pk", filter=Q(handled_by=user, route=Route.SELF)),
        solved=Count("pk", filter=closed & involved),
    )
    return Own(OWN_DAYS, **counts)


def grid_posts(scope: Scope) -> list[Area]:
    """The grids and microgrids at which the reader holds a post."""
    areas = {p.area.pk: p.area for p in scope.posts if p.area is not None and p.area.is_grid}
    return list(areas.values())
