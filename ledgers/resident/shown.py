"""What of a project everybody may read: name, goal, milestones with lamps, the answer. Nobody's name is in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from core import clock
from core.text import Text
from grids.models import Area
from ledgers.models import Project, Proposal
from ledgers.page import MilestoneLine, lines_of
from ledgers.rules import SHOWN_TO_RESIDENTS, lamp_of

MOST = 40
LAMP_WORDS = {"r": _("晚于计划"), "y": _("快到期"), "b": _("按计划"), "n": _("已结束")}


@dataclass(frozen=True)
class Shown:
    """One project on a public page; `lamp` is that of its next milestone."""

    project: Project
    lamp: str
    milestones: Sequence[MilestoneLine]

    @property
    def word(self) -> Text:
        return LAMP_WORDS[self.lamp]


def proposal_by_code(code: str) -> Proposal | None:
    return Proposal.objects.select_related("village", "area", "project").filter(code=code).first()


def public_project(project: Project) -> Shown:
    today = clock.today()
    milestones = list(project.milestones.all())
    waiting = [one.planned_on for one in milestones if one.done_on is None]
    lamp = lamp_of(min(waiting), today) if waiting and project.is_open else "b" if project.is_open else "n"
    return Shown(project, lamp, lines_of(milestones, today))


def public_projects(village: Area) -> list[Shown]:
    """Projects of a village, open ones first: two queries."""
    since = clock.now() - SHOWN_TO_RESIDENTS
    rows = Project.objects.filter(village=village.pk, opened_at__gte=since).prefetch_related("milestones")
    return [public_project(row) for row in sorted(rows.order_by("-opened_at", "-id")[:MOST], key=_is_over)]


def _is_over(project: Project) -> bool:
    return not project.is_open
