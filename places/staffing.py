"""Whether grids are of the size and have the people that the rules ask for: gaps to fill, no ranking of anybody."""

import math
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from core.rows.paging import Page, page_of
from grids.levels import GridKind, Level
from grids.models import Area, Household
from grids.scope import areas_below, lies_in
from members.models import Post, Side
from members.roles import MOST_CHIEFS, Role
from places.models import Profile
from places.rules import (
    COMMUNITY_WORKERS_PER_10000,
    FULL_TIME_A_GRID,
    HOUSEHOLDS_A_BUILDING_HEAD,
    HOUSEHOLDS_A_GRID,
    PEOPLE_A_HOUSEHOLD,
)

PAGE_SIZE = 50
LEAST, MOST = HOUSEHOLDS_A_GRID
GENERAL = ~Q(kind=GridKind.SPECIAL)
"""Special grids have no norm of households."""

GAPS: dict[str, Q] = {
    "small": GENERAL & Q(household_count__lt=LEAST),
    "large": GENERAL & Q(household_count__gt=MOST),
    "no_chief": Q(chiefs=0),
    "many_chiefs": Q(chiefs__gt=MOST_CHIEFS),
    "no_worker": Q(workers__lt=FULL_TIME_A_GRID),
    "no_b": Q(has_b=False),
    "no_heads": Q(heads__lt=F("household_count") / HOUSEHOLDS_A_BUILDING_HEAD),
}


def labels() -> dict[str, str]:
    words = {"least": LEAST, "most": MOST, "chiefs": MOST_CHIEFS, "heads": HOUSEHOLDS_A_BUILDING_HEAD}
    return {
        "small": _("不足 %(least)d 户") % words,
        "large": _("超过 %(most)d 户") % words,
        "no_chief": _("没有网格长"),
        "many_chiefs": _("网格长超过 %(chiefs)d 名") % words,
        "no_worker": _("没有专职网格员"),
        "no_b": _("没有 B 岗"),
        "no_heads": _("楼长不足（约 %(heads)d 户 1 名）") % words,
    }


@dataclass(frozen=True)
class Row:
    """A grid with its people and its gaps."""

    area: Area
    chiefs: int
    workers: int
    has_b: bool
    heads: int
    heads_wanted: int
    gaps: list[str]


@dataclass(frozen=True)
class Summary:
    """The whole of an area."""

    grids: int
    gaps: list[tuple[str, str, int]]  # key, words, how many grids
    one_shoulder: int
    two_chiefs: int
    heads: int
    heads_wanted: int
    community_workers: int
    community_workers_wanted: int
    people: int

    @property
    def one_shoulder_rate(self) -> float | None:
        return 100 * self.one_shoulder / self.grids if self.grids else None


def grids_of(area: Area) -> QuerySet[Area]:
    """The grids in use at or below, each with the people who hold posts at it or in a microgrid of it today."""
    rows = areas_below(area, [Level.GRID], include_self=True)
    heads = Profile.objects.filter(area=OuterRef("pk")).values("building_heads")
    shoulder = Profile.objects.filter(area=OuterRef("pk"), one_shoulder=True)
    annotated: QuerySet[Area] = rows.annotate(
        chiefs=_count(_held_in().filter(role=Role.GRID_CHIEF, side=Side.A)),
        workers=_count(_held_in().filter(role=Role.GRID_WORKER, side=Side.A)),
        has_b=Exists(_held_in().filter(role__in=[Role.GRID_CHIEF, Role.GRID_WORKER], side=Side.B)),
        heads=Coalesce(Subquery(heads[:1]), Value(0)),
        one_shoulder=Exists(shoulder),
    )
    return annotated


def _held_in() -> QuerySet[Post]:
    outer = {"tree_id": OuterRef("tree_id"), "lft__gte": OuterRef("lft"), "rght__lte": OuterRef("rght")}
    return Post.objects.held().filter(**{f"area__{name}": value for name, value in outer.items()})


def _count(posts: QuerySet[Post]) -> Any:
    counted = posts.order_by().values("role").annotate(n=Count("user", distinct=True)).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def page(area: Area, gap: str, after: str) -> tuple[Page[Area], list[Row]]:
    rows = grids_of(area).select_related("parent")
    if gap in GAPS:
        rows = rows.filter(GAPS[gap])
    found = page_of(rows, order=("code",), after=after, size=PAGE_SIZE)
    return found, [_row(grid) for grid in found.rows]


def _row(grid: Any) -> Row:
    wanted = heads_wanted(grid.household_count)
    checks = {
        "small": grid.kind != GridKind.SPECIAL and grid.household_count < LEAST,
        "large": grid.kind != GridKind.SPECIAL and grid.household_count > MOST,
        "no_chief": not grid.chiefs,
        "many_chiefs": grid.chiefs > MOST_CHIEFS,
        "no_worker": grid.workers < FULL_TIME_A_GRID,
        "no_b": not grid.has_b,
        "no_heads": grid.heads < grid.household_count // HOUSEHOLDS_A_BUILDING_HEAD,
    }
    words = labels()
    gaps = [words[key] for key, is_gap in checks.items() if is_gap]
    return Row(grid, grid.chiefs, grid.workers, grid.has_b, grid.heads, wanted, gaps)


def heads_wanted(households: int) -> int:
    """About one building head for so many households: what is left over needs none of its own."""
    return households // HOUSEHOLDS_A_BUILDING_HEAD


def summary(area: Area) -> Summary:
    """In two queries and one more for the people."""
    grids = grids_of(area)
    counts = grids.aggregate(
        **{f"n_{key}": Count("pk", filter=gap) for key, gap in GAPS.items()},
        n_grids=Count("pk"),
        n_shoulder=Count("pk", filter=Q(one_shoulder=True)),
        n_two=Count("pk", filter=Q(chiefs=MOST_CHIEFS)),
        n_heads=Coalesce(Sum("heads"), 0),
        n_households=Coalesce(Sum("household_count"), 0),
    )
    words = labels()
    people = _people(area, counts["n_households"])
    workers = Profile.objects.filter(area__in=areas_below(area, include_self=True).values("pk"))
    return Summary(
        grids=counts["n_grids"],
        gaps=[(key, words[key], counts[f"n_{key}"]) for key in GAPS],
        one_shoulder=counts["n_shoulder"],
        two_chiefs=counts["n_two"],
        heads=counts["n_heads"],
        heads_wanted=heads_wanted(counts["n_households"]),
        community_workers=workers.aggregate(n=Coalesce(Sum("community_workers"), 0))["n"],
        community_workers_wanted=math.ceil(people * COMMUNITY_WORKERS_PER_10000 / 10_000),
        people=people,
    )


def _people(area: Area, households: int) -> int:
    """People of registered households, and three for each that is only planned."""
    rows = Household.objects.filter(lies_in(area), retired_at=None).aggregate(n=Count("pk"), people=Sum("size"))
    planned = max(0, households - rows["n"])
    return int((rows["people"] or 0) + planned * PEOPLE_A_HOUSEHOLD)
