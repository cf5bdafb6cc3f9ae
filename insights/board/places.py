"""Which areas a board may show, and how it divides them into rows and tiles."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, CharField, Exists, OuterRef, Q, QuerySet
from django.http import Http404

from core.rows.composed import composed
from grids.levels import Level, short_name
from grids.models import Area
from grids.scope import at_or_above, at_or_below
from insights.models import DailyTally
from members.access import BareArea, Scope, scope_for
from members.models import User

PATH_KEYS = {
    Level.COUNTY: "county_id",
    Level.TOWNSHIP: "township_id",
    Level.VILLAGE: "village_id",
    Level.GRID: "grid_id",
    Level.MICROGRID: "area_id",
}
"""Where a ticket keeps the area of each level; levels without a key are counted as the sum of what lies below."""

DIVISION: dict[str, tuple[Level, Level]] = {
    Level.COUNTY: (Level.TOWNSHIP, Level.VILLAGE),
    Level.TOWNSHIP: (Level.VILLAGE, Level.GRID),
    Level.DISTRICT: (Level.VILLAGE, Level.GRID),
    Level.VILLAGE: (Level.VILLAGE, Level.GRID),
    Level.GRID: (Level.GRID, Level.GRID),
    Level.BUILDING: (Level.MICROGRID, Level.MICROGRID),
    Level.UNIT: (Level.MICROGRID, Level.MICROGRID),
    Level.MICROGRID: (Level.MICROGRID, Level.MICROGRID),
}
"""Blocks of the board of an area at each level, and the parts of a block. A grid is drawn as its microgrids."""

MOST_BESIDE = 48
"""Heat tiles that fit beside the comparison table."""


class Spot(NamedTuple):
    """As much of an area as a board shows."""

    pk: int
    code: str
    name: str
    level: str
    lft: int
    rght: int
    depth: int
    retired_at: datetime | None
    household_count: int

    @property
    def short_name(self) -> str:
        return short_name(self.name, self.level)


@dataclass
class Part:
    """A village, or a grid with the microgrids it is drawn as."""

    area: Spot
    micros: list[Spot] = field(default_factory=list)

    @property
    def leaves(self) -> list[Spot]:
        return self.micros or [self.area]

    @property
    def everything(self) -> list[Spot]:
        return [self.area, *self.micros]


@dataclass
class Block:
    area: Spot
    parts: list[Part] = field(default_factory=list)


@dataclass(frozen=True)
class Place:
    """An area with its trail, its blocks and their parts; retired ones included that have a past."""

    area: Spot
    trail: Sequence[Spot]
    blocks: Sequence[Block]

    @property
    def levels(self) -> tuple[Level, Level]:
        return DIVISION[self.area.level]

    @property
    def keys(self) -> tuple[str, str]:
        """The path keys under which open tickets are counted for blocks and for tiles."""
        outer, inner = self.levels
        return PATH_KEYS[outer], PATH_KEYS[Level.MICROGRID if inner == Level.GRID else inner]

    @property
    def is_own_block(self) -> bool:
        return self.levels[0] == self.area.level

    @property
    def is_wide(self) -> bool:
        """Whether it has more tiles than a part of the page's width holds."""
        return len(self.leaves) > MOST_BESIDE

    @property
    def is_of_villages(self) -> bool:
        """Whether its tiles are villages rather than grids."""
        return self.levels[1] == Level.VILLAGE

    @property
    def parts(self) -> list[Part]:
        return [part for block in self.blocks for part in block.parts]

    @property
    def leaves(self) -> list[Spot]:
        return [area for part in self.parts for area in part.leaves]

    @property
    def counted(self) -> set[int]:
        """Every area whose tallies the page shows."""
        return {b.area.pk for b in self.blocks} | {a.pk for part in self.parts for a in part.everything}

    @property
    def sources(self) -> list[int]:
        """The areas whose tallies add up to this one's."""
        if self.area.level in PATH_KEYS:
            return [self.area.pk]
        return [block.area.pk for block in self.blocks]


def seat_of(user: User, code: str | None) -> Spot:
    """The area a board is about: the one named, or the highest the reader may see. Http404 outside the scope."""
    scope = scope_for(user).bare.seeing("board")
    is_readable = code is None or (len(code) <= 15 and code.isascii() and code.isdigit())
    found = _seat(scope, code is not None, code=code or "") if is_readable else []
    if not found:
        raise Http404
    return Spot(*found[0])


@composed(code=CharField())
def _seat(scope: Scope, is_named: bool, *, code: Any) -> QuerySet[Area, tuple[Any, ...]]:
    seen = Area.objects.filter(scope.tree_q())
    return _spots(seen.filter(code=code) if is_named else seen).order_by("depth", "code")[:1]


def _spots(areas: QuerySet[Area]) -> QuerySet[Area, tuple[Any, ...]]:
    return areas.values_list(*Spot._fields)


def seats(user: User) -> list[Area]:
    """The areas of the reader's own posts, to switch between."""
    areas = {p.area.pk: p.area for p in scope_for(user).seeing("board").posts if p.area is not None}
    return sorted(areas.values(), key=lambda a: (a.depth, a.code))


def place_of(area: Spot) -> Place:
    """The area with everything its board shows, in one query."""
    outer, inner = DIVISION[area.level]
    found = [Spot(*row) for row in _shown(area.level, pk=area.pk)]
    trail = sorted((a for a in found if _holds(a, area)), key=lambda a: a.depth)
    inside = [a for a in found if _holds(area, a)]
    micros = [a for a in inside if a.level == Level.MICROGRID] if inner == Level.GRID else []
    parts = [Part(a, [m for m in micros if _holds(a, m)]) for a in inside if a.level == inner]
    blocks = [Block(a, [part for part in parts if _holds(a, part.area)]) for a in inside if a.level == outer]
    return Place(area, trail, blocks)


@composed(pk=BigIntegerField())
def _shown(level: str, *, pk: Any) -> QuerySet[Area, tuple[Any, ...]]:
    """What lies above an area, and below it what its board shows; retired ones that have a past included."""
    outer, inner = DIVISION[level]
    area = BareArea(pk, level)
    wanted = {outer, inner, Level.MICROGRID} if inner == Level.GRID else {outer, inner}
    has_past = Q(retired_at=None) | Exists(DailyTally.objects.filter(area=OuterRef("pk")))
    below = at_or_below([area]) & Q(level__in=sorted(wanted)) & has_past
    return _spots(Area.objects.filter(at_or_above(area) | below)).order_by("code")


def _holds(upper: Spot, lower: Spot) -> bool:
    """Whether `lower` is `upper` or lies in it; both read by the same query."""
    return bool(upper.lft <= lower.lft and lower.rght <= upper.rght)
