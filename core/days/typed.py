"""Days, moments and times of day as people type them, in whatever width and with whatever signs between the figures.

2026-11-30, 2026/11/30, 2026.11.30, 2026年11月30日, 20261130; after a day 9:30, 9时30分, 9点. What is none of these is
None: nothing is guessed, a year has four figures. Every door reads with these: forms (`core.web.forms`), addresses.
"""

import re
from datetime import date, datetime, time

from core.text import DASHES, plain

_DAY = r"(\d{4})(?:[-/.。年](\d{1,2})[-/.。月](\d{1,2})[日号]?|(\d{2})(\d{2}))"
_TIME = r"(\d{1,2})(?::(\d{1,2})(?::\d{1,2}(?:\.\d+)?)?|[时点](?:(\d{1,2})分?)?)"
DAY = re.compile(_DAY, re.ASCII)
TIME = re.compile(_TIME, re.ASCII)
MOMENT = re.compile(rf"({_DAY})(?:[T,]|(?<=[日号]))({_TIME})", re.ASCII)
SPACED = re.compile(r"(?<=\d)\s+(?=\d)")
"""Blanks that alone keep two numbers apart, as between a day and its time."""
_DASHES = dict.fromkeys(map(ord, DASHES), "-")


def day_of(text: str) -> date | None:
    """The day that `text` names."""
    return _day(_bare(text))


def time_of(text: str) -> time | None:
    """The time of day that `text` names, to the minute."""
    return _time(_bare(text))


def moment_of(text: str) -> datetime | None:
    """The day and time that `text` names, to the minute, by the clock of whoever typed it."""
    found = MOMENT.fullmatch(_bare(text, apart="T"))
    day, at = (_day(found[1]), _time(found[7])) if found else (None, None)
    return datetime.combine(day, at) if day is not None and at is not None else None


def _bare(text: str, apart: str = " ") -> str:
    """In one width, without blanks but for those that alone keep numbers apart, which become `apart`."""
    return "".join(SPACED.sub("\0", plain(text).translate(_DASHES).strip()).split()).replace("\0", apart)


def _day(text: str) -> date | None:
    found = DAY.fullmatch(text)
    try:
        return date(int(found[1]), int(found[2] or found[4]), int(found[3] or found[5])) if found else None
    except ValueError:
        return None


def _time(text: str) -> time | None:
    found = TIME.fullmatch(text)
    try:
        return time(int(found[1]), int(found[2] or found[3] or 0)) if found else None
    except ValueError:
        return None
