"""How a value becomes text in a cell, and a cell the text that somebody would have typed: one set of rules for every
table that comes in or goes out, workbook or CSV.

Where a rule protects, the stricter of two holds: control characters go, text is cut where nobody would have typed on,
a number that the spreadsheet has rounded is marked instead of passed on with wrong digits, and what begins like a
formula is led by an apostrophe on the way out, which is taken off on the way in. Where a rule only reads, the more
lenient holds: numbers without their `.0`, days in one form, blanks around a text gone, 是 and 否 for truth values.
Line breaks stay where the caller wants texts of several lines, and become blanks where not. Characters that nobody sees
are taken out: they come along when a number is copied out of a chat and make two of what looks the same.

What a table cannot say is never taken for a text: an error value or a formula that nothing has reckoned begins with
FAULT, which no text from outside contains (`core.text.FORBIDDEN`), and `fault_of` says in words what it is. So does an
identity number, which thereby gets no further than the first line that reads it (`without_identity`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from core.text import FORBIDDEN, plain, printable, seen
from core.trust.identity import REFUSAL, SHORTEST, Finder, is_rounded

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
LOST = "≈"
"""Begins a number that the spreadsheet has rounded: no code of nineteen digits survives as a number."""
FAULT = "\ufdd0"
"""Begins a cell that nobody can read."""
FORMULA_FAULT = f"{FAULT}="
IDENTITY_FAULT = f"{FAULT}#"
"""Stands for an identity number: the number itself gets no further than this."""
CLEAR = "清空"
"""A cell that empties what is known; one that is empty says nothing. The same in every language and every table."""
SEEN = 4096
"""Long texts of one table that are remembered: the code of a grid stands in many lines."""
EXACT = 10**15
DIGITS = 15
"""What a spreadsheet keeps of a number."""


@dataclass(frozen=True)
class Cell:
    """Where a text stands, and what was read there."""

    place: str
    said: str

    @property
    def text(self) -> str:
        return "" if self.said.startswith(FAULT) else self.said

    @property
    def is_formula(self) -> bool:
        return self.said == FORMULA_FAULT

    @property
    def fault(self) -> str:
        """What makes it unreadable, in words."""
        return fault_of(self.said)


def clears(text: str) -> bool:
    """Whether a cell says CLEAR, in whatever width and quotes."""
    return CLEAR[0] in text and plain("".join(text.split())).strip("“”\"'[]【】()") == CLEAR


def led(text: str) -> str:
    """Text that no spreadsheet runs: what begins like a formula is led by one more apostrophe."""
    return f"'{text}" if text.lstrip("'").startswith(FORMULA) else text


def unled(text: str) -> str:
    """What `led` was given."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA) else text


def typed(text: str, most: int, *, multiline: bool = False) -> str:
    """A text as somebody typed it, at most one character longer than `most`, so that too long can be told."""
    text = seen(text)
    if multiline:
        clean = FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text.replace("_x000D_", "").replace("\r\n", "\n"))
    else:
        clean = printable(text.replace("_x000D_", ""))
    return unled(clean.strip()[: most + 1])


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


def fault_of(text: str) -> str:
    """What is wrong with a cell that was read so; empty where it can be read."""
    if not text.startswith(FAULT):
        return ""
    if text == FORMULA_FAULT:
        return _("是公式，表里没有存下算出的结果；请在 Excel 或 WPS 里打开后保存一次，或改成值")
    if text == IDENTITY_FAULT:
        return str(REFUSAL)
    return _("是错误值 %(error)s，请改正") % {"error": text.removeprefix(FAULT)}


def shown(text: str) -> str:
    """A cell as it goes back to who sent it: an error value as it stood there, nothing for what was not kept."""
    if not text.startswith(FAULT):
        return text
    return "" if text in (FORMULA_FAULT, IDENTITY_FAULT) else text.removeprefix(FAULT)


def without_identity(finder: Finder, clean: Callable[[str], str]) -> Callable[[str], str]:
    """`clean`, which never lets an identity number through; one that a spreadsheet has rounded is one all the same."""

    @lru_cache(maxsize=SEEN)
    def is_one(said: str) -> bool:
        return is_rounded(said.removeprefix(LOST)) if said.startswith(LOST) else finder.finds(said)

    def cleaned(text: str) -> str:
        said = clean(text)
        return IDENTITY_FAULT if len(said) >= SHORTEST and is_one(said) else said

    return cleaned


def number_text(raw: str) -> str:
    """A number as a workbook stores it."""
    return _number(int(raw) if raw.removeprefix("-").isdecimal() else float(raw))


def _number(value: float) -> str:
    if isinstance(value, int) or value.is_integer():
        return f"{LOST}{value:.0f}" if abs(value) >= EXACT else f"{value:.0f}"
    return f"{value:.{DIGITS}g}"
