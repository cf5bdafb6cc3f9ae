"""Where the head of the chain is kept outside the database, so that a trail cut short is found.

A place is a file to which lines are added: one beside the data always, more as `TRAIL_HEADS` names them, on a disk of
another machine or one that can be written once only. Each line: time, position, digest, signature.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog
from django.conf import settings

from core import clock
from core.trust import chain

CODE_DIGITS = 24
"""Hex digits of a digest (96 bits) that people write down and messages carry."""
GROUP = 4
TAIL_BYTES = 400

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Kept:
    """One line of a place."""

    at: str
    position: int
    digest: str


@dataclass(frozen=True)
class Look:
    """A place as it was found; `holds` while its last line agrees with the chain, or there is none."""

    place: Path
    kept: Kept | None
    holds: bool
    error: str = ""


def code_of(head: chain.Head) -> str:
    """What is written down of a head: 12345-9f86d081884c7d659a2feaa0."""
    return f"{head.position}-{head.digest[:CODE_DIGITS]}"


def spelled(head: chain.Head) -> str:
    """The digits of its code in groups of four, to be read aloud."""
    digits = head.digest[:CODE_DIGITS]
    return " ".join(digits[at : at + GROUP] for at in range(0, CODE_DIGITS, GROUP))


def holds(code: str) -> bool:
    """Whether the chain still says what somebody wrote down, however it is spaced. False for what is no code."""
    position, _dash, digits = code.replace(" ", "").lower().partition("-")
    is_code = position.isascii() and position.isdecimal() and len(digits) == CODE_DIGITS
    return is_code and digits.isalnum() and chain.agrees(int(position), digits)


def places() -> list[Path]:
    return [Path(name) for name in settings.TRAIL_HEADS]


def leave() -> int:
    """Add the newest head to every place that has not got it; returns to how many. A place that fails is logged."""
    head = chain.head()
    if head is None:
        return 0
    log.info("trail_head", position=head.position, digest=head.digest)
    line = f"{clock.now().isoformat(timespec='seconds')} {head.position} {head.digest} {head.signature or '-'}\n"
    return sum(_add(place, head, line) for place in places())


def _add(place: Path, head: chain.Head, line: str) -> bool:
    try:
        known = last(place)
        if known is not None and (known.position >= head.position or not _stands(known)):
            return False  # a line that disagrees stays the last, as evidence, until a person moves the file away
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("a") as file:
            file.write(line)
    except OSError as error:
        log.error("trail_head_not_kept", place=place.name, error=type(error).__name__)
        return False
    return True


def last(place: Path) -> Kept | None:
    """The newest line of a place; None when there is none. Raises OSError where it cannot be read."""
    if not place.exists():
        return None
    with place.open("rb") as file:
        file.seek(max(file.seek(0, 2) - TAIL_BYTES, 0))
        lines = file.read().decode(errors="replace").splitlines()
    return next((kept for line in reversed(lines) if (kept := _read(line))), None)


def _read(line: str) -> Kept | None:
    at, _blank, rest = line.partition(" ")
    position, _blank, rest = rest.partition(" ")
    digest = rest.partition(" ")[0]
    return Kept(at, int(position), digest) if position.isdecimal() and len(digest) == 64 else None


def _stands(kept: Kept) -> bool:
    return chain.agrees(kept.position, kept.digest)


def look() -> list[Look]:
    """What every place says, and whether the chain still says the same.

    The last line of a place is enough: none is added unless the one before it still holds.
    """
    return [_look_at(place) for place in places()]


def _look_at(place: Path) -> Look:
    try:
        kept = last(place)
    except OSError as error:
        return Look(place, None, False, type(error).__name__)
    return Look(place, kept, kept is None or _stands(kept))


def faults() -> Iterator[str]:
    """What the places say and the chain does not: rows cut off the end, a chain made anew."""
    for seen in look():
        if seen.error:
            yield f"{seen.place}: cannot be read ({seen.error})"
        elif seen.kept and not seen.holds:
            said = f"said link {seen.kept.position} at {seen.kept.at}"
            yield f"{seen.place}: {said}; the chain does not reach it or says otherwise"
