"""五权: each use of a township's five rights, and the county's half-yearly review. Written by
`admission.rights.actions`.
"""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from admission.workflow.rules import Outcome, Right, half_words
from core.rows.scoping import ScopedQuerySet
from core.trust.freetext import FreeTextField
from grids.models import Area
from members.models import Department, User

if TYPE_CHECKING:
    from core.rows.scoping import ScopeLike


def of_township_q(scope: "ScopeLike") -> Q:
    """Rows of the townships one sees, all of them for the county."""
    if scope.seeing("gate").user_id is not None:
        return Q(pk__isnull=False)
    return Q(township__in=Area.objects.filter(scope.seeing("rights").tree_q()).values("pk"))


class RightUse(models.Model):
    """One use: which right, when, towards which department, what came of it."""

    township = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("乡镇"))
    right = models.CharField(_("哪项权利"), max_length=10, choices=Right.choices)
    used_on = models.DateField(_("日期"))
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("涉及部门"))
    what = FreeTextField(_("行使情况"), max_length=1000)
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome.choices, default=Outcome.OPEN)
    outcome_note = FreeTextField(_("结果说明"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("登记人"))
    recorded_at = models.DateTimeField()

    objects = ScopedQuerySet["RightUse"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("五权行使")
        indexes = [models.Index(fields=["township", "-used_on", "-id"], name="right_use_newest")]

    def __str__(self) -> str:
        return f"{self.township_id} {self.right} {self.used_on}"

    @classmethod
    def scope_q(cls, scope: "ScopeLike") -> Q:
        return of_township_q(scope)


class RightReview(models.Model):
    """半年“回头看”: what the county found of the five rights in one township."""

    township = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("乡镇"))
    half = models.CharField(_("半年"), max_length=6)
    found = models.JSONField(_("各项权利"), default=dict)  # right -> {kept, note}
    summary = FreeTextField(_("总体情况和整改要求"), max_length=2000)
    version = models.PositiveIntegerField(default=1)
    reviewed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("回头看人"))
    reviewed_at = models.DateTimeField()

    objects = ScopedQuerySet["RightReview"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("五权回头看")
        constraints = [models.UniqueConstraint(fields=["township", "half"], name="right_review_once")]

    def __str__(self) -> str:
        return f"{self.township_id} {self.half}"

    @property
    def half_label(self) -> str:
        return half_words(self.half)

    @classmethod
    def scope_q(cls, scope: "ScopeLike") -> Q:
        return of_township_q(scope)
