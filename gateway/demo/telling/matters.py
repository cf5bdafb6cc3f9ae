"""What is the matter: believable titles and words for each item of the list, at places where such things happen.

Read from `data/demo_words.yaml`, which says how it is written.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

FILE = Path("data/demo_words.yaml")
SPLIT = "｜"
MARKS = {"乡:": True, "城:": False}
PLACES = {"homes": "{spot}{n}号", "roads": "{spot}，往里约{n}0米", "lanes": "{spot}{n}号对面", "estates": "{spot}{n}座"}
NEARBY = "{spot}往东约{n}0米"
FARTHEST = 28
SHORT = 16
"""Characters of a title that a list shows whole."""


class Lie(StrEnum):
    """How an area lies: in a village, in a residents' community, and of these in the city."""

    VILLAGES = "villages"
    COMMUNITIES = "communities"
    CITY = "city"

    def is_of(self, wanted: str) -> bool:
        """Whether what happens on `wanted` ground only ("" for all) happens here; the city has communities too."""
        return wanted in ("", self) or (self, wanted) == (Lie.CITY, Lie.COMMUNITIES)


@dataclass(frozen=True)
class Line:
    """Some words, and whether they are of villages only, of communities only, or of both (None)."""

    words: str
    rural: bool | None

    @classmethod
    def of(cls, text: str) -> "Line":
        mark = text[:2]
        return cls(text[2:], MARKS[mark]) if mark in MARKS else cls(text, None)

    def fits(self, lie: Lie) -> bool:
        return self.rural is None or self.rural == (lie == Lie.VILLAGES)


@dataclass(frozen=True)
class Matter:
    """One ticket's title, words and place."""

    title: str
    words: str
    where: str


@dataclass(frozen=True)
class Told:
    """What is said about one item."""

    at: str
    ground: str
    spots: list[Line]
    residents: list[Line]
    workers: list[Line]
    done: list[str]

    @property
    def lines(self) -> list[Line]:
        return [*self.residents, *self.workers]


@dataclass(frozen=True)
class Matters:
    """The words of every item by its code."""

    told: dict[str, Told] = field(default_factory=dict)

    @classmethod
    def read(cls) -> "Matters":
        given = yaml.safe_load((Path(settings.BASE_DIR) / FILE).read_text())
        spots = {name: _lines(texts) for name, texts in given["spots"].items()}
        return cls({code: _told(row, spots) for code, row in given["items"].items()})

    def fits(self, code: str, lie: Lie) -> bool:
        return lie.is_of(self.told[code].ground)

    def tell(self, code: str, *, village: str, lie: Lie, by_resident: bool, rng: random.Random) -> Matter:
        """A matter of this item in this village, in the words of who says it.

        Residents place it on the page of their own grid and do not say which village; workers do if it is short.
        """
        told = self.told[code]
        spot = rng.choice(_fitting(told.spots, lie)).words
        title, words = rng.choice(_fitting(told.residents if by_resident else told.workers, lie)).words.split(SPLIT)
        where = PLACES.get(told.at, NEARBY).format(spot=spot, n=rng.randint(1, FARTHEST))
        named = "" if by_resident or len(f"{village}{spot}{title}") > SHORT else village
        return Matter(f"{named}{spot}{title}", words.format(spot=spot), where)

    def done(self, code: str, rng: random.Random) -> str:
        return rng.choice(self.told[code].done)


def _told(row: dict[str, Any], spots: dict[str, list[Line]]) -> Told:
    return Told(
        at=row["at"],
        ground=row.get("ground", ""),
        spots=spots[row["at"]],
        residents=_lines(row["residents"]),
        workers=_lines(row["workers"]),
        done=row["done"],
    )


def _lines(texts: Iterable[str]) -> list[Line]:
    return [Line.of(text) for text in texts]


def _fitting(lines: list[Line], lie: Lie) -> list[Line]:
    return [line for line in lines if line.fits(lie)]
