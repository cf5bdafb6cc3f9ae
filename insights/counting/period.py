"""The days a board looks at, read from its address, and the same days of the period before.

Pure of the database. What cannot be read becomes a hint in Chinese, never an error.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from issues.finding.conditions import read_day

LONGEST_DAYS = 366
LATELY = timedelta(days=30)
DEFAULT = "lately"
"""What a board begins with: never empty on the first of a month."""
CUSTOM = "custom"
KINDS: Mapping[str, tuple[str | Promise, str | Promise]] = {
    "today": (gettext_lazy("今日"), gettext_lazy("昨日")),
    "week": (gettext_lazy("本周"), gettext_lazy("上周同期")),
    "lately": (gettext_lazy("近 30 天"), gettext_lazy("前 30 天")),
    "month": (gettext_lazy("本月"), gettext_lazy("上月同期")),
    "quarter": (gettext_lazy("本季"), gettext_lazy("上季同期")),
    CUSTOM: (gettext_lazy("自选"), gettext_lazy("前一时段")),
}
"""Word of each kind of period and of what it is compared with."""


@dataclass(frozen=True)
class Period:
    """County days from `first` to `last`, both included, with the days they are compared with."""

    kind: str
    first: date
    last: date
    before_first: date
    before_last: date
    hint: str = ""

    @property
    def label(self) -> str:
        return str(KINDS[self.kind][0])

    @property
    def before_label(self) -> str:
        return str(KINDS[self.kind][1])

    @property
    def query(self) -> dict[str, str]:
        """The parameters that name this period in an address."""
        if self.kind == CUSTOM:
            return {"period": CUSTOM, "from": self.first.isoformat(), "to": self.last.isoformat()}
        return {"period": self.kind}

    @property
    def text(self) -> str:
        """2026年11月1日至22日; the year and month of the end only where they differ."""
        start = _("%(y)d年%(m)d月%(d)d日") % {"y": self.first.year, "m": self.first.month, "d": self.first.day}
        if self.first == self.last:
            return start
        end = {"y": self.last.year, "m": self.last.month, "d": self.last.day}
        if self.last.year != self.first.year:
            return start + _("至%(y)d年%(m)d月%(d)d日") % end
        return start + (_("至%(d)d日") % end if self.last.month == self.first.month else _("至%(m)d月%(d)d日") % end)


def read(params: Mapping[str, str], today: date) -> Period:
    """The period that an address asks for."""
    kind = params.get("period", "") or (CUSTOM if params.get("from") or params.get("to") else DEFAULT)
    if kind == CUSTOM:
        return _custom(params.get("from", ""), params.get("to", ""), today)
    if kind not in KINDS:
        return _running(DEFAULT, today, _("时段看不懂，已改为近 30 天"))
    return _running(kind, today)


def wider(period: Period, today: date) -> Period:
    """A longer period up to today, to look at where `period` shows nothing; after the quarter a year."""
    longer = {"today": "week", "week": "lately", "lately": "quarter", "month": "quarter"}
    if period.kind in longer:
        return _running(longer[period.kind], today)
    return _span(today - timedelta(days=LONGEST_DAYS - 1), today)


def _running(kind: str, today: date, hint: str = "") -> Period:
    """A period that began lately and runs up to today."""
    start, start_before = _starts(kind, today)
    before_last = min(start_before + (today - start), start - timedelta(days=1))
    return Period(kind, start, today, start_before, before_last, hint)


def _starts(kind: str, today: date) -> tuple[date, date]:
    """First day of the running period and of the one before."""
    if kind == "week":
        monday = today - timedelta(days=today.weekday())
        return monday, monday - timedelta(days=7)
    if kind == "lately":
        first = today - LATELY + timedelta(days=1)
        return first, first - LATELY
    if kind == "month":
        first = today.replace(day=1)
        return first, _months_earlier(first, 1)
    if kind == "quarter":
        first = today.replace(month=today.month - (today.month - 1) % 3, day=1)
        return first, _months_earlier(first, 3)
    return today, today - timedelta(days=1)


def _months_earlier(first: date, months: int) -> date:
    month = first.year * 12 + first.month - 1 - months
    return date(month // 12, month % 12 + 1, 1)


def _custom(first_text: str, last_text: str, today: date) -> Period:
    first, last = read_day(first_text), read_day(last_text)
    if not first_text and not last_text:
        lately = _running(DEFAULT, today)
        return _span(lately.first, lately.last)
    if first is None or last is None:
        return _running(DEFAULT, today, _("日期须为 2000 至 2100 年间的年-月-日，已改为近 30 天"))
    if first > last:
        first, last = last, first
    if first > today:
        return _running(DEFAULT, today, _("所选时段还没有到，已改为近 30 天"))
    hint = _("只统计到今天") if last > today else ""
    last = min(last, today)
    if (last - first).days >= LONGEST_DAYS:
        first = last - timedelta(days=LONGEST_DAYS - 1)
        hint = _("一次最多看 %(n)d 天，已从后往前截取") % {"n": LONGEST_DAYS}
    return _span(first, last, hint)


def _span(first: date, last: date, hint: str = "") -> Period:
    """A chosen period is compared with as many days right before it."""
    days = (last - first).days
    before_last = first - timedelta(days=1)
    return Period(CUSTOM, first, last, before_last - timedelta(days=days), before_last, hint)
