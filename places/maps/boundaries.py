"""The only writer of boundaries and points that come in files; and the files that go out. GeoJSON both ways.

A file is a FeatureCollection: polygons carry the `code` of an area, points the code of a household. All or nothing:
a feature that cannot be used is named with its number and nothing changes. What merely does not fit together
(`places.maps.surveying`) is reported and does not stop an import: boundaries are drawn area by area.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from core.clock import now
from core.errors import Refused
from core.files.encodings import decoded
from core.trust import audit
from core.trust.audit import Actor
from grids.models import Area, Household
from grids.scope import areas_below
from grids.tree import AREAS
from places.maps import shapes
from places.maps.coordinates import Datum, shape_to, to_wgs84
from places.models import Boundary, HouseholdPoint
from places.rules import LARGEST_FILE

MOST_PROBLEMS = 20
BATCH = 1000
POINT = "Point"


class BadBoundaries(Refused):
    """The file cannot be used; `problems` are Chinese sentences, each with the number of its feature."""

    code = "bad_boundaries"

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems[:MOST_PROBLEMS]))
        self.problems = list(problems[:MOST_PROBLEMS])
        more = len(problems) - MOST_PROBLEMS
        if more > 0:
            self.problems.append(_("另有 %(n)d 处错误") % {"n": more})


@dataclass
class Read:
    """A file that can be used: outlines by area, points by key of household; everything in WGS-84."""

    outlines: dict[int, BaseGeometry] = field(default_factory=dict)
    areas: dict[int, Area] = field(default_factory=dict)
    points: dict[int, tuple[float, float]] = field(default_factory=dict)


def read(content: bytes, datum: str, within: Area) -> Read:
    """Check a whole file against the areas at or below `within`. Raises BadBoundaries."""
    features = _features(content)
    codes = [_code(one) for one in features]
    areas = {a.code: a for a in areas_below(within, include_self=True).filter(code__in=set(codes))}
    homes = dict(Household.objects.filter(code__in=set(codes), retired_at=None).values_list("code", "pk"))
    found, problems = Read(), []
    for number, (one, code) in enumerate(zip(features, codes, strict=True), 1):
        try:
            _take(found, one, code, datum, areas, homes)
        except ValueError as error:
            problems.append(_("第 %(n)d 个要素（%(code)s）：%(why)s") % {"n": number, "code": code[:20], "why": error})
    if problems:
        raise BadBoundaries(problems)
    if not found.outlines and not found.points:
        raise BadBoundaries([_("文件里没有边界也没有点")])
    return found


def keep(found: Read, *, source: str, is_synthetic: bool, actor: Actor | None) -> None:
    """Store what was read, in place of what there was."""
    with AREAS.writing():
        version, moment = next_version(), now()
        rows = [
            Boundary(
                area=found.areas[key],
                geometry=shapes.written(shape),
                is_synthetic=is_synthetic,
                source=source.strip()[:60],
                version=version,
                updated_at=moment,
            )
            for key, shape in found.outlines.items()
        ]
        columns = ["geometry", "is_synthetic", "source", "version", "updated_at"]
        Boundary.objects.bulk_create(
            rows, batch_size=BATCH, update_conflicts=True, unique_fields=["area"], update_fields=columns
        )
        points = [HouseholdPoint(household_id=k, longitude=x, latitude=y) for k, (x, y) in found.points.items()]
        HouseholdPoint.objects.bulk_create(
            points,
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["household"],
            update_fields=["longitude", "latitude"],
        )
        audit.record("boundaries.imported", None, actor=actor, outlines=len(rows), points=len(points), version=version)


def exported(area: Area, datum: str) -> Iterator[str]:
    """The outlines at or below an area as a GeoJSON FeatureCollection, piece by piece."""
    rows = Boundary.objects.filter(area__in=areas_below(area, include_self=True).values("pk"))
    columns = ("area__code", "area__name", "area__level", "is_synthetic", "geometry")
    yield f'{{"type":"FeatureCollection","name":"{area.code}","datum":"{Datum(datum).value}","features":['
    first = True
    for code, name, level, synthetic, geometry in rows.order_by("area__code").values_list(*columns):
        shape = shapes.written(shape_to(shapes.read(geometry), datum)) if datum == Datum.GCJ02 else geometry
        properties = {"code": code, "name": name, "level": level, "synthetic": synthetic}
        feature = {"type": "Feature", "properties": properties, "geometry": shape}
        yield ("" if first else ",") + json.dumps(feature, ensure_ascii=False)
        first = False
    yield "]}"


def _features(content: bytes) -> list[Any]:
    if len(content) > LARGEST_FILE:
        raise BadBoundaries([_("文件超过 20 MB")])
    try:
        whole = json.loads(decoded(content))
    except (ValueError, RecursionError) as error:
        raise BadBoundaries([_("不是 UTF-8 或 GB 18030 编码的 JSON 文件")]) from error
    features = whole.get("features") if isinstance(whole, dict) and whole.get("type") == "FeatureCollection" else None
    if not isinstance(features, list) or not features:
        raise BadBoundaries([_("不是 GeoJSON 要素集合（FeatureCollection），或里面没有要素")])
    return features


def _code(feature: Any) -> str:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    code = properties.get("code") if isinstance(properties, dict) else None
    return str(code).strip() if isinstance(code, str | int) and not isinstance(code, bool) else ""


def _take(found: Read, feature: Any, code: str, datum: str, areas: dict[str, Area], homes: dict[str, int]) -> None:
    """Add one feature. Raises ValueError with why it cannot be used."""
    if not code:
        raise ValueError(_("没有 code"))
    geometry = feature.get("geometry")
    if isinstance(geometry, dict) and geometry.get("type") == POINT:
        if code not in homes:
            raise ValueError(_("没有这个户编码"))
        found.points[homes[code]] = _point(geometry, datum)
        return
    if code not in areas:
        raise ValueError(_("没有这个代码的在用区域"))
    area = areas[code]
    if area.pk in found.outlines:
        raise ValueError(_("代码重复"))
    found.areas[area.pk] = area
    found.outlines[area.pk] = shapes.checked(shape_to(shapes.read(geometry), datum, back=True))


def _point(geometry: dict[str, Any], datum: str) -> tuple[float, float]:
    try:
        x, y = (float(part) for part in geometry["coordinates"][:2])
    except (TypeError, ValueError, KeyError) as error:
        raise ValueError(_("坐标写法不对")) from error
    if not (-180 <= x <= 180 and -90 <= y <= 90):
        raise ValueError(_("坐标超出经纬度的范围"))
    return to_wgs84(x, y) if datum == Datum.GCJ02 else (x, y)


def next_version() -> int:
    """The number after the newest boundary's; call it inside the tree's lock."""
    newest = Boundary.objects.order_by("-version").values_list("version", flat=True).first()
    return (newest or 0) + 1
