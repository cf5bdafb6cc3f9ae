"""What higher floors tell the lists and show beside their lines; a list knows no tickets and no documents.

ITEM_LINKS: what a list item rests on, for one reader, who must not be shown what lies out of their sight.
PAST: what has been routed so far, counted. OBSERVED_TIMES: how long tickets of an item really took.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from core.registry import Registry
from duties.models import ListKind
from members.models import User


@dataclass(frozen=True)
class ItemLink:
    """One thing that a list item rests on; `note` says what is special about it."""

    text: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Alike:
    """Past tickets that routing cannot tell apart, and how many of them a department was whistled for."""

    item_code: str
    township_id: int
    urban: bool | None
    count: int
    whistled: int


@dataclass(frozen=True)
class ObservedTimes:
    """How long tickets of an item really took: in `days` days, `share` of `count` ended within `minutes`."""

    days: int
    share: float
    minutes: int
    count: int
    text: str


ITEM_LINKS: Registry[Callable[[User, str], Iterable[ItemLink]]] = Registry("links beside a list item")
"""Reader and code of the item → links."""
PAST: Registry[Callable[[int, date | None], Iterable[Alike]]] = Registry("what has been routed so far")
"""County, first day (None: ever) → rows that may still be alike among each other."""
OBSERVED_TIMES: Registry[Callable[[str], ObservedTimes | None]] = Registry("observed times of an item")
"""Code of a grid item → what is known; must answer quickly (a bounded query, or from a cache)."""


def links_of(user: User, code: str) -> list[ItemLink]:
    """What the page of the item links to for this reader."""
    return [link for source in ITEM_LINKS for link in source(user, code)]


def past(county_id: int, since: date | None) -> list[Alike]:
    """Everything placed in a county since a day, one row for each item × township × kind of place."""
    found: dict[tuple[str, int, bool | None], list[int]] = defaultdict(lambda: [0, 0])
    for row in (row for source in PAST for row in source(county_id, since)):
        counted = found[row.item_code, row.township_id, row.urban]
        counted[0] += row.count
        counted[1] += row.whistled
    return [Alike(*key, *counted) for key, counted in found.items()]


def observed_times(kind: str, code: str) -> list[ObservedTimes]:
    """Everything known about a grid item; nothing about the lines of the other lists."""
    if kind != ListKind.GRID_ITEMS:
        return []
    return [found for source in OBSERVED_TIMES if (found := source(code)) is not None]
