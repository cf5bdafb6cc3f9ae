"""What happened to a ticket and what still runs on it: events, clocks, photos."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.files.stored import keeps
from core.trust.freetext import FreeJSONField, FreeTextField
from issues.models.called import Call
from issues.models.ticket import Ticket
from issues.workflow import CLOCK_LABELS, ClockKind, pairs
from members.models import Department, User


class ActorKind(models.TextChoices):
    STAFF = "staff", _("工作人员")
    RESIDENT = "resident", _("居民")
    SYSTEM = "system", _("系统")


class TicketEvent(models.Model):
    """One step of a ticket; append-only. `facts` is the countable standing of the ticket after it."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="events")
    version = models.PositiveIntegerField()
    action = models.CharField(max_length=24)
    from_state = models.CharField(max_length=16, blank=True)
    to_state = models.CharField(max_length=16)
    round = models.PositiveSmallIntegerField()
    actor_kind = models.CharField(max_length=8, choices=ActorKind.choices)
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    actor_name = models.CharField(max_length=40)
    actor_post = models.CharField(max_length=60, blank=True)
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    note = FreeTextField(max_length=2000, blank=True)
    data = FreeJSONField(default=dict, blank=True)
    facts = models.JSONField(default=dict)
    is_public = models.BooleanField(default=True)
    at = models.DateTimeField()
    device_at = models.DateTimeField(_("手机时间"), null=True, blank=True)  # what the phone that kept it said

    class Meta:
        verbose_name = verbose_name_plural = _("经过")
        constraints = [models.UniqueConstraint(fields=["ticket", "version"], name="event_version_once")]

    def __str__(self) -> str:
        return f"{self.ticket_id} v{self.version} {self.action}"


class Clock(models.Model):
    """时限: a limit that runs or ran on a ticket, with the rule as it stood when it started.

    Without `call` it is the ticket's own (the lead's, while a department leads), else that of an assisting
    department. `again_at` is when an overdue limit is reported to the county.
    """

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=8, choices=pairs(CLOCK_LABELS))
    round = models.PositiveSmallIntegerField()
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    call = models.ForeignKey(Call, models.CASCADE, null=True, blank=True, related_name="clocks")
    limit = models.CharField(max_length=8)
    rule = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    remind_at = models.DateTimeField()
    warn_at = models.DateTimeField()
    due_at = models.DateTimeField()
    again_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_spans = models.JSONField(default=list, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    is_owed = models.BooleanField(default=False)  # stopped after its end, and what it asked for is still to be done
    late_by = models.CharField(max_length=12, blank=True)  # who held it when it ran out (`issues.engine.lateness`)
    fired = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("时限")
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "kind"],
                condition=Q(stopped_at__isnull=True, call__isnull=True),
                name="clock_one_running_per_kind",
            ),
            models.UniqueConstraint(
                fields=["call", "kind"],
                condition=Q(stopped_at__isnull=True, call__isnull=False),
                name="clock_one_running_per_call",
            ),
            models.CheckConstraint(
                name="clock_stopped_fires_no_more",
                condition=Q(stopped_at__isnull=True, paused_at__isnull=True) | Q(next_at__isnull=True),
            ),
        ]
        indexes = [
            # tick: clocks whose next step is due
            models.Index(fields=["next_at", "id"], condition=Q(next_at__isnull=False), name="clock_next"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {ClockKind(self.kind)}"


@keeps
class Photo(models.Model):
    """A re-encoded picture of a ticket, served only to those who may see the ticket."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="photos")
    event = models.ForeignKey(TicketEvent, models.CASCADE, related_name="photos")
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=120)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    at = models.DateTimeField()
    # its look in four bands (`core.files.images.look_of`): a copy has at least one of them in common
    look_1 = models.PositiveIntegerField(default=0)
    look_2 = models.PositiveIntegerField(default=0)
    look_3 = models.PositiveIntegerField(default=0)
    look_4 = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("照片")
        indexes = [models.Index(fields=[f"look_{n}", "at"], name=f"photo_look_{n}") for n in range(1, 5)]

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def look(self) -> tuple[int, int, int, int]:
        return self.look_1, self.look_2, self.look_3, self.look_4


class AwaitedPhoto(models.Model):
    """待传照片: announced with the words by the SHA-256 under which its phone sends it; `photo` once it has come."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="awaited")
    event = models.ForeignKey(TicketEvent, models.CASCADE, related_name="awaited")
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    photo = models.OneToOneField(Photo, models.CASCADE, null=True, blank=True, related_name="announced")

    class Meta:
        verbose_name = verbose_name_plural = _("待传照片")
        constraints = [models.UniqueConstraint(fields=["event", "sha256"], name="awaited_once")]

    def __str__(self) -> str:
        return self.sha256[:12]
