"""Notices to staff: the inbox, how each person wants to be reached beside it, and what was sent there.

Knows no ticket. Notices are written by `notices.inbox`, reaches by `notices.reaching`, the county's times by
`notices.county`, endpoints by `notices.endpoints`, deliveries by `notices.outgoing.planning` and
`notices.outgoing.sending`.
"""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.trust.freetext import FreeTextField
from core.trust.privacy import EncryptedTextField
from members.models import User


class Notice(models.Model):
    """One message to one person. `key` makes sending idempotent per person."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=24)
    number = models.CharField(max_length=40, blank=True, default="")  # of what it is about: all that channels name
    state = models.CharField(max_length=20, blank=True, default="")  # in words
    text = FreeTextField(_("什么事"), max_length=200)
    place = FreeTextField(_("在哪里"), max_length=120, blank=True, default="")  # and its number
    todo = models.CharField(_("要做什么"), max_length=120, blank=True, default="")
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


class Mode(models.TextChoices):
    """When a channel tells a person of a group of notices."""

    OFF = "off", _("不发")
    AT_ONCE = "once", _("即时")
    DIGEST = "digest", _("汇总")


class Quiet(models.TextChoices):
    """Which quiet hours a person keeps."""

    COUNTY = "county", _("按县里规定")
    OWN = "own", _("自己定")
    NONE = "none", _("不设")


class Reach(models.Model):
    """How one person wants to be reached beside the inbox. Without a row they are not."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="reach")
    email = EncryptedTextField(_("邮箱"), blank=True, default="")
    nonce = models.CharField(max_length=32, blank=True, default="")  # what the code that was sent hangs on
    asked_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    modes = models.JSONField(default=dict)  # channel -> group -> mode, where chosen
    quiet = models.CharField(max_length=8, choices=Quiet.choices, default=Quiet.COUNTY)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("通知设置")

    def __str__(self) -> str:
        return str(self.user_id)


class CountyTimes(models.Model):
    """The county's quiet hours and digest times, where the system admin set them: one row. See `notices.county`."""

    quiet_from = models.TimeField(_("免打扰从"), null=True)
    quiet_until = models.TimeField(_("免打扰到"), null=True)
    first_digest = models.TimeField(_("第一次汇总"))
    second_digest = models.TimeField(_("第二次汇总"), null=True)
    version = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(_("修改时间"))
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = _("通知时间")

    def __str__(self) -> str:
        return f"{self.first_digest:%H:%M}"


class Endpoint(models.Model):
    """A machine outside that is told of events. Address and secret are encrypted: either may open a door there."""

    name = models.CharField(_("名称"), max_length=40, unique=True)
    url = EncryptedTextField(_("地址"))
    secret = EncryptedTextField(_("密钥"))
    groups = models.JSONField(_("接收哪些"), default=list)
    created_at = models.DateTimeField(_("添加时间"))
    failures = models.PositiveIntegerField(_("连续失败"), default=0)
    last_error = models.CharField(_("最近错误"), max_length=200, blank=True, default="")
    reached_at = models.DateTimeField(_("上次送达"), null=True, blank=True)
    paused_at = models.DateTimeField(_("暂停时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("外部接收端")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One message to one recipient by one channel; `id` is what the other side knows it by when it comes twice.

    It names a kind, a number and a state, never a title or a person. A gathering one (`since`) stands for
    the person's notices between `since` and `until` and is worded when it is sent.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=120, unique=True)  # recipient and event: the same is never made twice
    channel = models.CharField(max_length=24)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, null=True, related_name="deliveries")
    notice = models.ForeignKey(Notice, models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=24)
    number = models.CharField(max_length=40, blank=True, default="")
    state = models.CharField(max_length=20, blank=True, default="")
    url = models.CharField(max_length=200, blank=True, default="")
    is_urgent = models.BooleanField(default=False)
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.AT_ONCE)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    dropped = models.CharField(max_length=40, blank=True, default="")  # why it was no longer needed

    class Meta:
        verbose_name = verbose_name_plural = _("外发")
        indexes = [
            # page of an endpoint: newest first
            models.Index(fields=["endpoint", "-created_at"], name="delivery_endpoint"),
            # notices.sweep
            models.Index(fields=["created_at"], name="delivery_age"),
        ]

    def __str__(self) -> str:
        return self.key
