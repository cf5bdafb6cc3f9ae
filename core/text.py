"""What counts as text: no NUL, no control characters, no half surrogates."""

import re

from django.utils.functional import Promise

Text = str | Promise
"""Words for people: said already, or translated when they are shown."""

# C0 without tab and newlines, DEL, C1, lone surrogates, noncharacters of the first plane.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
LINE_BREAKS = re.compile("[\t\n\r\u2028\u2029]")


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
