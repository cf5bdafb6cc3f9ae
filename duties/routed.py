"""What higher floors tell the lists: what has been routed so far, counted. A list knows no tickets.

A higher floor appends to `past_sources` in its `AppConfig.ready`, as it does to `grids.tree.retire_guards`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Alike:
    """Past tickets that routing cannot tell apart, and how many of them a department was whistled for."""

    item_code: str
    township_id: int
    urban: bool | None
    count: int
    whistled: int


PastSource = Callable[[int, date | None], Iterable[Alike]]
"""County, first day (None: ever) → rows that may still be alike among each other."""
past_sources: list[PastSource] = []


def past(county_id: int, since: date | None) -> list[Alike]:
    """Everything placed in a county since a day, one row for each item × township × kind of place."""
    found: dict[tuple[str, int, bool | None], list[int]] = defaultdict(lambda: [0, 0])
    for row in (row for source in past_sources for row in source(county_id, since)):
        counted = found[row.item_code, row.township_id, row.urban]
        counted[0] += row.count
        counted[1] += row.whistled
    return [Alike(*key, *counted) for key, counted in found.items()]
