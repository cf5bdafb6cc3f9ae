"""转嫁反映: a task that came down without a list line, told by those below. Written by `admission.pushed.actions`.

Who told it is known to themselves and to the owner of the ledger, never to the department it is about.
"""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from admission.models.base import Moving, MovingEvent
from admission.workflow.pushed_table import TABLE, State
from admission.workflow.rules import OWNER_CODES, Answer, Channel
from core.process.steps import StateInfo
from core.rows.scoping import ScopedQuerySet
from core.trust.freetext import EncryptedFreeTextField
from grids.models import Area
from issues.models import Ticket
from members.models import Department, User

if TYPE_CHECKING:
    from core.rows.scoping import ScopeLike


class PushedTask(Moving):
    """One report. `check` keeps what the lists in force and the register said when it was made."""

    what = EncryptedFreeTextField(_("什么任务"))
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("来自哪个部门"))
    channel = models.CharField(_("怎么来的"), max_length=8, choices=Channel.choices)
    came_on = models.DateField(_("哪天"))
    ticket = models.ForeignKey(Ticket, models.PROTECT, null=True, blank=True, related_name="pushed_tasks")
    township = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("乡镇"))
    reporter = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("反映人"))
    reporter_post = models.CharField(max_length=60, blank=True)
    is_refusal = models.BooleanField(_("乡镇拒收"), default=False)
    is_covered = models.BooleanField(_("有据"), default=False)
    check_hits = models.JSONField(_("清单核对"), default=list, blank=True)
    photo_path = models.CharField(max_length=100, blank=True)
    answer = models.CharField(_("结论"), max_length=12, choices=Answer.choices, blank=True)
    line = models.CharField(_("依据条目"), max_length=80, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["PushedTask"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("转嫁反映")
        constraints = [
            models.CheckConstraint(
                name="pushed_ended_iff_over",
                condition=Q(state__in=sorted(TABLE.ended_states), ended_at__isnull=False)
                | (~Q(state__in=sorted(TABLE.ended_states)) & Q(ended_at__isnull=True)),
            ),
            models.CheckConstraint(name="pushed_version_order", condition=Q(version__gte=F("moved_version"))),
        ]
        indexes = [
            models.Index(fields=["-opened_at", "-id"], name="pushed_newest"),
            # one's own, and the counts by department
            models.Index(fields=["reporter", "-opened_at"], name="pushed_mine"),
            models.Index(fields=["department", "opened_at"], name="pushed_department"),
        ]

    @classmethod
    def scope_q(cls, scope: "ScopeLike") -> Q:
        """One's own, those about one's department, and all for the owners of the ledger and the county."""
        if scope.seeing("gate").user_id is not None:
            return Q(pk__isnull=False)
        q = Q(pk__in=())
        if scope.user_id is not None:
            q |= Q(reporter=scope.user_id)
        if scope.departments:
            owners = Department.objects.filter(pk__in=scope.departments, code__in=OWNER_CODES)
            q |= Q(department__in=scope.departments) | Q(models.Exists(owners))
        return q

    @property
    def info(self) -> StateInfo:
        return TABLE.states[State(self.state)]


class PushedEvent(MovingEvent):
    """One step of a report; append-only."""

    task = models.ForeignKey(PushedTask, models.CASCADE, related_name="events")

    class Meta:
        verbose_name = verbose_name_plural = _("转嫁反映经过")
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["task", "version"], name="pushed_event_once")]
