"""How often an item suggestion is right: on the whole demo history, and on a fifth of it that was not learnt from.

A ticket is right at the first place, or among three, when the item it ended as is suggested there. The demo's people
use the list's own names, so names alone do well on it; "learnt only" leaves the names out of the held-out fifth.
"""

from collections.abc import Callable, Sequence

from core.text import normal
from duties.lists.queries import current
from duties.models import DutyItem
from issues.learning.counting import Told, counted, past
from issues.learning.suggesting import Counts, ranked

FIFTH = 5
Ways = Callable[[str], list[str]]
"""From the words of a ticket to the codes that are suggested."""


def measure() -> dict[str, str]:
    """The rows of the table: right at the first place / among three."""
    version = current()
    items = list(DutyItem.objects.filter(version=version, is_sensitive=False).order_by("code"))
    told = past()
    held, known = told[::FIFTH], [one for n, one in enumerate(told) if n % FIFTH]
    nameless = [_nameless(item) for item in items]
    return {
        "item suggested, names only": _right(told, _by(items, {})),
        f"item suggested, learnt from all {round(len(told), -2):,}": _right(told, _by(items, counted(told))),
        f"item suggested, held out {round(len(held), -2):,}": _right(held, _by(items, counted(known))),
        "item suggested, held out, learnt only": _right(held, _by(nameless, counted(known))),
    }


def _nameless(item: DutyItem) -> DutyItem:
    """The item without any name, so that only what was learnt speaks for it."""
    return DutyItem(pk=item.pk, code=item.code, name="", aliases=[])


def _by(items: Sequence[DutyItem], learnt: Counts) -> Ways:
    return lambda words: [one.item.code for one in ranked(normal(words), items, learnt)]


def _right(told: Sequence[Told], ways: Ways) -> str:
    """92 % / 98 %: right at the first place, and among three."""
    first = among = 0
    for code, words in told:
        found = ways(words)
        first += found[:1] == [code]
        among += code in found
    return f"{first / len(told):.0%} / {among / len(told):.0%}" if told else "–"
