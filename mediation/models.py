"""矛盾纠纷: a dispute, those it is between, who mediates, what was said and agreed, and its history.

Written by `mediation.engine.actions` only. Every word about people is encrypted at rest: names, phones, what the
dispute is about, what was said and what was agreed.
"""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from core.process.transitions import StepEvent
from core.rows.scoping import ScopedQuerySet
from core.trust.freetext import EncryptedFreeTextField
from core.trust.privacy import EncryptedTextField, mask_name
from grids.models import Area, Household, PathModel
from issues.models import Ticket
from mediation.workflow.rules import JUSTICE_CODES, Guidance, Kept, Kind, OutsideKind, Risk
from mediation.workflow.table import ENDED_STATES, OPEN_STATES, STATES, State, StateInfo
from members.models import Department, User

if TYPE_CHECKING:
    from core.rows.scoping import ScopeLike

JUSTICE = Q(code__in=JUSTICE_CODES) | Q(stands_in_for__code__in=JUSTICE_CODES)
LABELS = "甲乙丙丁戊己庚辛壬癸子丑"
"""How agreements call the parties, in the order in which they were named."""


def justice_departments(township: int | OuterRef) -> "models.QuerySet[Department]":
    """The county's justice departments and the offices of a township that stand in for them."""
    return Department.objects.filter(JUSTICE, Q(township__isnull=True) | Q(township=township), retired_at=None)


class Dispute(PathModel):
    """纠纷: one case in mediation. The path keys are those it was filed under."""

    number = models.CharField(_("编号"), max_length=24, unique=True)
    ticket = models.OneToOneField(Ticket, models.PROTECT, null=True, blank=True, related_name="dispute")
    kind = models.CharField(_("类别"), max_length=12, choices=Kind.choices)
    risk = models.CharField(_("风险"), max_length=8, choices=Risk.choices, default=Risk.PLAIN)
    brief = EncryptedFreeTextField(_("纠纷简况"))
    where = EncryptedFreeTextField(_("发生地点"), blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=[(s.value, i.label) for s, i in STATES.items()])
    version = models.PositiveIntegerField(default=1)
    moved_version = models.PositiveIntegerField(default=1)
    round = models.PositiveSmallIntegerField(_("轮次"), default=1)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("立案人"))
    opened_at = models.DateTimeField(_("立案时间"))
    last_event_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(_("下次调解"), null=True, blank=True)
    next_place = EncryptedFreeTextField(_("下次调解地点"), blank=True)
    follow_up_on = models.DateField(_("回访日"), null=True, blank=True)
    kept = models.CharField(_("履行情况"), max_length=6, choices=Kept.choices, blank=True)
    guidance = models.CharField(_("引导去向"), max_length=12, choices=Guidance.choices, blank=True)
    transferred_to = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("转往单位")
    )

    objects = ScopedQuerySet["Dispute"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("纠纷")
        constraints = [
            models.CheckConstraint(
                name="dispute_ended_iff_over",
                condition=Q(state__in=sorted(s.value for s in ENDED_STATES), ended_at__isnull=False)
                | Q(state__in=sorted(s.value for s in OPEN_STATES), ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="dispute_asks_while_agreed",
                condition=Q(state=State.AGREED.value, follow_up_on__isnull=False)
                | (~Q(state=State.AGREED.value) & Q(follow_up_on__isnull=True)),
            ),
            models.CheckConstraint(name="dispute_version_order", condition=Q(version__gte=models.F("moved_version"))),
        ]
        indexes = [
            # lists of a place, newest first
            models.Index(fields=["village", "-opened_at", "-id"], name="dispute_village"),
            models.Index(fields=["township", "-opened_at", "-id"], name="dispute_township"),
            models.Index(fields=["county", "-opened_at", "-id"], name="dispute_county"),
            # follow-ups by their day
            models.Index(
                fields=["follow_up_on", "id"], condition=Q(follow_up_on__isnull=False), name="dispute_follow_up"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @classmethod
    def scope_q(cls, scope: "ScopeLike") -> Q:
        """Disputes of the viewer's village, township or justice department; those one mediates; those one opened
        in an area where one still holds a post; those passed on to one's department."""
        seen = scope.seeing("mediation")
        q = seen.path_q()
        if scope.user_id is not None:
            mine = Mediator.objects.filter(user=scope.user_id).values("dispute_id")
            q |= Q(pk__in=mine) | (Q(opened_by=scope.user_id) & scope.path_q())
        if seen.departments:
            justice = justice_departments(OuterRef("township")).filter(pk__in=seen.departments)
            q |= Q(transferred_to__in=seen.departments) | Q(Exists(justice))
        return q

    @property
    def info(self) -> StateInfo:
        return STATES[State(self.state)]

    @property
    def path_ids(self) -> set[int]:
        """The areas it lies in, from its microgrid or grid up to the county."""
        return {self.area_id, self.grid_id, self.village_id, self.township_id, self.county_id}


class Disputant(models.Model):
    """当事人: a party to a dispute. Masked by default; every look in full is on the audit trail."""

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="disputants")
    position = models.PositiveSmallIntegerField()
    name = EncryptedTextField(_("姓名"))
    phone = EncryptedTextField(_("电话"), blank=True)
    household = models.ForeignKey(Household, models.PROTECT, null=True, blank=True, related_name="+")
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("当事人")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["dispute", "position"], name="disputant_position_once")]

    def __str__(self) -> str:
        return f"{self.dispute_id} {self.position}"

    @property
    def label(self) -> str:
        """甲方, 乙方: what agreements call this party."""
        return f"{LABELS[(self.position - 1) % len(LABELS)]}方"


class Mediator(models.Model):
    """调解员: somebody of the staff, or somebody known in the place; one of them is responsible."""

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="mediators")
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    name = EncryptedTextField(_("姓名"), blank=True)
    outside = models.CharField(_("身份"), max_length=12, choices=OutsideKind.choices, blank=True)
    is_principal = models.BooleanField(_("负责"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("调解员")
        ordering = ["-is_principal", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["dispute"], condition=Q(is_principal=True), name="mediator_one_is_responsible"
            ),
            models.UniqueConstraint(fields=["dispute", "user"], condition=Q(user__isnull=False), name="mediator_once"),
            models.CheckConstraint(
                name="mediator_of_staff_or_outside", condition=Q(user__isnull=False) ^ ~Q(outside="")
            ),
        ]
        indexes = [models.Index(fields=["user"], condition=Q(user__isnull=False), name="mediator_mine")]

    def __str__(self) -> str:
        return f"{self.dispute_id} {self.user_id or self.outside}"

    @property
    def full_name(self) -> str:
        return self.user.name if self.user else self.name

    @property
    def shown_name(self) -> str:
        """What lists show: the name of staff, the masked name of anybody else."""
        return self.user.name if self.user else mask_name(self.name)


class MediationSession(models.Model):
    """一次调解: when and where, who came, what was said, what is next."""

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="sessions")
    held_at = models.DateTimeField(_("调解时间"))
    where = EncryptedFreeTextField(_("地点"))
    attended = models.ManyToManyField(Disputant, blank=True, related_name="+")
    others = EncryptedFreeTextField(_("其他到场人员"), blank=True)
    said = EncryptedFreeTextField(_("调解情况"))
    next_step = EncryptedFreeTextField(_("下一步"), blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("调解记录")
        ordering = ["-held_at", "-id"]

    def __str__(self) -> str:
        return f"{self.dispute_id} {self.held_at:%Y-%m-%d}"


class Agreement(models.Model):
    """调解协议: the text of one round, drafted, printed for signing, then agreed."""

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="agreements")
    round = models.PositiveSmallIntegerField()
    terms = EncryptedFreeTextField(_("协议内容"))
    manner = EncryptedFreeTextField(_("履行方式和期限"), blank=True)
    agreed_on = models.DateField(_("签订日期"), null=True, blank=True)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("调解协议")
        ordering = ["-round"]
        constraints = [models.UniqueConstraint(fields=["dispute", "round"], name="agreement_once_a_round")]

    def __str__(self) -> str:
        return f"{self.dispute_id} {self.round}"


class DisputeEvent(StepEvent):
    """One step of a dispute."""

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="events")
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")  # None: the engine
    note = EncryptedFreeTextField(blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("纠纷经过")
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["dispute", "version"], name="dispute_event_once")]


class DisputeSeries(models.Model):
    """The last serial given to a township's disputes in a year; locked while one is numbered."""

    township = models.ForeignKey(Area, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("纠纷编号序列")
        constraints = [models.UniqueConstraint(fields=["township", "year"], name="dispute_series_once")]

    def __str__(self) -> str:
        return f"{self.township_id} {self.year}"
