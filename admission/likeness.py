"""How alike two texts are, by pairs of neighbouring characters. Pure."""

import re

from core.text import normal

IGNORED = re.compile(r"[\s\W_]+")


def pairs(text: str) -> frozenset[str]:
    """The pairs of a text without its signs and blanks; a single character is its own."""
    bare = IGNORED.sub("", normal(text))
    return frozenset(bare[at : at + 2] for at in range(max(1, len(bare) - 1))) if bare else frozenset()


def likeness(one: frozenset[str], other: frozenset[str]) -> int:
    """Percent of pairs that two texts share (Dice): 100 for the same text, 0 for nothing in common."""
    if not one or not other:
        return 0
    return round(200 * len(one & other) / (len(one) + len(other)))
