"""What asks for a second factor anew: taking away what is not for everybody. A proof holds for ten minutes.

The rule, for every address whose answer is a file or a paper: it asks where it carries many rows (of tickets, sheets,
households, ledgers, of a table that was brought in) or personal data in full (a copy of a household, an agreement with
names). It need not where everybody who is signed in may read the same (published lists, the policies behind them),
where nothing of anybody is in it (forms to fill in, boundaries, pictures of codes), and where it shows no more than the
page does that it hangs on (a photo, a list on paper, masked). `tests/access/test_taking_away.py` finds the addresses.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from members.access import reader
from members.models import User
from members.signing_in import entering, profile, resuming, second_factor

View = Callable[..., HttpResponseBase]
EVERY = frozenset({"GET", "HEAD", "POST"})


def proved(view: View) -> View:
    """Stands below the policy of a view: lets it answer once the person has proved a second factor lately.

    Who has none sets one up first where the profile requires one, and is not asked where it does not. A form that was
    sent too late is kept and comes back after the proof (`resuming`).
    """
    return _guarded(view, EVERY)


def proved_to_send(view: View) -> View:
    """As `proved`, for a page that is masked to look at and takes away what is in full by its button alone."""
    return _guarded(view, frozenset({"POST"}))


def _guarded(view: View, methods: frozenset[str]) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        is_asked = request.method in methods and not entering.is_fresh(request.session)
        page = asked_first(reader(request)) if is_asked else ""
        return _led_to(page, request) if page else view(request, *args, **kwargs)

    guarded.asks_for_proof = methods  # type: ignore[attr-defined]
    return guarded


def _led_to(page: str, request: HttpRequest) -> HttpResponseBase:
    """Off to `page` and back again, with the form that was sent kept meanwhile."""
    here = f"{reverse(page)}?{urlencode({'next': _back(request)})}"
    resuming.know(request, reader(request).pk)
    has_form = request.method == "POST" and resuming.keep(request)
    if request.headers.get("HX-Request") == "true":
        return HttpResponseClientRedirect(here)
    then = _("刚才填的内容已留着，验证后接着填。") if has_form else _("做完再点一次。")
    messages.info(request, _("带走文件之前，请先做第二重验证。") + then)
    return redirect(here)


def asked_first(user: User) -> str:
    """The page that comes before a file; empty when none does."""
    if second_factor.of(user) is not None:
        return "members:prove"
    return "members:factor" if profile.current().factor else ""


def _back(request: HttpRequest) -> str:
    """Where the person was when they asked for the file."""
    came = urlsplit(request.headers.get("Referer", ""))
    is_ours = came.netloc == request.get_host() and came.path.startswith("/")
    return f"{came.path}?{came.query}" if is_ours and came.query else came.path if is_ours else reverse("home")
