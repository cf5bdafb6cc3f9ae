"""Whether outlines fit together: overlaps among siblings, gaps in a parent, parts outside it. Reckons only."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import shapely
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from grids.models import Area
from grids.scope import areas_below
from places.maps import shapes
from places.models import Boundary
from places.rules import SLIVER_M2, SLIVER_SHARE

MOST_FINDINGS = 200


@dataclass(frozen=True)
class Finding:
    """Something that does not fit, and how large it is."""

    kind: str  # overlap, outside, gap, missing
    area: Area
    other: Area | None
    size: float

    @property
    def text(self) -> str:
        words = {"name": self.area.name, "other": self.other.name if self.other else "", "n": f"{self.size:,.0f}"}
        return {
            "overlap": _("“%(name)s”与“%(other)s”重叠 %(n)s 平方米"),
            "outside": _("“%(name)s”超出上级“%(other)s” %(n)s 平方米"),
            "gap": _("“%(name)s”内有 %(n)s 平方米不属于任何下级"),
            "missing": _("“%(name)s”有 %(n)s 个下级还没有边界"),
        }[self.kind] % words


def outlines_below(area: Area) -> dict[int, BaseGeometry]:
    """The stored outlines in use at or below an area, by key."""
    rows = Boundary.objects.filter(area__in=areas_below(area, include_self=True).values("pk"))
    return {key: shapes.read(geometry) for key, geometry in rows.values_list("area_id", "geometry")}


def survey(area: Area, drawn: Mapping[int, BaseGeometry] | None = None) -> list[Finding]:
    """What does not fit at or below an area; `drawn` stands in for what is stored, as before an import."""
    outlines = outlines_below(area) | dict(drawn or {})
    areas = list(areas_below(area, include_self=True))
    parts: dict[int, list[Area]] = defaultdict(list)
    for one in areas:
        parts[one.parent_id or 0].append(one)
    found: list[Finding] = []
    for parent in areas:
        found += _of_parent(parent, parts[parent.pk], outlines)
        if len(found) >= MOST_FINDINGS:
            break
    return found[:MOST_FINDINGS]


def _of_parent(parent: Area, parts: list[Area], outlines: Mapping[int, BaseGeometry]) -> Iterator[Finding]:
    drawn = [one for one in parts if one.pk in outlines]
    if not drawn:
        return
    if len(drawn) < len(parts):
        yield Finding("missing", parent, None, len(parts) - len(drawn))
    yield from _overlaps(drawn, outlines)
    whole = outlines.get(parent.pk)
    if whole is None:
        return
    for one in drawn:
        over = shapes.square_metres(shapely.difference(outlines[one.pk], whole))
        if over > tolerance(outlines[one.pk]):
            yield Finding("outside", one, parent, over)
    if len(drawn) == len(parts):
        left = shapely.difference(whole, shapely.union_all([outlines[one.pk] for one in drawn]))
        gap = sum(size for part in shapes.polygons_of(left) if (size := shapes.square_metres(part)) > SLIVER_M2)
        if gap > tolerance(whole) / len(drawn):
            yield Finding("gap", parent, None, gap)


def _overlaps(parts: Iterable[Area], outlines: Mapping[int, BaseGeometry]) -> Iterator[Finding]:
    """Pairs whose rectangles meet are found by a tree, so that it does not grow with the square."""
    areas = list(parts)
    polygons = [outlines[one.pk] for one in areas]
    pairs = shapely.STRtree(polygons).query(polygons, predicate="intersects").T.tolist()
    for first, second in sorted((a, b) for a, b in pairs if a < b):
        common = shapes.square_metres(shapely.intersection(polygons[first], polygons[second]))
        if common > min(tolerance(polygons[first]), tolerance(polygons[second])):
            yield Finding("overlap", areas[first], areas[second], common)


def tolerance(shape: BaseGeometry) -> float:
    return max(SLIVER_M2, SLIVER_SHARE * shapes.square_metres(shape))
