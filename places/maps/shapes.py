"""Geometry in plain numbers: reading GeoJSON, validity, areas in square metres. The only module that builds shapes.

Coordinates are longitude and latitude in WGS-84. Over a county the earth is flat enough to scale by the latitude.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import shapely
from django.utils.translation import gettext as _
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from places.rules import MOST_VERTICES

METRES_A_DEGREE = 111_320.0
POLYGONS = ("Polygon", "MultiPolygon")
BOUNDS = (-180.0, -90.0, 180.0, 90.0)


def drawn(points: Sequence[Sequence[float]]) -> BaseGeometry:
    """A polygon from its corners. Raises ValueError, in Chinese."""
    return checked(shapely.Polygon(points))


def read(geometry: Any) -> BaseGeometry:
    """The polygon or multipolygon of a GeoJSON geometry. Raises ValueError, in Chinese."""
    if not isinstance(geometry, dict) or geometry.get("type") not in POLYGONS:
        raise ValueError(_("不是面（Polygon 或 MultiPolygon）"))
    coordinates: Any = geometry.get("coordinates")
    if _count(coordinates) > MOST_VERTICES:
        raise ValueError(_("顶点超过 %(n)d 个，请先简化") % {"n": MOST_VERTICES})
    try:
        parts = [coordinates] if geometry["type"] == "Polygon" else coordinates
        polygons = [shapely.Polygon(_ring(rings[0]), [_ring(hole) for hole in rings[1:]]) for rings in parts]
    except (ValueError, TypeError, IndexError, KeyError, ShapelyError) as error:
        raise ValueError(_("坐标写法不对")) from error
    return checked(polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons))


def checked(shape: BaseGeometry) -> BaseGeometry:
    """The shape itself when it is one that can be used. Raises ValueError, in Chinese."""
    if shape.is_empty:
        raise ValueError(_("范围是空的"))
    west, south, east, north = shape.bounds
    in_order = BOUNDS[0] <= west <= east <= BOUNDS[2] and BOUNDS[1] <= south <= north <= BOUNDS[3]
    if not in_order:  # also when one of them is no number
        raise ValueError(_("坐标超出经纬度的范围"))
    if not shape.is_valid:
        raise ValueError(_("边界自相交或重叠：%(why)s") % {"why": explain_validity(shape)[:80]})
    if not shape.area:
        raise ValueError(_("范围是空的"))
    return shape


def written(shape: BaseGeometry) -> dict[str, Any]:
    """The GeoJSON geometry of a polygon, to a tenth of a metre."""
    if shape.geom_type == "MultiPolygon":
        return {"type": "MultiPolygon", "coordinates": [_rings(part) for part in shape.geoms]}
    return {"type": "Polygon", "coordinates": _rings(shape)}


def polygons_of(shape: BaseGeometry) -> list[Any]:
    """The polygons that a shape is made of; lines and points that an intersection leaves are nothing."""
    parts = list(getattr(shape, "geoms", [shape]))
    return [part for part in parts if part.geom_type == "Polygon" and not part.is_empty]


def square_metres(shape: BaseGeometry) -> float:
    if shape.is_empty:
        return 0.0
    _west, south, _east, north = shape.bounds
    return float(shape.area) * METRES_A_DEGREE**2 * math.cos(math.radians((south + north) / 2))


def _rings(polygon: Any) -> list[list[list[float]]]:
    return [[[round(x, 6), round(y, 6)] for x, y in ring.coords] for ring in (polygon.exterior, *polygon.interiors)]


def _ring(points: Any) -> list[tuple[float, float]]:
    return [(float(point[0]), float(point[1])) for point in points]


def _count(value: Any) -> int:
    """How many points are nested in `value`; lists within lists are walked without recursion."""
    count, waiting = 0, [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            if one and not isinstance(one[0], list):
                count += 1
            else:
                waiting.extend(one)
        if count > MOST_VERTICES:
            break
    return count


def cloud(points: Iterable[tuple[float, float]]) -> BaseGeometry:
    """The rectangle around some points."""
    return shapely.MultiPoint(list(points)).envelope
