"""吹哨率提示: where a conspicuously small or large share of the tickets was whistled, for a person to look at.

A small share may mean that people do not dare to whistle, a large one that ordinary ways do not work. Either is a
question to the officials of the area, never a grade: areas stand in the order of their codes, nobody is named, and
below a least number of tickets nothing is said.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core.templatetags.charts import wilson
from duties.lists.queries import rules_in_force
from grids.levels import Level
from insights.board.comparison import NONE
from insights.board.figures import Count
from insights.board.lists import Lists, board_url
from insights.board.places import Place, Spot
from insights.counting.period import Period

LEVELS = frozenset({Level.TOWNSHIP, Level.VILLAGE, Level.GRID})


@dataclass(frozen=True)
class Bounds:
    """From what share of whistles on it is conspicuous, in per cent, and of how many decided tickets."""

    low: int
    high: int
    least: int

    def side(self, whistled: int, decided: int) -> str:
        """ "low" or "high" where the 95 % interval of the share lies wholly beyond that bound, "" otherwise."""
        if decided < self.least:
            return ""
        start, end = wilson(whistled, decided)
        if 100 * end < self.low:
            return "low"
        return "high" if 100 * start > self.high else ""


@dataclass(frozen=True)
class Hint:
    """One area to look at; `url` is its own board."""

    name: str
    url: str
    is_low: bool
    whistled: Count
    own: Count

    @property
    def share(self) -> float:
        return self.whistled.n / (self.whistled.n + self.own.n)


def bounds_in_force() -> Bounds:
    return Bounds(**rules_in_force().whistle_watch)


def hints(
    place: Place, period: Period, own: Mapping[str, int], areas: Mapping[int, Counter[str]], bounds: Bounds
) -> list[Hint]:
    """What is conspicuous in `place` itself (its sums are `own`) and in the areas its board divides it into."""
    found = [(place.area, own), *((area, areas.get(area.pk, NONE)) for area in _below(place))]
    return [hint for area, sums in found if (hint := _hint(area, period, sums, bounds))]


def _below(place: Place) -> Iterator[Spot]:
    """Blocks with their parts, each once; an only part says what its block says."""
    seen = {place.area.pk}
    for block in place.blocks:
        parts = block.parts if len(block.parts) > 1 else []
        for area in (block.area, *(part.area for part in parts)):
            if area.pk not in seen:
                seen.add(area.pk)
                yield area


def _hint(area: Spot, period: Period, sums: Mapping[str, int], bounds: Bounds) -> Hint | None:
    whistled, decided = sums.get("whistled", 0), sums.get("whistled", 0) + sums.get("self_routed", 0)
    side = bounds.side(whistled, decided) if area.level in LEVELS else ""
    if not side:
        return None
    lists = Lists({"area": area.code}).placed(period.first, period.last)
    return Hint(
        name=area.short_name,
        url=board_url(area.code, period),
        is_low=side == "low",
        whistled=lists.metric("whistled", sums),
        own=lists.metric("self_routed", sums),
    )
