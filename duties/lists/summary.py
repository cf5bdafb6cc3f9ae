"""What a version comes to: how many lines in which part, what was moved, and the reduction rate (减负率)."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.functional import Promise

from duties.models import DutyLine, FirstLevel, ListKind, ListVersion
from duties.shapes.parts import PARTS, PartInfo

AT_VILLAGE = (FirstLevel.GRID, FirstLevel.VILLAGE)
"""Grid items first handled here may end in the village (小事不出村社)."""


@dataclass(frozen=True)
class Reduction:
    """减负率 =（梳理前 − 现在）÷ 梳理前, over the parts that are counted as administrative work."""

    before: int
    now: int

    @property
    def percent(self) -> float | None:
        return round((self.before - self.now) / self.before * 100, 1) if self.before else None


@dataclass(frozen=True)
class PartCount:
    info: PartInfo
    count: int
    moved: int
    """Of them, how many were borne by this level before."""


@dataclass(frozen=True)
class Summary:
    parts: tuple[PartCount, ...]
    reduction: Reduction | None
    small: int
    """Lines that may end in the village."""

    @property
    def moves(self) -> list[tuple[str | Promise, int]]:
        """责任→协助 and the like, with how many."""
        return [(part.info.moved, part.moved) for part in self.parts if part.info.moved and part.moved]


def summary_of(version: ListVersion) -> Summary:
    """One query."""
    if version.duty_list.kind == ListKind.GRID_ITEMS:
        return Summary((), None, version.items.filter(first_level__in=AT_VILLAGE).count())
    rows = DutyLine.objects.filter(version=version).order_by().values("part")
    found = rows.annotate(
        n=Count("pk"),
        moved=Count("pk", filter=Q(borne_before=True)),
        small=Count("pk", filter=Q(closes_at_village=True)),
    ).values_list("part", "n", "moved", "small")
    counted = {part: (n, moved) for part, n, moved, _small in found}
    parts = tuple(PartCount(info, *counted.get(info.part, (0, 0))) for info in PARTS[ListKind(version.duty_list.kind)])
    return Summary(parts, _reduction(parts), sum(small for _part, _n, _moved, small in found))


def _reduction(parts: tuple[PartCount, ...]) -> Reduction:
    counted = [part for part in parts if part.info.is_counted]
    return Reduction(
        before=sum(part.moved for part in counted), now=sum(part.count for part in counted if part.info.is_borne)
    )
