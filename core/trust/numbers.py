"""Telephone and identity numbers in what people write, however they are typed, and how such words look to everybody.

A mobile number is found grouped, in any width, in Chinese numerals and behind a country code; a landline by its area
code; a short number only behind a word that says what it is. Numbers that are public (`PUBLIC`: duty phones of
departments) stay. An identity number, which nothing keeps, gives way to `identity.HIDDEN`.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator

from core.registry import Registry
from core.text import INVISIBLE
from core.trust.identity import HIDDEN, NUMERALS, SHORTEST, TENS, has_identity_number
from core.trust.privacy import mask_phone

FEWEST = 7
"""Digits of the shortest number that is masked."""
MAY_HOLD = re.compile(rf"(?:[\d{''.join(NUMERALS)}⁰-₉①-⓿]\D{{0,3}}){{{FEWEST}}}")
GAP = r"[\s\-_.·•()\u2010-\u2015\u2043\u2212\u30fc]{0,3}"
NOT_BEFORE, NOT_AFTER = r"(?<!\d)(?<!\d\.)", r"(?!\d)"
IDENTITY = re.compile(rf"{NOT_BEFORE}\d(?:{GAP}\d){{13,16}}(?:{GAP}[\dXx])?{NOT_AFTER}")
WIDER = re.compile(rf"\d(?:[^\w\n]{{0,4}}\d){{{SHORTEST - 2},}}(?:[^\w\n]{{0,4}}[\dXx])?")
"""The whole stretch of digits, with a telephone beside the number and whatever parts its groups."""
PHONE = re.compile(
    rf"(?:\+?(?<!\d)(?:0086|86){GAP}|{NOT_BEFORE})"
    rf"(?P<whole>1{GAP}[3-9](?:{GAP}\d){{9}}|0\d\d\d?{GAP}[2-8](?:{GAP}\d){{6,7}}){NOT_AFTER}"
    rf"|(?:电话|座机|手机|号码|联系|致电|拨打|打到|短号)\D{{0,6}}?(?P<short>[2-8](?:-?\d){{6,7}}){NOT_AFTER}"
)
PUBLIC: Registry[Callable[[Collection[str]], Collection[str]]] = Registry("numbers that everybody may read")
"""Each answers which of some numbers (bare digits) are public."""


def shown(text: str) -> str:
    """`text` as everybody may read it: identity numbers gone, telephones masked that are not public."""
    return masked(without_identity(text), spared=_public)


def without_identity(text: str) -> str:
    """`text` with `HIDDEN` in place of each identity number."""
    if not has_identity_number(text):
        return text
    for way in (IDENTITY, WIDER):
        spans = [found.span() for found in way.finditer(_folded(text))]
        found = [(span, HIDDEN) for span in spans if has_identity_number(text[slice(*span)])]
        if found and not has_identity_number(kept := _replaced(text, found)):
            return kept
    return HIDDEN


def masked(text: str, *, spared: Callable[[Collection[str]], Collection[str]] = lambda numbers: ()) -> str:
    """`text` with the middle of each telephone masked, but of those that `spared` answers (bare digits)."""
    if not _may_hold(text):
        return text
    folded = _folded(text)
    found = {span: re.sub(r"\D", "", folded[slice(*span)]) for span in _phones(text, folded)}
    kept = spared(set(found.values())) if found else ()
    return _replaced(text, [(span, mask_phone(number)) for span, number in found.items() if number not in kept])


def numbers_in(text: str) -> list[tuple[str, str]]:
    """The telephones of `text`, each as it looks masked and as it stands there."""
    folded = _folded(text)
    return [(mask_phone(re.sub(r"\D", "", folded[slice(*span)])), text[slice(*span)]) for span in _phones(text, folded)]


def _public(numbers: Collection[str]) -> Collection[str]:
    return {number for known in PUBLIC for number in known(numbers)}


def _may_hold(text: str) -> bool:
    return len(text) >= FEWEST and MAY_HOLD.search(text) is not None


def _phones(text: str, folded: str) -> list[tuple[int, int]]:
    """Where telephones stand, in order: also one in plain digits that a name or a house number in words touches."""
    found = list(_spans(folded))
    if folded is not text:
        apart = "".join("、" if sign in NUMERALS or sign in TENS else folded[at] for at, sign in enumerate(text))
        found += [one for one in _spans(apart) if not any(one[0] < end and start < one[1] for start, end in found)]
    return sorted(found)


def _spans(folded: str) -> Iterator[tuple[int, int]]:
    for match in PHONE.finditer(folded):
        yield match.span("whole" if match["whole"] else "short")


def _folded(text: str) -> str:
    """`text` sign for sign, with a plain digit for whatever is read as one and a blank for what nobody sees."""
    return text if text.isascii() else "".join(map(_plain, text))


def _plain(sign: str) -> str:
    digit = unicodedata.digit(sign, None)
    if digit is not None or sign in NUMERALS:
        return NUMERALS.get(sign, str(digit))
    if INVISIBLE.match(sign):
        return " "
    if sign in TENS:
        return TENS[sign]
    folded = unicodedata.normalize("NFKC", sign)
    return folded if len(folded) == 1 else sign


def _replaced(text: str, spans: list[tuple[tuple[int, int], str]]) -> str:
    for (start, end), instead in reversed(spans):
        text = text[:start] + instead + text[end:]
    return text
