"""Everything the page of one report shows. Who made it is shown to few, and never to the department it is about."""

from dataclasses import dataclass
from typing import ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _

from admission.lookup import url_of
from admission.models import PushedTask
from admission.models.base import MovingEvent
from admission.pagekit import GatePage, events_of
from admission.people import hats_on, knows_reporter
from admission.pushed import actions
from admission.workflow.pushed_table import Hat, State
from admission.workflow.rules import Answer
from core import clock
from core.process.detail import SummaryRow, TrackStep, short_day
from core.text import Text
from core.trust import audit
from issues.models import Ticket
from members.access import get_scoped_or_404
from members.models import User

BY_REPORTER = frozenset({"open", "accept", "object", "take_back"})


@dataclass(frozen=True)
class CheckLine:
    """One line that the check found like the task."""

    label: str
    percent: int
    url: str


@dataclass(frozen=True)
class PushedPage(GatePage):
    """One report."""

    sees_ticket: bool

    detail_route: ClassVar[str] = "admission:pushed"
    reveal_route: ClassVar[str] = "admission:reveal_pushed"
    act_route: ClassVar[str] = "admission:act_pushed"
    home_route: ClassVar[str] = "admission:pushed_index"
    head: ClassVar[str] = "admission/_pushed_head.html"
    body: ClassVar[str] = "admission/_pushed_body.html"

    @property
    def knows_reporter(self) -> bool:
        return knows_reporter(self.hats)

    @property
    def nav(self) -> str:
        return "pushed"

    @property
    def note(self) -> Text:
        waits = {
            State.REPORTED: _("由转嫁台账主管部门核对后答复"),
            State.ANSWERED: _("期限内没有异议即办结"),
            State.DISPUTED: _("由县领导裁定，裁定后不再异议"),
        }
        return waits.get(State(self.row.state), _("此件已结束"))

    @property
    def track(self) -> list[TrackStep]:
        row = self.row
        ended = short_day(row.ended_at, self.now) if row.ended_at else ""
        answered = short_day(row.answered_at, self.now) if row.answered_at else ""
        at = {State.REPORTED: 1, State.ANSWERED: 2, State.DISPUTED: 2}.get(State(row.state), -1)
        notes = (short_day(row.opened_at, self.now), answered, ended)
        found = []
        for n, (word, note) in enumerate(zip((_("反映"), _("答复"), _("办结")), notes, strict=True)):
            state = "now" if n == at else "done" if note else ""
            found.append(TrackStep(word, str(row.info.label) if n == at else note, state))
        return found

    def note_reading(self) -> None:
        """Who reported is shielded: whoever else learns the name is on the trail."""
        if self.knows_reporter and self.row.reporter_id != self.reader.pk:
            audit.record("pushed.reporter_read", self.row, actor=self.reader, code=self.row.number)

    @property
    def check(self) -> list[CheckLine]:
        return [
            CheckLine(f"{hit['code']} {hit['label']}".strip(), hit["percent"], url_of(hit["where"], hit["code"]))
            for hit in self.row.check_hits
        ]

    @property
    def summary(self) -> list[SummaryRow]:
        row = self.row
        ticket = row.ticket.number if row.ticket and self.sees_ticket else ""
        found = [
            SummaryRow(_("来自部门"), row.department.name),
            SummaryRow(_("怎么来的"), row.get_channel_display(), note=f"{row.came_on:%Y-%m-%d}"),
            SummaryRow(_("乡镇"), row.township.name, note=_("乡镇拒收") if row.is_refusal else ""),
            SummaryRow(_("反映人"), self._reporter, note=row.reporter_post if self.knows_reporter else ""),
            SummaryRow(_("工单"), ticket, reverse("issues:ticket", args=[ticket]) if ticket else ""),
            SummaryRow(_("结论"), Answer(row.answer).label if row.answer else ""),
            SummaryRow(_("依据条目"), row.line),
        ]
        return [fact for fact in found if fact.value]

    @property
    def _reporter(self) -> str:
        return self.row.reporter.name if self.knows_reporter else _("不向被反映部门公开")

    @property
    def photo_url(self) -> str:
        """The photo may show who took it: it follows the reporter's name."""
        if not self.row.photo_path or not self.knows_reporter:
            return ""
        return reverse("admission:pushed_photo", args=[self.row.pk])

    def may_name(self, event: MovingEvent) -> bool:
        return event.action not in BY_REPORTER or self.knows_reporter

    def may_read(self, event: MovingEvent) -> bool:
        """What the reporter wrote on the way goes to those who decide on it."""
        return event.action not in BY_REPORTER or self.knows_reporter or Hat.LEADER in self.hats

    def said(self, event: MovingEvent) -> list[str]:
        data, lines = event.data, []
        if "is_covered" in data:
            lines.append(_("清单核对：有据") if data["is_covered"] else _("清单核对：无据"))
        if data.get("answer"):
            line = f"（{data['line']}）" if data.get("line") else ""
            lines.append(f"{Answer(data['answer']).label}{line}")
        return lines


def open_page(user: User, pk: int) -> PushedPage:
    """The page of a report in the user's scope; Http404 otherwise."""
    seen = get_scoped_or_404(user, PushedTask, pk=pk)
    row = PushedTask.objects.select_related("department", "township", "reporter", "ticket").get(pk=seen.pk)
    now, hats = clock.now(), hats_on(row, user)
    return PushedPage(
        process=actions.PROCESS,
        row=row,
        reader=user,
        hats=hats,
        facts=actions.facts_of(row, user, now),
        events=events_of(actions.PROCESS, row),
        now=now,
        sees_ticket=knows_reporter(hats) and _sees(user, row.ticket),
    )


def _sees(user: User, ticket: Ticket | None) -> bool:
    return ticket is not None and Ticket.objects.visible_to(user).filter(pk=ticket.pk).exists()
