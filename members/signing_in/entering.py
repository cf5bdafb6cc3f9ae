"""From the right password to a session: at once, or halfway until a second factor is proved.

Halfway nobody is signed in: the session holds who has given the right password, for a few minutes.
"""

from urllib.parse import urlencode

from django.contrib import auth
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from core import clock
from members.models import User
from members.signing_in import doorbook, lockout, resuming

STARTED, SEEN = "started", "seen"
HALF, PROVED = "half", "proved"
HALF_SECONDS = 300
FRESH_SECONDS = 600
"""How long a proof holds for what asks for one anew."""
BACKEND = "django.contrib.auth.backends.ModelBackend"


def let_in(request: HttpRequest, user: User, target: str, *, proof: str = "") -> HttpResponse:
    """Sign in, remember the device, go to `target`; `proof` names the second factor that was proved."""
    with transaction.atomic():  # session, last login and the trail: written to disk once
        auth.login(request, user, backend=BACKEND)
        request.session.pop(HALF, None)
        begin(request.session)
        resuming.own(request, user)
        if proof:
            prove(request.session)
        doorbook.came_in(request, user, **({"proof": proof} if proof else {}))
    response = redirect(onward(request, target))
    lockout.remember(request, response, user.username)
    return response


def onward(request: HttpRequest, target: str) -> str:
    """Where somebody goes who has just done what was asked of them first: past a form that waits, if one does."""
    has_typed = resuming.TYPED in request.session  # shown by the login page, which leads on
    return f"{reverse('members:login')}?{urlencode({'next': target})}" if has_typed else target


def go_halfway(request: HttpRequest, user: User, target: str) -> HttpResponse:
    """The password was right; a code is asked for next."""
    request.session.cycle_key()
    request.session[HALF] = {
        "user": user.pk, "hash": user.get_session_auth_hash(), "at": _now(), "target": target,
    }  # fmt: skip
    return redirect("members:code")


def halfway(request: HttpRequest) -> tuple[User, str] | None:
    """Who has given the right password in this session, and where they wanted to go; None when that is over."""
    half = request.session.get(HALF)
    if not half or _now() - half["at"] >= HALF_SECONDS:
        return None
    user = User.objects.filter(pk=half["user"], is_active=True).first()
    if user is None or user.get_session_auth_hash() != half["hash"]:
        return None
    return user, half["target"]


def begin(session: SessionBase) -> None:
    """Count a session from this moment: somebody has just proved who they are."""
    session[STARTED] = session[SEEN] = _now()


def prove(session: SessionBase) -> None:
    """Note that a second factor was proved at this moment."""
    session[PROVED] = _now()


def has_proved(session: SessionBase) -> bool:
    return PROVED in session


def is_fresh(session: SessionBase) -> bool:
    """Whether the last proof is recent enough for what asks for one anew."""
    at: int | None = session.get(PROVED)
    return at is not None and 0 <= _now() - at < FRESH_SECONDS


def _now() -> int:
    return int(clock.now().timestamp())
