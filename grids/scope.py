"""Reads of the area tree that every other module uses.

The only place besides `grids.tree` that knows the tree is a nested set: whoever needs what lies
above or below an area asks here. The bounds of an instance that was read before the tree changed
point at somebody else's subtree, so every query here reads them anew inside the database.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from django.db.models import BigIntegerField, Count, F, Q, QuerySet, Subquery

from core.rows.composed import composed
from core.rows.prepared import Read
from grids.levels import GRID_LEVELS, Level
from grids.models import Area, AreaSuccession

TOKEN_LENGTH = 12
_TOKEN = Read(Area.objects.all(), "token")


class AreaLike(Protocol):
    """As much of an area as a condition on what lies in it is made of."""

    @property
    def pk(self) -> Any: ...

    @property
    def level(self) -> Any: ...


def path_to(area: Area) -> dict[str, int | None]:
    """The path keys for a row that lies in an area of any level, None for levels below it: one query."""
    ids: Mapping[str, int] = {a.level: a.pk for a in ancestors(area, include_self=True)}
    keys = {"grid_id": Level.GRID, "village_id": Level.VILLAGE, "township_id": Level.TOWNSHIP}
    return {"area_id": area.pk, **{key: ids.get(level) for key, level in keys.items()}, "county_id": ids[Level.COUNTY]}


def path_of(area: Area) -> dict[str, int]:
    """The path keys for a row that lies in `area` (a grid or microgrid): one query over its ancestors.

    Raises ValueError when `area` is neither.
    """
    return path_keys(area, ancestors(area, include_self=True))


def paths_of(areas: Iterable[Area]) -> dict[int, dict[str, int]]:
    """`path_of` for many areas, by their primary keys: one query, however many."""
    wanted = {area.pk for area in areas}
    rows = Area.objects.filter(pk__in=wanted).select_related(UP)
    return {area.pk: path_keys(area, upwards(area)) for area in rows}


UP = "__".join(["parent"] * (len(Level) - 1))
"""What to select along with areas to read what lies above them by `upwards`."""


def upwards(area: Area) -> list[Area]:
    """The area and what lies above it, as read with it (UP)."""
    path, above = [area], area.parent
    while above is not None:
        path.append(above)
        above = above.parent
    return path


def path_keys(area: Area, path: Iterable[Area]) -> dict[str, int]:
    """`path_of` an area whose path, itself included, has been read already."""
    ids: Mapping[str, int] = {a.level: a.pk for a in path}
    if area.level not in GRID_LEVELS or Level.GRID not in ids:
        raise ValueError(f"area {area.code} is no grid")
    return {
        "area_id": area.pk,
        "grid_id": ids[Level.GRID],
        "village_id": ids[Level.VILLAGE],
        "township_id": ids[Level.TOWNSHIP],
        "county_id": ids[Level.COUNTY],
    }


def at_or_below(areas: Iterable[AreaLike], prefix: str = "") -> Q:
    """Areas (or, with `prefix` such as "area__", rows whose area is) at or below any of `areas`."""
    found = Q(**{f"{prefix}pk__in": ()})
    for area in areas:
        found |= Q(
            **{
                f"{prefix}tree_id": _bound(area.pk, "tree_id"),
                f"{prefix}lft__gte": _bound(area.pk, "lft"),
                f"{prefix}rght__lte": _bound(area.pk, "rght"),
            }
        )
    return found


def at_or_above(area: AreaLike) -> Q:
    return _over(area.pk)


def _over(pk: Any) -> Q:
    return Q(tree_id=_bound(pk, "tree_id"), lft__lte=_bound(pk, "lft"), rght__gte=_bound(pk, "rght"))


def _bound(pk: Any, name: str) -> Subquery:
    """A bound of the area as it is when the query runs, not as it was when the instance was read."""
    return Subquery(Area.objects.filter(pk=pk).order_by().values(name))


PATH_KEYS = {
    Level.COUNTY: "county",
    Level.TOWNSHIP: "township",
    Level.VILLAGE: "village",
    Level.GRID: "grid",
    Level.MICROGRID: "area",
}
"""The columns in which households and tickets copy the keys of what they lie in, by level."""


def lies_in(area: AreaLike) -> Q:
    """Rows with path keys (households, tickets) that lie in `area`, without a join over the tree."""
    if area.level in PATH_KEYS:
        return Q(**{PATH_KEYS[Level(area.level)]: area.pk})
    return at_or_below([area], "area__")


def ancestors(area: Area, *, include_self: bool = False) -> list[Area]:
    """From the county down to the area's parent (or the area itself)."""
    return [one for one in _path(pk=area.pk) if include_self or one.pk != area.pk]


@composed(pk=BigIntegerField())
def _path(*, pk: Any) -> QuerySet[Area]:
    return Area.objects.filter(_over(pk)).order_by("depth")


def areas_below(area: Area, levels: Iterable[str] = (), *, include_self: bool = False) -> QuerySet[Area]:
    """Areas in use below `area`, in code order; `levels` narrows."""
    found = Area.objects.in_use().filter(at_or_below([area])).order_by("code")
    wanted = tuple(levels)
    if wanted:
        found = found.filter(level__in=wanted)
    return found if include_self else found.exclude(pk=area.pk)


def ancestor_at(area: Area, level: str) -> Area | None:
    """The area itself or the one above it that stands at `level`."""
    return Area.objects.filter(at_or_above(area), level=level).first()


def counties() -> QuerySet[Area]:
    return Area.objects.in_use().filter(level=Level.COUNTY).order_by("code")


def area_by_token(token: str) -> Area | None:
    """The grid or microgrid in use whose order page has this token; any text is safe to ask for.

    The sheet of a grid that was split or merged still hangs on the wall: it leads to the largest that took over.
    """
    if len(token) > TOKEN_LENGTH + 4 or not token.isascii() or not token.isalnum():
        return None
    found = next(iter(_TOKEN.all(token)), None)
    passed: set[int] = set()
    while found is not None and found.retired_at and found.pk not in passed:
        passed.add(found.pk)
        heirs = Area.objects.filter(succeeds__predecessor=found).exclude(pk__in=passed)
        found = heirs.order_by(F("retired_at").asc(nulls_first=True), "-household_count", "code").first()
    return found if found is not None and not found.retired_at else None


def heirs_of(areas: Iterable[Area]) -> dict[int, list[Area]]:
    """Who in use took over from areas that are not, by primary key, over as many steps as it took."""
    found: dict[int, dict[int, Area]] = {area.pk: {} for area in areas}
    sources = {pk: {pk} for pk in found}
    passed: set[int] = set()
    while sources:
        steps = AreaSuccession.objects.filter(predecessor__in=sources).exclude(successor__in=passed)
        passed |= sources.keys()
        further: dict[int, set[int]] = {}
        for step in steps.select_related("successor").order_by("successor__code"):
            if step.successor.retired_at:
                further.setdefault(step.successor_id, set()).update(sources[step.predecessor_id])
            else:
                for pk in sources[step.predecessor_id]:
                    found[pk][step.successor_id] = step.successor
        sources = further
    return {pk: list(heirs.values()) for pk, heirs in found.items()}


def area_by_code(code: str) -> Area | None:
    return Area.objects.filter(code=code).first() if code.isascii() and code.isdigit() and len(code) <= 15 else None


def order_path(area: Area) -> str:
    """Path of the residents' order page of a grid; the printed QR sheets carry it, so it never changes."""
    return f"/d/{area.token}"


def children_table(area: Area) -> QuerySet[Area]:
    """The areas directly below, in use or not, in code order, each with `parts`."""
    return with_parts(Area.objects.filter(parent=area)).order_by("code")


def with_parts(areas: QuerySet[Area]) -> QuerySet[Area]:
    """Each area with `parts`: how many areas in use lie directly below it."""
    counted: QuerySet[Area] = areas.annotate(parts=Count("children", filter=Q(children__retired_at__isnull=True)))
    return counted


def counts_below(area: Area) -> list[dict[str, Any]]:
    """How many areas in use lie below, by level from the top down: [{"level", "label", "n"}]."""
    rows = areas_below(area).order_by().values_list("level").annotate(n=Count("pk"))
    found = dict(rows)
    return [
        {"level": level.value, "label": level.label, "n": found[level.value]} for level in Level if level.value in found
    ]
