"""The map of an area: its parts as outlines that lead further down. Reads only; what is drawn is in sight already."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.urls import reverse
from shapely.geometry.base import BaseGeometry

from grids.models import Area
from places.maps import projecting, shapes
from places.maps.coordinates import shape_to
from places.maps.projecting import Tile
from places.models import Boundary

TONES = 4
LABELLED = 40
"""Up to so many parts are labelled in the picture; beyond it the names are in the table and under the pointer."""


@dataclass(frozen=True)
class Mark:
    """One outline. `tone` deepens with the households."""

    area: Area
    path: str
    x: float
    y: float
    url: str
    tone: int


@dataclass
class Map:
    """A picture with its table; without any outline `width` is 0."""

    width: float = 0
    height: float = 0
    ground: str = ""
    marks: list[Mark] = field(default_factory=list)
    tiles: list[Tile] = field(default_factory=list)
    bare: list[Area] = field(default_factory=list)
    is_synthetic: bool = False

    @property
    def has_labels(self) -> bool:
        return len(self.marks) <= LABELLED


def map_of(area: Area) -> Map:
    """The parts in use directly below, or the area itself where nothing lies below: two queries."""
    parts = list(Area.objects.in_use().filter(parent=area).order_by("code"))
    stored = {b.area_id: b for b in Boundary.objects.filter(area__in=[area, *parts])}
    outlines = {key: _turned(shapes.read(row.geometry)) for key, row in stored.items()}
    shown = parts if any(part.pk in outlines for part in parts) else [area]
    bare = [one for one in parts if one.pk not in outlines]
    if not outlines:
        return Map(bare=bare)
    frame = projecting.framed(list(outlines.values()))
    most = max((one.household_count for one in shown), default=0)
    return Map(
        width=frame.width,
        height=frame.height,
        ground=frame.path(outlines[area.pk]) if area.pk in outlines and shown is parts else "",
        marks=list(_marks(frame, [one for one in shown if one.pk in outlines], outlines, most, area)),
        tiles=frame.tiles(settings.MAP_TILE_URL) if settings.MAP_TILE_URL else [],
        bare=bare,
        is_synthetic=any(row.is_synthetic for row in stored.values()),
    )


def _turned(shape: BaseGeometry) -> BaseGeometry:
    """In the datum of the tiles beneath, so that both fit."""
    return shape_to(shape, settings.MAP_TILE_DATUM) if settings.MAP_TILE_URL else shape


def _marks(
    frame: projecting.Frame, areas: Iterable[Area], outlines: dict[int, BaseGeometry], most: int, here: Area
) -> Iterable[Mark]:
    for one in areas:
        x, y = frame.middle(outlines[one.pk])
        url = reverse("areas:detail" if one.pk == here.pk else "places:map", args=[one.code])
        tone = min(TONES, one.household_count * (TONES + 1) // (most + 1)) if most else 0
        yield Mark(one, frame.path(outlines[one.pk]), x, y, url, tone)
