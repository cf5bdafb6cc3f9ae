"""Pinyin initials of list items, stored so that typing "ldbl" finds 路灯不亮."""

import re
from collections.abc import Iterable

NOT_LETTERS = re.compile(r"[^a-z0-9]")
INITIALS_MAX = 300


def initials_of(name: str, aliases: Iterable[str]) -> str:
    """The initials of the name and of each alias, space between; cut at whole words to fit the column."""
    from pypinyin import Style, lazy_pinyin  # its dictionaries take a second to load; readers never need them

    words: list[str] = []
    for text in (name, *aliases):
        letters = "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).lower()
        word = NOT_LETTERS.sub("", letters)
        if word and sum(map(len, words)) + len(words) + len(word) <= INITIALS_MAX:
            words.append(word)
    return " ".join(words)
