"""Splitting and merging of grids: combinations of the tree's and the households' verbs in one transaction.

What stands in the way of retiring an area (grids below it, open tickets of higher floors) stands in
the way of these too; nothing is half done.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.audit import Actor
from grids import households, tree
from grids.levels import GRID_LEVELS
from grids.models import Area, Household
from grids.tree import AREAS, AreaRefused


@dataclass(frozen=True)
class Part:
    """One of the grids that a grid is split into, with the households that go there."""

    name: str
    households: Sequence[Household] = ()


def split(*, area: Area, parts: Sequence[Part], actor: Actor | None) -> list[Area]:
    """Set up two or more new grids beside `area`, move its households and retire it.

    Raises AreaRefused, also when a household was given to no part.
    """
    if len(parts) < 2:
        raise AreaRefused(_("拆分至少要分成两个"))
    with AREAS.writing():
        node = _splittable(area)
        made = []
        for part in parts:
            code = tree.next_grid_code(node)
            heir = tree.add(
                parent=node.parent, level=node.level, code=code, name=part.name, kind=node.kind, actor=actor
            )
            households.transfer(households=_own(node, part.households), area=heir, actor=actor)
            made.append(heir)
        tree.retire(area=node, successors=made, actor=actor)
        return made


def merge(*, areas: Sequence[Area], into: Area, actor: Actor | None) -> Area:
    """Move the households of `areas` to `into`, which must be of their level, and retire them."""
    with AREAS.writing():
        for area in areas:
            node = _splittable(area)
            if node.pk == into.pk:
                raise AreaRefused(_("不能并入它自己"))
            households.transfer(households=Household.objects.filter(area=node, retired_at=None), area=into, actor=actor)
            tree.retire(area=node, successors=[into], actor=actor)
        return AREAS.fresh(into)


def _splittable(area: Area) -> Area:
    node = AREAS.fresh(area)
    if node.level not in GRID_LEVELS:
        raise AreaRefused(_("只有网格和微网格可以拆分或合并"))
    return node


def _own(area: Area, rows: Sequence[Household]) -> list[Household]:
    return list(Household.objects.filter(pk__in=[row.pk for row in rows], area=area, retired_at=None))
