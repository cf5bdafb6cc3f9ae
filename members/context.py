"""What the frames know of the reader: roles, their names, frame and home. Evaluated only where a template asks."""

from collections.abc import Callable
from functools import cache

from django.http import HttpRequest

from members import navigation
from members.access import scope_for
from members.roles import Role


def navigation_of(request: HttpRequest) -> dict[str, Callable[[], object]]:
    """Callables, so that pages without a frame (errors, residents' pages) cost no query."""

    @cache
    def roles() -> frozenset[str]:
        user = getattr(request, "user", None)
        return scope_for(user).roles if user is not None else frozenset()

    return {
        "roles": roles,
        "frame": lambda: "phone.html" if navigation.is_on_phone(roles()) else "desk.html",
        "role_name": lambda: "、".join(str(role.label) for role in Role if role in roles()),
        "home_link": lambda: navigation.home_for(roles()),
    }
