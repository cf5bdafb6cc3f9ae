"""Guarded labels: who may know of which, and how they are found without the database knowing them."""

from django.db.models import Q, QuerySet

from core.trust.privacy import blind_index
from grids.models import Household
from households.models import GuardedTag
from households.people import guarded_kinds
from households.rules import GUARDED
from members.access import scope_for
from members.models import User
from members.roles import Role


def guarded_key(kind: str) -> str:
    return blind_index(f"guarded:{kind}")


def shown_to(user: User, household: Household) -> list[GuardedTag]:
    """The guarded labels of a household that `user` may know of."""
    allowed = guarded_kinds(user, household)
    if not allowed:
        return []
    rows = GuardedTag.objects.filter(household=household, kind_index__in=[guarded_key(kind) for kind in allowed])
    return list(rows.select_related("set_by").order_by("pk"))


def kinds_known_to(user: User) -> list[str]:
    """The guarded labels that `user` may know of somewhere."""
    held = scope_for(user).roles
    return [kind for kind, label in GUARDED.items() if label.readers & {Role(role) for role in held}]


def having(rows: QuerySet[Household], user: User, kind: str) -> QuerySet[Household]:
    """Those of `rows` that have the label `kind`, where the user's posts let them know of it."""
    if kind not in kinds_known_to(user):
        return rows.none()
    scope = scope_for(user)
    posts = tuple(post for post in scope.posts if Role(post.role) in GUARDED[kind].readers)
    tagged = GuardedTag.objects.filter(kind_index=guarded_key(kind)).values("household")
    return rows.filter(Q(pk__in=tagged), type(scope)(posts).path_q())
