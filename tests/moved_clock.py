"""The clock of a whole run, moved: TEST_AT=23:59 is this minute of today in the county, TEST_AT=12-31 this day at noon.

`tests/run.py --at` sets it. The clock goes on from there, and each test begins there anew.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import time_machine

from core import clock

LEAD = timedelta(minutes=10)
"""By how much what tests stand on is older than the moment at which they begin."""


@dataclass
class Moved:
    """The clock of this process; without a moment it is left alone."""

    moment: datetime | None
    travel: Any = field(default=None)
    traveller: Any = field(default=None)

    def start(self) -> None:
        if self.moment:
            self.travel = time_machine.travel(self.moment, tick=True)
            self.traveller = self.travel.start()

    @contextmanager
    def earlier(self) -> Iterator[None]:
        """While a world is built: a test that begins anew at the moment finds nothing that is still to come."""
        if self.traveller:
            self.traveller.move_to(self.moment - LEAD, tick=True)
        yield
        if self.traveller:
            self.traveller.move_to(self.moment, tick=True)

    def pause(self) -> None:
        """The machine's own time, until the next test."""
        if self.traveller:
            self.travel.stop()
            self.traveller = None

    def again(self) -> None:
        """Back to the moment."""
        if self.traveller:
            self.traveller.move_to(self.moment, tick=True)
        else:
            self.start()


def of(asked: str) -> Moved:
    now = clock.local(clock.now())
    if not asked:
        return Moved(None)
    if not (found := re.fullmatch(r"(\d\d)([:-])(\d\d)", asked)):
        raise ValueError(f"TEST_AT is HH:MM or MM-DD, not {asked}")
    first, second = int(found[1]), int(found[3])
    if found[2] == ":":
        return Moved(now.replace(hour=first, minute=second, second=0, microsecond=0))
    return Moved(now.replace(month=first, day=second, hour=12, minute=0, second=0, microsecond=0))


MOVED = of(os.environ.get("TEST_AT", ""))
"""That of this process."""
