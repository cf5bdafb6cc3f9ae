"""What experience says about a line, beside its limits. Higher floors append their sources in `AppConfig.ready`.

A source is asked for the code of one grid item and must answer quickly (a bounded query, or from a cache).
"""

from collections.abc import Callable
from dataclasses import dataclass

from duties.models import ListKind


@dataclass(frozen=True)
class Evidence:
    """How long tickets of an item really took: in `days` days, `share` of `count` ended within `minutes`."""

    days: int
    share: float
    minutes: int
    count: int
    text: str


Source = Callable[[str], Evidence | None]
sources: list[Source] = []


def of(kind: str, code: str) -> list[Evidence]:
    """Everything known about a grid item; nothing about the lines of the other lists."""
    if kind != ListKind.GRID_ITEMS:
        return []
    return [found for source in sources if (found := source(code)) is not None]
