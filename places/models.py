"""What is kept about areas beside the tree: their profile and line codes, plans to reshape them, outlines and points.

Writers: `places.profiles`, `places.plans.drafting` and `places.plans.carrying`, `places.maps.boundaries`.
"""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.rows.scoping import ScopedQuerySet
from core.trust.freetext import FreeTextField
from grids.models import Area, Household
from members.models import User
from places.rules import How, Line, PlanKind, PlanState

if TYPE_CHECKING:
    from core.rows.scoping import ScopeLike


class Profile(models.Model):
    """台账: what an administrator notes about an area that the tree does not say."""

    area = models.OneToOneField(Area, models.PROTECT, primary_key=True, related_name="profile")
    one_shoulder = models.BooleanField(_("网格党支部书记与网格长一肩挑"), default=False)
    is_hard = models.BooleanField(_("难点网格，由书记包联"), default=False)
    building_heads = models.PositiveSmallIntegerField(_("党员楼长人数"), default=0)
    community_workers = models.PositiveSmallIntegerField(_("社区工作者人数"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("区域台账")

    def __str__(self) -> str:
        return f"{self.area_id}"


class LineCode(models.Model):
    """条线编码: the code of a grid in another line of work. Free again once the grid is retired."""

    area = models.ForeignKey(Area, models.PROTECT, related_name="line_codes")
    line = models.CharField(_("条线"), max_length=8, choices=Line.choices)
    code = models.CharField(_("编码"), max_length=30)

    class Meta:
        verbose_name = verbose_name_plural = _("条线编码")
        constraints = [models.UniqueConstraint(fields=["area", "line"], name="area_line_once")]
        indexes = [models.Index(fields=["line", "code"], name="line_code_find")]

    def __str__(self) -> str:
        return f"{self.line} {self.code}"


class Plan(models.Model):
    """方案: how grids are to be reshaped. Nothing changes until it is carried out; undone within a day."""

    kind = models.CharField(_("方式"), max_length=8, choices=PlanKind.choices)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("所在"))
    state = models.CharField(_("状态"), max_length=9, choices=PlanState.choices, default=PlanState.DRAFT)
    version = models.PositiveIntegerField(default=1)
    reason = FreeTextField(_("调整原因"), max_length=200, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    applied_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    applied_at = models.DateTimeField(_("实施时间"), null=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    before = models.JSONField(default=dict)  # planned households of the areas concerned, by key, as they were

    objects = ScopedQuerySet["Plan"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("网格调整方案")
        indexes = [models.Index(fields=["state", "-id"], name="plan_state")]
        constraints = [
            models.CheckConstraint(
                name="plan_applied_has_time",
                condition=Q(state__in=["draft", "discarded"], applied_at=None)
                | Q(state__in=["applied", "undone"], applied_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @classmethod
    def scope_q(cls, scope: "ScopeLike") -> Q:
        """Plans of areas in sight."""
        return Q(area__in=Area.objects.filter(scope.seeing("areas").tree_q()))


class PlanSource(models.Model):
    """An area whose households are given out anew."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="sources")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    retires = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "area"], name="plan_source_once")]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.area_id}"


class PlanTarget(models.Model):
    """An area that receives households: one in use, or one to be set up under `name`."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="targets")
    area = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+")
    is_new = models.BooleanField()
    name = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "area"], condition=Q(area__isnull=False), name="plan_target_once"),
            models.CheckConstraint(name="plan_target_known", condition=Q(is_new=True) | Q(area__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.area.name if self.area else self.name


class PlanChoice(models.Model):
    """Which households go to a target. The first choice that fits a household decides; the rest comes last."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="choices")
    target = models.ForeignKey(PlanTarget, models.CASCADE, related_name="choices")
    source = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+")
    how = models.CharField(max_length=8, choices=How.choices)
    value = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.plan_id} {self.how}"


class PlanMove(models.Model):
    """A household that a plan moved, and where it was."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="moves")
    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    source = models.ForeignKey(Area, models.PROTECT, related_name="+")
    target = models.ForeignKey(Area, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "household"], name="plan_move_once")]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.household_id}"


class PlanEffect(models.Model):
    """A row of another register (`key` of its follower) that went along, and where it was."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="effects")
    key = models.CharField(max_length=16)
    row = models.BigIntegerField()
    before = models.ForeignKey(Area, models.PROTECT, related_name="+")
    after = models.ForeignKey(Area, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "key", "row"], name="plan_effect_once")]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.key} {self.row}"


class HouseholdPoint(models.Model):
    """Where a household lies, in WGS-84; imported, never tracked."""

    household = models.OneToOneField(Household, models.CASCADE, primary_key=True, related_name="point")
    longitude = models.FloatField()
    latitude = models.FloatField()

    class Meta:
        verbose_name = verbose_name_plural = _("户的位置")

    def __str__(self) -> str:
        return f"{self.household_id}"


class Boundary(models.Model):
    """边界: the outline of an area, a GeoJSON polygon or multipolygon in WGS-84."""

    area = models.OneToOneField(Area, models.PROTECT, primary_key=True, related_name="boundary")
    geometry = models.JSONField()
    is_synthetic = models.BooleanField(_("示意边界"), default=False)
    source = models.CharField(_("来源"), max_length=60, blank=True)
    version = models.PositiveBigIntegerField(db_index=True)
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("边界")

    def __str__(self) -> str:
        return f"{self.area_id}"
