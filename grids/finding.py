"""Which households a search finds: by address and labels, code, telephone, or the whole name of somebody who lives
there; and which ones rows of an import mean. Reads only.

Names and numbers are found by their blind indexes, whole or not at all; whose households one may find is for the caller
to say.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from core.registry import Registry
from core.rows.bigrams import phrases_of, text_of
from core.text import code_of, is_clean
from core.trust.keys import dialled, name_key, phone_key
from grids.models import Household
from grids.sql import holding

NUMBER = re.compile(r"\+?\d+\Z", re.ASCII)
MOST = 60
NOTHING = Q(pk__in=())
Also = Callable[..., Q]
RESIDENTS: Registry[Also] = Registry("people by whom households are found beside their heads")
"""Each answers for `name_index` or `phone_index` which households have such a person."""


def found_q(sought: str) -> Q:
    """Households that the search `sought` finds, wherever they lie."""
    words = sought.strip()[:MOST]
    phrases = phrases_of(words) if is_clean(words) else []
    if not phrases:
        return NOTHING
    found = Q(holding(phrases))
    if NUMBER.match(dialled(words)) and len(code := code_of(words).replace("-", "")) >= 6:
        found |= Q(code__startswith=code[:19])
    return found | lives_q(words)


def lives_q(words: str) -> Q:
    """Households of a person with exactly this telephone number, or this whole name."""
    bare = dialled(words)
    if NUMBER.match(bare):
        key = {"phone_index": phone_key(words)} if len(bare) >= 5 else {}
    else:
        key = {"head_index": name_key(words)}
    if not all(key.values()) or not key:
        return NOTHING
    return reduce(or_, (also(**_of_a_person(key)) for also in RESIDENTS), Q(**key))


def _of_a_person(key: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("head", "name"): value for name, value in key.items()}


def words_of(address: str, tags: Iterable[str]) -> str:
    """What a household is found by in words: its address and its labels."""
    return text_of([address, *tags])


class Standing:
    """The registered households that rows of an import may mean: by code, and by door within a grid in use.

    `sought` are their codes or "", the primary keys of their grids and doors; `paths` the path keys of these grids.
    """

    def __init__(self, sought: Iterable[tuple[str, int, str]], paths: Mapping[int, Mapping[str, int]]) -> None:
        self.paths, codes, doors = paths, set[str](), defaultdict[int, set[str]](set)
        for code, area_id, at in sought:
            codes |= {code} if code else set()
            if at and area_id in paths:
                doors[paths[area_id]["grid_id"]].add(at)
        rows = {row.pk: row for row in Household.objects.filter(code__in=codes)} if codes else {}
        named = reduce(or_, (Q(grid_id=grid, door__in=its) for grid, its in doors.items()), Q(pk__in=()))
        # known by code already: the same instance, so that nothing is written over
        there = [rows.get(row.pk, row) for row in Household.objects.filter(named, retired_at=None).order_by("code")]
        self.coded = {row.code: row for row in rows.values()}
        self.at_door = defaultdict[tuple[int, str], list[Household]](list)
        for row in there:
            self.at_door[row.grid_id, row.door].append(row)

    def of(self, code: str, area_id: int, columns: Mapping[str, Any]) -> list[Household]:
        """The households that a row may mean: the one of its code, else those behind its door."""
        if code in self.coded:
            return [self.coded[code]]
        there = self.behind(area_id, columns.get("door", ""))
        named = [row for row in there if row.head_index == columns.get("head_index")] if len(there) > 1 else []
        return named if len(named) == 1 else there

    def behind(self, area_id: int, door: str) -> list[Household]:
        """Those behind a door of a grid; of a divided grid those of its microgrids, and what was left where it was."""
        if not door or area_id not in self.paths:
            return []
        grid = self.paths[area_id]["grid_id"]
        there = self.at_door.get((grid, door), [])
        own = [row for row in there if row.area_id == area_id]
        return own or [row for row in there if grid in (area_id, row.area_id)]

    def is_elsewhere(self, row: Household, area_id: int) -> bool:
        """Whether a row that names this grid places the household in another one than it stands in."""
        return area_id in self.paths and area_id not in (row.area_id, row.grid_id)
