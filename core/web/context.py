"""What every template may know about the installation and the reader's display choices."""

from django.conf import settings
from django.http import HttpRequest

from core.trust.invented import is_demo

BIG_COOKIE = "big"


def site(request: HttpRequest) -> dict[str, object]:
    """Name and help line of the installation, large-type mode, and whether the data is invented."""
    return {
        "site_name": settings.SITE_NAME,
        "help_phone": settings.HELP_PHONE,
        "big": request.COOKIES.get(BIG_COOKIE) == "1",
        "is_demo": is_demo(),
    }
