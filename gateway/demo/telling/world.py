"""The people and places that a story of the demo draws from."""

import random
from dataclasses import dataclass, replace
from typing import Self

from core.files.images import Picture
from duties.models import DutyItem
from gateway.demo.telling.matters import Lie, Matters
from grids.models import Area
from members.models import User


@dataclass(frozen=True)
class Town:
    """Who decides in a township unit."""

    dispatcher: User
    leader: User
    verifier: User


@dataclass(frozen=True)
class Ground:
    """An area where tickets are filed: its village as people say it, how it lies, and how much happens there."""

    area: Area
    village: str
    lie: Lie
    weight: float


@dataclass
class World:
    """The people and places a story draws from."""

    rng: random.Random
    grounds: list[Ground]
    weights: list[float]
    items: list[DutyItem]
    item_weights: list[float]
    workers: dict[int, list[User]]  # by filing area
    chiefs: dict[int, User]  # by grid
    secretaries: dict[int, User]  # by village
    handlers: dict[int, list[User]]  # by department
    towns: dict[int, Town]
    paces: dict[int, float]  # by village: above one slower than most
    county_dispatcher: User
    county_leader: User
    matters: Matters
    pictures: list[Picture]

    def within(self, prefix: str) -> Self:
        """The same world where things happen only in areas whose codes begin with `prefix`."""
        grounds = [ground for ground in self.grounds if ground.area.code.startswith(prefix)]
        return replace(self, grounds=grounds, weights=[ground.weight for ground in grounds])

    def choose(self, options: list[str]) -> str:
        return self.rng.choice(options)

    def matter(self, item: DutyItem | None = None) -> tuple[Ground, DutyItem]:
        """Where what happens: by how much happens there, and something common on such ground unless `item` is given."""
        while True:
            ground = self.rng.choices(self.grounds, self.weights)[0]
            found = item or self.rng.choices(self.items, self.item_weights)[0]
            if self.matters.fits(found.code, ground.lie):
                return ground, found

    def shots(self, count: int) -> list[Picture]:
        """Drawn scenes, each of which stands for another photo: what looks alike here is not a copy."""
        drawn = self.rng.sample(self.pictures, count)
        band = self.rng.getrandbits
        return [replace(one, look=(band(16), band(16), band(16), band(16))) for one in drawn]

    def happens(self, share: float) -> bool:
        return self.rng.random() < share
