"""What goes along when grids are reshaped: posts, open tickets, and whatever higher floors add (`places.extensions`).

The rules, in this order: what a household brought goes where the household goes; what lies in an area that retires
goes to the one that takes most of its households; everything else stays. What has ended keeps the path it was filed
under. Undoing takes each row back to where it was, if it still is where the plan put it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from core.trust.audit import Actor
from grids.models import Area
from grids.scope import path_of


@dataclass(frozen=True)
class Shift:
    """Where things go, by keys of areas; in a preview a part that is not yet set up has a key below zero."""

    sources: frozenset[int]
    households: Mapping[int, int]
    heirs: Mapping[int, int]
    back: Mapping[str, Mapping[int, tuple[int, int]]] = field(default_factory=dict)
    """Of each follower the rows to take back: (where the plan put it, where it was)."""

    def returning(self, key: str) -> list[int]:
        return list(self.back.get(key, {}))

    def goes_to(self, key: str, row: int, area: int, household: int | None = None) -> int | None:
        """Where a row that lies in `area` goes; None when it stays."""
        put, was = self.back.get(key, {}).get(row, (None, None))
        if put == area:
            return was
        target = self.households.get(household) if household is not None else None
        if target is None:
            target = self.heirs.get(area)
        return target if target != area else None


@dataclass(frozen=True)
class Going:
    """One row that goes along; `text` says which in the preview and names nobody."""

    row: int
    text: str
    before: int
    after: int


@dataclass(frozen=True)
class Follower:
    """A register whose rows go along: which would go, and the verb of its own writer that moves them.

    `carry` returns what it did move; rows that have ended or moved meanwhile stay. Both run inside the tree's lock.
    """

    key: str
    label: str | Promise
    found: Callable[[Shift], list[Going]]
    carry: Callable[[Sequence[Going], Mapping[int, Area], Actor | None], Iterable[Going]]
    lock: str = ""
    """What its writer holds (`core.locks`): held from before looking on, where a new row would keep an area in
    use.
    """


def going_of(shift: Shift, key: str, rows: QuerySet[Any], text: str) -> list[Going]:
    """What of `rows` (with `area` and perhaps `household`) goes along; `text` names the column that says which."""
    with_household = any(column.name == "household" for column in rows.model._meta.concrete_fields)
    concerned = rows.filter(Q(area__in=shift.sources) | Q(pk__in=shift.returning(key))).order_by("pk")
    columns = ("pk", "area_id", text, *(("household_id",) if with_household else ()))
    going = []
    for pk, area, words, *household in concerned.values_list(*columns):
        after = shift.goes_to(key, pk, area, household[0] if household else None)
        if after is not None:
            going.append(Going(pk, str(words), area, after))
    return going


def carry_paths(rows: QuerySet[Any], going: Sequence[Going], areas: Mapping[int, Area]) -> list[Going]:
    """Give rows with path keys, still where they were, the path of their new area; for the `carry` of an app."""
    concerned = rows.filter(pk__in=[one.row for one in going]).order_by("pk")
    still = dict(concerned.select_for_update(of=("self",)).values_list("pk", "area_id"))
    moved = [one for one in going if still.get(one.row) == one.before]
    for key, area in areas.items():
        rows.filter(pk__in=[one.row for one in moved if one.after == key]).update(**path_of(area))
    return moved
