"""Numbers of disputes count through the year of a township: ST调〔2026〕003号."""

from datetime import datetime

from core import clock
from core.races.series import advance
from grids.models import Area
from mediation.models import DisputeSeries


def next_number(township_id: int, now: datetime) -> str:
    """The next number of a township, inside the caller's transaction (locks its series of the year)."""
    year = clock.local(now).year
    last = advance(DisputeSeries, township_id=township_id, year=year)
    prefix = Area.objects.values_list("prefix", flat=True).get(pk=township_id)
    return f"{prefix or ''}调〔{year}〕{last:03d}号"
