"""How a value becomes text in a cell, and a cell the text that somebody would have typed: one set of rules for every
table that comes in or goes out, workbook or CSV.

Where a rule protects, the stricter of two holds: control characters go, text is cut where nobody would have typed on,
a number that the spreadsheet has rounded is marked instead of passed on with wrong digits, and what begins like a
formula is led by an apostrophe on the way out, which is taken off on the way in. Where a rule only reads, the more
lenient holds: numbers without their `.0`, days in one form, blanks around a text gone, 是 and 否 for truth values.
Line breaks stay where the caller wants texts of several lines, and become blanks where not.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from core.text import FORBIDDEN, printable

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
LOST = "≈"
"""Begins a number that the spreadsheet has rounded: no code of nineteen digits survives as a number."""
EXACT = 10**15
DIGITS = 15
"""What a spreadsheet keeps of a number."""


@dataclass(frozen=True)
class Cell:
    """Where a text stands, and the text."""

    place: str
    text: str
    is_formula: bool = False


def led(text: str) -> str:
    """Text that no spreadsheet runs: what begins like a formula is led by one more apostrophe."""
    return f"'{text}" if text.lstrip("'").startswith(FORMULA) else text


def unled(text: str) -> str:
    """What `led` was given."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA) else text


def typed(text: str, most: int, *, multiline: bool = False) -> str:
    """A text as somebody typed it, at most one character longer than `most`, so that too long can be told."""
    if multiline:
        plain = FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text.replace("_x000D_", "").replace("\r\n", "\n"))
    else:
        plain = printable(text.replace("_x000D_", ""))
    return unled(plain.strip()[: most + 1])


def read_value(value: Any, most: int, *, multiline: bool = False) -> str:
    """A value of a workbook as somebody would have typed it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m-%d}"
    return typed(str(value), most, multiline=multiline)


def _number(value: float) -> str:
    if isinstance(value, int) or value.is_integer():
        return f"{LOST}{value:.0f}" if abs(value) >= EXACT else f"{value:.0f}"
    return f"{value:.{DIGITS}g}"
