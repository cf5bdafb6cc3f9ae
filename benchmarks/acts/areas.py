"""Look-ups from a point to the deepest area in a county of 3,000 grids, invented like the demo's outlines.

`python -m benchmarks.areas` measures them alone; nothing is read from a database, as the index is kept in the process.
"""

import random
import time
from typing import Any

import shapely

TOWNSHIPS, VILLAGES, GRIDS = 20, 14, 11  # 20 × 14 × 11: 3,080 grids
SINGLE, MANY = 20_000, 200_000


def rates() -> dict[str, str]:
    """Figures of one process, as text with their unit."""
    from gateway.demo.setting import outlines

    rng = random.Random(1)
    polygons, depths = _county(rng)
    began = time.perf_counter()
    index = _index(polygons, depths)
    built = time.perf_counter() - began
    points = [outlines.inside(polygons[0], rng) for _n in range(SINGLE)]
    began = time.perf_counter()
    for x, y in points:
        index.deepest(x, y)
    single = SINGLE / (time.perf_counter() - began)
    crowd = points * (MANY // SINGLE)
    began = time.perf_counter()
    index.deepest_of(crowd)
    together = MANY / (time.perf_counter() - began)
    return {
        f"look-ups a second, one by one, {len(polygons):,} areas": f"{single:,.0f}",
        "look-ups a second, many at once": f"{together:,.0f}",
        "building the index": f"{1000 * built:.0f} ms",
    }


def _county(rng: random.Random) -> tuple[list[Any], list[int]]:
    """The outlines of all levels with their depths, from the county down."""
    from gateway.demo.setting import outlines

    layer, polygons, depths = [outlines.county(rng)], [], []
    for depth, parts in enumerate((TOWNSHIPS, VILLAGES, GRIDS, 0)):
        polygons += layer
        depths += [depth] * len(layer)
        layer = [cell for whole in layer for cell in outlines.cells(whole, parts, rng)] if parts else []
    return polygons, depths


def _index(polygons: list[Any], depths: list[int]) -> Any:
    from places.maps.locating import Index

    shapely.prepare(polygons)
    return Index((1, 1), list(range(len(polygons))), depths, polygons, shapely.STRtree(polygons))


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")
    django.setup()
    for name, figure in rates().items():
        print(f"{name:<52} {figure:>12}")
