"""The rules of the special ledgers that a county may want to know or change, each in this one place. Pure."""

from datetime import date, datetime, time, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from core import clock
from core.races.doors import Door, Room

REMIND_DAYS = (3, 0)
"""How many days before its day the owner of a problem, or who answers for a milestone, is reminded."""
REMIND_HOUR = time(8, 30)
SOON = timedelta(days=3)
"""From how many days before its day a lamp is yellow."""
MOST_QUESTIONS = 8
MILESTONES_ASKED = 5
BUILD_AT_ONCE = 3_000
"""Up to how many targets a campaign's list is made while the form is being sent; a longer one is made right after."""
PROPOSALS = Door("propose", device=Room(5, 20), address=Room(10, 2000), place=Room(20, 300))
CODES = Door("code", device=Room(10, 40), address=Room(30, 3000))
"""An hour's proposals, and an hour's wrong codes: how many without the small question, and with it."""
SHOWN_TO_RESIDENTS = timedelta(days=730)
"""How long a village's public page keeps showing a project that is over."""
CODE_LENGTH = 12


class Source(TextChoices):
    """Who found the problem."""

    INSPECTION = "inspection", _("巡察")
    AUDIT = "audit", _("审计")
    SUPERVISION = "supervision", _("督查")
    APPEAL = "appeal", _("信访")
    RESIDENTS = "residents", _("群众反映")
    SELF = "self", _("自查")
    CLINIC = "clinic", _("会诊清查")
    OTHER = "other", _("其他")


class Aim(TextChoices):
    """What a campaign looks at one by one."""

    HOUSEHOLDS = "households", _("逐户")
    GRIDS = "grids", _("逐网格")


def remind_times(day: date, now: datetime) -> list[datetime]:
    """When it is reminded of `day`: on the days before it and on the day, as far as they lie ahead."""
    times = [datetime.combine(day - timedelta(days=n), REMIND_HOUR, clock.COUNTY_TIME) for n in REMIND_DAYS]
    return [at for at in times if at > now]


def lamp_of(day: date | None, today: date) -> str:
    """Red after the day, yellow shortly before it, else blue; unlit without one."""
    if day is None:
        return "n"
    if day < today:
        return "r"
    return "y" if day - today <= SOON else "b"
