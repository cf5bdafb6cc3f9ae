"""Tables of the machinery: calendar, sentinels, idempotency keys, allowances, outbox, heartbeat, audit and its chain.

No table here names a domain thing; rows point at people and objects by plain ids.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.clock import now


class OfficialYear(models.Model):
    """The official days of a year that the calendar library does not know yet. Written by `core.days.workdays`."""

    year = models.PositiveSmallIntegerField(_("年份"), primary_key=True)
    document = models.CharField(_("依据"), max_length=100)
    entered_at = models.DateTimeField(_("录入时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("年度放假安排")

    def __str__(self) -> str:
        return str(self.year)


class CalendarException(models.Model):
    """A day on which this county departs from what the calendar library says: by its own word, or as one of the
    official days of a year (`official`). Written by `core.days.workdays`.
    """

    day = models.DateField(_("日期"), unique=True)
    is_working = models.BooleanField(_("上班"))
    note = models.CharField(_("说明"), max_length=100, blank=True)
    official = models.ForeignKey(OfficialYear, models.CASCADE, null=True, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("工作日例外")
        ordering = ("day",)

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {'班' if self.is_working else '休'}"


class Sentinel(models.Model):
    """A named row whose lock stands for a thing that has no row of its own. See `core.locks`."""

    name = models.CharField(primary_key=True, max_length=100)

    class Meta:
        verbose_name = verbose_name_plural = _("锁")

    def __str__(self) -> str:
        return self.name


class IdempotencyKey(models.Model):
    """What became of one submission. Written by `core.races.idempotency` only."""

    owner = models.CharField(max_length=100)
    key = models.CharField(max_length=64)
    body_sha256 = models.CharField(max_length=64)
    result = models.TextField(null=True)  # noqa: DJ001 - null says "claimed, not finished"; "" is a result
    created_at = models.DateTimeField(default=now)

    class Meta:
        verbose_name = verbose_name_plural = _("防重凭据")
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="core_idempotency_once")]
        indexes = [models.Index(fields=["created_at"], name="core_idempotency_age")]  # idempotency.purge

    def __str__(self) -> str:
        return f"{self.owner}:{self.key}"


class Allowance(models.Model):
    """How often something was tried in one window of time. Written by `core.races.throttle` only."""

    name = models.CharField(max_length=100)
    ends_at = models.DateTimeField()
    used = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("次数限制")
        constraints = [models.UniqueConstraint(fields=["name", "ends_at"], name="core_allowance_once")]
        indexes = [models.Index(fields=["ends_at"], name="core_allowance_age")]  # throttle.purge

    def __str__(self) -> str:
        return f"{self.name} {self.used}"


class OutboxRow(models.Model):
    """One thing to do after the transaction that wrote it. Written by `core.jobs.outbox` only."""

    class Queue(models.TextChoices):
        URGENT = "urgent", _("紧急")
        DEFAULT = "default", _("一般")
        BULK = "bulk", _("批量")
        SEND = "send", _("外发")

    topic = models.CharField(_("主题"), max_length=64)
    payload = models.JSONField(_("内容"), default=dict)
    key = models.CharField(_("唯一键"), max_length=200, unique=True)
    queue = models.CharField(_("队列"), max_length=8, choices=Queue.choices, default=Queue.DEFAULT)
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)
    created_at = models.DateTimeField(_("写入"), default=now)
    next_at = models.DateTimeField(_("下次"), default=now)
    token = models.CharField(max_length=32, blank=True, default="")
    leased_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(_("完成"), null=True)
    parked_at = models.DateTimeField(_("搁置"), null=True)
    last_error = models.TextField(_("最近错误"), blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = _("待发事项")
        indexes = [
            # core.sql.CLAIM_FRESH and outbox.lag: first attempts that are due, oldest first.
            models.Index(
                fields=["queue", "next_at", "id"],
                name="core_outbox_fresh",
                condition=models.Q(done_at=None, parked_at=None, attempts=0),
            ),
            # core.sql.CLAIM_RETRY: rows tried before, one at a time.
            models.Index(
                fields=["queue", "next_at", "id"],
                name="core_outbox_retry",
                condition=models.Q(done_at=None, parked_at=None, attempts__gt=0),
            ),
            # Admin list and readiness: what waits for a person.
            models.Index(fields=["parked_at"], name="core_outbox_parked", condition=models.Q(parked_at__isnull=False)),
            # outbox.purge: done long ago.
            models.Index(fields=["done_at"], name="core_outbox_done", condition=models.Q(done_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.key}"


class EngineBeat(models.Model):
    """When a part of the engine last ran. Written by `core.jobs.heartbeat`."""

    name = models.CharField(primary_key=True, max_length=50)
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("引擎心跳")

    def __str__(self) -> str:
        return self.name


class AuditEntry(models.Model):
    """Who did what to which object. Append-only: triggers (`core/sql.py`) refuse UPDATE and DELETE."""

    at = models.DateTimeField(_("时间"), default=now)
    verb = models.CharField(_("动作"), max_length=64)
    actor_id = models.BigIntegerField(_("人员编号"), null=True)
    actor_label = models.CharField(_("人员"), max_length=150, blank=True)
    object_type = models.CharField(_("对象类型"), max_length=64, blank=True)
    object_id = models.CharField(_("对象编号"), max_length=64, blank=True)
    detail = models.JSONField(_("详情"), default=dict)
    request_id = models.CharField(_("请求编号"), max_length=64, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("审计记录")
        indexes = [
            models.Index(fields=["object_type", "object_id", "id"], name="core_audit_object"),  # one's history
            models.Index(fields=["actor_id", "id"], name="core_audit_actor"),  # one person's acts
            models.Index(fields=["at"], name="core_audit_at"),  # audit page, by period
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_label}"


class TrailLink(models.Model):
    """One link of the chain over the trail. Append-only by triggers; written by `core.trust.chain` only."""

    position = models.BigIntegerField(primary_key=True)  # from 1, without a gap
    entry_id = models.BigIntegerField(unique=True)  # no foreign key: the link outlives a row that somebody removes
    digest = models.CharField(max_length=64)
    signature = models.CharField(max_length=64, blank=True, default="")  # on the last link of each turn

    class Meta:
        verbose_name = verbose_name_plural = _("审计链")

    def __str__(self) -> str:
        return f"{self.position}"
