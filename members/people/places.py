"""Where a post may be held, found by what an admin types: a code, a name, the beginning of its pinyin."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from core.text import code_of, plain
from grids.levels import Level
from grids.models import Area
from members.models import Department, User
from members.roles import DEPARTMENT, PLACE, Role

MOST = 20
M = TypeVar("M", Area, Department)


@dataclass(frozen=True)
class Place:
    """An area or a department, with the words that tell it from its namesakes."""

    area: Area | None = None
    department: Department | None = None

    @property
    def code(self) -> str:
        return (self.area or self.department).code  # type: ignore[union-attr]  # one of both is set

    @property
    def label(self) -> str:
        if self.area is not None:
            above = self.area.parent
            return f"{self.area.name}（{above.name}）" if above else self.area.name
        return self.department.name if self.department else ""


def find(user: User, role: Role, words: str) -> list[Place]:
    """Places at which `role` may be held and that `words` name; an exact code or name beats the rest.

    An exact code is found at any level, so that the rules of posts can say why it does not fit.
    """
    by_code = _by_code(user, words)
    if by_code:
        return by_code
    if DEPARTMENT in PLACE[role]:
        return [Place(department=row) for row in named_departments(words)]
    return [Place(area=row) for row in named_areas(user, words, PLACE[role])]


def only_place(user: User, role: Role) -> Place | None:
    """The county, for roles that are held nowhere else."""
    if PLACE[role] != {"county"}:
        return None
    found = list(_areas(user).filter(level=Level.COUNTY)[:2])
    return Place(area=found[0]) if len(found) == 1 else None


def named_areas(user: User, words: str, levels: frozenset[str] | None = None) -> list[Area]:
    """At most MOST areas in sight: the one with this code, else those of this name, else those like it."""
    rows, words = _areas(user), plain(words)
    if levels is not None:
        rows = rows.filter(level__in=levels)
    sound = words.lower()
    like = Q(name__contains=words) | Q(initials__startswith=sound) | Q(pinyin__startswith=sound)
    return _first_of(rows.order_by("depth", "code"), Q(code=words), Q(name=words), like)


def named_departments(words: str) -> list[Department]:
    rows = Department.objects.filter(retired_at=None).select_related("township").order_by("township__code", "code")
    words = plain(words)
    like = Q(name__contains=words) | Q(short_name__contains=words)
    return _first_of(rows, Q(code__iexact=words), Q(name=words) | Q(short_name=words), like)


def suggestions(user: User) -> Iterator[tuple[str, str]]:
    """(code, name) of departments, the county and its townships, to offer while typing; villages are searched."""
    levels = (Level.COUNTY, Level.TOWNSHIP)
    yield from _areas(user).filter(level__in=levels).order_by("depth", "code").values_list("code", "name")
    yield from Department.objects.filter(retired_at=None).order_by("code").values_list("code", "name")


def level_words(role: Role) -> str:
    """The levels at which a role is held, in words: 网格或微网格."""
    names = [str(Level(level).label) for level in Level if level in PLACE[role]]
    return _("或").join(names) or _("部门")


def _by_code(user: User, words: str) -> list[Place]:
    words = code_of(words)
    areas = [Place(area=row) for row in Area.objects.visible_to(user).filter(code=words).select_related("parent")]
    return areas or [Place(department=row) for row in Department.objects.filter(code=words)]


def _areas(user: User) -> "QuerySet[Area]":
    return Area.objects.visible_to(user).filter(retired_at=None).select_related("parent")


def _first_of(rows: "QuerySet[M]", *conditions: Q) -> list[M]:
    for condition in conditions:
        found = list(rows.filter(condition)[:MOST])
        if found:
            return found
    return []
