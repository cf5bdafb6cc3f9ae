"""Checks of trail and doors: nobody has touched a row, the chain reaches as far as was told, and somebody links."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import chain as joined
from itertools import islice

from django.conf import settings

from core import clock
from core.days import workdays
from core.doctor import FACTS, WARNINGS, Fact, check
from core.jobs import heartbeat
from core.trust import chain, heads
from gateway import trail_heads
from members.signing_in import profile

MOST_SHOWN = 20
AT_REST = timedelta(minutes=10)
"""After which rows should long be linked, were the engine running."""


@WARNINGS.add
def days_of_the_year_are_known() -> list[str]:
    """Limits of that year would be reckoned by the days off by law and plain weekends."""
    year = workdays.missing_year(clock.today())
    return [f"the official working days of {year} are not entered (/system/calendar/)"] if year else []


FACTS.add(Fact("security profile", profile.facts))


@check("security.profile")
def as_strict_as_its_profile(_fix: bool) -> list[str]:
    return profile.shortfalls()


def tonight(_fix: bool) -> list[str]:
    """The newest rows and one part of the older ones: within weeks every row has had its turn."""
    return _first(chain.faults_tonight(clock.today().toordinal()))


@check("trail.chain", by_night=tonight)
def untouched(_fix: bool) -> list[str]:
    """Cannot be mended: a trail that was changed is a matter for people, not for a program."""
    return _first(chain.faults())


def _first(faults: Iterable[str]) -> list[str]:
    return list(islice(joined(faults, heads.faults()), MOST_SHOWN))


@check("trail.sealing")
def sealed(fix: bool) -> list[str]:
    age = heartbeat.age("seal")
    if age is None or age < AT_REST.total_seconds():
        return []
    count = chain.waiting()
    if fix:
        chain.seal()
    return [f"{count} row(s) wait for a link; nobody has linked for {age / 60:.0f} minutes"] if count else []


@check("trail.heads")
def kept_elsewhere(_fix: bool) -> list[str]:
    """In production the head of the chain goes where the database's owner cannot reach it."""
    if not settings.PRODUCTION or trail_heads.leaves_the_house():
        return []
    return [
        "no head of the trail leaves this machine: set TRAIL_HEADS, or add an endpoint or an auditor's e-mail address"
    ]
