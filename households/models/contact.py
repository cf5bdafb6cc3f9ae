"""包联 and 走访: who keeps in touch with which households, and what visits found."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.rows.scoping import ScopedQuerySet
from core.trust.freetext import EncryptedFreeTextField
from grids.models import Area
from households.models.file import Need, OfHousehold
from households.rules import HelperKind, Outcome, Reason
from members.models import User

if TYPE_CHECKING:
    from core.rows.scoping import ScopeLike


class Helper(models.Model):
    """联户人: a party member or cadre of a village, with an account or without."""

    name = models.CharField(_("姓名"), max_length=40)
    kind = models.CharField(_("身份"), max_length=6, choices=HelperKind.choices)
    village = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("村社"))
    township = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("乡镇"))
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("账号"))
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["Helper"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("联户人")
        indexes = [models.Index(fields=["village", "kind", "id"], name="helper_village")]
        constraints = [
            models.UniqueConstraint(
                fields=["village", "kind", "user"],
                condition=Q(user__isnull=False, retired_at=None),
                name="helper_account_once",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def scope_q(cls, scope: "ScopeLike") -> Q:
        """Those of the villages in sight, and those who keep in touch with a household in sight."""
        seen = scope.seeing("households")
        here = Area.objects.filter(seen.tree_q())
        return (
            Q(village__in=here)
            | Q(township__in=here)
            | Q(pk__in=Liaison.objects.filter(seen.path_q("household__"), ended_on=None).values("helper"))
        )


class Liaison(OfHousehold):
    """联系户: a helper keeps in touch with a household, from a day to a day; one of each kind for a household."""

    helper = models.ForeignKey(Helper, models.PROTECT, related_name="liaisons")
    kind = models.CharField(max_length=6, choices=HelperKind.choices)
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    objects = ScopedQuerySet["Liaison"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("联系户")
        indexes = [models.Index(fields=["helper", "ended_on"], name="liaison_helper")]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "kind"], condition=Q(ended_on=None), name="liaison_one_of_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.helper_id} ↔ {self.household_id}"


class Visit(OfHousehold):
    """走访: who came when and why, and what was found; what was found is a need, mostly with a ticket."""

    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    device_at = models.DateTimeField(_("手机时间"), null=True, blank=True)  # what the phone that kept it said
    reason = models.CharField(_("事由"), max_length=10, choices=Reason.choices, default=Reason.ROUTINE)
    outcome = models.CharField(_("结果"), max_length=8, choices=Outcome.choices)
    note = EncryptedFreeTextField(_("备注"), blank=True)
    need = models.OneToOneField(Need, models.PROTECT, null=True, blank=True, related_name="visit")

    objects = ScopedQuerySet["Visit"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("走访")
        indexes = [
            models.Index(fields=["household", "-at"], name="visit_household"),
            models.Index(fields=["-at", "-id"], name="visit_at"),
        ]
        constraints = [
            models.CheckConstraint(
                name="visit_matter_iff_need",
                condition=Q(outcome="matter", need__isnull=False) | (~Q(outcome="matter") & Q(need__isnull=True)),
            )
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.at:%Y-%m-%d}"
