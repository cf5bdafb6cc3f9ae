"""What the trail says of doors: who came in or went out, who was turned away at the door, and from which page.

A typed name that no account has is kept as a keyed digest only, since people type passwords there too; so is the
address. Names no resident.
"""

from typing import Any

import structlog
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponseBase

from core.trust import audit
from core.trust.privacy import blind_index
from core.trust.visitor import address_digest
from members.models import User

DIGITS = 12
DENIED = {403: "access.denied", 404: "access.not_found"}

log = structlog.get_logger(__name__)


def came_in(request: HttpRequest, user: User, **detail: object) -> None:
    audit.record("signin.done", user, actor=user, address=_address(request), **detail)


def proved(request: HttpRequest, user: User, proof: str) -> None:
    """A second factor was proved anew, before something that asks for it."""
    audit.record("factor.proved", user, actor=user, proof=proof, address=_address(request))


def went_out(user: User, *, why: str) -> None:
    """`why` is "asked" or "expired"."""
    audit.record("signin.left" if why == "asked" else "signin.expired", user, actor=user)


def turned_away(request: HttpRequest, name: str, verb: str = "signin.failed") -> None:
    """Somebody who gave the account `name` (canonical) was not let in; `verb` says why."""
    user = User.objects.filter(username=name).first()
    told = {} if user else {"unknown": blind_index(name)[:DIGITS]}
    audit.record(verb, user, actor=None, address=_address(request), **told)


def _address(request: HttpRequest) -> str:
    return address_digest(request)[:DIGITS]


def note_denial(request: HttpRequest, response: HttpResponseBase) -> None:
    """Put on the trail that somebody signed in asked for what is not theirs, or not there: the two look alike.

    A code that is not there on a page for residents is a resident's affair.
    """
    verb, match = DENIED.get(response.status_code), request.resolver_match
    if verb is None or match is None or not isinstance(request.user, User):
        return
    if response.status_code == 404 and _is_public(match.func):
        return
    at: list[Any] = [str(value) for value in match.kwargs.values()]
    try:
        with transaction.atomic():
            audit.record(verb, None, actor=request.user, page=match.view_name, at=at, method=request.method)
    except DatabaseError as error:
        log.error("denial_not_on_trail", route=match.view_name, error=type(error).__name__)


def _is_public(view: Any) -> bool:
    policy = getattr(view, "policy", None)
    return bool(policy and policy.is_public)
