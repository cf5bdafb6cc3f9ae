"""What applications and reports have in common: a state with a version and a limit, and an append-only log."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.process.transitions import StepEvent
from core.trust.freetext import FreeTextField
from members.models import User


class Moving(models.Model):
    """A thing that moves by a table of steps. `limit_*` is the running limit of its state."""

    number = models.CharField(_("编号"), max_length=24, unique=True)
    state = models.CharField(_("状态"), max_length=12)
    version = models.PositiveIntegerField(default=1)
    moved_version = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField(_("提出时间"))
    last_event_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    warn_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(_("期限"), null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number


class MovingEvent(StepEvent):
    """One step; `actor` None is time itself."""

    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    note = FreeTextField(max_length=2000, blank=True)

    class Meta:
        abstract = True
