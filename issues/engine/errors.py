"""Named refusals of the workflow."""

from typing import ClassVar

from core.errors import Conflict


class StaleTicket(Conflict):
    """Somebody moved the ticket since the page was read; says who and what."""

    code: ClassVar[str] = "stale_ticket"


class AlreadyFired(Conflict):
    """This reminder step was taken by another engine."""

    code: ClassVar[str] = "already_fired"
