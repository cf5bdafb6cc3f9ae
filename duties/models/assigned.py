"""Who does what in a township besides the list: powers delegated to it, and its own division of work.

Rows are written by `duties.routing.powers` only; `duties.routing.routing_context` reads them for routing.
"""

from collections.abc import Collection
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.rows.scoping import ScopedQuerySet
from grids.levels import Level
from grids.models import Area
from members.access import Scope
from members.models import Department, User
from members.roles import ROUTING_READERS, Role

READERS = tuple(role for role in Role if role in ROUTING_READERS)
"""Who may read what routing goes by in the townships below their posts."""


def readable(scope: Scope, roles: Collection[Role] = READERS) -> Scope:
    """Only the posts that may look at what routing goes by."""
    return Scope(tuple(post for post in scope.posts if post.role in roles))


def townships_q(scope: Scope) -> Q:
    """Rows of the townships that this reader may look at."""
    return Q(township__in=Area.objects.filter(readable(scope).tree_q(), level=Level.TOWNSHIP).values("pk"))


class Kind(models.TextChoices):
    HANDLING = "handling", _("赋权办理")
    ENFORCING = "enforcing", _("赋权执法")
    OVERRIDE = "override", _("本镇另行分工")


class PlaceKind(models.TextChoices):
    ANYWHERE = "", _("全镇")
    URBAN = "urban", _("只在居委（社区）")
    RURAL = "rural", _("只在村委")


POWERS = (Kind.HANDLING, Kind.ENFORCING)


class AssignmentQuerySet(ScopedQuerySet["Assignment"]):
    def running(self) -> Self:
        """Not ended by hand; the dates may still lie ahead or behind."""
        return self.filter(ended_at__isnull=True)


class Assignment(models.Model):
    """赋权与分工: an item of a township goes to `office`, for a stated reason and time.

    A power is handed down by `grantor`, the county department that the list names; an override has none.
    """

    kind = models.CharField(_("类别"), max_length=9, choices=Kind.choices)
    township = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("乡镇"))
    item_code = models.CharField(_("事项"), max_length=8)
    ground = models.CharField(
        _("适用范围"), max_length=5, choices=PlaceKind.choices, blank=True, default=PlaceKind.ANYWHERE
    )
    office = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("由谁办"))
    grantor = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("赋权部门")
    )
    basis = models.CharField(_("依据或理由"), max_length=200)
    starts_on = models.DateField(_("从哪天"))
    ends_on = models.DateField(_("到哪天"), null=True, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(_("终止理由"), max_length=200, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("赋权与分工")
        constraints = [
            models.CheckConstraint(
                name="assignment_dates_in_order",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
            ),
            models.CheckConstraint(
                name="assignment_power_has_grantor",
                condition=Q(kind=Kind.OVERRIDE, grantor__isnull=True)
                | (~Q(kind=Kind.OVERRIDE) & Q(grantor__isnull=False)),
            ),
        ]
        indexes = [
            # routing: what runs for an item of a township
            models.Index(
                fields=["township", "item_code"], condition=Q(ended_at__isnull=True), name="assignment_running"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_code} → {self.office}"

    @classmethod
    def scope_q(cls, scope: Scope) -> Q:
        return townships_q(scope)

    @property
    def is_power(self) -> bool:
        return self.kind in POWERS
