"""Finding lines in a list by word, tab and page, on what was skimmed of them. Pure; no database.

A list has tens to thousands of lines, so this is done here and is the same on both databases.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.text import plain
from duties.shapes.base import Skim

SPACES = re.compile(r"[\s,，、]+")
QUERY_MAX = 50
PAGE_SIZE = 80
BEGINNING = "0"
"""No code; the page after it is the first one."""


@dataclass(frozen=True)
class Match:
    skim: Skim
    rank: int
    alias: str  # the popular name that matched, if that was it


def matches(lines: Iterable[Skim], text: str) -> list[Match]:
    """Lines by code, name, popular name, pinyin initials or department, best first; every word must match."""
    words = [word for word in SPACES.split(plain(text[:QUERY_MAX]).casefold()) if word]
    if not words:
        return [Match(line, 0, "") for line in lines]
    found = [match for line in lines if (match := _match(line, words)) is not None]
    return sorted(found, key=lambda match: (match.rank, match.skim.code))


def _match(line: Skim, words: Sequence[str]) -> Match | None:
    worst, alias = 0, ""
    for word in words:
        rank, found = _rank(line, word)
        if rank is None:
            return None
        worst, alias = max(worst, rank), alias or found
    return Match(line, worst, alias)


def _rank(line: Skim, word: str) -> tuple[int | None, str]:
    """How well one word fits (0 is best) and the popular name that made it fit."""
    code, name = line.code.casefold(), plain(line.name).casefold()
    same = next((alias for alias in line.aliases if word == plain(alias).casefold()), "")
    within = next((alias for alias in line.aliases if word in plain(alias).casefold()), "")
    tests = (
        (0, word == code, ""),
        (1, name.startswith(word), ""),
        (1, bool(same), same),
        (2, word in name, ""),
        (3, bool(within), within),
        (3, code.startswith(word), ""),
        (4, any(initials.startswith(word) for initials in line.initials.split()), ""),
        (5, word in plain(line.owner).casefold(), ""),
    )
    return next(((rank, alias) for rank, fits, alias in tests if fits), (None, ""))


@dataclass(frozen=True)
class Leaf:
    """One page of codes; `next` and `previous` are the codes after which the neighbouring pages begin (None: none)."""

    codes: list[str]
    next: str | None
    previous: str | None


def leaf(codes: Sequence[str], after: str = "", around: str = "") -> Leaf:
    """The page after the code `after`, or the one with the code `around`; the first one otherwise."""
    start = codes.index(after) + 1 if after in codes else 0
    if around in codes:
        start = codes.index(around) // PAGE_SIZE * PAGE_SIZE
    shown = list(codes[start : start + PAGE_SIZE])
    more = start + PAGE_SIZE < len(codes)
    back = codes[start - PAGE_SIZE - 1] if start > PAGE_SIZE else BEGINNING
    return Leaf(shown, shown[-1] if more else None, back if start else None)
