"""Invented outlines and points for the demo's maps, profiles of its grids, and a plan that waits to be looked at.

No boundary here is real: each area is cut into cells around points drawn by chance, from the county down.
"""

import random
from collections import defaultdict

import shapely
from shapely.geometry.base import BaseGeometry

from gateway.demo.setting.places import COUNTY, TOWNSHIP
from grids.levels import Level
from grids.models import Area, Household
from members.models import User
from places import profiles
from places.maps import boundaries
from places.plans import drafting
from places.rules import HOUSEHOLDS_A_BUILDING_HEAD, PlanKind

SEED = 20260630
MIDDLE = (112.62, 22.35)
REACH = (0.27, 0.24)
CORNERS = 40
SOURCE = "演示：虚构的点生成的示意边界"
TRIES = 200
MARKET_GRID = "440783103001001"


def draw() -> None:
    """An outline for every area in use, and a point for every household of the demo's township."""
    rng = random.Random(SEED)  # noqa: S311  (demo data, not a secret)
    parts: dict[int, list[Area]] = defaultdict(list)
    areas = list(Area.objects.in_use().order_by("depth", "code"))
    for area in areas:
        parts[area.parent_id or 0].append(area)
    found = boundaries.Read(areas={area.pk: area for area in areas})
    for area in areas:
        if area.code == COUNTY:
            found.outlines[area.pk] = county(rng)
        if parts[area.pk]:
            cut = cells(found.outlines[area.pk], len(parts[area.pk]), rng)
            found.outlines |= dict(zip((part.pk for part in parts[area.pk]), cut, strict=True))
    homes = Household.objects.filter(township__code=TOWNSHIP, retired_at=None).order_by("code")
    for pk, area_id in homes.values_list("pk", "area_id"):
        found.points[pk] = inside(found.outlines[area_id], rng)
    boundaries.keep(found, source=SOURCE, is_synthetic=True, actor=None)


def county(rng: random.Random) -> BaseGeometry:
    """A round shape with an uneven edge."""
    x, y = MIDDLE
    ring = shapely.Point(0, 0).buffer(1, quad_segs=CORNERS // 4).exterior.coords[:-1]
    swell = [rng.uniform(0.86, 1.08) for _corner in ring]
    return shapely.Polygon(
        [(x + u * REACH[0] * k, y + v * REACH[1] * k) for (u, v), k in zip(ring, swell, strict=True)]
    )


def cells(whole: BaseGeometry, count: int, rng: random.Random) -> list[BaseGeometry]:
    """The shape cut into `count` pieces around points in it, each one polygon or several."""
    if count == 1:
        return [whole]
    seeds = _apart(whole, count, rng)
    found = shapely.voronoi_polygons(shapely.MultiPoint(seeds), extend_to=whole, ordered=True)
    return [_solid(shapely.intersection(cell, whole)) for cell in found.geoms]


def _solid(shape: BaseGeometry) -> BaseGeometry:
    """Without the lines and points that cutting may leave."""
    kept = [part for part in getattr(shape, "geoms", [shape]) if part.geom_type == "Polygon"]
    return kept[0] if len(kept) == 1 else shapely.MultiPolygon(kept)


def _apart(whole: BaseGeometry, count: int, rng: random.Random) -> list[tuple[float, float]]:
    """Points in the shape, each the farthest of some from those before, so that the cells are of like size."""
    seeds = [inside(whole, rng)]
    while len(seeds) < count:
        tries = [inside(whole, rng) for _n in range(6)]
        seeds.append(max(tries, key=lambda p: min((p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2 for q in seeds)))
    return seeds


def inside(shape: BaseGeometry, rng: random.Random) -> tuple[float, float]:
    west, south, east, north = shape.bounds
    for _try in range(TRIES):
        x, y = rng.uniform(west, east), rng.uniform(south, north)
        if shapely.contains_xy(shape, x, y):
            return x, y
    return tuple(shape.representative_point().coords[0])


def profile() -> None:
    """What the system admin has noted about the grids of the township, and a draft of a plan."""
    admin = User.objects.get(username="guanli")
    grids = Area.objects.in_use().filter(code__startswith=TOWNSHIP[:9], level=Level.GRID).order_by("code")
    for n, grid in enumerate(grids):
        changes = profiles.Changes(
            name=grid.name,
            kind=grid.kind,
            one_shoulder=n % 8 != 7,
            is_hard=n % 6 == 5,
            building_heads=grid.household_count // HOUSEHOLDS_A_BUILDING_HEAD - (n % 4 == 3),
            lines={"police": f"JW-{grid.code[9:12]}", "peace": f"ZZ-{grid.code[9:]}"},
        )
        profiles.save(area=grid, changes=changes, seen=profiles.seen_of(grid), actor=admin)
    town = Area.objects.get(code=MARKET_GRID[:12])
    workers = profiles.Changes(name=town.name, community_workers=2)
    profiles.save(area=town, changes=workers, seen=profiles.seen_of(town), actor=admin)
    busy = Area.objects.in_use().filter(parent__code=MARKET_GRID).order_by("-household_count", "code")[0]
    draft = drafting.draft(kind=PlanKind.SPLIT, sources=[busy], reason="墟日人流集中，拟再分两片", actor=admin)
    drafting.suggest(plan=draft, parts=2, actor=admin)
