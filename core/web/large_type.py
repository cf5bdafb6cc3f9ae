"""Large type on or off: a cookie, so it works without an account and without JavaScript.

Owns the cookie and nothing else. The templates read it and set the class on <html>.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from core.web.context import BIG_COOKIE

YEAR_SECONDS = 365 * 24 * 3600


@require_POST
def toggle(request: HttpRequest) -> HttpResponse:
    """Flip the size and go back to the page the button was on; a foreign address leads home instead."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        target = "/"
    response = HttpResponseRedirect(target)
    if request.COOKIES.get(BIG_COOKIE) == "1":
        response.delete_cookie(BIG_COOKIE)
    else:
        response.set_cookie(
            BIG_COOKIE, "1", max_age=YEAR_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure()
        )
    return response
