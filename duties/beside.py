"""What higher floors put beside a list item: links to what it rests on. They append here in their `AppConfig.ready`.

Each source is asked for one reader and the code of one item, and must not show what lies out of the reader's sight.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from members.models import User


@dataclass(frozen=True)
class ItemLink:
    """One thing that a list item rests on; `note` says what is special about it."""

    text: str
    url: str
    note: str = ""


ItemLinkSource = Callable[[User, str], Iterable[ItemLink]]
link_sources: list[ItemLinkSource] = []


def links_of(user: User, code: str) -> list[ItemLink]:
    """What the page of the item links to for this reader."""
    return [link for source in link_sources for link in source(user, code)]
