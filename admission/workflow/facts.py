"""What guards of the gate and of the ledger may know of a thing and of who acts on it. Knows no database."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


@dataclass(frozen=True)
class GuardContext:
    """Counts are those of the round of voices that is open."""

    state: StrEnum
    now: datetime
    today: date
    hits_open: int = 0
    towns_said: int = 0
    workers_said: int = 0
    has_said: bool = False  # the actor, or the actor's department, has spoken in this state
    has_objected: bool = False
