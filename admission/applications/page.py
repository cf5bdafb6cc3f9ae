"""Everything the page of one application shows, in a fixed number of queries, and what its reader may do."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import ClassVar

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _

from admission.applications import actions
from admission.burden import Burden, burden_of
from admission.lookup import url_of
from admission.models import Admission, Asked, Hit, Policy, Verdict
from admission.models.base import MovingEvent
from admission.pagekit import GatePage, events_of
from admission.people import hats_of
from admission.workflow.application_table import FORCE, Hat, State
from admission.workflow.rules import (
    GATE_CODES,
    JOINT_CODES,
    LEGAL_CODES,
    OFFICE_CODES,
    STAGE_CODES,
    TOWNS_AT_LEAST,
    WORKERS_AT_LEAST,
    Cause,
    HardRule,
    Stance,
)
from core import clock
from core.process.detail import SummaryRow, TrackStep, short_day
from core.text import Text
from members.access import get_scoped_or_404
from members.models import Department, User

RELATED = ("department", "renews", "opened_by")


@dataclass(frozen=True)
class HitLine:
    hit: Hit
    url: str


@dataclass(frozen=True)
class AdmissionPage(GatePage):
    """One application."""

    asked: Sequence[Asked]
    verdicts: Sequence[Verdict]
    hits: Sequence[HitLine]
    policies: Sequence[Policy]
    burden: Burden
    towns: Sequence[str]
    names: dict[str, str]

    detail_route: ClassVar[str] = "admission:detail"
    reveal_route: ClassVar[str] = "admission:reveal"
    act_route: ClassVar[str] = "admission:act"
    home_route: ClassVar[str] = "admission:register"  # which everybody may read
    head: ClassVar[str] = "admission/_head.html"
    body: ClassVar[str] = "admission/_body.html"

    @property
    def written(self) -> list[Model]:
        return [*super().written, *self.asked, *self.verdicts]

    @property
    def nav(self) -> str:
        return "admission"

    @property
    def note(self) -> Text:
        """Whose move it is, or why there is nothing to do."""
        waits = {
            State.CHECKED: _("主办部门逐条答复查重结果后，由%(names)s发起征求意见")
            % {"names": self._named(OFFICE_CODES)},
            State.CONSULTING: _("达到 %(t)d 个乡镇、%(w)d 名网格员后可以送审")
            % {"t": TOWNS_AT_LEAST, "w": WORKERS_AT_LEAST},
            State.REVIEWING: _("等%(names)s审查，都通过后进入联审") % {"names": self._named(LEGAL_CODES)},
            State.JOINT: _("%(names)s一致同意方可入格") % {"names": self._named(JOINT_CODES)},
            State.EXITING: _("期限内补充依据，否则自动退出"),
        }
        return waits.get(State(self.row.state), "") if self.row.info.is_open else _("此件已结束")

    def _named(self, codes: Sequence[str]) -> str:
        return "、".join(self.names.get(code, code) for code in codes)

    @property
    def track(self) -> list[TrackStep]:
        """Asked, opinions, legality, joint approval, published: what has been reached and when."""
        row, steps = self.row, []
        if row.emergency:
            return [
                TrackStep(_("申请"), short_day(row.opened_at, self.now), "done"),
                TrackStep(_("临时通行"), short_day(row.in_force_at, self.now) if row.in_force_at else "", _done(row)),
            ]
        marks = (("review", _("征求意见")), ("pass_law", _("合法审查")), ("agree", _("联审")), ("publish", _("公布")))
        steps.append(TrackStep(_("申请"), short_day(row.opened_at, self.now), "done"))
        reached = {event.action: event.at for event in self.events if event.from_state != event.to_state}
        is_next = row.info.is_open and row.state not in FORCE
        for action, word in marks:
            if action in reached:
                steps.append(TrackStep(word, short_day(reached[action], self.now), "done"))
            else:
                steps.append(TrackStep(word, str(row.info.label) if is_next else "", "now" if is_next else ""))
                is_next = False
        return steps

    @property
    def refusals(self) -> list[str]:
        """The hard rules that were broken, each with what broke it."""
        return [f"{HardRule(one['rule']).label}：{one['why']}" for one in self.row.findings]

    @property
    def summary(self) -> list[SummaryRow]:
        row = self.row
        found = [
            SummaryRow(_("类型"), row.get_kind_display(), note=row.get_emergency_display() if row.emergency else ""),
            SummaryRow(_("主办部门"), row.department.name, note=row.opened_by.name),
            SummaryRow(_("要网格做什么"), row.content),
            SummaryRow(_("涉及乡镇"), "、".join(self.towns) or _("全县")),
            SummaryRow(_("每格每月耗时"), _("%(n)d 分钟") % {"n": row.minutes}, note=self.estimate),
            SummaryRow(_("法律或文件依据"), row.basis),
            SummaryRow(_("起止日期"), f"{row.starts_on:%Y-%m-%d} 至 {row.wanted_until:%Y-%m-%d}"),
            SummaryRow(_("日落日期"), f"{row.ends_on:%Y-%m-%d}" if row.ends_on else ""),
            SummaryRow(_("经费（费随事转）"), row.budget),
            SummaryRow(_("要填的内容"), "、".join(row.fields)),
            SummaryRow(_("可复用的已有数据"), row.reuse),
            SummaryRow(_("不做的后果"), row.consequence),
            SummaryRow(_("网格事项编号"), row.item_code),
            SummaryRow(_("最近发生"), f"{row.last_used_on:%Y-%m-%d}" if row.last_used_on else ""),
            SummaryRow(_("原因"), Cause(row.cause).label if row.cause else ""),
        ]
        if row.renews:
            url = reverse("admission:detail", args=[row.renews_id])
            found.append(SummaryRow(_("续期或补办自"), row.renews.number, url))
        return [fact for fact in found if fact.value]

    @property
    def estimate(self) -> str:
        """The middle of what grid workers and townships think it takes."""
        said = [row.estimate for row in self.asked if row.estimate is not None]
        return _("基层估计中位数 %(n)d 分钟（%(k)d 人）") % {"n": median(said), "k": len(said)} if said else ""

    @property
    def counted(self) -> str:
        """How many of those asked have answered, and how."""
        said = [row for row in self.asked if row.answered_at]
        words = [f"{stance.label} {sum(row.stance == stance for row in said)}" for stance in Stance]
        return _("已答复 %(n)d / %(all)d") % {"n": len(said), "all": len(self.asked)} + "：" + "，".join(words)

    @property
    def stages(self) -> list[tuple[str, list[tuple[str, Verdict | None]]]]:
        """What each department said at each stage that has begun."""
        found = []
        for stage, codes in STAGE_CODES.items():
            said = {v.department.code: v for v in self.verdicts if v.stage == stage}
            if said or self._is_at(stage):
                lines = [(self.names.get(code, code), said.get(code)) for code in codes]
                found.append((str(dict(Verdict._meta.get_field("stage").flatchoices)[stage]), lines))
        return found

    def _is_at(self, stage: str) -> bool:
        at = {State.REVIEWING: "legal", State.JOINT: "joint", State.EVALUATING: "exit"}
        return at.get(State(self.row.state)) == stage

    @property
    def sees_opinions(self) -> bool:
        """Whether single opinions are shown with names: to the gate and the county; to others as counts."""
        return bool(self.hats & {Hat.OFFICE, Hat.LEGAL, Hat.JOINT, Hat.LEADER})

    @property
    def may_renew(self) -> bool:
        return Hat.APPLICANT in self.hats and self.row.state in FORCE

    def may_read(self, event: MovingEvent) -> bool:
        """What one of those who were asked wrote is for those who see single opinions, and themselves."""
        return event.action != "opine" or self.sees_opinions or event.actor_id == self.reader.pk

    def may_name(self, event: MovingEvent) -> bool:
        return self.may_read(event)

    def said(self, event: MovingEvent) -> list[str]:
        data, lines = event.data, []
        if data.get("rules"):
            lines += self.refusals
        if data.get("hits"):
            lines.append(_("查重发现 %(n)d 处相近") % {"n": data["hits"]})
        if "towns" in data:
            words = {"t": len(data["towns"]), "w": len(data["workers"])}
            lines.append(_("征询 %(t)d 个乡镇、抽取 %(w)d 名网格员") % words)
        if "stance" in data and self.may_read(event):
            lines.append(str(Stance(data["stance"]).label))
        if "ends_on" in data:
            words = {"day": data["ends_on"], "n": data["minutes"]}
            lines.append(_("到 %(day)s 为止，每格每月 %(n)d 分钟") % words)
        if "number" in data:
            lines.append(str(data["number"]))
        return lines


def _done(row: Admission) -> str:
    return "done" if row.in_force_at else "now" if row.info.is_open else ""


def open_page(user: User, pk: int) -> AdmissionPage:
    """The page of an application in the user's scope; Http404 otherwise."""
    seen = get_scoped_or_404(user, Admission, pk=pk)
    row = Admission.objects.select_related(*RELATED).get(pk=seen.pk)
    now = clock.now()
    verdicts = [v for v in row.verdicts.select_related("department", "said_by") if _is_current(v, row)]
    return AdmissionPage(
        process=actions.PROCESS,
        row=row,
        reader=user,
        hats=hats_of(row, user),
        facts=actions.facts_of(row, user, now),
        events=events_of(actions.PROCESS, row),
        now=now,
        asked=list(row.asked.select_related("township", "user", "answered_by")),
        verdicts=verdicts,
        hits=[HitLine(hit, url_of(hit.where, hit.code)) for hit in row.hits.all()],
        policies=list(row.policies.order_by("-valid_from")),
        burden=burden_of(row),
        towns=[town.name for town in row.townships.order_by("code")],
        names={d.code: str(d) for d in Department.objects.filter(code__in=GATE_CODES)},
    )


def _is_current(verdict: Verdict, row: Admission) -> bool:
    """Evaluations of former rounds stand in the history only."""
    return verdict.stage != "exit" or verdict.round == row.round
