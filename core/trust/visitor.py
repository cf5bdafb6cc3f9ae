"""Who comes without an account, as far as limits need to know: a digest of the network address. Never stored plain."""

from django.conf import settings
from django.http import HttpRequest

from core.trust.privacy import blind_index

DIGEST_LENGTH = 32


def address_digest(request: HttpRequest) -> str:
    """A keyed digest of the visitor's address; behind a proxy, of the one that the proxy saw."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        address = request.headers.get("X-Forwarded-For", address).rsplit(",", 1)[-1].strip()
    return blind_index(address)[:DIGEST_LENGTH]
