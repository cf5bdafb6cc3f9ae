"""专项行动: what is looked at, where, by which questions; and one target for each household or grid."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.process.steps import StateInfo
from core.rows.scoping import ScopedQuerySet
from core.trust.freetext import EncryptedFreeTextField
from duties.models import DutyItem
from grids.levels import GridKind
from grids.models import Area, Household, PathModel
from issues.models import Ticket
from ledgers.models.matter import Matter
from ledgers.rules import Aim
from ledgers.workflow.campaign import RESULTS, Result
from members.models import User

if TYPE_CHECKING:
    from core.rows.scoping import ScopeLike


class Campaign(Matter):
    """行动: its list of targets is made when it is opened (`built_at`) and stays as it is."""

    basis = models.CharField(_("依据"), max_length=200)
    starts_on = models.DateField(_("开始"))
    ends_on = models.DateField(_("结束"))
    item = models.ForeignKey(DutyItem, models.PROTECT, related_name="+", verbose_name=_("发现问题按哪项办"))
    questions = models.JSONField(_("看什么"), default=list)
    aim = models.CharField(_("对象"), max_length=12, choices=Aim.choices)
    places = models.ManyToManyField(Area, related_name="+", verbose_name=_("范围"))
    tags = models.JSONField(_("户标签"), default=list, blank=True)
    grid_kind = models.CharField(_("网格类型"), max_length=8, choices=GridKind.choices, blank=True)
    built_at = models.DateTimeField(_("名单生成时间"), null=True, blank=True)

    objects: ClassVar[Any] = ScopedQuerySet["Campaign"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("专项行动")
        constraints = [
            models.CheckConstraint(name="campaign_ends_after_start", condition=Q(ends_on__gte=models.F("starts_on")))
        ]

    @classmethod
    def scope_q(cls, scope: "ScopeLike") -> Q:
        """Campaigns of the viewer's area, and those with targets in it."""
        targets = Target.objects.filter(scope.seeing("campaigns").path_q())
        return scope.seeing("campaigns").path_q() | Q(pk__in=targets.values("campaign_id"))


class Target(PathModel):
    """对象: a household, or (without one) a grid, of a campaign. The path keys are those at the time it was listed."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="targets")
    household = models.ForeignKey(Household, models.PROTECT, null=True, blank=True, related_name="+")
    result = models.CharField(_("结果"), max_length=8, choices=[(r.value, i.label) for r, i in RESULTS.items()])
    tries = models.PositiveSmallIntegerField(_("上门次数"), default=0)
    remark = EncryptedFreeTextField(_("备注"), blank=True)
    looked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    looked_at = models.DateTimeField(null=True, blank=True)
    device_at = models.DateTimeField(_("手机时间"), null=True, blank=True)  # what the phone that kept it said
    ticket = models.OneToOneField(Ticket, models.PROTECT, null=True, blank=True, related_name="target")

    objects = ScopedQuerySet["Target"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("排查对象")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "household"], condition=Q(household__isnull=False), name="target_household_once"
            ),
            models.UniqueConstraint(
                fields=["campaign", "area"], condition=Q(household__isnull=True), name="target_grid_once"
            ),
            models.CheckConstraint(
                name="target_found_iff_ticket",
                condition=Q(result=Result.FOUND.value, ticket__isnull=False)
                | (~Q(result=Result.FOUND.value) & Q(ticket__isnull=True)),
            ),
        ]
        indexes = [
            # a worker's share and the counts of a campaign, by grid
            models.Index(fields=["campaign", "area", "result"], name="target_area"),
            models.Index(fields=["campaign", "village", "grid", "result"], name="target_village"),
            # whether a campaign has targets in a place
            *(models.Index(fields=[key, "campaign"], name=f"target_of_{key}") for key in ("area", "grid", "village")),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.household_id or self.area_id}"

    @classmethod
    def scope_q(cls, scope: "ScopeLike") -> Q:
        """Households only for those who may see households; grids for everybody who sees the campaign."""
        return scope.seeing("households").path_q() | (Q(household__isnull=True) & scope.seeing("campaigns").path_q())

    @property
    def info(self) -> StateInfo:
        return RESULTS[Result(self.result)]

    @property
    def name(self) -> str:
        return self.household.address if self.household else self.area.name
