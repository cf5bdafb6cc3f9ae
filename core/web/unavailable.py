"""When the database is away or somebody has held a lock for too long: 503, try again, and nothing that was typed lost.

A page answers with the form as it was sent, ready to be sent again under the same key; files alone have to be chosen
anew. Where htmx asked, the page in the browser stands as it is. What the program did wrong stays a 500.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from django.core.exceptions import SuspiciousOperation
from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError

from core.web.pages import error_page

RETRY_SECONDS: Final = "5"
AWAY: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
    }
)
"""What SQLite says when it is not the statement that is wrong. PostgreSQL says so by the kind of its error."""
SECRET: Final = frozenset({"password", "current", "new", "again"})
"""Fields whose values are never kept nor said again, whatever becomes of the form (`tests/core/web` finds more)."""
MOST_SHOWN: Final = 200
"""Fields that are given back; what sends more is no form of ours."""
PRIMARY: Final = 0xFF
"""The part of a code of SQLite that says what it is about."""


@dataclass(frozen=True)
class Typed:
    """One value of a form as it was sent."""

    name: str
    value: str

    @property
    def is_words(self) -> bool:
        """Whether somebody would miss it: it is shown, not only sent again."""
        return not self.value.isascii() or " " in self.value


def is_unavailable(error: BaseException | None) -> bool:
    """Whether `error` says that the database cannot be asked now."""
    if not isinstance(error, Error):
        return False
    code = getattr(error.__cause__, "sqlite_errorcode", None)
    if code is not None:
        return int(code) & PRIMARY in AWAY
    return isinstance(error, OperationalError | InterfaceError)


def unavailable_page(request: HttpRequest) -> HttpResponse:
    """503 with what was typed."""
    typed = [] if request.headers.get("HX-Request") == "true" else list(typed_of(request))
    more = {"typed": typed, "had_files": bool(typed and request.FILES), "action": request.get_full_path()}
    response = error_page(request, 503, code="unavailable", more=more)
    response["Retry-After"] = RETRY_SECONDS
    return response


def typed_of(request: HttpRequest) -> Iterator[Typed]:
    """What a form brought; nothing of one with a password, nor of a body that cannot be read."""
    try:
        body = request.POST
    except (OSError, MultiPartParserError, SuspiciousOperation, UnicodeError):
        return
    if not SECRET.isdisjoint(body):
        return
    pairs = ((name, value) for name, values in body.lists() for value in values)
    yield from (Typed(name, str(value)) for name, value in islice(pairs, MOST_SHOWN))
