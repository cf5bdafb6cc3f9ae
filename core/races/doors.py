"""Doors that need no account, and how many may come through in an hour: together by device, place and address.

Many honest people stand behind one address (mobile carriers, a village hall), so that an address alone never shuts a
door to a device that has proved itself. Where it is crowded, whoever comes is first asked a small question
(`MustAnswer`); refused is only what no crowd of people does. A right code is never counted as a guess.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from core.errors import DomainError
from core.races import throttle
from core.trust.visitor import Visitor

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Room:
    """How many an hour come in without a question, and how many with one."""

    soft: int
    hard: int


@dataclass(frozen=True)
class Door:
    """One thing that strangers may do."""

    name: str
    device: Room
    address: Room
    place: Room | None = None


class MustAnswer(DomainError):
    """It is crowded: the small question first. `field` is where a form asks it (`core.web.forms.AskingForm`)."""

    status = 422
    code = "must_answer"
    field = "answer"


def knock(door: Door, visitor: Visitor, *, place: str = "", is_answered: bool = False) -> None:
    """Count one who comes. Raises `MustAnswer` where it is crowded, `TooMany` where there is no room."""
    rooms = _rooms(door, visitor, place)
    used = throttle.take_each({name: room.hard for name, room in rooms.items()}, per=HOUR)
    _ask_if_crowded(rooms, {name: n - 1 for name, n in used.items()}, visitor, door, is_answered=is_answered)


def before_a_guess(door: Door, visitor: Visitor, *, is_answered: bool = False) -> None:
    """Whether somebody may say a code now; counts nothing. Raises `MustAnswer`, `TooMany`."""
    rooms = _rooms(door, visitor)
    used = throttle.used(rooms, per=HOUR)
    mine = {name: room for name, room in rooms.items() if not (visitor.device and name == _address(door, visitor))}
    if any(used.get(name, 0) >= room.hard for name, room in mine.items()):
        raise throttle.TooMany(_("查错的次数太多，请一小时后再试，或直接打电话。"))
    _ask_if_crowded(rooms, used, visitor, door, is_answered=is_answered)


def wrong_guess(door: Door, visitor: Visitor) -> None:
    """Count a code that there is not."""
    throttle.take_each({name: room.hard for name, room in _rooms(door, visitor).items()}, per=HOUR)


def _ask_if_crowded(
    rooms: dict[str, Room], used: dict[str, int], visitor: Visitor, door: Door, *, is_answered: bool
) -> None:
    excused = {_address(door, visitor)} if visitor.device else set()
    crowded = any(used.get(name, 0) >= room.soft for name, room in rooms.items() if name not in excused)
    if crowded and not is_answered:
        raise MustAnswer(_("现在提交的人很多，请先答一道小题，再提交一次。"))


def _rooms(door: Door, visitor: Visitor, place: str = "") -> dict[str, Room]:
    found = {_address(door, visitor): door.address}
    if visitor.device:
        found[f"{door.name}:device:{visitor.device}"] = door.device
    if door.place and place:
        found[f"{door.name}:at:{place}"] = door.place
    return found


def _address(door: Door, visitor: Visitor) -> str:
    return f"{door.name}:from:{visitor.address}"
