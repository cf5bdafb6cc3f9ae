"""What higher floors add to plans: registers whose rows go along, and who keeps in touch with households."""

from collections.abc import Callable, Collection, Iterable
from operator import attrgetter

from core.registry import Registry
from places.following import Follower

FOLLOWERS: Registry[Follower] = Registry("what goes along when grids are reshaped", key=attrgetter("key"))
KEEPERS: Registry[Callable[[Collection[int]], Iterable[tuple[int, int]]]] = Registry("who keeps in touch")
"""Of some households the pairs (user, household), to tell people of a plan."""
