"""Readable, unique ticket numbers: township prefix, year, month and day, serial of the day: ST26-1121-004."""

from datetime import datetime

from django.db.models import F

from core import clock
from issues.models import NumberSeries


def next_number(township_id: int, now: datetime) -> str:
    """The next number of a township, inside the caller's transaction (locks its series of the day)."""
    day = clock.local(now).date()
    series = NumberSeries.objects.filter(township_id=township_id, day=day)
    if not series.update(last=F("last") + 1):
        NumberSeries.objects.bulk_create([NumberSeries(township_id=township_id, day=day)], ignore_conflicts=True)
        series.update(last=F("last") + 1)
    prefix, last = series.values_list("township__prefix", "last").get()
    return f"{prefix}{day:%y-%m%d}-{last:03d}"
