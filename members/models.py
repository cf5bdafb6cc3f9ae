"""Who: staff accounts, departments and dated posts.

Written by `members.accounts` (users), `members.posts` (posts) and `members.signing_in.second_factor` only.
"""

from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core import clock
from core.rows.scoping import ScopedQuerySet
from core.trust.privacy import EncryptedTextField
from grids.models import Area
from members.roles import Role

if TYPE_CHECKING:
    from core.rows.scoping import ScopeLike


class DepartmentKind(models.TextChoices):
    PARTY = "party", _("党委")
    GOVERNMENT = "government", _("政府")
    MILITARY = "military", _("军事")
    VERTICAL = "vertical", _("垂管")
    MASS = "mass", _("群团")
    UTILITY = "utility", _("公用企业")
    OFFICE = "office", _("乡镇内设机构")
    STATION = "station", _("驻镇站所")


class Department(models.Model):
    """An organ that handles: of the county, or (with `township`) an office or station of a township."""

    code = models.CharField(_("代码"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    short_name = models.CharField(_("简称"), max_length=20, blank=True)
    kind = models.CharField(_("类别"), max_length=12, choices=DepartmentKind.choices)
    township = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="departments", verbose_name=_("所在乡镇")
    )
    stands_in_for = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="local_offices", verbose_name=_("在本镇对应的县级部门")
    )
    phone = models.CharField(_("值班电话"), max_length=20, blank=True)
    retired_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("部门")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.short_name or self.name


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A staff account. Residents have none."""

    username = models.CharField(_("账号"), max_length=40, unique=True)
    name = models.CharField(_("姓名"), max_length=40)
    pinyin = models.CharField(max_length=120, blank=True)
    phone = EncryptedTextField(_("手机"), blank=True)
    is_active = models.BooleanField(_("启用"), default=True)
    is_staff = models.BooleanField(_("可进后台"), default=False)
    is_demo = models.BooleanField(_("演示账号"), default=False)
    must_change_password = models.BooleanField(_("须改初始密码"), default=True)
    password_set_at = models.DateTimeField(_("设密码时间"), null=True)
    created_at = models.DateTimeField(_("开户时间"))

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    class Meta:
        verbose_name = verbose_name_plural = _("人员")
        constraints = [
            models.CheckConstraint(
                name="user_only_staff_is_superuser", condition=Q(is_superuser=False) | Q(is_staff=True)
            )
        ]

    def __str__(self) -> str:
        return self.name


class SecondFactor(models.Model):
    """第二重验证: what proves a person beside the password. Written by `members.signing_in.second_factor` only."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="second_factor")
    secret = EncryptedTextField()
    confirmed_at = models.DateTimeField(_("设好时间"), null=True)
    last_step = models.BigIntegerField(default=0)  # of the newest code taken: none before it is taken again

    class Meta:
        verbose_name = verbose_name_plural = _("第二重验证")

    def __str__(self) -> str:
        return str(self.user_id)


class RecoveryCode(models.Model):
    """恢复码: stands in for a lost phone, once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(_("用掉时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("恢复码")
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once")]

    def __str__(self) -> str:
        return str(self.user_id)


class Side(models.TextChoices):
    A = "A", _("A 岗")
    B = "B", _("B 岗")


LOOKED_BACK = timedelta(days=7)
"""For how long posts that are over are looked at: longer than the engine ever stands still."""


def held_q(day: date, prefix: str = "") -> Q:
    """Posts held on `day`: from the day they start until the day before they end."""
    is_open = Q(**{f"{prefix}ends_on__isnull": True}) | Q(**{f"{prefix}ends_on__gt": day})
    return Q(**{f"{prefix}starts_on__lte": day}) & is_open


class PostQuerySet(ScopedQuerySet["Post"]):
    def held(self, day: date | None = None) -> Self:
        """Held on `day`, today by default. Whoever leaves today holds the post no more."""
        return self.filter(held_q(day or clock.today()))

    def not_over(self) -> Self:
        """Held today or from a later day on; one that ended before it began never is."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=clock.today()) & Q(ends_on__gt=F("starts_on")))

    def ended_lately(self) -> Self:
        """Over by a date that came within the last days."""
        today = clock.today()
        return self.filter(ends_on__lte=today, ends_on__gte=today - LOOKED_BACK)


class Post(models.Model):
    """岗位: a role at an area or a department, dated, held by a user."""

    user = models.ForeignKey(User, models.PROTECT, related_name="posts", verbose_name=_("人员"))
    role = models.CharField(_("角色"), max_length=24, choices=Role.choices)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="posts", verbose_name=_("区域"))
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="posts", verbose_name=_("部门")
    )
    side = models.CharField(_("AB 岗"), max_length=1, choices=Side.choices, default=Side.A)
    starts_on = models.DateField(_("到岗日"))
    ends_on = models.DateField(_("离岗日"), null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("岗位")
        constraints = [
            models.CheckConstraint(
                name="post_at_area_or_department", condition=Q(area__isnull=True) ^ Q(department__isnull=True)
            ),
            models.CheckConstraint(
                name="post_ends_after_start", condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on"))
            ),
            models.UniqueConstraint(
                fields=["user", "role", "area"],
                condition=Q(ends_on__isnull=True, area__isnull=False),
                name="post_area_once",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "department"],
                condition=Q(ends_on__isnull=True, department__isnull=False),
                name="post_department_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}"

    @classmethod
    def scope_q(cls, scope: "ScopeLike") -> Q:
        return scope.seeing("people").posts_q()


class LeaveQuerySet(models.QuerySet["Leave"]):
    def on(self, day: date) -> Self:
        return self.filter(starts_on__lte=day, ends_on__gte=day, cancelled_at=None)


class Leave(models.Model):
    """请假: days on which somebody is away, both ends included; the other side of each post covers."""

    user = models.ForeignKey(User, models.PROTECT, related_name="leaves", verbose_name=_("人员"))
    starts_on = models.DateField(_("从哪天"))
    ends_on = models.DateField(_("到哪天"))
    created_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(_("销假时间"), null=True, blank=True)

    objects = LeaveQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("请假")
        constraints = [
            models.CheckConstraint(name="leave_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))),
        ]
        indexes = [models.Index(fields=["ends_on"], condition=Q(cancelled_at__isnull=True), name="leave_running")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.starts_on}–{self.ends_on}"
