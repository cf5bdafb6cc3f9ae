"""Querysets that know who may see their rows.

Core does not know posts or areas: the access module named by settings.SCOPE_PROVIDER turns a user
into a scope, and each model turns a scope into a Q through `scope_q`.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Protocol, Self, TypeVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q, QuerySet
from django.utils.module_loading import import_string

M = TypeVar("M", bound=Model, covariant=True)
DEFAULT_PROVIDER = "members.access.scope_for"


class ScopeLike(Protocol):
    """What a model may ask of a scope; the access module's Scope fulfils it."""

    @property
    def user_id(self) -> int | None: ...

    @property
    def departments(self) -> frozenset[int]: ...

    @property
    def townships(self) -> frozenset[int]: ...

    def seeing(self, aspect: str) -> Self:
        """Narrow to the posts whose role sees `aspect`."""

    def path_q(self, prefix: str = "") -> Q:
        """Rows that carry county, township, village and grid keys."""

    def tree_q(self) -> Q:
        """Areas at or below the scope."""

    def posts_q(self) -> Q:
        """Posts at or below the scope."""


@lru_cache(maxsize=1)
def _provider() -> Callable[[Any], Any]:
    found: Callable[[Any], Any] = import_string(getattr(settings, "SCOPE_PROVIDER", DEFAULT_PROVIDER))
    return found


class ScopedQuerySet(QuerySet[M]):
    """Rows of a model with `@classmethod scope_q(cls, scope) -> Q`."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Narrow to the rows this user may see; nobody signed in sees none."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.within(_provider()(user))

    def within(self, scope: ScopeLike) -> Self:
        """Narrow to the rows of a scope."""
        scope_q: Callable[[Any], Q] = self.model.scope_q  # type: ignore[attr-defined]  # the model's promise
        return self.filter(scope_q(scope))
