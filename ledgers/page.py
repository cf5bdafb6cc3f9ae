"""Everything the page of one matter shows, in a fixed number of queries, and what its reader may do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock
from core.process.detail import MovingPage, Picture, SummaryRow, TrackStep, track_of
from core.process.steps import Step
from core.templatetags.ui import when
from core.text import Text
from ledgers.engine.actions import MODELS, PROCESSES, facts_of
from ledgers.models import Campaign, MatterEvent, MatterPhoto, Milestone, Project, Rectification
from ledgers.people import hats_of
from ledgers.rules import lamp_of
from ledgers.workflow import GuardContext, Kind
from ledgers.workflow.project import State as ProjectState
from members.access import get_scoped_or_404
from members.models import User

RELATED = {
    Kind.RECTIFICATION: ("owner_department", "owner_township", "ticket"),
    Kind.PROJECT: (),
    Kind.CAMPAIGN: ("item",),
}
HOMES = {
    Kind.RECTIFICATION: "ledgers:rectifications",
    Kind.PROJECT: "ledgers:projects",
    Kind.CAMPAIGN: "ledgers:campaigns",
}
NAV = {Kind.RECTIFICATION: "rectify", Kind.PROJECT: "projects", Kind.CAMPAIGN: "campaigns"}


@dataclass(frozen=True)
class MilestoneLine:
    milestone: Milestone
    lamp: str
    text: str


@dataclass(frozen=True)
class MatterPage(MovingPage):
    """The page of one matter of any kind."""

    facts: GuardContext

    head: ClassVar[str] = "ledgers/_head.html"
    tools: ClassVar[str] = "ledgers/_tools.html"
    template: ClassVar[str] = "ledgers/matter.html"

    @property
    def matter(self) -> Any:
        return self.row

    @property
    def kind(self) -> Kind:
        return Kind(self.matter.kind)

    @property
    def nav(self) -> str:
        return NAV[self.kind]

    @property
    def home(self) -> str:
        return reverse(HOMES[self.kind])

    @property
    def url(self) -> str:
        return reverse(f"ledgers:{self.kind}", args=[self.matter.pk])

    @property
    def reveal_url(self) -> str:
        return reverse("ledgers:reveal", args=[self.kind, self.matter.pk])

    @property
    def body(self) -> str:
        return f"ledgers/_{self.kind}.html"

    @property
    def brief(self) -> Text:
        return str(self.matter.title)

    def act_url(self, step: Step) -> str:
        return reverse("ledgers:act", args=[self.kind, self.matter.pk, step.name])

    @property
    def note(self) -> Text:
        """What comes next, or why there is nothing to do."""
        matter = self.matter
        if not matter.is_open:
            return _("此件已结束")
        if isinstance(matter, Rectification) and matter.applied_by_id:
            return _("等立账单位核验销号")
        if isinstance(matter, Project) and matter.state == ProjectState.FINISHED:
            return _("等镇里发布回音")
        return _("到期：%(day)s") % {"day": f"{self.due_on:%-m月%-d日}"} if self.due_on else ""

    @property
    def due_on(self) -> date | None:
        """The next day that counts."""
        matter = self.matter
        if isinstance(matter, Rectification):
            return matter.due_on
        if isinstance(matter, Campaign):
            return matter.ends_on
        waiting = [one.planned_on for one in self.milestones if one.done_on is None]
        return min(waiting, default=None)

    @property
    def lamp(self) -> str:
        return lamp_of(self.due_on, self.facts.today) if self.matter.is_open else "n"

    @cached_property
    def milestones(self) -> list[Milestone]:
        is_project = isinstance(self.matter, Project)
        return list(self.matter.milestones.select_related("department")) if is_project else []

    @property
    def milestone_lines(self) -> list[MilestoneLine]:
        return lines_of(self.milestones, self.facts.today)

    @property
    def summary(self) -> list[SummaryRow]:
        matter = self.matter
        place = "·".join(area.short_name for area in (matter.township, matter.village, matter.grid) if area)
        found = [
            SummaryRow(_("编号"), matter.number),
            SummaryRow(_("所在"), place or matter.county.name),
            *_own_facts(matter),
            SummaryRow(
                self.process.opened_label,
                f"{matter.office.name} {matter.opened_by.name}",
                note=when(matter.opened_at),
            ),
        ]
        return [fact for fact in found if fact.value]

    @property
    def track(self) -> list[TrackStep]:
        """How far a project is: 征集、推动、完成、回音."""
        matter = self.matter
        state = ProjectState(matter.state)
        done = sum(one.done_on is not None for one in self.milestones)
        moving = _("%(done)d/%(all)d 节点") % {"done": done, "all": len(self.milestones)}
        ended = {event.action: event.at for event in self.events}
        on = {ProjectState.MOVING: 1, ProjectState.FINISHED: 3}.get(state, -1)
        marks = (
            (_("征集立项"), matter.opened_at),
            (_("推动"), ended.get("finish")),
            (_("完成"), ended.get("finish")),
            (_("回音"), ended.get("answer")),
        )
        return track_of(marks, on, moving if on == 1 else str(matter.info.label), self.now)

    def said(self, event: MatterEvent) -> list[str]:
        return _said(event)

    def pictures(self, event: MatterEvent) -> list[Picture]:
        return [Picture(reverse("ledgers:photo", args=[p.pk]), _("佐证照片")) for p in event.photos.all()]


def _own_facts(matter: Any) -> Sequence[SummaryRow]:
    if isinstance(matter, Rectification):
        number = matter.ticket.number if matter.ticket else ""
        return (
            SummaryRow(_("来源"), matter.get_source_display()),
            SummaryRow(_("责任单位"), matter.owner),
            SummaryRow(_("整改期限"), f"{matter.due_on:%Y-%m-%d}"),
            SummaryRow(_("关联工单"), number, reverse("issues:ticket", args=[number]) if number else ""),
        )
    if isinstance(matter, Campaign):
        return (
            SummaryRow(_("依据"), matter.basis),
            SummaryRow(_("起止"), f"{matter.starts_on:%Y-%m-%d} – {matter.ends_on:%Y-%m-%d}"),
            SummaryRow(_("发现问题按"), f"{matter.item.code} {matter.item.name}"),
            SummaryRow(_("对象"), matter.get_aim_display()),
        )
    return ()


def _said(event: MatterEvent) -> list[str]:
    """What the history kept of a step, in sentences."""
    data, lines = event.data, []
    if "name" in data:
        lines.append(data["name"])
    for name in ("due_on", "planned_on", "ends_on"):
        if name in data and "from" in data:
            lines.append(_("由 %(from)s 改为 %(to)s") % {"from": data["from"], "to": data[name]})
        elif name in data and event.action == "add_milestone":
            lines.append(_("计划 %(day)s") % {"day": data[name]})
    if "done_on" in data:
        lines.append(_("%(day)s 完成") % {"day": data["done_on"]})
    if data.get("ticket"):
        lines.append(_("关联工单 %(number)s") % {"number": data["ticket"]})
    return lines


def lines_of(milestones: Sequence[Milestone], today: date) -> list[MilestoneLine]:
    """Each milestone with its lamp: unlit once it is reached."""
    lines = []
    for one in milestones:
        if one.done_on:
            lines.append(MilestoneLine(one, "n", _("%(day)s 完成") % {"day": f"{one.done_on:%-m月%-d日}"}))
        else:
            text = _("计划 %(day)s") % {"day": f"{one.planned_on:%-m月%-d日}"}
            lines.append(MilestoneLine(one, lamp_of(one.planned_on, today), text))
    return lines


def open_page(user: User, kind: str, pk: int) -> MatterPage:
    """The page of a matter in the user's scope; Http404 otherwise. At most eight queries."""
    seen = get_scoped_or_404(user, MODELS[kind], pk=pk)
    related = ("office", "area", "grid", "village", "township", "county", "opened_by", *RELATED[Kind(kind)])
    matter = MODELS[kind].objects.select_related(*related).get(pk=seen.pk)
    now = clock.now()
    return MatterPage(
        process=PROCESSES[kind],
        row=matter,
        reader=user,
        hats=hats_of(user, matter),
        facts=facts_of(matter, user, now),
        events=list(matter.events.select_related("actor").prefetch_related("photos")),
        now=now,
    )


def photo_of(user: User, pk: int) -> MatterPhoto:
    """A photo of a matter in the user's scope; Http404 otherwise."""
    found = MatterPhoto.objects.select_related("event__matter").filter(pk=pk).first()
    if found is None:
        raise Http404
    matter = found.event.matter
    get_scoped_or_404(user, MODELS[matter.kind], pk=matter.pk)
    return found
