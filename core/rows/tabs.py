"""The tabs of a list: named parts of it, each with how many rows it holds. Counts; decides nothing."""

from collections.abc import Callable, Mapping
from typing import Any, TypedDict

from django.db.models import Count, Q, QuerySet

from core.text import Text


class Tab(TypedDict):
    """What `components/tabs.html` shows."""

    url: str
    text: Text
    count: int
    current: bool


def counted_tabs(
    rows: "QuerySet[Any]",
    views: Mapping[str, Text],
    holds: Callable[[str], Q],
    *,
    url: Callable[[str], str],
    current: str,
) -> list[Tab]:
    """A tab for each of `views`, counted among `rows` by what it `holds` (an empty Q holds all): one query."""
    parts = {key: holds(key) for key in views}
    counts = rows.aggregate(**{key: Count("pk", filter=part) if part else Count("pk") for key, part in parts.items()})
    return [Tab(url=url(key), text=text, count=counts[key], current=key == current) for key, text in views.items()]
