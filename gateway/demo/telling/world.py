"""The people and places that a story of the demo draws from."""

import random
from dataclasses import dataclass, replace

from core.files.images import Picture
from duties.models import DutyItem
from grids.models import Area
from members.models import User


@dataclass
class World:
    """The people and places a story draws from."""

    rng: random.Random
    areas: list[Area]
    weights: list[int]
    items: list[DutyItem]
    item_weights: list[int]
    workers: dict[int, list[User]]  # by filing area
    chiefs: dict[int, User]  # by grid
    secretaries: dict[int, User]  # by village
    handlers: dict[int, list[User]]  # by department
    dispatcher: User
    town_leader: User
    county_dispatcher: User
    county_leader: User
    verifier: User
    pictures: list[Picture]

    def choose(self, options: list[str]) -> str:
        return self.rng.choice(options)

    def shots(self, count: int) -> list[Picture]:
        """Drawn scenes, each of which stands for another photo: what looks alike here is not a copy."""
        drawn = self.rng.sample(self.pictures, count)
        band = self.rng.getrandbits
        return [replace(one, look=(band(16), band(16), band(16), band(16))) for one in drawn]

    def happens(self, share: float) -> bool:
        return self.rng.random() < share
