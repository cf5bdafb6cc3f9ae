"""问题台账: a problem, who must put it right by when, and who asked to have it struck off."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.rows.scoping import ScopedQuerySet
from core.trust.freetext import FreeTextField
from grids.models import Area
from issues.models import Ticket
from ledgers.models.matter import Matter
from ledgers.rules import Source
from members.models import Department, User

if TYPE_CHECKING:
    from core.rows.scoping import ScopeLike


class Rectification(Matter):
    """问题: one entry of the rectification ledger."""

    source = models.CharField(_("来源"), max_length=12, choices=Source.choices)
    problem = FreeTextField(_("问题"), max_length=2000)
    measures = FreeTextField(_("整改措施"), max_length=2000, blank=True)
    owner_department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("责任单位")
    )
    owner_township = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("责任乡镇")
    )
    due_on = models.DateField(_("整改期限"))
    ticket = models.ForeignKey(
        Ticket, models.PROTECT, null=True, blank=True, related_name="rectifications", verbose_name=_("关联工单")
    )
    applied_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects: ClassVar[Any] = ScopedQuerySet["Rectification"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("问题")
        constraints = [
            models.CheckConstraint(
                name="rectification_one_owner",
                condition=Q(owner_department__isnull=True) ^ Q(owner_township__isnull=True),
            )
        ]
        indexes = [models.Index(fields=["due_on"], name="rectification_due")]

    @classmethod
    def scope_q(cls, scope: "ScopeLike") -> Q:
        """Problems of the viewer's area, and those that the viewer's department or township must put right."""
        seen = scope.seeing("ledgers")
        q = seen.path_q()
        if seen.townships:
            q |= Q(owner_township__in=seen.townships)
        return q | Q(owner_department__in=seen.departments) if seen.departments else q

    @property
    def owner(self) -> str:
        return str(self.owner_department or self.owner_township or "")
