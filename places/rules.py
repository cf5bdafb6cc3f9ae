"""Every number and choice that the administration of areas goes by. Pure data; no database.

Where they come from: the starter list (`building_head`, `community_worker`, `one_shoulder`, `ab_post`) and the
practice of grids of 300 to 500 households. Shown to administrators in docs/areas.md and docs/administration.md.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

HOUSEHOLDS_A_GRID = (300, 500)
FULL_TIME_A_GRID = 1
HOUSEHOLDS_A_BUILDING_HEAD = 50
COMMUNITY_WORKERS_PER_10000 = 18
PEOPLE_A_HOUSEHOLD = 3
"""How many people a household is reckoned at where households are planned and not registered one by one."""

EVEN, UNEVEN = 1.25, 1.6
"""Largest part over the mean: up to EVEN the parts are alike, beyond UNEVEN the page warns."""

UNDO_WITHIN = timedelta(days=1)
MOST_PARTS = 12
MOST_SOURCES = 12
MOST_LISTED = 2000
MOST_POINTS = 200
STRAGGLERS_AFTER = timedelta(minutes=5)
"""When what was filed while a plan was being carried out is looked for."""

LARGEST_FILE = 20 * 1024 * 1024
MOST_VERTICES = 2000
SLIVER_M2 = 200.0
"""Overlaps and gaps up to this size are the inaccuracy of drawing."""
SLIVER_SHARE = 0.005
"""And up to this share of the smaller area, whichever is more."""


class Line(TextChoices):
    """Lines of work that number the same grid in ways of their own (多格合一)."""

    PARTY = "party", _("党建")
    POLICE = "police", _("警务")
    PEACE = "peace", _("综治")
    CITY = "city", _("城运")


class PlanKind(TextChoices):
    SPLIT = "split", _("拆分")
    DIVIDE = "divide", _("划分微网格")
    MERGE = "merge", _("合并")
    TRANSFER = "transfer", _("划转")
    REGROUP = "regroup", _("重组")


class PlanState(TextChoices):
    DRAFT = "draft", _("草案")
    APPLIED = "applied", _("已实施")
    UNDONE = "undone", _("已撤销")
    DISCARDED = "discarded", _("已作废")


class How(TextChoices):
    """How households are chosen for a part."""

    GROUPS = "groups", _("按组")
    RANGE = "range", _("按门牌段")
    LISTED = "listed", _("按名单")
    OUTLINE = "outline", _("按图上圈画")
    REST = "rest", _("其余全部")


class Parity(TextChoices):
    ANY = "", _("单双号都要")
    ODD = "odd", _("单号")
    EVEN = "even", _("双号")


@dataclass(frozen=True)
class Shape:
    """What a kind of plan does: whether its sources retire, what its targets are."""

    retires: bool
    makes_new: bool
    takes_existing: bool
    goes_below: bool = False
    fewest_targets: int = 1
    most_sources: int = 1


SHAPES: dict[str, Shape] = {
    PlanKind.SPLIT: Shape(retires=True, makes_new=True, takes_existing=False, fewest_targets=2),
    PlanKind.DIVIDE: Shape(retires=False, makes_new=True, takes_existing=False, goes_below=True),
    PlanKind.MERGE: Shape(retires=True, makes_new=False, takes_existing=True, most_sources=MOST_SOURCES),
    PlanKind.TRANSFER: Shape(retires=False, makes_new=False, takes_existing=True),
    PlanKind.REGROUP: Shape(retires=True, makes_new=True, takes_existing=True, most_sources=MOST_SOURCES),
}
