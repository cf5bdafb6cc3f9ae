"""Where: the area tree with its log, the links of split and merged areas, and the households.

Area rows are written by `grids.tree` only, their log by `grids.history`; households by `grids.households` only.
"""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from mptt.managers import TreeManager
from mptt.models import MPTTModel, TreeForeignKey

from core.rows.scoping import ScopedQuerySet
from core.trust.privacy import EncryptedTextField
from grids.levels import GRID_LEVELS, GridKind, Level, Purpose, short_name

if TYPE_CHECKING:
    from core.rows.scoping import ScopeLike

SAME_BEGINNING = 2
"""Signs of a name: 红岭村网格 and 红岭村1号微网格 are both of 红岭."""


class AreaQuerySet(ScopedQuerySet["Area"]):
    def in_use(self) -> Self:
        return self.filter(retired_at__isnull=True)


class Area(MPTTModel):
    """A node of the tree county → township → village → grid → microgrid.

    `household_count` is the number of active households at or below the area; a grid without any
    household rows counts its `planned_households` instead (`grids.counting`). `unregistered_households` is the part of
    it that is only planned: pages say the two apart (`households_said`) and never their sum.
    """

    code = models.CharField(_("代码"), max_length=15, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    level = models.CharField(_("层级"), max_length=12, choices=Level.choices)
    parent = TreeForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    kind = models.CharField(_("网格类型"), max_length=8, choices=GridKind.choices, blank=True)
    purpose = models.CharField(_("专属类别"), max_length=8, choices=Purpose.choices, blank=True)
    prefix = models.CharField(_("工单号前缀"), max_length=4, null=True, blank=True, unique=True)
    token = models.CharField(_("点单码"), max_length=16, null=True, blank=True, unique=True)
    household_count = models.PositiveIntegerField(_("户数"), default=0)
    planned_households = models.PositiveIntegerField(_("计划户数"), default=0)
    unregistered_households = models.PositiveIntegerField(_("其中尚未登记的计划户数"), default=0)
    pinyin = models.CharField(max_length=200, blank=True)
    initials = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(_("设立时间"))
    retired_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    if TYPE_CHECKING:  # django-mptt ships no types
        objects = AreaQuerySet.as_manager()
    else:
        objects = TreeManager.from_queryset(AreaQuerySet)()

    class MPTTMeta:
        level_attr = "depth"

    class Meta:
        verbose_name = verbose_name_plural = _("区域")
        constraints = [
            models.CheckConstraint(
                name="area_county_is_the_only_root",
                condition=Q(level=Level.COUNTY, parent__isnull=True)
                | (~Q(level=Level.COUNTY) & Q(parent__isnull=False)),
            ),
            models.CheckConstraint(
                name="area_token_on_grids_only", condition=Q(token__isnull=True) | Q(level__in=GRID_LEVELS)
            ),
            models.CheckConstraint(
                name="area_plan_on_grids_only", condition=Q(planned_households=0) | Q(level=Level.GRID)
            ),
        ]
        indexes = [
            # tree table: children of a node in code order
            models.Index(fields=["parent", "code"], name="area_parent_code"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def short_name(self) -> str:
        """The name as people say it: 丽新村委会 → 丽新村, 沙塘墟社区居委会 → 沙塘墟社区."""
        return short_name(self.name, self.level)

    @property
    def registered_households(self) -> int:
        """Households at or below it that are registered one by one."""
        return self.household_count - self.unregistered_households

    @property
    def households_said(self) -> str:
        """登记 270 户, 计划 320 户 or both beside each other."""
        registered = _now("登记 %(n)d 户") % {"n": self.registered_households}
        planned = _now("计划 %(n)d 户") % {"n": self.unregistered_households}
        if not self.unregistered_households:
            return registered
        return f"{registered}、{planned}" if self.registered_households else planned

    @property
    def place_name(self) -> str:
        """The name with what it lies in, unless it begins so: 沙塘镇红岭村, 红岭村1号微网格. Reads its parent."""
        above, name = self.parent, self.short_name
        if above is None or above.level == Level.COUNTY or name.startswith(above.short_name[:SAME_BEGINNING]):
            return name
        return f"{above.short_name}{name}"

    @property
    def is_grid(self) -> bool:
        return self.level in GRID_LEVELS

    @classmethod
    def scope_q(cls, scope: "ScopeLike") -> Q:
        """Areas at or below the posts whose role sees areas."""
        return scope.seeing("areas").tree_q()


class AreaVerb(models.TextChoices):
    ADDED = "added", _("设立")
    RENAMED = "renamed", _("改名")
    KIND = "kind", _("改类型")
    PLANNED = "planned", _("改计划户数")
    PROFILE = "profile", _("改台账")
    MOVED = "moved", _("户划转")
    RETIRED = "retired", _("停用")
    RESTORED = "restored", _("恢复")


class AreaEvent(models.Model):
    """One entry of the log of an area: what was done, and how the area stood afterwards. Append-only."""

    area = models.ForeignKey(Area, models.PROTECT, related_name="events")
    verb = models.CharField(max_length=8, choices=AreaVerb.choices)
    at = models.DateTimeField()
    parent = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=8, choices=GridKind.choices, blank=True)
    purpose = models.CharField(max_length=8, choices=Purpose.choices, blank=True)
    planned_households = models.PositiveIntegerField(default=0)
    is_in_use = models.BooleanField()
    detail = models.JSONField(default=dict)
    actor_label = models.CharField(max_length=150, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("区域变动")
        indexes = [
            # how one area stood on a day
            models.Index(fields=["area", "-at", "-id"], name="area_event_asof"),
            # whether areas came into use or out of it since
            models.Index(fields=["verb", "id"], name="area_event_verb"),
        ]

    def __str__(self) -> str:
        return f"{self.area_id} {self.verb}"


class AreaSuccession(models.Model):
    """`successor` took over from `predecessor` when that was split or merged."""

    predecessor = models.ForeignKey(Area, models.PROTECT, related_name="succeeded_by")
    successor = models.ForeignKey(Area, models.PROTECT, related_name="succeeds")
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("区域沿革")
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="succession_once"),
            models.CheckConstraint(name="succession_not_to_itself", condition=~Q(predecessor=models.F("successor"))),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor_id} → {self.successor_id}"


class PathModel(models.Model):
    """Copied path keys of what lies in a grid; lists filter by them instead of joining the tree."""

    area = TreeForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("网格或微网格"))
    grid = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("网格"))
    village = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("村社"))
    township = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("乡镇"))
    county = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("县"))

    class Meta:
        abstract = True


class HouseholdKind(models.TextChoices):
    """户别."""

    RESIDENT = "resident", _("常住户")
    RENTED = "rented", _("租住户")
    VACANT = "vacant", _("空置")
    SHOP = "shop", _("店铺")
    COLLECTIVE = "collective", _("集体户")


class Household(PathModel):
    """户: the fifth level of the hierarchy, an ordinary row (docs/adr/0001).

    The parts of the address and its `door` (`grids.addresses`), `head_index` and `words` (`core.rows.bigrams`) follow
    from the other columns and are written with them.
    """

    code = models.CharField(_("户编码"), max_length=19, unique=True)
    address = models.CharField(_("门牌"), max_length=120)
    estate = models.CharField(_("小区、街巷"), max_length=60, blank=True, default="")
    building = models.CharField(_("楼栋"), max_length=12, blank=True, default="")
    unit = models.CharField(_("单元"), max_length=12, blank=True, default="")
    room = models.CharField(_("室"), max_length=12, blank=True, default="")
    group = models.CharField(_("组"), max_length=12, blank=True, default="")
    number = models.CharField(_("号"), max_length=12, blank=True, default="")
    door = models.CharField(max_length=120, blank=True, default="")
    kind = models.CharField(_("户别"), max_length=10, choices=HouseholdKind.choices, default=HouseholdKind.RESIDENT)
    head_name = EncryptedTextField(_("户主"), blank=True)
    head_index = models.CharField(max_length=64, blank=True, default="")
    phone = EncryptedTextField(_("电话"), blank=True)
    phone_index = models.CharField(max_length=64, blank=True)
    size = models.PositiveSmallIntegerField(_("人口"), default=1)
    tags = models.JSONField(_("标签"), default=list, blank=True)
    is_hub = models.BooleanField(_("党员中心户"), default=False)
    words = models.TextField(blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    retired_at = models.DateTimeField(_("注销时间"), null=True, blank=True)

    objects = ScopedQuerySet["Household"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("户")
        indexes = [
            # household list of an area, in code order
            models.Index(fields=["area", "code"], name="household_area_code"),
            models.Index(fields=["village", "code"], name="household_village_code"),
            models.Index(fields=["township", "code"], name="household_township_code"),
            # one door of a grid is one household, however it is written (grids.households.Standing)
            models.Index(fields=["grid", "door"], name="household_grid_door"),
            # grids.finding, by name and by telephone
            models.Index(fields=["head_index"], name="household_head", condition=~Q(head_index="")),
            models.Index(fields=["phone_index"], name="household_phone", condition=~Q(phone_index="")),
        ]
        constraints = [models.CheckConstraint(name="household_size_positive", condition=Q(size__gte=1))]

    def __str__(self) -> str:
        return self.address

    @classmethod
    def scope_q(cls, scope: "ScopeLike") -> Q:
        return scope.seeing("households").path_q()
