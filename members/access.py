"""Who may see and do what: the one predicate.

A `Post` gives a user a role at an area or a department; `scope_for` gathers today's posts once per
request, and `Scope` turns them into a `Q` for any model that says where it lies. Out of scope is 404
with the bytes of a missing id; in scope but not allowed is 403. Holds no rule about tickets.
"""

from collections.abc import Callable, Collection, Container, Iterator
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, TypeVar, cast

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import BigIntegerField, DateField, Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect

from core import clock
from core.rows.composed import found_by_key
from core.web.submitting import is_from_phone, must_sign_in
from grids.levels import Level
from grids.models import Area
from grids.scope import at_or_below
from members.models import Post, User
from members.roles import SEES, Role

M = TypeVar("M", bound=Model)
View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class BareArea:
    """As much of an area as the condition of a scope is made of."""

    pk: int
    level: str

    @classmethod
    def of(cls, area: Area) -> "BareArea":
        return cls(area.pk, area.level)


@dataclass(frozen=True)
class BarePost:
    """As much of a post: two are the same where they let see and do the same."""

    user_id: int
    role: str
    area: BareArea | None
    department_id: int | None

    @property
    def area_id(self) -> int | None:
        return self.area.pk if self.area else None

    @classmethod
    def of(cls, post: Post) -> "BarePost":
        return cls(post.user_id, post.role, BareArea.of(post.area) if post.area else None, post.department_id)


@dataclass(frozen=True)
class Scope:
    """The active posts of one person, as sets of what they lie at."""

    posts: tuple[Post, ...]

    @cached_property
    def bare(self) -> "Scope":
        """This scope without the rows behind it: equal to every other that sees the same, so it can be a key."""
        return Scope(cast(tuple[Post, ...], tuple(map(BarePost.of, self.posts))))

    def seeing(self, aspect: str) -> "Scope":
        """Only the posts whose role sees `aspect` ("tickets", "households", …)."""
        return Scope(tuple(p for p in self.posts if aspect in SEES[Role(p.role)]))

    def _at(self, level: str) -> frozenset[int]:
        return frozenset(p.area.pk for p in self.posts if p.area is not None and p.area.level == level)

    @property
    def user_id(self) -> int | None:
        """Whose posts these are; None where there are none."""
        return self.posts[0].user_id if self.posts else None

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(p.role for p in self.posts)

    @property
    def counties(self) -> frozenset[int]:
        return self._at(Level.COUNTY)

    @property
    def townships(self) -> frozenset[int]:
        return self._at(Level.TOWNSHIP)

    @property
    def villages(self) -> frozenset[int]:
        return self._at(Level.VILLAGE)

    @property
    def grids(self) -> frozenset[int]:
        return self._at(Level.GRID)

    @property
    def areas(self) -> frozenset[int]:
        return self._at(Level.MICROGRID)

    @property
    def departments(self) -> frozenset[int]:
        return frozenset(p.department_id for p in self.posts if p.department_id is not None)

    def path_q(self, prefix: str = "") -> Q:
        """Rows with path keys that lie under any of these posts' areas; nothing when there is none."""
        keys = {
            "county": self.counties,
            "township": self.townships,
            "village": self.villages,
            "grid": self.grids,
            "area": self.areas,
        }
        q = Q(pk__in=())
        for name, ids in keys.items():
            if ids:
                q |= Q(**{f"{prefix}{name}__in": ids})
        return q

    def tree_q(self) -> Q:
        """Areas at or below these posts' areas, by bounds read in this request."""
        return at_or_below([p.area for p in self.posts if p.area is not None])

    def posts_q(self) -> Q:
        return at_or_below([p.area for p in self.posts if p.area is not None], "area__") | (
            Q(department__isnull=False) if self.counties else Q(pk__in=())
        )


def scope_for(user: User | AnonymousUser) -> Scope:
    """The scope of `user` today: one query, kept on the user object of this request."""
    if not isinstance(user, User) or not user.is_active:
        return Scope(())
    known: Scope | None = getattr(user, "_scope", None)
    if known is None:
        known = Scope(tuple(_held(user=user.pk, day=clock.today())))
        user._scope = known  # type: ignore[attr-defined]  # lives as long as the request's user object
    return known


def reader(request: HttpRequest) -> User:
    """The signed-in person; the guard of the view has let nobody else through."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


@found_by_key(user=BigIntegerField(), day=DateField())
def _held(*, user: Any, day: Any) -> QuerySet[Post]:
    return Post.objects.held(day).filter(user=user).select_related("area", "department__township").order_by("id")


def posts_covering(
    user: User, *, area_ids: Collection[int], department_ids: Container[int | None]
) -> list[tuple[str, str, Post]]:
    """The active posts of `user` at any of these areas or departments: (role, "area"|"department", post)."""
    return list(_covering(scope_for(user), area_ids, department_ids))


def _covering(
    scope: Scope, area_ids: Collection[int], department_ids: Container[int | None]
) -> Iterator[tuple[str, str, Post]]:
    for post in scope.posts:
        if post.area_id is not None and post.area_id in area_ids:
            yield post.role, "area", post
        elif post.department_id is not None and post.department_id in department_ids:
            yield post.role, "department", post


def get_scoped_or_404(user: User | AnonymousUser, model: type[M], **lookup: Any) -> M:
    """The row of `model` if it lies in the user's scope; Http404 otherwise, whatever the reason."""
    try:
        found: M = model._default_manager.visible_to(user).get(**lookup)  # type: ignore[attr-defined]
    except (model.DoesNotExist, ValueError, OverflowError):  # type: ignore[attr-defined]
        raise Http404 from None
    return found


@dataclass(frozen=True)
class Policy:
    """Who may reach a view; `roles` None means any signed-in person, `is_public` anybody."""

    roles: frozenset[str] | None = None
    is_public: bool = False


def public(view: View) -> View:
    view.policy = Policy(is_public=True)  # type: ignore[attr-defined]
    return view


def passive(view: View) -> View:
    """For what a page polls by itself: reaching it does not keep an idle session alive."""
    view.is_passive = True  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    return _guarded(view, Policy())


def allow(*roles: Role) -> Callable[[View], View]:
    """Only holders of an active post with one of `roles`."""
    return lambda view: _guarded(view, Policy(frozenset(r.value for r in roles)))


def _guarded(view: View, policy: Policy) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_login(request)
        if policy.roles is not None and not scope_for(request.user).roles & policy.roles:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    guarded.policy = policy  # type: ignore[attr-defined]
    return guarded


def _to_login(request: HttpRequest) -> HttpResponseBase:
    """To the login page and, for a page, back again; a fragment sends the whole window there. What a phone sends by
    itself it keeps.
    """
    if is_from_phone(request):
        return must_sign_in()
    if request.headers.get("HX-Request") == "true":
        return HttpResponseClientRedirect(resolve_url(settings.LOGIN_URL))
    is_page = request.method in ("GET", "HEAD")
    return redirect_to_login(request.get_full_path() if is_page else resolve_url(settings.LOGIN_REDIRECT_URL))
