"""Identity numbers of citizens, which the product never stores: found wherever somebody writes one, however spaced.

A number of eighteen digits proves itself by its checksum, one of fifteen by nothing: it is taken for one where province
and day of birth can be right and nothing speaks for another kind of number. Digits may be Chinese numerals, the X a
letter that looks like one, a telephone may be written on to it without a gap. What looks so and is none of them is
worse than a nuisance, for a form refuses it: telephones, bank cards, decimals, and codes of our own (`LOOKALIKES`).
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from core.registry import Registry
from core.text import plain

REFUSAL = _("像是身份证号；本系统不保存身份证号，请删去")
HIDDEN = "〔身份证号〕"
"""Stands where a number stood that must not be kept."""
SHORTEST, OLD, NEW = 15, 15, 18
REGIONS = ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83), (91, 91))
PROVINCES = frozenset(str(code) for first, last in REGIONS for code in range(first, last + 1))
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
BORN = range(1850, 2100)

_HAN = "零〇○◯ 一壹幺弌〡 二贰貳弍〢 三叁參弎〣 四肆〤 五伍〥 六陆陸〦 七柒〧 八捌〨 九玖〩"
NUMERALS = {sign: str(digit) for digit, signs in enumerate(_HAN.split()) for sign in signs}
"""Chinese numerals of one digit, as numbers are read out and written on papers."""
TENS = dict.fromkeys("ХхΧχ×✕✖╳", "X")
"""What stands for the X at the end of a number: letters of other alphabets, signs of multiplication."""
_LIKE_X = str.maketrans(TENS)
_READ_OUT = str.maketrans(NUMERALS)
_HAS_HAN = re.compile(f"[{''.join(NUMERALS)}]")
_SIGN = rf"[\d{''.join(NUMERALS)}]"
ENOUGH = re.compile(rf"(?:{_SIGN}[^{_SIGN[1:]}*){{{SHORTEST - 1}}}{_SIGN}")
STYLED = re.compile("[¹²³⁰⁴-⁹₀-₉①-⒛⓪-⓾㉈-㉟㊱-㊿㋀-㋋㍘-㍰㏠-㏾🄀-🄊]")
"""Signs that become digits in one width and are none before."""
GAP = r"[\s\-_\u2010-\u2015\u2043\u2212\u2e3a\u2e3b\u30fc\ufe58]"
"""Blanks and dashes of every kind, as people group digits with."""
RUN = re.compile(rf"\d(?:{GAP}*\d){{{SHORTEST - 2},}}(?:{GAP}*[\dX])?", re.IGNORECASE)
PARTED = r'(?:[^\w"{}]|_)'
"""What else people part the groups of a number with: looked at only for numbers that prove themselves, or that come in
the groups of an old one.
"""
_BORN = rf"\d\d{PARTED}?\d\d{PARTED}?\d\d"
PARTED_OLD = re.compile(rf"(?<![\d.])\d{{6}}{PARTED}{{1,6}}{_BORN}{PARTED}{{1,6}}\d{{3}}(?!\d|\.\d)")
PARTED_RUN = re.compile(rf"\d(?:{PARTED}*\d){{{NEW - 2},}}(?:{PARTED}*[\dX])", re.IGNORECASE)
TOKEN = re.compile(r"\d+|X", re.IGNORECASE)
MOBILE = re.compile(r"1[3-9]\d{9}\Z")
DECIMAL = re.compile(r"\d\.\Z")
COMPLETE = 7
"""Digits of a number that can stand by itself beside another one."""
CALLED = re.compile(r"(?:\b|_)(?:id|no|nr|sfz|card|idcard|idno)\Z", re.IGNORECASE)

Lookalikes = Callable[[Collection[str]], Collection[str]]
LOOKALIKES: Registry[Lookalikes] = Registry("codes that look like old identity numbers")
"""Each answers which of some numbers of fifteen digits are codes of ours."""


def has_identity_number(text: str) -> bool:
    """Whether an identity number stands anywhere in `text`."""
    return Finder().finds(text)


class Finder:
    """Looks through many texts; what was asked about codes of ours is asked once."""

    def __init__(self) -> None:
        self.ours: dict[str, bool] = {}

    def finds(self, text: str) -> bool:
        if len(text) < SHORTEST or not (ENOUGH.search(text) or STYLED.search(text)):
            return False
        written = plain(text).translate(_LIKE_X)
        if self._finds(written):
            return True
        return bool(_HAS_HAN.search(written)) and self._finds(written.translate(_READ_OUT))

    def _finds(self, written: str) -> bool:
        doubtful = set[str]()
        for run in RUN.finditer(written):
            for number, is_old in _numbers(written, run):
                if not is_old:
                    return True
                doubtful.add(number)
        if any(not is_old for run in PARTED_RUN.finditer(written) for _number, is_old in _numbers(written, run)):
            return True
        parted = (_bare(found[0]) for found in PARTED_OLD.finditer(written))
        doubtful.update(number for number in parted if _is_old(number))
        return any(not self._is_ours(number) for number in doubtful)

    def _is_ours(self, number: str) -> bool:
        if number not in self.ours:
            self.ours[number] = any(number in known([number]) for known in LOOKALIKES)
        return self.ours[number]


def _numbers(text: str, run: re.Match[str]) -> Iterator[tuple[str, bool]]:
    """Identity numbers in a run of digits, and whether they are old ones: of whole groups of digits that follow each
    other, for a longer number is another one.
    """
    groups = [_ascii(found[0]) for found in TOKEN.finditer(run[0])]
    is_decimal = bool(DECIMAL.search(text, max(run.start() - 2, 0), run.start()))
    for first in range(is_decimal, len(groups)):
        number = ""
        for last in range(first, len(groups)):
            number += groups[last]
            if len(number) >= NEW:
                break
            if len(number) == NEW - 1 and last + 1 < len(groups) and groups[last + 1] == "X":
                number += "X"
                break
            if len(number) == OLD and _is_old(number) and _stands_alone(text, run, groups, first, last):
                yield number, True
        if len(number) == NEW and _is_new(number) and not (last > first and MOBILE.match(groups[first])):
            yield number, False
    yield from _glued(groups)


def _glued(groups: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Identity numbers before or behind a mobile number that is written on to them."""
    digits, ends = "".join(groups), [0]
    if len(digits) < OLD + len("13800000000"):
        return
    for group in groups:
        ends.append(ends[-1] + len(group))
    cuts = {at + 11 for at in ends if MOBILE.match(digits[at : at + 11])}
    cuts |= {at - 11 for at in ends if at >= 11 and MOBILE.match(digits[at - 11 : at])}
    for cut in cuts.difference(ends):
        for size, is_one in ((NEW, _is_new), (OLD, _is_old)):
            for first, last in ((cut, cut + size), (cut - size, cut)):
                if first >= 0 and {first, last} & set(ends) and is_one(number := digits[first:last]):
                    yield number, size == OLD


def _bare(text: str) -> str:
    return "".join(_ascii(found[0]) for found in TOKEN.finditer(text))


def _ascii(token: str) -> str:
    return token.upper() if token.isascii() else "".join(str(unicodedata.digit(sign)) for sign in token)


def _is_new(number: str) -> bool:
    if len(number) != NEW or not number[:-1].isdecimal() or not _is_person(number):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, number, strict=False))
    return CHECKS[total % 11] == number[-1]


def is_rounded(number: str) -> bool:
    """Whether a number that a spreadsheet has rounded to fifteen digits was one: its checksum is gone."""
    return len(number) == NEW and number.isdecimal() and _is_person(number)


def _is_person(number: str) -> bool:
    return number[:2] in PROVINCES and _is_day(number[6:10], number[10:12], number[12:14])


def _is_old(number: str) -> bool:
    if len(number) != OLD or not number.isdecimal() or number[:2] not in PROVINCES or len(set(number)) == 1:
        return False
    return _is_day(f"19{number[6:8]}", number[8:10], number[10:12])


def _is_day(year: str, month: str, day: str) -> bool:
    try:
        return date(int(year), int(month), int(day)).year in BORN
    except ValueError:
        return False


def _has_mobile(groups: Sequence[str]) -> bool:
    """A telephone beside a shorter number is no part of a longer one."""
    return len(groups) > 1 and any(MOBILE.match(group) for group in groups)


def _stands_alone(text: str, run: re.Match[str], groups: Sequence[str], first: int, last: int) -> bool:
    """Whether nothing around digits that could be an old number makes them a part, or a sum, of something else."""
    inside, beside = groups[first : last + 1], (*groups[max(first - 1, 0) : first], *groups[last + 1 : last + 2])
    before, after = text[: run.start()][-12:], text[run.end() :][:1]
    if first == 0 and re.search(r"[A-Za-z]\Z", before) and not CALLED.search(before):
        return False
    if last + 1 == len(groups) and re.match(r"[A-Za-z]", after):
        return False
    if len(inside) == 1:
        return True
    sizes = [len(group) for group in inside]
    spoken = [
        "".join(inside[at : at + len(parts)])
        for parts in ((3, 4, 4), (3, 8), (7, 4))
        for at in range(len(sizes))
        if tuple(sizes[at : at + len(parts)]) == parts
    ]
    return not _has_mobile([*inside, *spoken]) and all(len(group) >= COMPLETE for group in beside)
