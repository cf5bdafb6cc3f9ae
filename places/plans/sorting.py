"""Which household goes where by the choices of a plan. Reads and reckons; changes nothing."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grids.models import Area, Household
from places.maps.points import points_within
from places.models import Plan, PlanChoice, PlanTarget
from places.plans.addresses import Where, order_key, where_is
from places.rules import How, Parity

Fits = Callable[["Row"], bool]


@dataclass(frozen=True)
class Row:
    """A household as far as a choice looks at it."""

    pk: int
    area: int
    code: str
    where: Where


@dataclass
class Sorted:
    """The outcome: `goes` maps households to targets of the plan; the others stay where they are."""

    rows: Sequence[Row]
    goes: dict[int, int] = field(default_factory=dict)
    claimed_twice: int = 0

    @property
    def from_to(self) -> Counter[tuple[int, int]]:
        """How many households go from an area to a target."""
        return Counter((row.area, self.goes[row.pk]) for row in self.rows if row.pk in self.goes)

    @property
    def left(self) -> Counter[int]:
        """How many stay in each source."""
        return Counter(row.area for row in self.rows if row.pk not in self.goes)

    @property
    def fingerprint(self) -> str:
        """Changes whenever the outcome does: what was previewed is what is carried out."""
        lines = sorted(f"{row.pk}:{row.area}:{self.goes.get(row.pk, 0)}" for row in self.rows)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def rows_of(areas: Iterable[int]) -> list[Row]:
    """The active households of some areas, as people count them."""
    found = Household.objects.filter(area__in=list(areas), retired_at=None)
    rows = [Row(pk, area, code, where_is(address)) for pk, area, code, address in found.values_list(
        "pk", "area_id", "code", "address"
    )]  # fmt: skip
    return sorted(rows, key=lambda row: (row.area, order_key(row.where), row.code))


def groups_of(areas: Iterable[Area]) -> list[tuple[str, int]]:
    """The groups that the addresses of some areas name, each with its households."""
    counts: dict[str, int] = defaultdict(int)
    for row in rows_of(area.pk for area in areas):
        counts[row.where.group] += 1
    return list(counts.items())


def sort(plan: Plan, *, sources: Iterable[int], targets: Sequence[PlanTarget], choices: Sequence[PlanChoice]) -> Sorted:
    """Give every household of the sources to the target whose choice fits it first."""
    rows = rows_of(sources)
    ordered = [c for c in choices if c.how != How.REST] + [c for c in choices if c.how == How.REST]
    tests = [(choice, _fits(choice)) for choice in ordered]
    own = {target.pk: target.area_id for target in targets}
    result = Sorted(rows)
    for row in rows:
        fitting = [c for c, fits in tests if (c.source_id in (None, row.area)) and fits(row)]
        if not fitting:
            continue
        named = {c.target_id for c in fitting if c.how != How.REST}
        result.claimed_twice += len(named) > 1
        if own[fitting[0].target_id] != row.area:
            result.goes[row.pk] = fitting[0].target_id
    return result


def _fits(choice: PlanChoice) -> Fits:
    value: Mapping[str, Any] = choice.value
    if choice.how == How.GROUPS:
        groups = set(value["groups"])
        return lambda row: row.where.group in groups
    if choice.how == How.RANGE:
        return lambda row: _in_range(row.where, value)
    if choice.how == How.LISTED:
        codes = set(value["codes"])
        return lambda row: row.code in codes
    if choice.how == How.OUTLINE:
        inside = points_within(value["outline"], [choice.source_id] if choice.source_id else None)
        return lambda row: row.pk in inside
    return lambda row: True


def _in_range(where: Where, value: Mapping[str, Any]) -> bool:
    number = where.number
    if number is None or not value["first"] <= number <= value["last"]:
        return False
    if value["group"] and where.group != value["group"]:
        return False
    parity = value.get("parity", Parity.ANY)
    return bool(parity == Parity.ANY or (number % 2 == 1) == (parity == Parity.ODD))
