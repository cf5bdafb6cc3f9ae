"""Limits of a signed-in session: idle time, absolute age, what must be done first; denials.

Sessions and their times live in the database; nothing here decides who may open which page.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from core import clock
from core.web.submitting import is_foreign, is_from_phone, must_sign_in
from members.access import scope_for
from members.models import User
from members.signing_in import doorbook, profile, resuming
from members.signing_in.entering import SEEN, STARTED, has_proved

OPEN_BEFORE_CHANGE = frozenset({"members:password", "members:logout", "large"})
OPEN_BEFORE_PROOF = OPEN_BEFORE_CHANGE | {"members:factor", "members:prove"}
KEPT_PAGES, KEPT_FOR = "/m/", "Kept-For"
"""Pages that a phone may keep (`static/js/worker.js`), and the header that says for whom; an empty one: for nobody."""
GRAIN_SECONDS = 60  # a session row is written at most once a minute


class DenialMiddleware:
    """Puts what signed-in people were refused on the trail, whoever refused it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        doorbook.note_denial(request, response)
        return response


class SessionLimitsMiddleware:
    """Signs out who was idle or signed in for too long; keeps everybody else's pages out of shared caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if SESSION_KEY in request.session:
            if not response.has_header("Cache-Control"):
                response["Cache-Control"] = "private, no-store"
            if request.path.startswith(KEPT_PAGES) and not response.has_header(KEPT_FOR):
                response[KEPT_FOR] = str(request.session[SESSION_KEY])
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        was = request.session.get(SESSION_KEY)  # asking who it is may end the session
        user = request.user
        if not isinstance(user, User):
            _gone(request, view, was)
            return None
        if is_foreign(request):
            return must_sign_in()
        moment = int(clock.now().timestamp())
        if _is_over(request.session, moment):
            doorbook.went_out(user, why="expired")
            resuming.end(request)
            has_form = _kept(request, view)
            messages.info(
                request,
                _("登录已超时，请重新登录。刚才填的内容已留着，登录后接着填。")
                if has_form
                else _("登录已超时，请重新登录。"),
            )
            return None
        _keep(request.session, moment, is_passive=getattr(view, "is_passive", False))
        first = _first(request, user, view)
        if first:
            if is_from_phone(request):
                return must_sign_in()
            resuming.know(request, user.pk)
            _kept(request, view)
            return redirect(first)
        if not is_from_phone(request):
            resuming.give_back(request)
        return None


def _gone(request: HttpRequest, view: Callable[..., Any], was: str | None) -> None:
    """Nobody is signed in: keep what was sent, also where the session ended at this request, by a new password."""
    if was is not None and SESSION_KEY not in request.session:
        resuming.know(request, int(was))
        messages.info(request, _("您的密码已修改，这里的登录已退出，请用新密码登录。"))
    if _kept(request, view):
        messages.info(request, _("刚才填的内容已留着，登录后接着填。"))


def _first(request: HttpRequest, user: User, view: Callable[..., Any]) -> str:
    """The page that has to be done before any other; empty when none has."""
    if profile.owes_password(user):
        return "" if _is_open(request, view, OPEN_BEFORE_CHANGE) else "members:password"
    is_open = _is_open(request, view, OPEN_BEFORE_PROOF)
    return "members:factor" if not is_open and _owes_proof(request, user) else ""


def _kept(request: HttpRequest, view: Callable[..., Any]) -> bool:
    """Keep what was sent to a page that only who is signed in may reach."""
    policy = getattr(view, "policy", None)
    is_ours = request.method == "POST" and policy is not None and not policy.is_public and not is_from_phone(request)
    return is_ours and resuming.keep(request)


def _owes_proof(request: HttpRequest, user: User) -> bool:
    """Whether the person's roles want a second factor that this session has not seen; costs nothing where none is."""
    if not profile.current().factor or has_proved(request.session):
        return False
    return profile.is_required(scope_for(user).roles)


def _is_over(session: SessionBase, moment: int) -> bool:
    started, seen = session.get(STARTED), session.get(SEEN)
    if started is None or seen is None:
        return False
    return bool(moment - started >= settings.SESSION_ABSOLUTE_SECONDS or moment - seen >= settings.SESSION_IDLE_SECONDS)


def _keep(session: SessionBase, moment: int, *, is_passive: bool) -> None:
    if STARTED not in session:
        session[STARTED] = session[SEEN] = moment
    elif not is_passive and moment - session[SEEN] >= min(GRAIN_SECONDS, settings.SESSION_IDLE_SECONDS // 10):
        session[SEEN] = moment


def _is_open(request: HttpRequest, view: Callable[..., Any], names: frozenset[str]) -> bool:
    policy = getattr(view, "policy", None)
    name = request.resolver_match.view_name if request.resolver_match else ""
    return name in names or (policy is not None and policy.is_public)
