"""How many minutes a month a grid is asked for: the sum of what is in force and touches its township. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass

from admission.models import Admission
from admission.workflow.application_table import FORCE
from grids.levels import Level
from grids.models import Area


@dataclass(frozen=True)
class Load:
    """Minutes of each grid of a township each month, before and after an application."""

    township: str
    before: int
    after: int


@dataclass(frozen=True)
class Burden:
    """The heaviest grid of those an application touches, and each of its townships."""

    before: int
    after: int
    loads: Sequence[Load]

    @property
    def is_even(self) -> bool:
        """Whether all its townships carry the same."""
        return len({(load.before, load.after) for load in self.loads}) <= 1


def minutes_by_township(but: Sequence[int] = ()) -> tuple[int, dict[int, int]]:
    """What touches the whole county, and what is asked besides in single townships. Two queries."""
    everywhere, single = 0, dict[int, int]()
    for row in Admission.objects.in_force().exclude(pk__in=but).prefetch_related("townships"):
        towns = list(row.townships.all())
        if not towns:
            everywhere += row.minutes
        for town in towns:
            single[town.pk] = single.get(town.pk, 0) + row.minutes
    return everywhere, single


def of_township(township_id: int | None) -> int:
    """What a grid there is asked for now."""
    everywhere, single = minutes_by_township()
    return everywhere + single.get(township_id or 0, 0)


def burden_of(admission: Admission) -> Burden:
    """Before and after, as if it were (not yet) in force and what it renews were gone with it."""
    but = [pk for pk in (admission.pk, admission.renews_id) if pk]
    everywhere, single = minutes_by_township(but)
    renewed = _minutes_of(admission.renews)
    towns = list(admission.townships.order_by("code")) or list(
        Area.objects.in_use().filter(level=Level.TOWNSHIP).order_by("code")
    )
    loads = []
    for town in towns:
        rest = everywhere + single.get(town.pk, 0)
        loads.append(Load(town.name, rest + renewed, rest + admission.minutes))
    before, after = max(((load.before, load.after) for load in loads), key=lambda pair: pair[1], default=(0, 0))
    return Burden(before, after, loads)


def _minutes_of(admission: Admission | None) -> int:
    return admission.minutes if admission is not None and admission.state in FORCE else 0
