"""Which areas a board may show, and how it divides them into rows and tiles."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q
from django.http import Http404

from grids.levels import Level
from grids.models import Area
from grids.scope import at_or_above, at_or_below
from insights.models import DailyTally
from members.access import scope_for
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


@dataclass
class Part:
    """A village, or a grid with the microgrids it is drawn as."""

    area: Area
    micros: list[Area] = field(default_factory=list)

    @property
    def leaves(self) -> list[Area]:
        return self.micros or [self.area]

    @property
    def everything(self) -> list[Area]:
        return [self.area, *self.micros]


@dataclass
class Block:
    area: Area
    parts: list[Part] = field(default_factory=list)


@dataclass(frozen=True)
class Place:
    """An area with its trail, its blocks and their parts; retired ones included that have a past."""

    area: Area
    trail: Sequence[Area]
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
    def leaves(self) -> list[Area]:
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


def seat_of(user: User, code: str | None) -> Area:
    """The area a board is about: the one named, or the highest the reader may see. Http404 outside the scope."""
    seen = Area.objects.filter(scope_for(user).seeing("board").tree_q())
    if code is None:
        found = seen.order_by("depth", "code").first()
    else:
        readable = len(code) <= 15 and code.isascii() and code.isdigit()
        found = seen.filter(code=code).first() if readable else None
    if found is None:
        raise Http404
    return found


def seats(user: User) -> list[Area]:
    """The areas of the reader's own posts, to switch between."""
    areas = {p.area.pk: p.area for p in scope_for(user).seeing("board").posts if p.area is not None}
    return sorted(areas.values(), key=lambda a: (a.depth, a.code))


def place_of(area: Area) -> Place:
    """The area with everything its board shows, in one query."""
    outer, inner = DIVISION[area.level]
    wanted = {outer, inner, Level.MICROGRID} if inner == Level.GRID else {outer, inner}
    has_past = Q(retired_at=None) | Exists(DailyTally.objects.filter(area=OuterRef("pk")))
    below = at_or_below([area]) & Q(level__in=wanted) & has_past
    found = list(Area.objects.filter(at_or_above(area) | below).order_by("code"))
    trail = sorted((a for a in found if _holds(a, area)), key=lambda a: a.depth)
    inside = [a for a in found if _holds(area, a)]
    micros = [a for a in inside if a.level == Level.MICROGRID] if inner == Level.GRID else []
    parts = [Part(a, [m for m in micros if _holds(a, m)]) for a in inside if a.level == inner]
    blocks = [Block(a, [part for part in parts if _holds(a, part.area)]) for a in inside if a.level == outer]
    return Place(area, trail, blocks)


def _holds(upper: Area, lower: Area) -> bool:
    """Whether `lower` is `upper` or lies in it; both read by the same query."""
    return bool(upper.lft <= lower.lft and lower.rght <= upper.rght)
