"""事项准入: an application, what the check found, who was asked, what departments said, and its history.

Written by `admission.applications.actions` only. Nothing in it is about residents.
"""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from admission.models.base import Moving, MovingEvent
from admission.models.policy import Policy
from admission.workflow.application_table import FORCE, SHOWN, TABLE, State
from admission.workflow.rules import GATE_CODES, Cause, Emergency, Kind, Stage, Stance
from core.process.steps import StateInfo
from core.rows.scoping import ScopedQuerySet
from core.trust.freetext import FreeJSONField, FreeTextField
from grids.models import Area
from members.models import Department, Post, User
from members.roles import Role

if TYPE_CHECKING:
    from core.rows.scoping import ScopeLike

TOWN_VOICES = (Role.TOWNSHIP_DISPATCHER, Role.TOWNSHIP_LEADER)
"""Who speaks for a township."""


class AdmissionQuerySet(ScopedQuerySet["Admission"]):
    def in_force(self) -> "AdmissionQuerySet":
        """May be asked of a grid today, also while the engine that ends them stands still."""
        from core import clock

        return self.filter(state__in=sorted(FORCE), ends_on__gte=clock.today())


class Admission(Moving):
    """A task, form, app, target, plaque or campaign on its way through the gate, in force, or past it."""

    kind = models.CharField(_("类型"), max_length=10, choices=Kind.choices)
    title = FreeTextField(_("名称"), max_length=60)
    content = FreeTextField(_("要网格做什么"), max_length=2000)
    department = models.ForeignKey(Department, models.PROTECT, related_name="admissions", verbose_name=_("主办部门"))
    townships = models.ManyToManyField(Area, blank=True, related_name="+", verbose_name=_("涉及乡镇"))
    minutes = models.PositiveIntegerField(_("每格每月耗时（分钟）"))
    basis = FreeTextField(_("法律或文件依据"), max_length=2000)
    policies = models.ManyToManyField(Policy, blank=True, related_name="admissions", verbose_name=_("依据文件"))
    starts_on = models.DateField(_("起始日期"))
    wanted_until = models.DateField(_("申请的截止日期"))
    ends_on = models.DateField(_("日落日期"), null=True, blank=True)
    budget = FreeTextField(_("经费（费随事转）"), max_length=500)
    reuse = FreeTextField(_("可复用的已有数据"), max_length=500)
    consequence = FreeTextField(_("不做的后果"), max_length=500)
    fields = FreeJSONField(_("要填的内容"), default=list, blank=True)
    item_code = models.CharField(_("网格事项编号"), max_length=8, blank=True)
    emergency = models.CharField(_("应急事由"), max_length=10, choices=Emergency.choices, blank=True)
    findings = FreeJSONField(_("硬性禁止"), default=list, blank=True)
    cause = models.CharField(_("原因"), max_length=10, choices=Cause.choices, blank=True)
    round = models.PositiveSmallIntegerField(default=1)
    renews = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="renewals", verbose_name=_("续期或补办自")
    )
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("经办人"))
    in_force_at = models.DateTimeField(_("生效时间"), null=True, blank=True)
    last_used_on = models.DateField(_("最近发生"), null=True, blank=True)

    objects = AdmissionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("准入事项")
        constraints = [
            models.CheckConstraint(
                name="admission_ended_iff_over",
                condition=Q(state__in=sorted(TABLE.ended_states), ended_at__isnull=False)
                | (~Q(state__in=sorted(TABLE.ended_states)) & Q(ended_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="admission_in_force_has_a_sunset",
                condition=~Q(state__in=sorted(FORCE)) | Q(ends_on__isnull=False, in_force_at__isnull=False),
            ),
            models.CheckConstraint(name="admission_version_order", condition=Q(version__gte=F("moved_version"))),
        ]
        indexes = [
            # lists, newest first
            models.Index(fields=["-opened_at", "-id"], name="admission_newest"),
            # the register, and what a grid's minutes are the sum of
            models.Index(fields=["state", "ends_on"], name="admission_register"),
        ]

    @classmethod
    def scope_q(cls, scope: "ScopeLike") -> Q:
        """The register for everybody; on the way: the asking department, the gate, the county, and who is asked."""
        q = Q(state__in=sorted(SHOWN))
        if scope.seeing("gate").user_id is not None:
            return Q(pk__isnull=False)
        if scope.departments:
            keeps = Department.objects.filter(pk__in=scope.departments, code__in=GATE_CODES)
            q |= Q(department__in=scope.departments) | Q(models.Exists(keeps))
        if scope.user_id is not None:
            q |= Q(pk__in=asked_of(scope.user_id).values("admission"))
        return q

    @property
    def info(self) -> StateInfo:
        return TABLE.states[State(self.state)]

    @property
    def is_in_force(self) -> bool:
        return self.state in FORCE


def asked_of(user_id: int) -> "models.QuerySet[Asked]":
    """What one person is asked about: as a grid worker, or for the township of a post held today."""
    towns = Post.objects.held().filter(user=user_id, role__in=TOWN_VOICES).values("area")
    return Asked.objects.filter(Q(user=user_id) | Q(user=None, township__in=towns))


class Hit(models.Model):
    """查重结果: something that is alike, and what the applicant says to it."""

    class Where(models.TextChoices):
        ITEM = "item", _("责任清单")
        ADMITTED = "admitted", _("准入目录")
        FIELD = "field", _("系统已有字段")

    admission = models.ForeignKey(Admission, models.CASCADE, related_name="hits")
    where = models.CharField(max_length=10, choices=Where.choices)
    code = models.CharField(max_length=24, blank=True)
    label = FreeTextField(max_length=80)
    asked = FreeTextField(max_length=80)  # which words of the application it is like
    percent = models.PositiveSmallIntegerField()
    answer = FreeTextField(_("答复"), max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("查重结果")
        ordering = ["-percent", "id"]

    def __str__(self) -> str:
        return f"{self.label} {self.percent}%"


class Asked(models.Model):
    """征询对象: a township (without `user`) or a grid worker, and what they answered."""

    admission = models.ForeignKey(Admission, models.CASCADE, related_name="asked")
    township = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("乡镇"))
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField()
    stance = models.CharField(max_length=8, choices=Stance.choices, blank=True)
    estimate = models.PositiveIntegerField(_("估计每月耗时（分钟）"), null=True, blank=True)
    note = FreeTextField(max_length=1000, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("征询对象")
        ordering = ["township__code", "user_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["admission", "township"], condition=Q(user__isnull=True), name="asked_township_once"
            ),
            models.UniqueConstraint(
                fields=["admission", "user"], condition=Q(user__isnull=False), name="asked_worker_once"
            ),
        ]
        indexes = [models.Index(fields=["user"], condition=Q(user__isnull=False), name="asked_mine")]

    def __str__(self) -> str:
        return f"{self.admission_id} {self.township_id} {self.user_id or ''}"


class Verdict(models.Model):
    """What a department said at one stage; once a round."""

    admission = models.ForeignKey(Admission, models.CASCADE, related_name="verdicts")
    stage = models.CharField(max_length=6, choices=Stage.choices)
    round = models.PositiveSmallIntegerField(default=1)
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    agrees = models.BooleanField()
    note = FreeTextField(max_length=2000, blank=True)
    said_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    said_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("部门意见")
        ordering = ["said_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["admission", "stage", "round", "department"], name="verdict_once")
        ]

    def __str__(self) -> str:
        return f"{self.admission_id} {self.stage} {self.department_id}"


class Use(models.Model):
    """登记使用: that an admitted thing was really used, so that it does not fall idle."""

    admission = models.ForeignKey(Admission, models.CASCADE, related_name="uses")
    used_on = models.DateField(_("发生日期"))
    note = FreeTextField(max_length=300)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("使用记录")
        ordering = ["-used_on", "-id"]

    def __str__(self) -> str:
        return f"{self.admission_id} {self.used_on}"


class AdmissionEvent(MovingEvent):
    """One step of an application; append-only."""

    admission = models.ForeignKey(Admission, models.CASCADE, related_name="events")

    class Meta:
        verbose_name = verbose_name_plural = _("准入经过")
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["admission", "version"], name="admission_event_once")]


class Series(models.Model):
    """The last serial given under a word (准入, 转嫁) in a year; locked while one is numbered."""

    word = models.CharField(max_length=8)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("编号序列")
        constraints = [models.UniqueConstraint(fields=["word", "year"], name="admission_series_once")]

    def __str__(self) -> str:
        return f"{self.word} {self.year}"
