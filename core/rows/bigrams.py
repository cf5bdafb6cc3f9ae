"""Words as pairs of neighbouring characters, by which text is found that knows no blanks.

路灯不亮 is 路灯 灯不 不亮. A word of two or more characters is then a sequence of pairs, found wherever it stands; a
single character is found only where a field begins with it. Letters are found in either case, full and half width
alike, and signs are characters like others. How a database looks for them is `core.rows.wordindex`.
"""

import re
from collections.abc import Iterable, Iterator

from core.text import normal

FIRST, BREAK = "\ue000", "\ue001"
"""Marks (for private use in Unicode) of a beginning, and of a place over which no word reaches."""
LETTERS = re.compile(r"[^\W\d_]{2,}")


def phrases_of(sought: str) -> list[str]:
    """What a row of words must hold for the search `sought`: one phrase for each word of it."""
    return [_pairs(word) if len(word) > 1 else FIRST + word for word in normal(sought).split()]


def single(sought: str) -> bool:
    """Whether a word of the search is one character, which finds beginnings only."""
    return any(len(word) == 1 for word in normal(sought).split())


def text_of(fields: Iterable[str]) -> str:
    """The row of words for these texts."""
    parts = []
    for field in fields:
        words = normal(field).split()
        if words:
            parts += [FIRST + words[0][0], *(f"{_pairs(word)} {BREAK}" for word in words)]
    return " ".join(parts)


def _pairs(word: str) -> str:
    return " ".join(word[at : at + 2] for at in range(max(1, len(word) - 1)))


def rewritten(text: str) -> str:
    """A row of words as it is written today, made of itself; for rows older than a rule of `normal`."""
    return " ".join(_again(text.split(" ")))


def _again(tokens: Iterable[str]) -> Iterator[str]:
    pairs, begins = list[str](), False
    for token in tokens:
        if token == BREAK:
            for word in normal(pairs[0] + "".join(pair[1:] for pair in pairs[1:])).split():
                if begins:
                    yield FIRST + word[0]
                    begins = False
                yield f"{_pairs(word)} {BREAK}"
            pairs = []
        elif token.startswith(FIRST):
            begins = True
        elif "\ue001" < token[:1] <= "\uf8ff":  # a mark of its own
            yield token
        else:
            pairs.append(token)


def pairs_of(text: str) -> set[str]:
    """The pairs of neighbouring letters in a text, without signs and digits."""
    return {run[at : at + 2] for run in LETTERS.findall(normal(text)) for at in range(len(run) - 1)}
