"""From longitude and latitude to the picture: Web Mercator, as tiles use it, fitted into a box. Pure geometry."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from places.maps import shapes

WIDTH, MOST_HEIGHT, MARGIN = 960.0, 720.0, 16.0
TILE = 256
MOST_TILES = 40
DEEPEST = 18
STEEPEST = 85.0
DETAIL = 0.4
"""Corners closer together than this many units of the picture are left out."""

World = tuple[float, float]


def world(longitude: float, latitude: float) -> World:
    """Web Mercator from 0 to 1, eastward and southward."""
    bent = math.radians(max(-STEEPEST, min(STEEPEST, latitude)))
    return longitude / 360 + 0.5, 0.5 - math.log(math.tan(math.pi / 4 + bent / 2)) / (2 * math.pi)


def place_of(x: float, y: float) -> World:
    """Longitude and latitude of a point of the world square."""
    return (x - 0.5) * 360, math.degrees(2 * math.atan(math.exp((0.5 - y) * 2 * math.pi)) - math.pi / 2)


@dataclass(frozen=True)
class Tile:
    url: str
    x: float
    y: float
    size: float


@dataclass(frozen=True)
class Frame:
    """How the world is drawn: `scale` units of the picture for the whole world, `left` and `top` its corner."""

    left: float
    top: float
    scale: float
    width: float
    height: float

    def at(self, longitude: float, latitude: float) -> World:
        x, y = world(longitude, latitude)
        return (x - self.left) * self.scale, (y - self.top) * self.scale

    def path(self, shape: BaseGeometry) -> str:
        """The `d` of an SVG path."""
        parts = []
        for polygon in shapes.polygons_of(self._drawn(shape)):
            for ring in (polygon.exterior, *polygon.interiors):
                points = " ".join(f"{x:.1f},{y:.1f}" for x, y in list(ring.coords)[:-1])
                parts.append(f"M{points}Z")
        return "".join(parts)

    def middle(self, shape: BaseGeometry) -> World:
        """Where a label stands: a point that is surely inside."""
        point: Any = self._drawn(shape).representative_point()
        return round(point.x, 1), round(point.y, 1)

    def _drawn(self, shape: BaseGeometry) -> BaseGeometry:
        flat = shapely.transform(shape, lambda points: [self.at(x, y) for x, y in points])
        return flat.simplify(DETAIL, preserve_topology=True)

    def tiles(self, url: str) -> list[Tile]:
        """The tiles that cover the picture, at the depth that suits its size; none when they would be too many."""
        depth = max(0, min(DEEPEST, round(math.log2(self.scale / TILE))))
        size = self.scale / 2**depth
        columns = _steps(self.left, self.width / self.scale, 2**depth)
        rows = _steps(self.top, self.height / self.scale, 2**depth)
        if len(columns) * len(rows) > MOST_TILES:
            return []
        return [
            Tile(
                url.replace("{z}", str(depth)).replace("{x}", str(x)).replace("{y}", str(y)),
                round(x * size - self.left * self.scale, 2),
                round(y * size - self.top * self.scale, 2),
                round(size, 2),
            )
            for y in rows
            for x in columns
        ]


def _steps(start: float, length: float, count: int) -> range:
    """The numbers of the tiles that cover a stretch of the world, of `count` in all."""
    return range(math.floor(start * count), math.floor((start + length) * count) + 1)


def framed(drawn: Sequence[BaseGeometry]) -> Frame:
    """The frame in which all the shapes show, with a margin."""
    west, south, east, north = shapely.total_bounds(list(drawn))
    left, top = world(west, north)
    right, bottom = world(east, south)
    room = max(right - left, 1e-9), max(bottom - top, 1e-9)
    scale = min((WIDTH - 2 * MARGIN) / room[0], (MOST_HEIGHT - 2 * MARGIN) / room[1])
    width, height = room[0] * scale + 2 * MARGIN, room[1] * scale + 2 * MARGIN
    return Frame(left - MARGIN / scale, top - MARGIN / scale, scale, round(width, 1), round(height, 1))
