"""Lockout after wrong passwords: which attempts count as the same account, and what the locked-out see."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.text import plain


def canonical(username: str) -> str:
    """One spelling per account: full-width, case and outer space make no other account."""
    return plain(username).strip().casefold()


def canonical_username(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    given = (credentials or {}).get("username") or (request.POST.get("username", "") if request else "")
    return canonical(str(given))[:150]


def is_locked(request: HttpRequest) -> bool:
    """Whether the attempt that this request has just made met a lock, or made one."""
    return bool(getattr(request, "axes_locked_out", False))


def locked_out(
    request: HttpRequest, credentials: dict[str, Any] | None = None, *args: Any, **kwargs: Any
) -> HttpResponse:
    """Says the same to the locked, the unknown and the mistyped: which accounts exist stays unknown."""
    return render(request, "members/locked.html", status=429)
