"""How many households an area has: the policy, kept right by the household and tree writers.

An area's `household_count` is the number of active households at or below it; a grid that has none
yet counts its planned figure, so that townships whose households are not registered still show
their size. Call inside the tree's lock.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable

from django.db.models import Count, F

from grids.levels import Level
from grids.models import Area, Household
from grids.scope import UP, lies_in, upwards

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
    whole, rise = _rows_by("grid", list(grids)), Counter[int]()
    for pk, grid in grids.items():
        change = (whole.get(pk, 0) or grid.planned_households) - grid.household_count
        rise.update({node.pk: change for node in upwards(grid)})
    for change in {change for change in rise.values() if change}:
        rows = Area.objects.filter(pk__in=[pk for pk, its in rise.items() if its == change])
        rows.update(household_count=F("household_count") + change)


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
