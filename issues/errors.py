"""Named refusals of the workflow."""

from collections.abc import Mapping
from typing import ClassVar

from core.errors import Conflict, Denied, Refused


class StaleTicket(Conflict):
    """Somebody moved the ticket since the page was read; says who and what."""

    code: ClassVar[str] = "stale_ticket"


class NotNow(Refused):
    """The ticket's state or a guard forbids the step."""

    code: ClassVar[str] = "not_now"


class NotYours(Denied):
    """The ticket is in sight, but no post of this person may take the step."""

    code: ClassVar[str] = "not_yours"


class Incomplete(Refused):
    """Required fields are missing; `errors` maps field names to messages."""

    code: ClassVar[str] = "incomplete"

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("；".join(errors.values()))
        self.errors = dict(errors)


class AlreadyFired(Conflict):
    """This reminder step was taken by another engine."""

    code: ClassVar[str] = "already_fired"
