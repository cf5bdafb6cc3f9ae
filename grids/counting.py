"""How many households an area has: the policy, kept right by the household and tree writers.

An area's `household_count` is the number of active households at or below it; a grid that has none
yet counts its planned figure, so that townships whose households are not registered still show
their size. `unregistered_households` is how much of it is planned only. Call inside the tree's lock.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Count, F

from grids.levels import Level
from grids.models import Area, Household
from grids.scope import UP, lies_in, upwards

SIZES = ("household_count", "unregistered_households")
WITHIN_A_GRID = frozenset({Level.BUILDING, Level.UNIT, Level.MICROGRID})


def settle(area_ids: Iterable[int]) -> None:
    """Bring the counts on the paths of grids and microgrids up to date with their household rows.

    A few statements, however many areas are named, and one for each figure by which counts move.
    """
    paths = [upwards(area) for area in Area.objects.filter(pk__in=set(area_ids)).select_related(UP)]
    grids = {node.pk: node for path in paths for node in path if node.level == Level.GRID}
    within = {node.pk: node for path in paths for node in path if node.level in WITHIN_A_GRID}
    direct = _rows_by("area", [pk for pk, node in within.items() if node.level == Level.MICROGRID])
    for pk, node in within.items():
        lying = Household.objects.filter(lies_in(node), retired_at=None)
        _put(node, direct.get(pk, 0) if node.level == Level.MICROGRID else lying.count())
    whole, rise, shift = _rows_by("grid", list(grids)), Counter[int](), Counter[int]()
    for pk, grid in grids.items():
        size = _size(whole.get(pk, 0), grid.planned_households)
        above = [node.pk for node in upwards(grid)]
        rise.update(dict.fromkeys(above, size.whole - grid.household_count))
        shift.update(dict.fromkeys(above, size.unregistered - grid.unregistered_households))
    changes = {pk: Size(rise[pk], shift[pk]) for pk in rise}
    for change in set(changes.values()) - {Size(0, 0)}:
        rows = Area.objects.filter(pk__in=[pk for pk, its in changes.items() if its == change])
        rows.update(
            household_count=F("household_count") + change.whole,
            unregistered_households=F("unregistered_households") + change.unregistered,
        )


class Size(NamedTuple):
    """How many households an area has, and how many of them are planned and not registered."""

    whole: int
    unregistered: int


def _size(registered: int, planned: int) -> Size:
    """The size of a grid: what is registered there, else what is planned."""
    return Size(registered, 0) if registered else Size(planned, planned)


def _rows_by(key: str, ids: list[int]) -> dict[int, int]:
    rows = Household.objects.filter(retired_at=None, **{f"{key}__in": ids}).order_by()
    return dict(rows.values_list(key).annotate(n=Count("pk")).values_list(key, "n"))


def _put(node: Area, count: int) -> None:
    if node.household_count != count:
        Area.objects.filter(pk=node.pk).update(household_count=count)


def true_sizes() -> dict[int, Size]:
    """Every area's size computed from the rows and plans alone."""
    direct = dict(
        Household.objects.filter(retired_at=None)
        .order_by()
        .values_list("area")
        .annotate(n=Count("pk"))
        .values_list("area", "n")
    )
    nodes = list(Area.objects.order_by("-depth").values_list("pk", "parent_id", "level", "planned_households"))
    sums: dict[int, Size] = defaultdict(lambda: Size(0, 0))
    for pk, parent, level, planned in nodes:
        below = sums[pk]
        size = Size(below.whole + direct.get(pk, 0), below.unregistered)
        sums[pk] = size = _size(size.whole, planned) if level == Level.GRID else size
        if parent is not None:
            sums[parent] = Size(sums[parent].whole + size.whole, sums[parent].unregistered + size.unregistered)
    return dict(sums)


def recount() -> list[Area]:
    """Set every area's size from the rows; returns the areas that were wrong, with their new size."""
    truth = true_sizes()
    wrong = []
    for area in Area.objects.only("pk", "code", "name", *SIZES):
        if Size(area.household_count, area.unregistered_households) != truth[area.pk]:
            area.household_count, area.unregistered_households = truth[area.pk]
            wrong.append(area)
    for area in wrong:
        Area.objects.filter(pk=area.pk).update(**{name: getattr(area, name) for name in SIZES})
    return wrong
