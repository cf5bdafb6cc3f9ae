"""Addresses: the queue behind a number, and the board of another area, period or table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property, lru_cache
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


@lru_cache(maxsize=2_000)
def _encoded(conditions: tuple[tuple[str, str], ...]) -> str:
    return urlencode(conditions)


@dataclass(frozen=True)
class Lists:
    """Writes the address of the queue that lists exactly the tickets of `base` and further conditions, in that order.

    No condition is named twice. What is common to many addresses is written once.
    """

    base: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _head(self) -> str:
        return f"{_address('issues:queue')}?{urlencode(self.base)}"

    def _url(self, conditions: Mapping[str, str]) -> str:
        if not conditions:
            return self._head
        return f"{self._head}{'&' if self.base else ''}{_encoded(tuple(conditions.items()))}"

    def narrowed(self, **conditions: str) -> "Lists":
        narrower = Lists({**self.base, **conditions})
        narrower.__dict__["_head"] = self._url(conditions)
        return narrower

    def placed(self, first: date, last: date) -> "Lists":
        return self.narrowed(placed_from=first.isoformat(), placed_to=last.isoformat())

    def count(self, n: int, **conditions: str) -> Count:
        return Count(n, self._url(conditions))

    def metric(self, name: str, counts: Mapping[str, int]) -> Count:
        """The figure of a metric, with the condition its definition names."""
        return Count(counts.get(name, 0), self._url(BY_NAME[name].shown_by))


def board_url(code: str, period: Period, **more: Any) -> str:
    rest = _encoded((*period.query.items(), *more.items()))
    return f"{_address('insights:board')}?{_encoded((('area', code),))}&{rest}"
