"""How people of the demo join: an account nobody can sign in to, an invented telephone, a post on one side."""

import random
from datetime import date

from gateway.demo.setting.places import invented_phone, person_name
from grids.models import Area
from members import accounts, posts
from members.models import Department, Side, User
from members.roles import Role


def join(rng: random.Random, username: str, role: Role, place: str, since: date, *, side: Side = Side.A) -> User:
    user = accounts.create_user(
        username=username, name=person_name(rng), phone=invented_phone(rng), password=None, is_demo=True, actor=None
    )
    post(user, role, place, since, side=side)
    return user


def post(user: User, role: Role, place: str, since: date, *, side: Side = Side.A) -> None:
    """Give a post at an area or a department, whichever has this code."""
    area = Area.objects.filter(code=place).first()
    department = None if area else Department.objects.get(code=place)
    posts.assign(user=user, role=role, area=area, department=department, side=side, starts_on=since, actor=None)
