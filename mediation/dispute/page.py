"""Everything the page of one dispute shows, in a fixed number of queries, and what its reader may do.

Who may see the dispute is decided by its scope; who may read its words, and whose name, is decided here.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import ClassVar

from django.db.models import Model
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock
from core.errors import NotYours
from core.process.detail import MovingPage, SummaryRow, TrackStep, track_of
from core.process.steps import Step
from core.templatetags.ui import when
from core.text import Text
from core.trust import audit
from core.trust.privacy import mask_name, mask_phone
from core.web import reveal as looks
from mediation.dispute.sayings import said_of
from mediation.engine.actions import PROCESS, facts_of
from mediation.models import Agreement, Disputant, Dispute, DisputeEvent, MediationSession, Mediator
from mediation.people import hats_of
from mediation.queries import follow_up_lamp
from mediation.workflow.rules import RISK_LAMPS, Guidance, Kept, Risk
from mediation.workflow.table import STATES, GuardContext, State
from members.access import get_scoped_or_404, scope_for
from members.models import User

RELATED = ("area", "village", "township", "ticket", "opened_by", "transferred_to")


@dataclass(frozen=True)
class PartyLine:
    """One party as a page names it: masked, or in full right after a look was recorded."""

    label: str
    name: str
    phone: str
    household: str


@dataclass(frozen=True)
class DisputePage(MovingPage):
    """The page of one dispute."""

    row: Dispute
    facts: GuardContext
    disputants: list[Disputant]
    mediators: list[Mediator]
    sessions: list[MediationSession]
    agreement: Agreement | None

    head: ClassVar[str] = "mediation/_head.html"
    template: ClassVar[str] = "mediation/dispute.html"

    @property
    def dispute(self) -> Dispute:
        return self.row

    @property
    def nav(self) -> str:
        return "mediation"

    @property
    def url(self) -> str:
        return reverse("mediation:dispute", args=[self.dispute.pk])

    @property
    def home(self) -> str:
        return reverse("mediation:index")

    @property
    def is_readable(self) -> bool:
        """Whether the reader may see the words and the parties; an auditor sees that there is a dispute, no more."""
        return bool(self.hats) or self.dispute.transferred_to_id in scope_for(self.reader).departments

    def note_reading(self) -> None:
        if self.is_readable:
            audit.record("mediation.read", self.dispute, actor=self.reader, code=self.dispute.number)

    @property
    def is_entrusted(self) -> bool:
        """Whether the parties may be shown in full to the reader, on record."""
        return bool(self.hats)

    @property
    def brief(self) -> Text:
        return _("%(kind)s纠纷 · %(place)s") % {
            "kind": self.dispute.get_kind_display(),
            "place": self.dispute.area.name,
        }

    def act_url(self, step: Step) -> str:
        return reverse("mediation:act", args=[self.dispute.pk, step.name])

    @property
    def risk_lamp(self) -> str:
        return RISK_LAMPS[Risk(self.dispute.risk)]

    @property
    def parties(self) -> list[PartyLine]:
        return parties_of(self.disputants) if self.is_readable else []

    @property
    def note(self) -> Text:
        """What comes next, or why there is nothing to do."""
        dispute = self.dispute
        if dispute.state == State.AGREED and dispute.follow_up_on:
            return _("%(day)s 回访是否履行") % {"day": f"{dispute.follow_up_on:%-m月%-d日}"}
        if not self.info_is_open:
            return _("此纠纷已结束")
        if not self.offered:
            return _("由调解员办理，您只能查看")
        if dispute.next_at:
            return _("下次调解：%(when)s") % {"when": when(dispute.next_at)}
        return ""

    @property
    def info_is_open(self) -> bool:
        return STATES[State(self.dispute.state)].is_open

    @property
    def next_line(self) -> SummaryRow | None:
        """When the mediators or the visitor come next, with its lamp as the fact's note."""
        dispute = self.dispute
        if dispute.next_at:
            where = dispute.next_place if self.is_readable else ""
            return SummaryRow(_("下次调解"), when(dispute.next_at), note=where)
        return None

    @property
    def follow_up_lamp(self) -> str:
        day = self.dispute.follow_up_on
        return follow_up_lamp(day, self.facts.today) if day else ""

    @property
    def track(self) -> list[TrackStep]:
        """Opened, mediated, agreed, kept: what has been reached and when."""
        dispute = self.dispute
        marks = (
            (_("立案"), dispute.opened_at),
            (_("调解"), self._first("sit")),
            (_("协议"), self._last("agree")),
            (_("履行"), self._last("visit_kept")),
        )
        on = {State.OPENED: 1, State.MEDIATING: 1, State.AGREED: 3}.get(State(dispute.state), -1)
        return track_of(marks, on, str(dispute.info.label), self.now)

    def _first(self, action: str) -> datetime | None:
        return next((event.at for event in reversed(self.events) if event.action == action), None)

    def _last(self, action: str) -> datetime | None:
        return next((event.at for event in self.events if event.action == action), None)

    @property
    def summary(self) -> list[SummaryRow]:
        dispute = self.dispute
        place = f"{dispute.township.name}·{dispute.village.short_name}·{dispute.area.name}"
        number = dispute.ticket.number if dispute.ticket else ""
        principal = self.mediators[0].full_name if self.mediators else ""
        helpers = "、".join(_named(mediator) for mediator in self.mediators[1:])
        found = [
            SummaryRow(_("类别"), dispute.get_kind_display()),
            SummaryRow(_("所在"), place, note=dispute.where if self.is_readable else ""),
            SummaryRow(_("负责调解"), principal if self.is_readable else "", note=_kind_of(self.mediators[:1])),
            SummaryRow(_("参与调解"), helpers if self.is_readable else ""),
            self.next_line or SummaryRow("", ""),
            SummaryRow(_("回访日"), f"{dispute.follow_up_on:%Y-%m-%d}" if dispute.follow_up_on else ""),
            SummaryRow(_("履行情况"), Kept(dispute.kept).label if dispute.kept else ""),
            SummaryRow(_("引导去向"), Guidance(dispute.guidance).label if dispute.guidance else ""),
            SummaryRow(_("转往"), str(dispute.transferred_to or "")),
            SummaryRow(_("来自工单"), number, reverse("issues:ticket", args=[number]) if number else ""),
            SummaryRow(_("立案"), dispute.opened_by.name, note=when(dispute.opened_at)),
        ]
        return [fact for fact in found if fact.value]

    @property
    def written(self) -> list[Model]:
        return [*super().written, *self.sessions, *filter(None, [self.agreement])]

    def may_read(self, event: DisputeEvent) -> bool:
        return self.is_readable

    def said(self, event: DisputeEvent) -> list[str]:
        session = self._known.get(event.data.get("session", 0)) if self.is_readable else None
        return said_of(event, self.dispute, session)

    @cached_property
    def _known(self) -> dict[int, MediationSession]:
        return {session.pk: session for session in self.sessions}


def open_page(user: User, pk: int) -> DisputePage:
    """The page of a dispute in the user's scope; Http404 otherwise. At most eight queries."""
    seen = get_scoped_or_404(user, Dispute, pk=pk)
    dispute = Dispute.objects.select_related(*RELATED).get(pk=seen.pk)
    now = clock.now()
    mediators = list(dispute.mediators.select_related("user"))
    disputants = list(dispute.disputants.filter(dropped_at=None).select_related("household"))
    sessions = list(dispute.sessions.select_related("recorded_by").prefetch_related("attended"))
    return DisputePage(
        process=PROCESS,
        row=dispute,
        reader=user,
        hats=hats_of(user, dispute, mediators),
        facts=facts_of(dispute, now, parties=len(disputants), sessions=len(sessions), has_principal=bool(mediators)),
        disputants=disputants,
        mediators=mediators,
        sessions=sessions,
        events=list(dispute.events.select_related("actor")),
        agreement=dispute.agreements.first(),
        now=now,
    )


def may_look(page: DisputePage) -> None:
    """Raises `NotYours` for those who only know of the dispute."""
    if not page.is_entrusted:
        raise NotYours(_("只有调解员和分管此纠纷的人员可以查看当事人"))


def reveal(page: DisputePage, *, reason: str, verb: str = "mediation.revealed") -> list[PartyLine]:
    """The parties in full, the look on record. Raises what `may_look` raises."""
    may_look(page)
    looks.record(verb, page.dispute, actor=page.reader, reason=reason, code=page.dispute.number)
    page.unveil()
    return parties_of(page.disputants, in_full=True)


def agreement_of(page: DisputePage) -> Agreement:
    """The newest agreement for those who may read it; Http404 while there is none."""
    if not page.is_readable:
        raise NotYours(_("您只能看到有这件纠纷，不能看协议内容"))
    if page.agreement is None:
        raise Http404
    return page.agreement


def parties_of(disputants: list[Disputant], *, in_full: bool = False) -> list[PartyLine]:
    return [
        PartyLine(
            label=party.label,
            name=party.name if in_full else mask_name(party.name),
            phone=party.phone if in_full else mask_phone(party.phone),
            household=_home(party, in_full=in_full),
        )
        for party in disputants
    ]


def _home(party: Disputant, *, in_full: bool) -> str:
    if party.household is None:
        return ""
    return party.household.address if in_full else _("已关联户")


def _named(mediator: Mediator) -> str:
    return f"{mediator.full_name}（{mediator.get_outside_display()}）" if mediator.outside else mediator.full_name


def _kind_of(mediators: list[Mediator]) -> str:
    return str(mediators[0].get_outside_display()) if mediators and mediators[0].outside else ""
