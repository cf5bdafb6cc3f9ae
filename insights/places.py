"""Which areas a board may show, and how it divides them into rows and tiles."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.http import Http404

from grids.levels import Level
from grids.models import Area
from grids.scope import ancestors, at_or_below
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
    Level.GRID: (Level.GRID, Level.MICROGRID),
    Level.BUILDING: (Level.MICROGRID, Level.MICROGRID),
    Level.MICROGRID: (Level.MICROGRID, Level.MICROGRID),
}
"""Blocks and tiles of the board of an area at each level. Where the block is the area itself the table shows tiles."""


@dataclass
class Block:
    area: Area
    tiles: list[Area] = field(default_factory=list)


@dataclass(frozen=True)
class Place:
    """An area with its trail, its blocks and their tiles; retired ones included, for they have a past."""

    area: Area
    trail: Sequence[Area]
    blocks: Sequence[Block]

    @property
    def levels(self) -> tuple[Level, Level]:
        return DIVISION[self.area.level]

    @property
    def is_own_block(self) -> bool:
        return self.levels[0] == self.area.level

    @property
    def tiles(self) -> list[Area]:
        return [tile for block in self.blocks for tile in block.tiles]

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
    """The area with everything its board shows: two queries."""
    outer, inner = DIVISION[area.level]
    below = Area.objects.filter(at_or_below([area]), level__in={outer, inner})
    return Place(area, ancestors(area, include_self=True), _blocks(below, outer, inner))


def _blocks(below: Iterable[Area], outer: Level, inner: Level) -> list[Block]:
    """Tiles under the block whose bounds hold them; bounds and areas come from one query."""
    areas = sorted(below, key=lambda a: a.code)
    return [
        Block(a, [b for b in areas if b.level == inner and a.lft <= b.lft and b.rght <= a.rght])
        for a in areas
        if a.level == outer
    ]
