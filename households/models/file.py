"""一户一档: residents, guarded labels, needs, what a household was told and agreed to, and what it asks for.

None of them copies the path of its household: whatever becomes of grids, they follow it.
"""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.rows.scoping import ScopedQuerySet
from core.trust.freetext import EncryptedFreeTextField
from core.trust.privacy import EncryptedTextField
from grids.models import Household
from households.rules import GUARDED
from issues.models import Ticket
from members.models import User

if TYPE_CHECKING:
    from core.rows.scoping import ScopeLike


class OfHousehold(models.Model):
    """A row of one household's file, seen by whoever sees the household."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="+", verbose_name=_("户"))

    class Meta:
        abstract = True

    @classmethod
    def scope_q(cls, scope: "ScopeLike") -> Q:
        return scope.seeing("households").path_q("household__")


class Resident(OfHousehold):
    """居民: only what a feature needs; identity numbers are never kept."""

    class Relation(models.TextChoices):
        HEAD = "head", _("户主")
        SPOUSE = "spouse", _("配偶")
        CHILD = "child", _("子女")
        PARENT = "parent", _("父母")
        OTHER = "other", _("其他")

    name = EncryptedTextField(_("姓名"))
    name_index = models.CharField(max_length=64, db_index=True)
    phone = EncryptedTextField(_("电话"), blank=True)
    phone_index = models.CharField(max_length=64, blank=True, db_index=True)
    relation = models.CharField(_("与户主关系"), max_length=8, choices=Relation.choices, default=Relation.OTHER)
    birth_year = models.PositiveSmallIntegerField(_("出生年"), null=True, blank=True)
    created_at = models.DateTimeField()

    objects = ScopedQuerySet["Resident"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("居民")
        indexes = [models.Index(fields=["household", "id"], name="resident_household")]

    def __str__(self) -> str:
        return f"{self.household_id}/{self.pk}"


class GuardedTag(OfHousehold):
    """A label that only few roles know of (`rules.GUARDED`); the database does not know which."""

    kind = EncryptedTextField()
    kind_index = models.CharField(max_length=64, db_index=True)
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    objects = ScopedQuerySet["GuardedTag"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("涉敏感标签")
        constraints = [models.UniqueConstraint(fields=["household", "kind_index"], name="guarded_tag_once")]

    def __str__(self) -> str:
        return f"{self.household_id}/{self.pk}"

    @property
    def label(self) -> str:
        return str(GUARDED[self.kind].label)


class Need(OfHousehold):
    """急难愁盼: what a household lacks or hopes for, and what came of it; as a ticket's matter or by hand."""

    class State(models.TextChoices):
        OPEN = "open", _("在办")
        SOLVED = "solved", _("已解决")
        EXPLAINED = "explained", _("已解释说明")

    text = EncryptedFreeTextField(_("内容"))
    found_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    found_at = models.DateTimeField()
    ticket = models.OneToOneField(Ticket, models.PROTECT, null=True, blank=True, related_name="need")
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.OPEN)
    outcome = EncryptedFreeTextField(_("结果"), blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["Need"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("急难愁盼")
        indexes = [models.Index(fields=["household", "-id"], name="need_household")]
        constraints = [
            models.CheckConstraint(
                name="need_ended_iff_not_open",
                condition=Q(state="open", ended_at=None) | (~Q(state="open") & Q(ended_at__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return f"{self.household_id}/{self.pk}"


class Consent(OfHousehold):
    """That a household was told (in which version), agreed, or took it back; append-only, the last one counts."""

    class State(models.TextChoices):
        TOLD = "told", _("已告知")
        AGREED = "agreed", _("已同意")
        WITHDRAWN = "withdrawn", _("已撤回")

    version = models.CharField(_("告知书版本"), max_length=20)
    state = models.CharField(_("情况"), max_length=10, choices=State.choices)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ScopedQuerySet["Consent"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("告知与同意")
        indexes = [models.Index(fields=["household", "-id"], name="consent_household")]

    def __str__(self) -> str:
        return f"{self.household_id} {self.version} {self.state}"


class SubjectRequest(OfHousehold):
    """What a household asks of its data: to see them, to have them put right, to have them deleted."""

    class Kind(models.TextChoices):
        ACCESS = "access", _("查阅、复制")
        CORRECT = "correct", _("更正")
        DELETE = "delete", _("删除")

    class State(models.TextChoices):
        OPEN = "open", _("待答复")
        DONE = "done", _("已办")
        REFUSED = "refused", _("不予办理")

    kind = models.CharField(_("请求"), max_length=8, choices=Kind.choices)
    asked_at = models.DateTimeField()
    due_on = models.DateField(_("答复期限"))
    taken_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.OPEN)
    answer = EncryptedFreeTextField(_("答复"), blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["SubjectRequest"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("个人信息请求")
        indexes = [models.Index(fields=["household", "-id"], name="subject_request_household")]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "kind"], condition=Q(state="open"), name="subject_request_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.kind} {self.state}"
