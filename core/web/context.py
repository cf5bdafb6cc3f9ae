"""What every template may know about the installation and the reader's display choices."""

from django.conf import settings
from django.http import HttpRequest

from core.trust.invented import is_demo

BIG_COOKIE = "big"
FOR_KEEPING = "For-Keeping"
"""The header under which `static/js/worker.js` asks for pages that nobody looks at now."""


def site(request: HttpRequest) -> dict[str, object]:
    """Name and help line of the installation, large-type mode, and whether the data is invented.

    A page that a phone fetches to keep it says nothing that is said once: somebody is still to see it.
    """
    said_once: dict[str, object] = {"messages": ()} if FOR_KEEPING in request.headers else {}
    return said_once | {
        "site_name": settings.SITE_NAME,
        "help_phone": settings.HELP_PHONE,
        "big": request.COOKIES.get(BIG_COOKIE) == "1",
        "is_demo": is_demo(),
    }
