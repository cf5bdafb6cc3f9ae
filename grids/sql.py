"""The index of the words that households are found by (`core.wordindex`)."""

from collections.abc import Sequence
from typing import Final

from core import wordindex

TABLE: Final = "grids_household"
LAY: Final = wordindex.lay(TABLE, id="id", column="words")
LIFT: Final = wordindex.lift(TABLE, id="id", column="words")


def holding(phrases: Sequence[str]) -> wordindex.Found:
    """Households whose words hold all of these phrases (`core.pairs.phrases_of`)."""
    return wordindex.Found("pk", TABLE, phrases, id="id", column="words", own=True)
