"""What somebody trying the demo needs to know: accounts, and ids inside and outside each one's scope."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.urls import reverse

from gateway.demo.setting.people import PASSWORD, SECRET, NamedAccount, named_accounts
from grids.models import Area, Household
from issues.models import Ticket
from members.access import scope_for
from members.models import User

R = TypeVar("R", bound=Model)
POOL = 5000
FEW = 5


def describe() -> dict[str, Any]:
    """Accounts, those that need a code beside the password apart, and sample ids; empty without demo accounts."""
    users = {user.username: user for user in User.objects.filter(is_demo=True)}
    here = [one for one in named_accounts() if one.username in users]
    if not here:
        return {}
    return {
        "accounts": [_account(one, users[one.username]) for one in here if not one.factor],
        "with_second_factor": [{**_account(one, users[one.username]), "secret": SECRET} for one in here if one.factor],
        "samples": _samples(),
    }


def _account(named: NamedAccount, user: User) -> dict[str, Any]:
    posts = scope_for(user).posts
    inside = Ticket.objects.visible_to(user)
    homes = Household.objects.visible_to(user)
    return {
        "username": named.username,
        "password": PASSWORD,
        "name": user.name,
        "roles": [str(named.role.label)],
        "role_codes": [named.role.value],
        "area": next((str(p.area) for p in posts if p.area), ""),
        "area_code": next((p.area.code for p in posts if p.area), ""),
        "department": next((str(p.department) for p in posts if p.department), ""),
        "tickets_inside": list(inside.order_by("-id").values_list("number", flat=True)[:FEW]),
        "tickets_outside": list(_outside(inside, "-id").values_list("number", flat=True)[:FEW]),
        "households_inside": list(homes.order_by("code").values_list("code", flat=True)[:FEW]),
        "households_outside": list(_outside(homes, "code").values_list("code", flat=True)[:FEW]),
    }


def _outside(inside: QuerySet[R], order: str) -> QuerySet[R]:
    """Rows that are not among these, looked for at one end: a database that has been grown has millions."""
    every: QuerySet[R] = inside.model._default_manager.order_by(order)
    pool = list(every.values_list("pk", flat=True)[:POOL])
    return every.filter(pk__in=pool).exclude(pk__in=inside.filter(pk__in=pool).values("pk"))


def _samples() -> dict[str, Any]:
    grid = Area.objects.filter(token__isnull=False, household_count__gt=0, code__startswith="440783103229").last()
    track = Ticket.objects.filter(source="order").order_by("-id").values_list("code", flat=True)
    return {
        "order_page": reverse("issues:order", args=[grid.token]) if grid else "",
        "order_grid": grid.name if grid else "",
        "track_codes": list(track[:FEW]),
        "households": list(Household.objects.order_by("code").values_list("code", flat=True)[:FEW]),
        "areas": list(Area.objects.filter(code__startswith="440783103").values_list("code", flat=True)[:FEW]),
    }
