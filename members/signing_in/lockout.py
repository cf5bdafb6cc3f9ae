"""Lockout after wrong passwords: which attempts count as the same account, and what the locked-out see.

A browser from which somebody has signed in before carries a signed cookie for that account, and its attempts are
counted apart (OWASP: device cookies). So strangers lock a name for strangers, and its owner goes on at the owner's
own machines; whoever steals such a cookie has five tries with it.
"""

import secrets
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.core import signing
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac

from core.text import plain

COOKIE, SALT = "device", "members.signing_in.lockout"
KEPT_DAYS = 180
MOST_OWNERS = 8
"""Accounts that one browser remembers: a machine in a village hall has several."""
MARK = "|DEVICE:"
"""Between a name and a device: no canonical name has capitals, so nobody can type it."""
OWNER_DIGITS, DEVICE_DIGITS = 16, 16


def canonical(username: str) -> str:
    """One spelling per account: full-width, case and outer space make no other account."""
    return plain(username).strip().casefold()


def canonical_username(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """What attempts are counted under: the account's name, at a device known for it with the device."""
    given = (credentials or {}).get("username") or (request.POST.get("username", "") if request else "")
    name = canonical(str(given))[:150]
    device = device_of(request, name) if request else ""
    return f"{name}{MARK}{device}" if device else name


def counted_as(username: str) -> list[str]:
    """Under which names attempts at an account are counted now."""
    rows = AccessAttempt.objects.filter(Q(username=username) | Q(username__startswith=f"{username}{MARK}"))
    return list(rows.values_list("username", flat=True).distinct())


def device_of(request: HttpRequest, name: str) -> str:
    """The device that the request comes from, if the account `name` has been signed in to there; else empty."""
    return _remembered(request).get(_owner(name), "")


def remember(request: HttpRequest, response: HttpResponse, name: str) -> None:
    """Let the browser carry that `name` has signed in from it; the newest of a few accounts."""
    known = _remembered(request)
    device = known.pop(_owner(name), "") or secrets.token_hex(DEVICE_DIGITS // 2)
    kept = [*known.items()][-(MOST_OWNERS - 1) :]
    response.set_signed_cookie(
        COOKIE,
        "".join(owner + code for owner, code in [*kept, (_owner(name), device)]),
        salt=SALT,
        max_age=KEPT_DAYS * 86400,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def _remembered(request: HttpRequest) -> dict[str, str]:
    try:
        value = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=KEPT_DAYS * 86400) or ""
    except signing.BadSignature:
        return {}
    size = OWNER_DIGITS + DEVICE_DIGITS
    pairs = [value[at : at + size] for at in range(0, len(value), size)]
    return {pair[:OWNER_DIGITS]: pair[OWNER_DIGITS:] for pair in pairs}


def _owner(name: str) -> str:
    return salted_hmac(SALT, name, algorithm="sha256").hexdigest()[:OWNER_DIGITS]


def is_locked(request: HttpRequest) -> bool:
    """Whether the attempt that this request has just made met a lock, or made one."""
    return bool(getattr(request, "axes_locked_out", False))


def locked_out(
    request: HttpRequest, credentials: dict[str, Any] | None = None, *args: Any, **kwargs: Any
) -> HttpResponse:
    """Says the same to the locked, the unknown and the mistyped: which accounts exist stays unknown."""
    return render(request, "members/locked.html", status=429)
