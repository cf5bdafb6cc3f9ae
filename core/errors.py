"""Errors with a meaning for the person at the screen.

A domain verb raises one of these (or a named child) with a Chinese sentence; a view shows it beside
the form, otherwise `core.web.middleware.DomainErrorMiddleware` renders it as a page with `status`.
"""

from collections.abc import Mapping
from typing import ClassVar


class DomainError(Exception):
    """Something the user asked for cannot be done; `message` says why, in Chinese."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = str(message)


class Refused(DomainError):
    """The request is well formed but its content is not acceptable."""

    status = 422
    code = "refused"


class Conflict(DomainError):
    """Somebody else was faster, or the thing has moved on."""

    status = 409
    code = "conflict"


class Denied(DomainError):
    """In sight, but not this person's to do."""

    status = 403
    code = "denied"


# ---- refusals of a step ----------------------------------------------------------------------------------------------
class NotNow(Refused):
    """The state of the thing or a guard forbids the step."""

    code = "not_now"


class NotYours(Denied):
    """The thing is in sight, but no post of this person may take the step."""

    code = "not_yours"


class Incomplete(Refused):
    """Required fields are missing; `errors` maps field names to messages."""

    code = "incomplete"

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("；".join(errors.values()))
        self.errors = dict(errors)
