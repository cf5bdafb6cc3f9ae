"""What people keep at their desk to work faster: saved lists and standard replies. No ticket depends on them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.rows.scoping import ScopedQuerySet
from grids.models import Area
from members.access import Scope
from members.models import Department, User
from members.roles import Role


class SavedViewQuerySet(ScopedQuerySet["SavedView"]):
    pass


class SavedView(models.Model):
    """常用视图: a filter of the queue under a name, its keeper's own or shared with one area or department.

    It is only an address: whoever opens it sees those of their own tickets that it names.
    """

    owner = models.ForeignKey(User, models.CASCADE, related_name="+")
    name = models.CharField(_("名称"), max_length=20)
    query = models.CharField(max_length=1000)
    area = models.ForeignKey(Area, models.CASCADE, null=True, blank=True, related_name="+")
    department = models.ForeignKey(Department, models.CASCADE, null=True, blank=True, related_name="+")

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("常用视图")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="saved_view_name_once"),
            models.CheckConstraint(
                name="saved_view_shared_once", condition=Q(area__isnull=True) | Q(department__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def scope_q(cls, scope: Scope) -> Q:
        """One's own, and those shared with the very area or department at which one holds a post."""
        seen = scope.seeing("tickets")
        areas = [post.area_id for post in seen.posts if post.area_id is not None]
        return Q(owner=scope.user_id) | Q(area__in=areas) | Q(department__in=seen.departments)

    @property
    def shared_with(self) -> str:
        """The area or department whose people see it; empty for one's own alone."""
        return str(self.department or (self.area.short_name if self.area else ""))


class ReplyQuerySet(ScopedQuerySet["Reply"]):
    pass


class Reply(models.Model):
    """常用语: a short text for the note of one step, of every item or of one; a person's own or of a whole county."""

    owner = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="+")
    county = models.ForeignKey(Area, models.CASCADE, null=True, blank=True, related_name="+")
    step = models.CharField(_("用在哪一步"), max_length=24)
    item_code = models.CharField(_("清单事项"), max_length=8, blank=True)
    text = models.CharField(_("内容"), max_length=300)

    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("常用语")
        constraints = [
            models.CheckConstraint(
                name="reply_of_person_or_county", condition=Q(owner__isnull=True) ^ Q(county__isnull=True)
            ),
        ]
        indexes = [
            models.Index(fields=["county", "step"], condition=Q(county__isnull=False), name="reply_of_county"),
        ]

    def __str__(self) -> str:
        return self.text

    @classmethod
    def scope_q(cls, scope: Scope) -> Q:
        """What one may change: one's own, and the county's for its list admins."""
        counties = [post.area_id for post in scope.posts if post.role == Role.LIST_ADMIN and post.area_id is not None]
        return Q(owner=scope.user_id) | Q(county__in=counties)
