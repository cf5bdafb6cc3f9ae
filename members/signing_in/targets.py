"""Where somebody is led after signing in or proving who they are: a path of this site, never another one."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def local(request: HttpRequest, target: str) -> str:
    """`target` if it is a path of this site, else home."""
    is_path = target.startswith("/") and not any(ord(c) < 33 or c == "\\" for c in target)
    is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts=None, require_https=request.is_secure())
    return target if is_path and is_ours else reverse("home")
