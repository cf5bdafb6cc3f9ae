"""Who comes without an account, as far as limits need to know: digests of the address and of the device.

A device is known by a cookie that it gets once it has proved itself: it placed an order, said a code that there is, or
answered a question. Neither is ever stored plain.
"""

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from core.trust.privacy import blind_index

DIGEST_LENGTH = 32


def address_digest(request: HttpRequest) -> str:
    """A keyed digest of the visitor's address; behind a proxy, of the one that the proxy saw."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        address = request.headers.get("X-Forwarded-For", address).rsplit(",", 1)[-1].strip()
    return blind_index(address)[:DIGEST_LENGTH]


COOKIE, SALT = "sz_seen", "core.visitor"
REMEMBERED_SECONDS = 180 * 86400


@dataclass(frozen=True)
class Visitor:
    """Two digests; `device` is empty for one that has not proved itself yet."""

    address: str
    device: str = ""


def visitor_of(request: HttpRequest) -> Visitor:
    """Who is asking; a cookie that we did not sign is none."""
    given = request.get_signed_cookie(COOKIE, "", salt=SALT, max_age=REMEMBERED_SECONDS)
    return Visitor(address_digest(request), blind_index(f"device {given}")[:DIGEST_LENGTH] if given else "")


def remember(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let this device, which has just proved itself, be known from now on."""
    if not visitor_of(request).device:
        response.set_signed_cookie(
            COOKIE,
            secrets.token_hex(16),
            salt=SALT,
            max_age=REMEMBERED_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
    return response
