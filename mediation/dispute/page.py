"""Everything the page of one dispute shows, in a fixed number of queries, and what its reader may do.

Who may see the dispute is decided by its scope; who may read its words, and whose name, is decided here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock
from core.errors import NotYours
from core.process.transitions import Process
from core.templatetags.ui import when
from core.text import Text
from core.trust.privacy import mask_name, mask_phone
from core.web import reveal as looks
from issues.dossier.summary import SummaryRow
from issues.dossier.ticket_page import TrackStep as TrackStep
from issues.dossier.timeline import Entry
from issues.dossier.wording import short_day
from mediation.dispute.timeline import entries_of
from mediation.engine.actions import PROCESS, facts_of
from mediation.models import Agreement, Disputant, Dispute, DisputeEvent, MediationSession, Mediator
from mediation.people import hats_of
from mediation.queries import follow_up_lamp
from mediation.workflow.rules import RISK_LAMPS, Guidance, Kept, Risk
from mediation.workflow.table import FORWARD_RANK, STATES, GuardContext, Hat, State, Step, offers
from members.access import get_scoped_or_404, scope_for
from members.models import User

OTHERS = 2
RELATED = ("area", "village", "township", "ticket", "opened_by", "transferred_to")


@dataclass(frozen=True)
class PartyLine:
    """One party as a page names it: masked, or in full right after a look was recorded."""

    label: str
    name: str
    phone: str
    household: str


@dataclass(frozen=True)
class Action:
    """One step on offer; parameters of `components/act.html`."""

    text: Text
    icon: str
    url: str


@dataclass(frozen=True)
class DisputePage:
    """Everything a template says about one dispute."""

    dispute: Dispute
    reader: User
    hats: frozenset[Hat]
    facts: GuardContext
    disputants: list[Disputant]
    mediators: list[Mediator]
    sessions: list[MediationSession]
    events: list[DisputeEvent]
    agreement: Agreement | None
    now: datetime

    way: ClassVar[Process[Dispute]] = PROCESS
    nav: ClassVar[str] = "mediation"

    @property
    def row(self) -> Dispute:
        return self.dispute

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

    @property
    def is_entrusted(self) -> bool:
        """Whether the parties may be shown in full to the reader, on record."""
        return bool(self.hats)

    @property
    def offered(self) -> list[Step]:
        return offers(self.facts, self.hats)

    @property
    def risk_lamp(self) -> str:
        return RISK_LAMPS[Risk(self.dispute.risk)]

    @property
    def parties(self) -> list[PartyLine]:
        return parties_of(self.disputants) if self.is_readable else []

    @property
    def main(self) -> Action | None:
        """The step that carries the dispute on, if it is the reader's to take."""
        first = self.offered[:1]
        return self._action(first[0]) if first and first[0].rank < FORWARD_RANK else None

    @property
    def others(self) -> list[Action]:
        return self._rest()[:OTHERS]

    @property
    def more(self) -> list[Action]:
        return self._rest()[OTHERS:]

    def _rest(self) -> list[Action]:
        return [self._action(step) for step in self.offered[1 if self.main else 0 :]]

    def _action(self, step: Step) -> Action:
        return Action(step.label, step.icon, reverse("mediation:act", args=[self.dispute.pk, step.name]))

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
        reached = [self.dispute.opened_at, self._first("sit"), self._last("agree"), self._last("visit_kept")]
        words = [_("立案"), _("调解"), _("协议"), _("履行")]
        on = {State.OPENED: 1, State.MEDIATING: 1, State.AGREED: 3}.get(State(self.dispute.state), -1)
        steps = []
        for at, (word, moment) in enumerate(zip(words, reached, strict=True)):
            if at == on:
                steps.append(TrackStep(word, str(self.dispute.info.label), "now"))
            elif moment is not None and (on == -1 or at < on):
                steps.append(TrackStep(word, short_day(moment, self.now), "done"))
            else:
                steps.append(TrackStep(word, "", ""))
        return steps

    def _first(self, action: str) -> datetime | None:
        return next((event.at for event in reversed(self.events) if event.action == action), None)

    def _last(self, action: str) -> datetime | None:
        return next((event.at for event in self.events if event.action == action), None)

    @property
    def particulars(self) -> list[SummaryRow]:
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
    def entries(self) -> list[Entry]:
        """The history, newest first; words only for those who may read them."""
        return entries_of(self.dispute, self.events, self.sessions, self.reader.pk, is_readable=self.is_readable)


def open_page(user: User, pk: int) -> DisputePage:
    """The page of a dispute in the user's scope; Http404 otherwise. At most eight queries."""
    seen = get_scoped_or_404(user, Dispute, pk=pk)
    dispute = Dispute.objects.select_related(*RELATED).get(pk=seen.pk)
    now = clock.now()
    mediators = list(dispute.mediators.select_related("user"))
    disputants = list(dispute.disputants.filter(dropped_at=None).select_related("household"))
    sessions = list(dispute.sessions.select_related("recorded_by").prefetch_related("attended"))
    return DisputePage(
        dispute=dispute,
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


def reveal(page: DisputePage, *, reason: str, verb: str = "mediation.revealed") -> list[PartyLine]:
    """The parties in full, the look on record. Raises `NotYours` for those who only know of the dispute."""
    if not page.is_entrusted:
        raise NotYours(_("只有调解员和分管此纠纷的人员可以查看当事人"))
    looks.record(verb, page.dispute, actor=page.reader, reason=reason, code=page.dispute.number)
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
