"""What cells of an import say that people write in many ways: telephones, years of birth, counts, codes. Pure.

A parser answers what the register will hold. What it cannot mean is a BadCell and costs the row; what only costs the
cell, or a part of it, is Warned: the row goes in with what could be read, and its reader is told.
"""

import re
from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _

from core.files.cells import LOST
from core.text import plain
from core.trust.keys import MOBILE, dialled
from grids.addresses import tidy


class BadCell(Exception):
    """What is wrong with a cell, in Chinese; never what is in it."""


class Warned(Exception):
    """A cell that was read in part or not at all, while its row is good; says why, in Chinese, never what is in it."""

    def __init__(self, value: str, text: str) -> None:
        super().__init__(text)
        self.value = value


# ---- cells that leave something out ----------------------------------------------------------------------------------
STROKES = re.compile(r"[\s/\\|.·、—\-]+\Z")
OMITTED = frozenset({"无", "没有", "暂无", "不详", "未知", "空", "none", "null", "na", "n/a"})


def says_nothing(cell: str) -> bool:
    """Whether a cell only says that there is nothing to say: a stroke, 无, 不详."""
    text = DASH.sub("-", plain(cell)).strip().lower()
    return bool(STROKES.match(text)) or text in OMITTED


# ---- telephones ------------------------------------------------------------------------------------------------------
DASH = re.compile("[\u2010-\u2015\u2212\u30fc\ufe58\ufe63\u2500\u2014~～]")
NONE = OMITTED | {"", "无电话", "没有电话", "0"}
BY_DAY = re.compile(r"(?:19|20)\d\d-\d{1,2}-\d{1,2}\Z")
"""A day: digits of one make no number."""
ROUNDED = re.compile(r"\d(?:\.\d+)?e\+?\d+\Z")
REMARK = re.compile(r"\([^()\d]*\)|\[[^\[\]\d]*\]|【[^【】\d]*】")
EXTENSION = re.compile(r"(?:转|分机号?|ext\.?|#|x)[-:.\s]*(\d{1,6})")
BY_DASH = re.compile(r"(\(?0\d{2,3}\)?[-\s]?\d{7,8})-(\d{1,6})(?!\d)")
RUN = re.compile(r"\+?\(?\+?\d[\d\s()-]*")
FILLING = re.compile(r"[\s\-()\[\]【】、,;/|\\:.·*+]|tel|phone|mobile|联系|电话|手机|号码?|座机|固话|住宅|家")
NUMBER = re.compile(r"\+?\d{5,15}\Z")


def phone(cell: str) -> str:
    """The digits of the first number; further numbers, extensions and remarks are not kept, and that is said."""
    text = DASH.sub("-", plain(cell)).lower().strip()
    if "".join(re.findall(r"[^\W_]", text)) in NONE:
        return ""
    if ROUNDED.match(text):
        raise Warned("", _("在表格里成了科学计数，后几位已丢失；这一格没有读，其余照常"))
    if BY_DAY.match(text):
        raise Warned("", _("是日期，不是电话号码；这一格没有读，其余照常"))
    bare, ends = EXTENSION.subn("、", BY_DASH.sub(r"\1转\2", REMARK.sub("", text)))
    runs = [number for run in RUN.findall(bare) for number in _numbers(run)]
    numbers = [number for number in runs if NUMBER.match(number)]
    if not numbers:
        raise Warned("", _("读不出电话号码；这一格没有读，其余照常"))
    if len(numbers) > 1:
        raise Warned(numbers[0], _("有不止一个号码，只取了第一个"))
    if ends:
        raise Warned(numbers[0], _("分机号没有保留"))
    if len(runs) > 1 or FILLING.sub("", RUN.sub("", bare)) or REMARK.search(text):
        raise Warned(numbers[0], _("只取了号码，旁边的文字没有保留"))
    return numbers[0]


def _numbers(run: str) -> list[str]:
    """The numbers in a stretch of digits, blanks, dashes and brackets: one, or several that only blanks keep apart."""
    parts = run.split()
    if len(parts) > 1 and (MOBILE.match(dialled(parts[0])) or len(dialled(run)) > 15):
        cut = next(n for n in range(1, len(parts) + 1) if len(dialled("".join(parts[:n]))) >= 7 or n == len(parts))
        if MOBILE.match(dialled("".join(parts[:3]))):
            cut = next(n for n in range(1, 4) if MOBILE.match(dialled("".join(parts[:n]))))
        rest = " ".join(parts[cut:])
        return [dialled("".join(parts[:cut])), *(_numbers(rest) if rest else [])]
    return [dialled(run)]


# ---- counts, years, codes --------------------------------------------------------------------------------------------
WHOLE = re.compile(r"\d+(?:\.0+)?\Z")
COUNTED = re.compile(r"(?:口人|个人|人|口|户)\Z")
DAY = re.compile(
    r"(\d{4})(?:[-/.年](?:(\d{1,2})(?:[-/.月](?:(\d{1,2})[日号]?)?)?)?)?(?:T?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?(?:生|出生)?\Z"
)
DIGITS_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})?\Z")
FIRST_SERIAL, LAST_SERIAL = 2101, 54_788
"""Numbers that a spreadsheet means a day by: from 1905, before which they would be taken for years, until 2049."""
SERIAL_ZERO = date(1899, 12, 30).toordinal()
SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+\d+\Z", re.IGNORECASE)


def number(low: int, high: int) -> Callable[[str], int | None]:
    """A parser of whole numbers within bounds."""

    def parse(cell: str) -> int | None:
        text = COUNTED.sub("", tidy(cell))
        if not text:
            return None
        if not (text.isascii() and WHOLE.match(text) and low <= int(text.partition(".")[0][:9]) <= high):
            raise BadCell(_("应为 %(low)d 到 %(high)d 的整数") % {"low": low, "high": high})
        return int(text.partition(".")[0])

    return parse


def birth_year(cell: str) -> int | None:
    """The year of a year, a month or a day, as people or spreadsheets write it."""
    text = tidy(cell)
    if not text:
        return None
    if not text.isascii() or not WHOLE.match(text):
        return _year(DAY.match(text))
    digits = text.partition(".")[0]
    if len(digits) in (6, 8):
        return _year(DIGITS_DAY.match(digits))
    if len(digits) in (4, 5) and FIRST_SERIAL <= int(digits) <= LAST_SERIAL:
        return date.fromordinal(SERIAL_ZERO + int(digits)).year
    return _year(DAY.match(digits))


def _year(found: re.Match[str] | None) -> int:
    try:
        parts = [int(part or 1) for part in found.groups()] if found else []
        day = date(parts[0], parts[1], parts[2])
    except (ValueError, IndexError):
        day = date.min
    if not 1900 <= day.year <= 2100:
        raise BadCell(_("应为四位的年份或日期，如 1970、1970年1月、1970-01-02"))
    return day.year


def code(length: int) -> Callable[[str], str]:
    """A parser of codes, which are digits and no numbers."""

    def parse(cell: str) -> str:
        if cell.startswith(LOST) or SCIENTIFIC.match(cell):
            raise BadCell(_("编码在 Excel 里成了数值，后几位已失真；请把这一列设为文本，从原表重新粘贴"))
        bare = tidy(cell).strip("'`‘’\"")
        if bare and not (bare.isascii() and bare.isdigit() and len(bare) == length):
            raise BadCell(_("应为 %(n)d 位数字") % {"n": length})
        return bare

    return parse
