"""What counts as text: no NUL, no control characters, no half surrogates."""

import re

from django.utils.functional import Promise

Text = str | Promise
"""Words for people: said already, or translated when they are shown."""

# C0 without tab and newlines, DEL, C1, lone surrogates, noncharacters of the first plane.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
LINE_BREAKS = re.compile("[\t\n\r\u2028\u2029]")

INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Joiners, marks of direction, soft hyphens, fillers: they come along when something is copied out of a chat."""


def seen(text: str) -> str:
    """`text` without characters of no width, which make two of what looks the same."""
    return text if text.isascii() else INVISIBLE.sub("", text)


def is_clean(text: str, *, multiline: bool = True) -> bool:
    """Say whether `text` can be stored and shown; single-line text also has no tab or line break."""
    if text.isprintable():  # the usual case, and quick; of what it refuses some is clean
        return True
    return not FORBIDDEN.search(text) and (multiline or not LINE_BREAKS.search(text))


def printable(text: str) -> str:
    """Return `text` on one line with everything unprintable replaced, so that it cannot forge a log line."""
    if text.isprintable():
        return text
    return LINE_BREAKS.sub(" ", FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text))
