"""What asks for a second factor anew: taking files away. A proof holds for ten minutes."""

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
from members.signing_in import entering, profile, second_factor

View = Callable[..., HttpResponseBase]


def proved(view: View) -> View:
    """Stands below the policy of a view: lets it answer once the person has proved a second factor lately.

    Who has none sets one up first where the profile requires one, and is not asked where it does not.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        page = "" if entering.is_fresh(request.session) else asked_first(reader(request))
        if not page:
            return view(request, *args, **kwargs)
        here = f"{reverse(page)}?{urlencode({'next': _back(request)})}"
        if request.headers.get("HX-Request") == "true":
            return HttpResponseClientRedirect(here)
        messages.info(request, _("带走文件之前，请先做第二重验证；做完再点一次。"))
        return redirect(here)

    guarded.asks_for_proof = True  # type: ignore[attr-defined]
    return guarded


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
