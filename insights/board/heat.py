"""Heat tiles: how many tickets each small area had, in all and for its households, and where something is overdue."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.templatetags.charts import heat_step
from insights.board.figures import Count
from insights.board.lists import Lists, board_url
from insights.board.places import Block, Part, Place, Spot
from insights.counting.live import Standing
from insights.counting.period import Period

Sums = Mapping[int, Counter[str]]
NONE: Counter[str] = Counter()


@dataclass(frozen=True)
class Tile:
    """A small area, or (`is_rest`) what was filed for a grid itself rather than for one of its microgrids."""

    area: Spot
    count: Count
    overdue: Count
    is_rest: bool = False

    @property
    def name(self) -> str:
        return _("%(name)s（未分到微网格）") % {"name": self.area.short_name} if self.is_rest else self.area.short_name

    @property
    def per_hundred(self) -> float | None:
        """Tickets per 100 households; None where no household is known."""
        households = 0 if self.is_rest else self.area.household_count
        return 100 * self.count.n / households if households else None


@dataclass(frozen=True)
class Heat:
    """`villages` as components/heat.html takes them; `rows` is the table twin."""

    villages: list[dict[str, Any]]
    rows: list[list[SafeString | str]]
    tiles: list[Tile]

    @property
    def head(self) -> list[str]:
        return [_("点单"), _("每百户"), _("现有超时")]


def heat_of(place: Place, period: Period, areas: Sums, standing: Standing) -> Heat:
    """The tiles of each block; the darkest tone is that of the tile with most tickets per 100 households."""
    drawn = []
    for block in place.blocks:
        tiles = [tile for part in block.parts for tile in _tiles(part, period, areas, standing)]
        if tiles:
            drawn.append((block, tiles))
    everything = [tile for _block, tiles in drawn for tile in tiles]
    top, words = max((tile.per_hundred or 0 for tile in everything), default=0), _Words()
    villages = [
        {
            "name": block.area.short_name,
            "total": areas.get(block.area.pk, NONE)["placed"],
            "url": "" if block.area.pk == place.area.pk else board_url(block.area.code, period),
            "cells": [_cell(tile, top, words) for tile in tiles],
        }
        for block, tiles in drawn
    ]
    rows = [_row(block, tile) for block, tiles in drawn for tile in tiles]
    return Heat(villages, rows, everything)


def _tiles(part: Part, period: Period, areas: Sums, standing: Standing) -> list[Tile]:
    """The leaves of a part, retired ones only while they count something, and what its leaves leave over."""
    tiles = [_tile(area, period, areas, standing) for area in part.leaves]
    kept = [t for t in tiles if t.area.retired_at is None or t.count.n or t.overdue.n]
    rest = areas.get(part.area.pk, NONE)["placed"] - sum(tile.count.n for tile in tiles)
    overdue = standing.tiles.get(part.area.pk, NONE)["r"] if part.micros else 0
    if part.micros and (rest or overdue):
        lists = Lists({"area": part.area.code, "filed": "grid"})
        count = lists.placed(period.first, period.last).count(rest)
        kept.append(Tile(part.area, count, lists.count(overdue, lamp="r"), is_rest=True))
    return kept


def _tile(area: Spot, period: Period, areas: Sums, standing: Standing) -> Tile:
    lists = Lists({"area": area.code})
    count = lists.placed(period.first, period.last).count(areas.get(area.pk, NONE)["placed"])
    return Tile(area, count, lists.count(standing.tiles.get(area.pk, NONE)["r"], lamp="r"))


class _Words:
    """What is said of a tile, looked up once for all of them."""

    def __init__(self) -> None:
        self.count = _("%(name)s：%(n)d 件")
        self.rate = _("，每百户 %(n).1f 件")
        self.late = _("，现有 %(n)d 件超时")


def _cell(tile: Tile, top: float, words: _Words) -> dict[str, object]:
    rate, label = tile.per_hundred, words.count % {"name": tile.name, "n": tile.count.n}
    if rate is not None:
        label += words.rate % {"n": rate}
    if tile.overdue.n:
        label += words.late % {"n": tile.overdue.n}
    return {
        "count": tile.count.n,
        "step": heat_step(rate, top),
        "url": tile.count.url,
        "label": label,
        "red": tile.overdue.n > 0,
    }


def _row(block: Block, tile: Tile) -> list[SafeString | str]:
    name = tile.name
    if block.area.pk != tile.area.pk:
        name = f"{block.area.short_name} {name}"
    rate = "—" if tile.per_hundred is None else f"{tile.per_hundred:.1f}"
    return [name, linked(tile.count), rate, linked(tile.overdue)]


def linked(count: Count) -> SafeString:
    """A number that leads to its tickets."""
    return SafeString(f'<a href="{escape(count.url)}">{count.n}</a>')
