"""What the order page offers to choose from: the tiles, and what the resident's words point to. Reads only."""

from collections.abc import Mapping

from core.text import is_clean
from duties.lists.queries import resident_items, resident_tiles
from duties.models import DutyItem, ListVersion
from duties.routing.deciding import NoListInForceError, version_in_force
from issues.learning.suggesting import Suggestion, suggest
from issues.resident.forms import OTHER, WORDS_MAX

KEPT = ("item", "same_as", "words", "where", "name", "phone")
"""What was typed when a resident asks what it may be: nothing of it is placed by that."""


def list_in_force() -> ListVersion | None:
    """The list that is ordered by today, without who made it; None before the first one starts. One query."""
    try:
        return version_in_force()
    except NoListInForceError:
        return None


def offer(
    version: ListVersion, given: Mapping[str, str], *, asks: bool
) -> tuple[list[DutyItem], list[Suggestion] | None]:
    """The items to choose from, and what the words point to where the resident asks (None: not asked).

    Three queries at most. An item that was suggested before may be chosen too; a sensitive one never.
    """
    tiles, chosen = resident_tiles(version), given.get("item", "")
    shown = {tile.code for tile in tiles}
    if not asks and chosen in ("", OTHER, *shown):
        return tiles, None
    items = resident_items(version)
    words = given.get("words", "")[:WORDS_MAX]
    hints = suggest(words, items) if asks and is_clean(words, multiline=True) else []
    more = {hint.item.code for hint in hints} | {chosen}
    return tiles + [item for item in items if item.code in more - shown], hints if asks else None


def pressed(address: Mapping[str, str]) -> dict[str, str]:
    """The tile that an address names, for the list of what is like it nearby; nothing else is filled in by a link."""
    return {"item": address["item"]} if "item" in address else {}


def typed(given: Mapping[str, str]) -> dict[str, str]:
    """What a form that only asked had in it, to be shown again."""
    return {name: given[name] for name in KEPT if name in given and is_clean(given[name], multiline=True)}
