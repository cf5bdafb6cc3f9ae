"""Notices to staff: the inbox. Knows no ticket; written by `notices.inbox` only."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models import User


class Notice(models.Model):
    """One message to one person. `key` makes sending idempotent per person."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=24)
    text = models.CharField(max_length=200)
    url = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=80)
    is_urgent = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("消息")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="notice_once")]
        indexes = [
            # inbox page: newest first
            models.Index(fields=["user", "-created_at", "-id"], name="notice_inbox"),
            # bell: how many unread
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return self.text
