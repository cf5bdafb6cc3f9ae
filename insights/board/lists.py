"""Addresses: the queue behind a number, and the board of another area, period or table."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from insights.board.figures import Count
from insights.counting.metrics import BY_NAME
from insights.counting.period import Period


@cache
def _address(name: str) -> str:
    """Resolved once: a board writes hundreds of addresses."""
    return reverse(name)


@dataclass(frozen=True)
class Lists:
    """Writes the address of the queue that lists exactly the tickets of `base` and further conditions."""

    base: Mapping[str, str] = field(default_factory=dict)

    def narrowed(self, **conditions: str) -> "Lists":
        return replace(self, base={**self.base, **conditions})

    def placed(self, first: date, last: date) -> "Lists":
        return self.narrowed(placed_from=first.isoformat(), placed_to=last.isoformat())

    def count(self, n: int, **conditions: str) -> Count:
        return Count(n, f"{_address('issues:queue')}?{urlencode({**self.base, **conditions})}")

    def metric(self, name: str, counts: Mapping[str, int]) -> Count:
        """The figure of a metric, with the condition its definition names."""
        return self.count(counts.get(name, 0), **BY_NAME[name].shown_by)


def board_url(code: str, period: Period, **more: Any) -> str:
    return f"{_address('insights:board')}?{urlencode({'area': code, **period.query, **more})}"
