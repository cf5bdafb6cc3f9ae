"""Readable, unique numbers: a ticket's is township prefix, year, month and day, serial of the day: ST26-1121-004.

A supervision sheet's counts through the year of its township: ST督〔2026〕012号.
"""

from datetime import date, datetime

from django.db.models import F

from core import clock
from issues.models import NumberSeries


def next_number(township_id: int, now: datetime) -> str:
    """The next ticket number of a township, inside the caller's transaction (locks its series of the day)."""
    day = clock.local(now).date()
    prefix, last = _next(township_id, day, NumberSeries.Kind.TICKET)
    return f"{prefix}{day:%y-%m%d}-{last:03d}"


def next_sheet_number(township_id: int, now: datetime) -> str:
    year = clock.local(now).year
    prefix, last = _next(township_id, date(year, 1, 1), NumberSeries.Kind.SHEET)
    return f"{prefix}督〔{year}〕{last:03d}号"


def _next(township_id: int, day: date, kind: str) -> tuple[str, int]:
    series = NumberSeries.objects.filter(township_id=township_id, day=day, kind=kind)
    if not series.update(last=F("last") + 1):
        fresh = NumberSeries(township_id=township_id, day=day, kind=kind)
        NumberSeries.objects.bulk_create([fresh], ignore_conflicts=True)
        series.update(last=F("last") + 1)
    prefix, last = series.values_list("township__prefix", "last").get()
    return str(prefix), int(last)
