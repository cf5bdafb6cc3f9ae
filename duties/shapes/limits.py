"""Checking and comparing limits of different units. Pure; the calendar itself is core.days.calendar."""

import re

from django.utils.translation import gettext as _

from core.days.calendar import Limit

NONE = re.compile(r"0(m|h|wh|wd|d)\Z", re.ASCII)
MINUTES = {"m": 1.0, "h": 60.0, "d": 1440.0, "wd": 2016.0, "wh": 310.0}
"""Nominal calendar minutes of a unit: five working days make a week, 6.5 working hours a working day."""


def problem(notation: object, *, zero_ok: bool = False) -> str | None:
    """Say in Chinese what is wrong with a limit's notation; None when it can be used."""
    if not isinstance(notation, str):
        return _("时限须写成 30m、4wh、3wd 这样的文字")
    if zero_ok and NONE.match(notation):
        return None
    try:
        limit = Limit.parse(notation)
    except ValueError:
        return _("时限“%(text)s”写法不对，应为数字加 m、h、wh、wd 或 d") % {"text": notation[:20]}
    if str(limit) != notation or limit.amount > 9999:
        return _("时限“%(text)s”写法不对，应为数字加 m、h、wh、wd 或 d") % {"text": notation[:20]}
    return None


def nominal_minutes(limit: Limit) -> float:
    """The limit's length in calendar minutes in an ordinary week, for comparing units only."""
    return limit.amount * MINUTES[limit.unit]


def exceeds(limit: Limit, cap: Limit) -> bool:
    return nominal_minutes(limit) > nominal_minutes(cap)
