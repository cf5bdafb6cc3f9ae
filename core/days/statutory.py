"""法定节假日: the days that are off by law in every year, whatever the State Council arranges around them.

From the `holidays` library: the days of the Regulation on Public Holidays, among them those of the lunar calendar,
without the days that are exchanged for weekends, which nobody knows before they are announced.
"""

from datetime import date
from functools import lru_cache

import holidays


@lru_cache(maxsize=16)
def days_of(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("CN", years=year, observed=False))


def is_off(day: date) -> bool:
    return day in days_of(day.year)
