"""Figures as a board shows them: a count with the address of its tickets, a share of counts, a length of time.

Pure: no database, no clock. A share of fewer than `FEWEST` cases is not shown as a rate and takes no place.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol, TypeVar

from django.utils.translation import gettext as _

from insights.counting.tally import minutes_of

FEWEST = 10
BLUE_FROM, YELLOW_FROM = Fraction(90, 100), Fraction(75, 100)
DAY_MINUTES = 390
"""A working day: 9:00 to 12:00 and 14:00 to 17:30."""


@dataclass(frozen=True, slots=True)
class Count:
    """`n` tickets, listed under `url`."""

    n: int
    url: str


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of all `parts` (which include `hits`)."""

    hits: Count
    parts: tuple[Count, ...]

    @property
    def total(self) -> int:
        return sum(part.n for part in self.parts)

    @property
    def is_few(self) -> bool:
        return self.total < FEWEST

    @property
    def exact(self) -> Fraction:
        return Fraction(self.hits.n, self.total) if self.total else Fraction(0)

    @property
    def value(self) -> float | None:
        """The rate, 0 to 1; None while there are too few cases to say."""
        return None if self.is_few else float(self.exact)

    @property
    def lamp(self) -> str:
        """Blue from 90 %, yellow from 75 %, red below; none while there are too few cases."""
        if self.is_few:
            return ""
        return "b" if self.exact >= BLUE_FROM else "y" if self.exact >= YELLOW_FROM else "r"

    def change_from(self, before: "Share") -> str:
        """▲ 1.4 点: the difference in percentage points, where both have enough cases."""
        if self.is_few or before.is_few:
            return ""
        points = round(float(self.exact - before.exact) * 100, 1)
        if not points:
            return _("持平")
        return _("%(sign)s %(n)s 点") % {"sign": "▲" if points > 0 else "▼", "n": abs(points)}


def change(now: int, before: int) -> str:
    """▲ 12.2%: how a count changed, where there was enough to compare with."""
    if before < FEWEST:
        return ""
    per_cent = round((now - before) / before * 100, 1)
    return f"{'▲' if per_cent > 0 else '▼'} {abs(per_cent)}%" if per_cent else _("持平")


def difference(now: int, before: int) -> str:
    """▲ 3: how many more or fewer."""
    if now == before:
        return _("持平")
    return f"{'▲' if now > before else '▼'} {abs(now - before)}"


@dataclass(frozen=True, slots=True)
class Speed:
    """Handling times of `n` tickets, in working minutes; exact to the width of a bucket (15 %)."""

    n: int
    median: float
    p90: float

    @property
    def is_few(self) -> bool:
        return self.n < FEWEST

    @property
    def middle(self) -> tuple[str, str]:
        return amount(self.median)

    @property
    def high(self) -> tuple[str, str]:
        return amount(self.p90)


def speed_of(buckets: Mapping[int, int]) -> Speed:
    """Median and 90th percentile of handling times counted in buckets."""
    n = sum(buckets.values())
    return Speed(n, _quantile(buckets, n, 0.5), _quantile(buckets, n, 0.9))


def _quantile(buckets: Mapping[int, int], n: int, share: float) -> float:
    return minutes_of(reaches(buckets, n, share)) if n else 0.0


def reaches(buckets: Mapping[int, int], n: int, share: float) -> int:
    """The bucket with which `share` of all `n` counted is reached; the first one where nothing is counted."""
    seen = 0
    for bucket in sorted(buckets):
        seen += buckets[bucket]
        if buckets[bucket] and seen >= share * n:
            return bucket
    return 0


def amount(minutes: float) -> tuple[str, str]:
    """A length of working time as number and unit: 40 分, 3.2 时, 1.6 天 (of 6.5 hours)."""
    if minutes < 60:
        return f"{minutes:.0f}", _("分")
    if minutes < DAY_MINUTES:
        return f"{minutes / 60:.1f}", _("时")
    return f"{minutes / DAY_MINUTES:.1f}", _("天")


class Rated(Protocol):
    @property
    def rate(self) -> Share: ...


R = TypeVar("R", bound=Rated)


TOP_PLACES = 3


def placed_in_order(rows: Iterable[R]) -> list[tuple[int | None, R]]:
    """The first places by rate, equal rates at the same place; all others follow unplaced in the order they came.

    Nobody is ranked down to the last, and those with too few cases not at all.
    """
    listed = list(rows)
    enough = sorted((r for r in listed if not r.rate.is_few), key=lambda r: (-r.rate.exact, -r.rate.total))
    top = [(place, row) for row in enough if (place := _place(enough, row)) <= TOP_PLACES]
    return [*top, *((None, row) for row in listed if all(row is not one for _n, one in top))]


def _place(rows: Sequence[R], row: R) -> int:
    return 1 + sum(other.rate.exact > row.rate.exact for other in rows)
