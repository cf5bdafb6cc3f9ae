"""Whom a ticket calls: whistles, the departments they call, and consultations over whose duty it is."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.trust.freetext import FreeTextField
from issues.models.ticket import Ticket
from issues.workflow import CONVENERS, STARS, WHISTLES, pairs
from members.models import Department, User


class Whistle(models.Model):
    """哨: one call of the grid for departments, with what it rests on; withdrawn ones stay as history."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="whistles")
    type = models.CharField(max_length=2, choices=pairs(WHISTLES))
    item_code = models.CharField(max_length=8)
    reason = FreeTextField(max_length=2000, blank=True)
    measures = FreeTextField(_("本级已尽措施"), max_length=2000, blank=True)
    blown_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    blown_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("哨")
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(withdrawn_at__isnull=True), name="whistle_one_running"
            )
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.type}"


class Call(models.Model):
    """叫单位: what one department is called for on a ticket, and what it has done of it.

    Ended calls are history: passed on, excused, or (`counts` False) costing the department nothing.
    """

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="calls")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    is_lead = models.BooleanField(default=False)
    is_local = models.BooleanField(default=False)  # an office or station of the township
    share = FreeTextField(_("分工"), max_length=200, blank=True)
    called_at = models.DateTimeField()
    claimed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    claimed_at = models.DateTimeField(null=True, blank=True)
    claimed_on_time = models.BooleanField(null=True)
    arrived_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    arrived_at = models.DateTimeField(null=True, blank=True)
    arrived_on_time = models.BooleanField(null=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    done_on_time = models.BooleanField(null=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    counts = models.BooleanField(default=True)
    sheets = models.PositiveSmallIntegerField(default=0)  # of its own that wait for an answer
    stars = models.PositiveSmallIntegerField(null=True, blank=True, choices=pairs(STARS))
    rated_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    rated_at = models.DateTimeField(null=True, blank=True)
    rating_note = FreeTextField(max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("叫单位")
        constraints = [
            models.UniqueConstraint(
                fields=["department", "ticket"], condition=Q(ended_at__isnull=True), name="call_once"
            ),
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(ended_at__isnull=True, is_lead=True), name="call_one_lead"
            ),
            models.CheckConstraint(name="call_stars", condition=Q(stars__isnull=True) | Q(stars__range=(1, 5))),
        ]
        indexes = [models.Index(fields=["ticket"], name="call_ticket")]

    def __str__(self) -> str:
        return f"{self.ticket_id}+{self.department_id}"


class Consultation(models.Model):
    """会商: over whose duty a ticket is and who does what of it; decided by its convener, with minutes."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="consultations")
    convener = models.CharField(max_length=8, choices=pairs(CONVENERS))
    cause = models.CharField(max_length=24)  # the step that opened it
    question = FreeTextField(max_length=2000)
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    minutes = FreeTextField(_("纪要"), max_length=4000, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("会商")
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(decided_at__isnull=True), name="consultation_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}"


class Party(models.Model):
    """参会单位: a department that a consultation asks, and its position."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="parties")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    position = FreeTextField(max_length=2000, blank=True)
    stated_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    stated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("参会单位")
        constraints = [models.UniqueConstraint(fields=["department", "consultation"], name="party_once")]
        indexes = [models.Index(fields=["consultation"], name="party_consultation")]

    def __str__(self) -> str:
        return f"{self.consultation_id}+{self.department_id}"
