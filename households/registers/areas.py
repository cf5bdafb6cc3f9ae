"""Grids as a file that the import of areas reads back: its columns under its own heads, and some beside them to read.

No person is in it. What the import does not set up (divisions from the village up, units) is not in it either.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.files import tables
from core.files.tables import Cell, Column, Table
from core.trust import audit
from grids.levels import Level
from grids.models import Area
from grids.scope import at_or_below, with_parts
from households.imports.fields import AREA_LEVELS, FIELDS, Kind
from households.rules import MOST_EXPORTED
from members.models import User

CELLS: dict[str, tuple[Cell, int]] = {
    "code": (lambda area, now: area.code, 18),
    "name": (lambda area, now: area.name, 24),
    "parent_code": (lambda area, now: area.parent.code, 18),
    "level": (lambda area, now: AREA_LEVELS[area.level], 9),
    "kind": (lambda area, now: area.get_kind_display() if area.kind else "", 11),
    "planned": (lambda area, now: area.planned_households if area.level == Level.GRID else "", 10),
}
"""What each field of the import says of an area, and how wide."""
COLUMNS = (
    *(Column(field.label, *CELLS[field.name]) for field in FIELDS[Kind.AREAS]),
    Column(gettext_lazy("上级名称"), lambda area, now: area.parent.name, 20),
    Column(gettext_lazy("专属类别"), lambda area, now: area.get_purpose_display() if area.purpose else "", 10),
    Column(gettext_lazy("登记户数"), lambda area, now: area.registered_households, 10),
    Column(gettext_lazy("尚未登记的计划户数"), lambda area, now: area.unregistered_households, 18),
    Column(gettext_lazy("下设"), lambda area, now: area.parts or "", 7),
)
"""None of the last has a head that the import knows: 户数 would be read as planned."""


def rows_of(user: User, area: Area) -> QuerySet[Area]:
    """Grids and what they are parted into, in use, in sight, at or below `area`, by code: parents of a level first."""
    seen = Area.objects.visible_to(user).filter(at_or_below([area]), retired_at=None, level__in=AREA_LEVELS)
    return with_parts(seen.select_related("parent")).order_by("code")


def export(*, user: User, area: Area, kind: str, now: datetime) -> Table:
    """The file, on the trail. Raises `tables.TooMany`."""
    table = tables.write(kind, COLUMNS, rows_of(user, area), now, title=_("区域"), most=MOST_EXPORTED[kind])
    with transaction.atomic():
        audit.record("area.exported", area, actor=user, format=kind, count=table.count)
    return table
