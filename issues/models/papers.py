"""What is asked and answered about a ticket's limit and its place in the rates: one row for each paper."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.text import Text
from core.trust.freetext import FreeTextField
from grids.models import Area
from issues.models.called import Call
from issues.models.ticket import Ticket
from members.models import Department, User


class Answer(models.TextChoices):
    ASKED = "asked", _("待审批")
    GRANTED = "granted", _("已批准")
    REFUSED = "refused", _("未批准")


class Extension(models.Model):
    """延期: asked for once, before the limit ends; the township agrees, then the county grants."""

    ticket = models.OneToOneField(Ticket, models.CASCADE, related_name="extension_paper")
    limit = models.CharField(_("延长"), max_length=8)
    reason = FreeTextField(max_length=2000)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    agreed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=8, choices=Answer.choices, default=Answer.ASKED)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    due_before = models.DateTimeField()
    due_after = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("延期申请")

    def __str__(self) -> str:
        return f"{self.ticket_id} +{self.limit}"


class Suspension(models.Model):
    """挂账: a ticket out of the rates for one of the county's reasons, reviewed until it is resumed."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="suspensions")
    reason = models.CharField(_("挂账原因"), max_length=40)
    note = FreeTextField(max_length=2000)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=8, choices=Answer.choices, default=Answer.ASKED)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviews = models.PositiveSmallIntegerField(default=0)
    resumed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("挂账")
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"],
                condition=Q(resumed_at__isnull=True) & ~Q(answer=Answer.REFUSED),
                name="suspension_one_running",
            )
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.reason}"


SHEET_STATES: dict[str, tuple[Text, Q]] = {
    "waiting": (_("待回复"), Q(closed_at=None, answered_at=None)),
    "answered": (_("已回复，件未办结"), Q(closed_at=None, answered_at__isnull=False)),
    "reported": (_("县级通报"), Q(closed_at=None, reported_at__isnull=False)),
    "closed": (_("已了结"), Q(closed_at__isnull=False)),
}
"""What sheets are listed by, and which of them it is."""


class Sheet(models.Model):
    """督办单: a numbered question to whoever holds a ticket, with a date by which it must be answered.

    With `call` it asks an assisting department about its own limit.
    """

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="sheet_papers")
    number = models.CharField(_("文号"), max_length=24, unique=True)
    cause = models.CharField(max_length=16)  # "manual", or the clock step that issued it
    text = FreeTextField(max_length=2000)
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    call = models.ForeignKey(Call, models.CASCADE, null=True, blank=True, related_name="sheet_papers")
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    issued_at = models.DateTimeField()
    asked: "models.JSONField[Any, Any]" = models.JSONField(default=list, blank=True)  # [when, how long] of each asking
    due_at = models.DateTimeField()
    answer = FreeTextField(max_length=2000, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(_("县级通报"), null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("督办单")
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "department"],
                condition=Q(answered_at__isnull=True, closed_at__isnull=True, department__isnull=False),
                name="sheet_one_waiting",
            ),
            models.UniqueConstraint(
                fields=["ticket"],
                condition=Q(answered_at__isnull=True, closed_at__isnull=True, department__isnull=True),
                name="sheet_one_waiting_of_grid",
            ),
        ]
        indexes = [
            # the county's list of open supervision
            models.Index(fields=["due_at", "id"], condition=Q(closed_at__isnull=True), name="sheet_open"),
            models.Index(fields=["ticket"], name="sheet_ticket"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_waiting(self) -> bool:
        """Whether it still asks for an answer."""
        return self.answered_at is None and self.closed_at is None


class Exclusion(models.Model):
    """剔除: out of the rates for one of the county's reasons, once two others have agreed."""

    ticket = models.OneToOneField(Ticket, models.CASCADE, related_name="exclusion_paper")
    reason = models.CharField(_("剔除理由"), max_length=40)
    note = FreeTextField(max_length=2000)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    first_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    second_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.CharField(max_length=8, choices=Answer.choices, default=Answer.ASKED)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("剔除申请")

    def __str__(self) -> str:
        return f"{self.ticket_id}"


class Review(models.Model):
    """复看: a closed or reported ticket that somebody should look at once more; a question, never a penalty."""

    class Kind(models.TextChoices):
        SAMPLE = "sample", _("随机抽查")
        QUICK = "quick", _("两分钟内办结")
        BURST = "burst", _("短时间连续办结")
        COPIED = "copied", _("照片与以前的相同")

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="review_papers")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    round = models.PositiveSmallIntegerField()
    detail = FreeTextField(max_length=120, blank=True)
    opened_at = models.DateTimeField()
    is_true = models.BooleanField(_("属实"), null=True)
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("复看")
        constraints = [models.UniqueConstraint(fields=["ticket", "kind", "round"], name="review_once")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind}"


class SpotDraw(models.Model):
    """随机抽查: one township's draw for one day. Whoever knows the day and the numbers can draw it again."""

    township = models.ForeignKey(Area, models.PROTECT, related_name="+")
    day = models.DateField()
    population = models.PositiveIntegerField()
    rate = models.FloatField()
    drawn = models.JSONField(default=list)  # numbers of tickets
    drawn_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("抽查")
        constraints = [models.UniqueConstraint(fields=["township", "day"], name="spot_draw_once")]

    def __str__(self) -> str:
        return f"{self.township_id} {self.day}"


class HandOver(models.Model):
    """AB 岗交接: a ticket that passed to the other side of a post, and back when the first returned."""

    class Cause(models.TextChoices):
        LEAVE = "leave", _("请假")
        UNANSWERED = "unanswered", _("紧急件 30 分钟未接")
        LEFT = "left", _("离岗")

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="handovers")
    from_user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    to_user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # nobody was left to take it
    cause = models.CharField(max_length=10, choices=Cause.choices)
    at = models.DateTimeField()
    back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("AB 岗交接")

    def __str__(self) -> str:
        return f"{self.ticket_id} → {self.to_user_id}"
