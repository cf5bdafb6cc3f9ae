"""How many households an area has: the policy, kept right by the household and tree writers.

An area's `household_count` is the number of active households at or below it; a grid that has none
yet counts its planned figure, so that townships whose households are not registered still show
their size. Call inside the tree's lock.
"""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Count, F

from grids.levels import Level
from grids.models import Area, Household
from grids.scope import UP, at_or_above, lies_in, upwards


def settle(area: Area) -> None:
    """Bring the counts on the path of one fresh grid or microgrid up to date with its household rows."""
    path = list(Area.objects.filter(at_or_above(area)).order_by("-depth"))
    for node in path:
        if node.level in (Level.MICROGRID, Level.UNIT, Level.BUILDING):
            _put(node, Household.objects.filter(lies_in(node), retired_at=None).count())
        elif node.level == Level.GRID:
            rows = Household.objects.filter(grid=node, retired_at=None).count()
            change = (rows or node.planned_households) - node.household_count
            if change:
                _put(node, node.household_count + change)
                Area.objects.filter(at_or_above(node)).exclude(pk=node.pk).update(
                    household_count=F("household_count") + change
                )
            return


def settle_many(area_ids: Iterable[int]) -> None:
    """`settle` for many grids and microgrids: one statement for each area whose count moved, and a few reads."""
    paths = [upwards(area) for area in Area.objects.filter(pk__in=set(area_ids)).select_related(UP)]
    grids = {node.pk: node for path in paths for node in path if node.level == Level.GRID}
    below = {node.pk: node for path in paths for node in path if node.level in (Level.MICROGRID, Level.BUILDING)}
    direct = _rows_by("area", [pk for pk, node in below.items() if node.level == Level.MICROGRID])
    for pk, node in below.items():
        lying = Household.objects.filter(lies_in(node), retired_at=None)
        _put(node, direct.get(pk, 0) if node.level == Level.MICROGRID else lying.count())
    whole, rise = _rows_by("grid", list(grids)), defaultdict[int, int](int)
    for pk, grid in grids.items():
        change = (whole.get(pk, 0) or grid.planned_households) - grid.household_count
        for node in upwards(grid) if change else ():
            rise[node.pk] += change
    for pk, change in rise.items():
        Area.objects.filter(pk=pk).update(household_count=F("household_count") + change)


def _rows_by(key: str, ids: list[int]) -> dict[int, int]:
    rows = Household.objects.filter(retired_at=None, **{f"{key}__in": ids}).order_by()
    return dict(rows.values_list(key).annotate(n=Count("pk")).values_list(key, "n"))


def _put(node: Area, count: int) -> None:
    if node.household_count != count:
        Area.objects.filter(pk=node.pk).update(household_count=count)


def true_counts() -> dict[int, int]:
    """Every area's household count computed from the rows and plans alone."""
    direct = dict(
        Household.objects.filter(retired_at=None)
        .order_by()
        .values_list("area")
        .annotate(n=Count("pk"))
        .values_list("area", "n")
    )
    nodes = list(Area.objects.order_by("-depth").values_list("pk", "parent_id", "level", "planned_households"))
    sums: dict[int, int] = defaultdict(int)
    for pk, parent, level, planned in nodes:
        sums[pk] += direct.get(pk, 0)
        if level == Level.GRID and not sums[pk]:
            sums[pk] = planned
        if parent is not None:
            sums[parent] += sums[pk]
    return dict(sums)


def recount() -> list[Area]:
    """Set every area's count from the rows; returns the areas that were wrong, with their new count."""
    truth = true_counts()
    wrong = []
    for area in Area.objects.only("pk", "code", "name", "household_count"):
        if area.household_count != truth[area.pk]:
            area.household_count = truth[area.pk]
            wrong.append(area)
    for area in wrong:
        Area.objects.filter(pk=area.pk).update(household_count=area.household_count)
    return wrong
