"""What happened how many days ago, told in the order of time."""

from collections.abc import Callable, Iterable
from datetime import datetime, time, timedelta

from django.db import transaction

from core import clock
from core.jobs import outbox

Turn = tuple[float, Callable[[], object]]
FROM, UNTIL = time(8, 30), time(18)


def in_order(turns: Iterable[Turn], now: datetime) -> None:
    """Take each turn at its moment, with the notices that it brings."""
    with transaction.atomic():
        for ago, turn in sorted(turns, key=lambda pair: -pair[0]):
            with clock.at(by_day(now - timedelta(days=ago))):
                turn()
                outbox.drain_inline()
    outbox.drain_inline()


def by_day(moment: datetime) -> datetime:
    """The last moment up to this one at which people are about; what came later never comes earlier."""
    there = clock.local(moment)
    if there.time() < FROM:
        there -= timedelta(days=1)
    elif there.time() <= UNTIL:
        return moment
    return there.replace(hour=UNTIL.hour, minute=UNTIL.minute, second=0, microsecond=0)
