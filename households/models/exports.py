"""The wish for a file with personal data of many households, which somebody else approves."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.rows.scoping import ScopedQuerySet
from core.trust.freetext import FreeTextField
from grids.models import Area
from members.models import User

if TYPE_CHECKING:
    from core.rows.scoping import ScopeLike


class ExportRequest(models.Model):
    class State(models.TextChoices):
        ASKED = "asked", _("待批准")
        APPROVED = "approved", _("已批准")
        REFUSED = "refused", _("未批准")
        FETCHED = "fetched", _("已取走")

    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("范围"))
    township = models.ForeignKey(Area, models.PROTECT, related_name="+")
    reason = FreeTextField(_("用途"), max_length=200)
    count = models.PositiveIntegerField(_("户数"))
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("申请人"))
    asked_at = models.DateTimeField(_("申请时间"))
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.ASKED)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    remark = FreeTextField(_("批准意见"), max_length=200, blank=True)

    objects = ScopedQuerySet["ExportRequest"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("个人信息导出申请")
        indexes = [models.Index(fields=["township", "-id"], name="export_request_township")]
        constraints = [
            models.CheckConstraint(
                name="export_request_second_person",
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("asked_by")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.area_id} {self.state}"

    @classmethod
    def scope_q(cls, scope: "ScopeLike") -> Q:
        """One's own, and those of the townships one keeps."""
        return Q(asked_by=scope.user_id) | Q(township__in=scope.seeing("households").townships)
