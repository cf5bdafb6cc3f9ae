"""What a dispute is made of before it has a number; `mediation.engine.actions.open_dispute` turns it into one."""

from collections.abc import Sequence
from dataclasses import dataclass

from grids.models import Area, Household
from issues.models import Ticket
from mediation.workflow.rules import Kind, Risk


@dataclass(frozen=True)
class NewParty:
    name: str
    phone: str = ""
    household: Household | None = None


@dataclass(frozen=True)
class NewDispute:
    """A dispute in `area` (a grid or microgrid), opened from `ticket` or without one."""

    area: Area
    kind: Kind
    brief: str
    parties: Sequence[NewParty]
    risk: Risk = Risk.PLAIN
    where: str = ""
    ticket: Ticket | None = None
