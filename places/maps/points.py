"""Where households lie, for choosing them on the map. Reads only; `places.maps.boundaries` writes."""

from collections.abc import Iterable, Sequence

from places.models import HouseholdPoint

Vertices = Sequence[Sequence[float]]


def points_within(outline: Vertices, areas: Iterable[int] | None = None) -> set[int]:
    """Households whose point lies within a drawn outline (its edge included)."""
    import shapely

    shape = shapely.Polygon(outline)
    west, south, east, north = shape.bounds
    rows = HouseholdPoint.objects.filter(
        longitude__gte=west, longitude__lte=east, latitude__gte=south, latitude__lte=north
    )
    if areas is not None:
        rows = rows.filter(household__area__in=list(areas))
    found = list(rows.values_list("household_id", "longitude", "latitude"))
    if not found:
        return set()
    shapely.prepare(shape)
    inside = shapely.intersects_xy(shape, [x for _pk, x, _y in found], [y for _pk, _x, y in found])
    return {pk for (pk, _x, _y), is_in in zip(found, inside, strict=True) if is_in}
