"""Pinyin and initials of place names, for sorting, look-up and ticket prefixes. No database."""

from collections.abc import Iterator
from itertools import product
from string import ascii_uppercase

from pypinyin import lazy_pinyin, load_phrases_dict

READINGS = {
    "马降龙": [["ma"], ["jiang"], ["long"]],
    "陂头咀": [["bei"], ["tou"], ["zui"]],
    "长间": [["chang"], ["jian"]],
    "长塘": [["chang"], ["tang"]],
    "大埔": [["da"], ["bu"]],
    "大埗": [["da"], ["bu"]],
}
"""Local readings that the dictionary gets wrong."""

UNIT_WORDS = ("街道办事处", "街道", "新区", "民族乡", "镇", "乡", "区")
PREFIX_LENGTH = 4

load_phrases_dict(READINGS)


def syllables(name: str) -> list[str]:
    return [s for s in lazy_pinyin(name, errors="ignore") if s.isascii() and s.isalpha()]


def of_place(name: str) -> tuple[str, str]:
    """(pinyin, initials) of a place name, cut to the lengths of their columns."""
    sounds = syllables(name)
    return " ".join(sounds)[:200], "".join(s[0] for s in sounds)[:40]


def prefixes(name: str) -> Iterator[str]:
    """Candidate ticket prefixes of a township, best first: 沙塘镇 → ST, STA, SHT …; endless in practice."""
    bare = name
    for word in UNIT_WORDS:
        if name.endswith(word) and len(name) > len(word) + 1:
            bare = name.removesuffix(word)
            break
    sounds = [s.upper() for s in syllables(bare)][:PREFIX_LENGTH] or ["QU"]
    for length in range(max(2, len(sounds)), PREFIX_LENGTH + 1):
        shares = product(*(range(1, PREFIX_LENGTH + 1) for _ in sounds))
        for share in sorted((s for s in shares if sum(s) == length), reverse=True):
            made = "".join(sound[:n] for sound, n in zip(sounds, share, strict=True))
            if len(made) == length:
                yield made
    stem = "".join(s[0] for s in sounds)[:2]
    for tail in product(ascii_uppercase, repeat=PREFIX_LENGTH - len(stem)):
        yield stem + "".join(tail)
