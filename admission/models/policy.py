"""政策文件: what things rest on. Read by everybody signed in; written by `admission.library.actions` only."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core import clock
from core.rows.scoping import ScopedQuerySet
from core.trust.freetext import FreeTextField
from members.models import User

if TYPE_CHECKING:
    from core.rows.scoping import ScopeLike


class Policy(models.Model):
    """One version of a document, as text, as a PDF, or both."""

    title = models.CharField(_("标题"), max_length=120)
    issuer = models.CharField(_("发文机关"), max_length=60)
    number = models.CharField(_("文号"), max_length=40)
    edition = models.CharField(_("版本"), max_length=20, blank=True)
    valid_from = models.DateField(_("施行日"))
    valid_until = models.DateField(_("失效日"), null=True, blank=True)
    repealed_on = models.DateField(_("废止日"), null=True, blank=True)
    repeal_note = FreeTextField(_("废止依据"), max_length=200, blank=True)
    text = models.TextField(_("正文"), blank=True)
    item_codes = models.JSONField(_("对应的清单事项"), default=list, blank=True)
    file_path = models.CharField(max_length=100, blank=True)
    file_bytes = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = ScopedQuerySet["Policy"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("政策文件")
        constraints = [
            models.UniqueConstraint(fields=["number", "edition"], name="policy_number_once"),
            models.CheckConstraint(
                name="policy_ends_after_start",
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
            ),
        ]
        indexes = [models.Index(fields=["-valid_from", "-id"], name="policy_newest")]

    def __str__(self) -> str:
        return f"{self.title}（{self.number}）"

    @classmethod
    def scope_q(cls, scope: "ScopeLike") -> Q:
        """Everybody signed in."""
        return Q(pk__isnull=False)

    @property
    def over_on(self) -> date | None:
        """The first day on which it no longer holds, if one is known."""
        days = [day for day in (self.repealed_on, self.valid_until) if day is not None]
        return min(days) if days else None

    @property
    def is_valid(self) -> bool:
        return self.holds_on(clock.today())

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.over_on is None or day < self.over_on)


class PolicyWords(models.Model):
    """What a document is found by: pairs of neighbouring characters (`core.rows.bigrams`)."""

    policy = models.OneToOneField(Policy, models.CASCADE, primary_key=True, related_name="words")
    text = models.TextField()

    class Meta:
        verbose_name = verbose_name_plural = _("政策检索用词")

    def __str__(self) -> str:
        return f"{self.policy_id}"
