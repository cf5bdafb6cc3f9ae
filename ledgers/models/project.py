"""民生实事: what residents and villages propose, and the projects that come of it, with milestones."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.process.steps import StateInfo
from core.rows.scoping import ScopedQuerySet
from core.trust.freetext import EncryptedFreeTextField, FreeTextField
from core.trust.privacy import EncryptedTextField
from grids.models import PathModel
from ledgers.models.matter import Matter
from ledgers.workflow.project import PROPOSALS
from ledgers.workflow.project import Proposal as ProposalState
from members.models import Department, User

if TYPE_CHECKING:
    from core.rows.scoping import ScopeLike


class Project(Matter):
    """实事: a livelihood project of a village. `goal` and `answer` are public."""

    goal = FreeTextField(_("要办成什么"), max_length=500)
    answer = FreeTextField(_("回音"), max_length=1000, blank=True)

    objects: ClassVar[Any] = ScopedQuerySet["Project"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("民生实事")

    @classmethod
    def scope_q(cls, scope: "ScopeLike") -> Q:
        """Projects of the viewer's area, and those with a milestone of the viewer's department."""
        seen = scope.seeing("ledgers")
        q = seen.path_q()
        if seen.departments:
            mine = Milestone.objects.filter(department__in=seen.departments)
            q |= Q(pk__in=mine.values("project_id"))
        return q


class Milestone(models.Model):
    """节点: what must be reached by when, and by which department (none: the township itself)."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="milestones")
    position = models.PositiveSmallIntegerField()
    name = FreeTextField(_("节点"), max_length=40)
    planned_on = models.DateField(_("计划日期"))
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("责任单位")
    )
    done_on = models.DateField(_("完成日期"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("节点")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["project", "position"], name="milestone_position_once")]
        indexes = [
            models.Index(
                fields=["department"],
                condition=Q(department__isnull=False, done_on__isnull=True),
                name="milestone_mine",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Proposal(PathModel):
    """建议: a livelihood project that a resident or the village would like. The words and the contact are encrypted."""

    code = models.CharField(_("查询码"), max_length=16, unique=True)
    words = EncryptedFreeTextField(_("想办的实事"))
    name = EncryptedTextField(_("称呼"), blank=True)
    phone = EncryptedTextField(_("电话"), blank=True)
    placed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("代提人")
    )
    placed_at = models.DateTimeField(_("提出时间"))
    state = models.CharField(max_length=8, choices=[(s.value, i.label) for s, i in PROPOSALS.items()])
    reason = FreeTextField(_("未采纳的理由"), max_length=500, blank=True)
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="proposals")
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["Proposal"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("实事建议")
        constraints = [
            models.CheckConstraint(
                name="proposal_adopted_iff_project",
                condition=Q(state=ProposalState.ADOPTED.value, project__isnull=False)
                | (~Q(state=ProposalState.ADOPTED.value) & Q(project__isnull=True)),
            ),
            models.CheckConstraint(
                name="proposal_declined_with_reason",
                condition=~Q(state=ProposalState.DECLINED.value) | ~Q(reason=""),
            ),
        ]
        indexes = [
            models.Index(fields=["township", "state", "-placed_at", "-id"], name="proposal_township"),
            models.Index(fields=["village", "state", "-placed_at", "-id"], name="proposal_village"),
        ]

    def __str__(self) -> str:
        return self.code

    @classmethod
    def scope_q(cls, scope: "ScopeLike") -> Q:
        return scope.seeing("ledgers").path_q()

    @property
    def info(self) -> StateInfo:
        return PROPOSALS[ProposalState(self.state)]
