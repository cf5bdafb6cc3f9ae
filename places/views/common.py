"""What the pages of this app share: who may read, who may change, and forms that count once."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest

from core.races import idempotency
from core.web.forms import IdempotentForm
from members.models import User
from members.roles import Role, who_sees

READERS = who_sees("areas")
PLAN_READERS = tuple(role for role in READERS if role not in (Role.GRID_CHIEF, Role.GRID_WORKER))
"""A plan concerns neighbours as well, whom those of one grid do not see."""
ADMIN = (Role.SYSTEM_ADMIN,)
NAV = {"nav": "areas"}
GET_OR_POST = ["GET", "HEAD", "POST"]


def once(request: HttpRequest, user: User, form: IdempotentForm, act: Callable[[], str]) -> str:
    """Do `act` once however often the form is sent; returns what it returned the first time."""
    with transaction.atomic():
        slot = idempotency.claim(f"user:{user.pk}", form.key, form.data)
        if slot.result is None:
            slot.finish(act())
        return slot.result or ""
