"""What applications and reports have in common: a state with a version and a limit, and an append-only log."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

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


class StepEvent(models.Model):
    """One step; `data` holds keys, codes and dates. `actor` None is time itself."""

    version = models.PositiveIntegerField()
    action = models.CharField(max_length=16)
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    actor_post = models.CharField(max_length=60, blank=True)
    note = models.TextField(max_length=2000, blank=True)
    data: "models.JSONField[Any, Any]" = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"v{self.version} {self.action}"
