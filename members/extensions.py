"""What higher floors say about people and departments: what they have in hand, and reasons not to retire one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.registry import Registry
from core.text import Text
from members.models import Department, Post, User

RETIRE_GUARDS: Registry[Callable[[Department], str | None]] = Registry("reasons not to retire a department")
"""Each returns Chinese text, or None where nothing stands against it."""


@dataclass(frozen=True)
class Held:
    """One thing in hand, and who takes it over; nobody named where it stays with the unit."""

    what: Text
    to: Text = ""


@dataclass(frozen=True)
class Holdings:
    """How a floor lists what is held and hands it over; what writes runs in the caller's transaction.

    Of a person all of it, or what a post that ends lets them hold; of a department, to its heir.
    """

    moves: frozenset[str]
    """The keys to people and departments that it hands over, as `app.Model.field`."""
    of_person: Callable[[User, Post | None], Sequence[Held]]
    hand_on: Callable[[User, Post | None, User | None], int]
    of_department: Callable[[Department], Sequence[Held]]
    give_to_heir: Callable[[Department, Department, User | None], int]


def _nothing_of(*_asked: object) -> list[Held]:
    return []


def _nothing_passed(*_asked: object) -> int:
    return 0


def of_departments_only(
    moves: frozenset[str],
    listed: Callable[[Department], Sequence[Held]],
    give: Callable[[Department, Department, User | None], int],
) -> Holdings:
    """What is in a department's hands and in no person's."""
    return Holdings(moves, _nothing_of, _nothing_passed, listed, give)


def of_people_only(
    moves: frozenset[str],
    listed: Callable[[User, Post | None], Sequence[Held]],
    give: Callable[[User, Post | None, User | None], int],
) -> Holdings:
    """What is in a person's hands and in no department's."""
    return Holdings(moves, listed, give, _nothing_of, _nothing_passed)


HOLDINGS: Registry[Holdings] = Registry("what people and departments have in hand")


def held_by(user: User, post: Post | None = None) -> list[Held]:
    """What somebody has in hand, under `post` if it is that which ends."""
    return [one for holdings in HOLDINGS for one in holdings.of_person(user, post)]


def hand_on(user: User, post: Post | None, actor: User | None) -> int:
    """Pass on what somebody has in hand; returns how much that was."""
    return sum(holdings.hand_on(user, post, actor) for holdings in HOLDINGS)


def held_by_department(department: Department) -> list[Held]:
    return [one for holdings in HOLDINGS for one in holdings.of_department(department)]


def give_to_heir(department: Department, heir: Department, actor: User | None) -> int:
    return sum(holdings.give_to_heir(department, heir, actor) for holdings in HOLDINGS)
