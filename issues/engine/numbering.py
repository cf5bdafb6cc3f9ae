"""Readable, unique numbers: a ticket's is township prefix, year, month and day, serial of the day: ST26-1121-004.

A supervision sheet's counts through the year of its township: ST督〔2026〕012号.
"""

from datetime import date, datetime

from django.db import connection

from core import clock
from issues.models import NumberSeries

_NEXT = """
    INSERT INTO issues_numberseries (township_id, day, kind, last) VALUES (%s, %s, %s, 1)
        ON CONFLICT (township_id, day, kind) DO UPDATE SET last = issues_numberseries.last + 1
    RETURNING (SELECT prefix FROM grids_area WHERE id = township_id), last
"""
"""The same on both engines: the series is made with its first number, and stays locked until the caller commits."""


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
    """One statement, so that who numbers in the same township waits for as little as can be."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [township_id, connection.ops.adapt_datefield_value(day), kind])
        prefix, last = cursor.fetchone()
    return str(prefix), int(last)
