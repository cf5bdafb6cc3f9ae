"""The outer skin of every request: an id for the logs, and errors people can read.

No personal data goes into the log context: no path (it may hold a tracking code), no query, no
address, no name; the route's name says which page it was.
"""

import re
import uuid
from collections.abc import Callable
from time import perf_counter

import structlog
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DataError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from structlog.contextvars import bind_contextvars, clear_contextvars

from core.errors import DomainError
from core.text import seen
from core.web.pages import error_page
from core.web.unavailable import is_unavailable, unavailable_page

GetResponse = Callable[[HttpRequest], HttpResponse]
REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)
QUIET = frozenset({"healthz", "readyz"})

log = structlog.get_logger(__name__)


class RequestContextMiddleware:
    """Gives the request an id, binds it to the log context and returns it as X-Request-ID."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        offered = request.headers.get("X-Request-ID", "")
        request_id = offered if REQUEST_ID.fullmatch(offered) else uuid.uuid4().hex
        clear_contextvars()
        bind_contextvars(request_id=request_id)
        started = perf_counter()
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        route = request.resolver_match.view_name if request.resolver_match else ""
        if route not in QUIET:
            milliseconds = round((perf_counter() - started) * 1000, 1)
            log.info("request", method=request.method, route=route, status=response.status_code, ms=milliseconds)
        clear_contextvars()
        return response


class SeenMiddleware:
    """Takes out of addresses what nobody sees: it comes along with what is pasted, and makes another word of it.

    Of what is posted `core.web.forms` takes it out.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.path_info = seen(request.path_info)
        if "%" in request.META.get("QUERY_STRING", ""):
            request.GET = _seen_in(request.GET)  # type: ignore[assignment]  # as good as the one that cannot be changed
        return self.get_response(request)


def _seen_in(given: QueryDict) -> QueryDict:
    found = given.copy()
    for name, values in given.lists():
        found.setlist(name, [seen(value) for value in values])
    return found


class DomainErrorMiddleware:
    """Renders domain errors and input that no layer below could digest as Chinese 4xx answers."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", "") or "\x00" in request.path:
            return error_page(request, 400, code="nul")
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, DomainError):
            return error_page(request, error.status, error.message, code=error.code)
        if isinstance(error, RequestDataTooBig):
            return error_page(request, 413, code="too_big")
        if is_unavailable(error):
            log.warning("database_unavailable", error=type(error).__name__, exc_info=error)
            return unavailable_page(request)
        if is_bad_input(error):
            log.warning("bad_input", error=type(error).__name__, exc_info=error)
            return error_page(request, 400, code="bad_input")
        return None


def is_bad_input(error: Exception) -> bool:
    """Say whether `error` means that the data, not the program, was wrong."""
    if isinstance(error, SuspiciousOperation | MultiPartParserError | DataError | UnicodeError | OverflowError):
        return True
    return isinstance(error, ValueError) and "NUL (0x00)" in str(error)
