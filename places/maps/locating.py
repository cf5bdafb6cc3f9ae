"""Which area a point lies in: the deepest one in use whose boundary holds it, by a tree of rectangles.

Each process keeps one index and asks the database only whether it is still the newest.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely
from django.db.models import Max

from grids.models import AreaEvent, AreaVerb
from places.maps import shapes
from places.models import Boundary

Version = tuple[object, ...]


@dataclass(frozen=True)
class Index:
    """All boundaries in use at one version."""

    version: Version
    keys: Sequence[int] = ()
    depths: Sequence[int] = ()
    polygons: Sequence[Any] = ()
    tree: Any = field(default=None)

    def deepest(self, longitude: float, latitude: float) -> int | None:
        """The key of the deepest area that holds the point (its edge included); the first in code order of equals."""
        if self.tree is None:
            return None
        point = shapely.Point(longitude, latitude)
        best, found = -1, None
        for n in sorted(self.tree.query(point).tolist()):
            if self.depths[n] > best and self.polygons[n].intersects(point):
                best, found = self.depths[n], self.keys[n]
        return found

    def deepest_of(self, points: Sequence[tuple[float, float]]) -> list[int | None]:
        """The same for many points at once."""
        if self.tree is None or not points:
            return [None] * len(points)
        dots = shapely.points(points)
        near, which = self.tree.query(dots)
        holds = shapely.intersects(self.tree.geometries[which], dots[near])
        pairs = zip(near[holds].tolist(), which[holds].tolist(), strict=True)
        best: list[tuple[int, int] | None] = [None] * len(points)
        for at, n in pairs:
            rank = (self.depths[n], -n)
            known = best[at]
            if known is None or rank > known:
                best[at] = rank
        return [None if rank is None else self.keys[-rank[1]] for rank in best]


_lock = threading.Lock()
_kept: list[Index] = []


def current() -> Index:
    """The index of the newest version, built anew when boundaries or the use of areas have changed: two queries."""
    version = _version()
    if not _kept or _kept[0].version != version:
        with _lock:
            if not _kept or _kept[0].version != version:
                _kept[:] = [_built(version)]
    return _kept[0]


def forget() -> None:
    """Drop the index; the next one who asks builds it."""
    with _lock:
        _kept.clear()


def _version() -> Version:
    used = AreaEvent.objects.filter(verb__in=[AreaVerb.RETIRED, AreaVerb.RESTORED]).aggregate(n=Max("pk"))["n"]
    newest = Boundary.objects.aggregate(n=Max("version"), at=Max("updated_at"))
    return newest["n"], newest["at"], used  # the moment tells a restored database from the one before


def _built(version: Version) -> Index:
    rows = Boundary.objects.filter(area__retired_at=None).order_by("area__code")
    keys, depths, polygons = [], [], []
    for key, depth, geometry in rows.values_list("area_id", "area__depth", "geometry"):
        keys.append(key)
        depths.append(depth)
        polygons.append(shapes.read(geometry))
    if not keys:
        return Index(version)
    shapely.prepare(polygons)
    return Index(version, keys, depths, polygons, shapely.STRtree(polygons))
