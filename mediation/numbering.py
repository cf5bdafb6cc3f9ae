"""Numbers of disputes count through the year of a township: ST调〔2026〕003号."""

from datetime import datetime

from django.db.models import F

from core import clock
from mediation.models import DisputeSeries


def next_number(township_id: int, now: datetime) -> str:
    """The next number of a township, inside the caller's transaction (locks its series of the year)."""
    year = clock.local(now).year
    series = DisputeSeries.objects.filter(township_id=township_id, year=year)
    if not series.update(last=F("last") + 1):
        DisputeSeries.objects.bulk_create([DisputeSeries(township_id=township_id, year=year)], ignore_conflicts=True)
        series.update(last=F("last") + 1)
    prefix, last = series.values_list("township__prefix", "last").get()
    return f"{prefix or ''}调〔{year}〕{last:03d}号"
