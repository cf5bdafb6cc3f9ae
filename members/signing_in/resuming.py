"""What was typed into a form that could not be taken because its session had ended, or because a proof or a new
password was due first: kept until the same person has signed in or done that, then shown.

Kept encrypted in the session, or in the one that follows the ended one, which knows whose it was: nobody else gets it,
and a visitor whom nothing is known of leaves nothing. Photos and files are not kept; that they were there is.
"""

import json
from dataclasses import dataclass

from django.contrib.auth import logout
from django.http import HttpRequest

from core import clock
from core.trust.privacy import UnreadableField, decrypt, encrypt
from core.web.forms import RESUMED
from core.web.unavailable import SECRET
from members.models import User

WAS, TYPED, KEPT = "was", "typed", "kept"
LONGEST = 64 * 1024
"""Characters of a form that are kept; what is longer is no form of ours."""
LASTS = 30 * 60
"""Seconds after signing in, or after a form was kept while signed in, within which one comes back to it."""
NOT_TYPED = frozenset({"csrfmiddlewaretoken", "idempotency_key", "version", "next", RESUMED})
NOT_SENT_ON = frozenset({"csrfmiddlewaretoken", RESUMED})


@dataclass(frozen=True)
class Typed:
    """A form as it was sent: to which path, names with values, and whether files came along."""

    path: str
    pairs: tuple[tuple[str, str], ...]
    had_files: bool


def end(request: HttpRequest) -> None:
    """Sign out; the session that follows knows who was here."""
    user = request.user
    logout(request)
    if isinstance(user, User):
        know(request, user.pk)


def know(request: HttpRequest, user_id: int) -> None:
    """Note whose session this was, or is."""
    request.session[WAS] = user_id


def keep(request: HttpRequest) -> bool:
    """Keep the form that was sent and not taken; whether there was something to keep."""
    pairs = [(name, str(value)) for name, values in request.POST.lists() for value in values]
    has_words = any(name not in NOT_TYPED for name, _value in pairs) or bool(request.FILES)
    if WAS not in request.session or not has_words or not SECRET.isdisjoint(request.POST):
        return False
    pairs = [pair for pair in pairs if pair[0] not in NOT_SENT_ON]
    said = json.dumps([request.get_full_path(), pairs, bool(request.FILES)])
    if len(said) > LONGEST:
        return False
    request.session[TYPED], request.session[KEPT] = encrypt(said), int(clock.now().timestamp())
    return True


def own(request: HttpRequest, user: User) -> None:
    """Leave to who has just signed in what they typed themselves, and nothing of anybody else's."""
    was = request.session.pop(WAS, None)
    if TYPED in request.session:
        if was == user.pk:
            request.session[WAS] = user.pk
        else:
            del request.session[TYPED]


def give_back(request: HttpRequest) -> None:
    """A form that was kept is on its way back to its page: it is offered no more."""
    if RESUMED in request.POST:
        request.session.pop(TYPED, None)


def typed(request: HttpRequest, since: int) -> Typed | None:
    """The form that waits for its person, signed in at `since`, in seconds of the epoch."""
    sealed, since = request.session.get(TYPED), max(since, request.session.get(KEPT, 0))
    if not sealed or request.session.get(WAS) != request.user.pk or clock.now().timestamp() - since > LASTS:
        return None
    try:
        path, pairs, had_files = json.loads(decrypt(sealed))
    except UnreadableField:
        return None
    return Typed(path, tuple((name, value) for name, value in pairs), had_files)
