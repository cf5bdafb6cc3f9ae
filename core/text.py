"""What counts as text, and one way to write what people write in many.

No NUL, no control characters, no half surrogates; and nothing that nobody sees, whichever door it came through: forms
(`core.web.forms`), addresses (`core.web.middleware`), tables (`core.files.cells`), verbs.
"""

import re
import unicodedata

from django.utils.functional import Promise

Text = str | Promise
"""Words for people: said already, or translated when they are shown."""

# C0 without tab and newlines, DEL, C1, lone surrogates, noncharacters of the first plane.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
LINE_BREAKS = re.compile("[\t\n\r\u2028\u2029]")

_DRAWN = "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
"""Pictures, and their mark; what joins two of them into one is seen."""
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff"
    "\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
    f"|(?<![{_DRAWN}])[\u200d\ufe0f]|\u200d(?![{_DRAWN}])"
)
"""Joiners, marks of direction, soft hyphens, fillers: they come along when something is copied out of a chat."""


def seen(text: str) -> str:
    """`text` without characters of no width, which make two of what looks the same."""
    return text if text.isascii() else INVISIBLE.sub("", text)


DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2500\ufe58\ufe63\uff0d"
"""Dashes of every kind, as keyboards and spreadsheets put them where a hyphen is meant."""
DOTS = "\u00b7\u0387\u2022\u2027\u2219\u22c5\u25cf\u25e6\u2e31\u2e33\u30fb\uff65\ua78f\u16eb\U00010101"
"""Middle dots of every kind, as they stand within names."""
_DASHES = dict.fromkeys(map(ord, DASHES), "-")
# Signs are written wide, so that no ASCII is left but letters and digits; one dash and one dot stand for all.
_SIGNS = (
    {code: code + 0xFEE0 for code in range(0x21, 0x7F) if not chr(code).isalnum()}
    | dict.fromkeys(map(ord, DASHES), "\uff0d")
    | dict.fromkeys(map(ord, DOTS), DOTS[0])
)


def plain(text: str) -> str:
    """`text` in one width, without what nobody sees."""
    return text if text.isascii() else seen(unicodedata.normalize("NFKC", seen(text)))


def code_of(text: str) -> str:
    """A number or a code as it is kept, however somebody typed it: in one width, in capitals, without blanks."""
    return "".join(plain(text).upper().translate(_DASHES).split())


def normal(text: str) -> str:
    """One way to write words that are looked for: small letters of half width, signs of full width."""
    return plain(text).casefold().translate(_SIGNS)


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
