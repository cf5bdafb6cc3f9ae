"""What hangs on a ticket beside its story: called departments, consultation, sheets, papers, related tickets.

Each panel costs its queries only where the ticket has such a thing; a plain ticket costs none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from core.templatetags.ui import when
from core.text import Text
from issues.dossier.reading import Dossier
from issues.dossier.wording import limit_label
from issues.engine.clocks import NONE, lamp_at
from issues.finding.families import merged_into, parts_of
from issues.finding.queries import my_move_q
from issues.models import (
    Answer,
    Call,
    Clock,
    Consultation,
    Exclusion,
    Extension,
    HandOver,
    Party,
    Review,
    Sheet,
    Suspension,
    Ticket,
)
from issues.workflow import CONVENERS, STATES, TRANSITIONS, ClockKind, State
from members.access import scope_for
from members.models import Department, User

CONVENING = frozenset({"whistle_hard", "dispute", "consult"})
ANSWERS = {
    effect: tuple(step for step in TRANSITIONS if effect in step.effects) for effect in ("answer_sheet", "answer_share")
}
"""The steps that answer the sheets of a ticket, and those that answer an assisting department's own."""


@dataclass(frozen=True)
class Row:
    """One line of a panel. `lamp` with its words, else `tag`; `lines` are small sentences below."""

    title: Text
    tag: Text = ""
    lamp: str = ""
    note: Text = ""
    lines: Sequence[Text] = ()
    url: str = ""


@dataclass(frozen=True)
class Panel:
    key: str
    title: Text
    rows: list[Row] = field(default_factory=list)


def panels_of(dossier: Dossier) -> list[Panel]:
    """The panels of a ticket that have something to show."""
    makers = (_reviewed, _handed_over, _called, _consulted, _supervised, _papers, _related)
    found = (make(dossier) for make in makers)
    return [panel for panel in found if panel.rows]


# ---- called departments -------------------------------------------------------------------------------------
def _called(dossier: Dossier) -> Panel:
    """Who is called for what, and how far each is; a lead alone is told by the head of the page."""
    panel = Panel("calls", _("参与单位"))
    if not any(not call.is_lead for call in dossier.calls):
        return panel
    names = Department.objects.in_bulk([call.department_id for call in dossier.calls])
    running = Clock.objects.filter(ticket=dossier.ticket, stopped_at=None)
    limits = {(clock.call_id, clock.kind): clock for clock in running}
    for call in sorted(dossier.told(dossier.calls), key=lambda one: not one.is_lead):
        clock = _limit_of(call, limits)
        panel.rows.append(
            Row(
                title=str(names[call.department_id]),
                tag=_("牵头") if call.is_lead else _("配合"),
                lamp=lamp_at(clock.warn_at, clock.due_at, dossier.now) if clock else "",
                note=_how_far(call, clock),
                lines=[line for line in (call.share, _arrived(call)) if line],
            )
        )
    return panel


def _limit_of(call: Call, limits: dict[tuple[int | None, str], Clock]) -> Clock | None:
    if call.reported_at:
        return None
    kind = ClockKind.HANDLE if call.claimed_at else ClockKind.CLAIM
    return limits.get((None if call.is_lead else call.pk, kind))


def _how_far(call: Call, clock: Clock | None) -> Text:
    if call.reported_at:
        return _("%(when)s 已报") % {"when": when(call.reported_at)}
    until = _("，%(when)s 前") % {"when": when(clock.due_at)} if clock else ""
    return (_("办理中") if call.claimed_at else _("待领办")) + until


def _arrived(call: Call) -> Text:
    if call.arrived_at is None:
        return ""
    late = _("（超时）") if call.arrived_on_time is False else ""
    return _("%(when)s 报到%(late)s") % {"when": when(call.arrived_at), "late": late}


# ---- consultation -------------------------------------------------------------------------------------------
def _consulted(dossier: Dossier) -> Panel:
    panel = Panel("consultation", _("会商"))
    if not any(event.action in CONVENING for event in dossier.events):
        return panel
    held = Consultation.objects.filter(ticket=dossier.ticket).select_related("decided_by")
    for one in dossier.told(held.prefetch_related("parties__department", "parties__stated_by").order_by("-opened_at")):
        panel.rows.append(_question(one, dossier))
        panel.rows.extend(
            Row(
                title=str(party.department),
                tag=_("已书面答复") if party.stated_at else _("待书面意见"),
                note=when(party.stated_at),
                lines=[_told(party.position, dossier)] if party.position else [],
            )
            for party in dossier.told(one.parties.all())
        )
    return panel


def _question(one: Consultation, dossier: Dossier) -> Row:
    lines = [_("议题：%(text)s") % {"text": _told(one.question, dossier)}]
    if one.decided_at:
        lines.append(_("定论：%(text)s") % {"text": _told(one.minutes, dossier)})
    return Row(
        title=_("%(who)s召集") % {"who": CONVENERS[one.convener]},
        tag=_("已定论") if one.decided_at else _("会商中"),
        note=when(one.decided_at or one.opened_at),
        lines=lines,
        url=reverse("issues:minutes", args=[dossier.ticket.number, one.pk]) if one.decided_at else "",
    )


def _told(text: str, dossier: Dossier) -> str:
    """Words about a sensitive ticket are for those who may read it."""
    return text if dossier.is_readable else _("（涉敏感，仅办理人可见）")


@dataclass(frozen=True)
class Held:
    """A decided consultation as its minutes tell it."""

    consultation: Consultation
    parties: list[Party]
    lead: str


def consultation_of(ticket: Ticket, pk: int) -> Held | None:
    """The decided consultation `pk` of a ticket."""
    found = Consultation.objects.filter(ticket=ticket, pk=pk, decided_at__isnull=False).select_related("decided_by")
    one = found.first()
    if one is None:
        return None
    parties = one.parties.select_related("department", "stated_by").order_by("department__code")
    decision = ticket.events.filter(action="decide", at=one.decided_at or one.opened_at).first()
    return Held(one, list(parties), decision.data["lead"]["name"] if decision else "")


# ---- supervision, papers ------------------------------------------------------------------------------------
def _supervised(dossier: Dossier) -> Panel:
    panel = Panel("sheets", _("督办单"))
    if not any("sheet" in event.data for event in dossier.events):
        return panel
    sheets = Sheet.objects.filter(ticket=dossier.ticket).select_related("department", "issued_by", "answered_by")
    lines = (
        sheet_line(sheet, dossier.now, readable=dossier.is_readable) for sheet in dossier.told(sheets.order_by("-pk"))
    )
    panel.rows.extend(map(_sheet_row, lines))
    return panel


def sheets_of(user: User) -> QuerySet[Sheet]:
    """The sheets on tickets that `user` may see, with what a list says of them."""
    mine = Sheet.objects.filter(ticket__in=Ticket.objects.visible_to(user))
    return mine.select_related("ticket__item", "ticket__village", "department", "issued_by", "answered_by")


def answerable_by(user: User, sheets: Sequence[Sheet]) -> frozenset[int]:
    """Those of the sheets that are for `user` to answer: of tickets in hand, or of a share of one's department."""
    scope, rows = scope_for(user), Ticket.objects.filter(pk__in={sheet.ticket_id for sheet in sheets})
    held = set(rows.filter(my_move_q(scope, steps=ANSWERS["answer_sheet"])).values_list("pk", flat=True))
    shared = set(rows.filter(my_move_q(scope, steps=ANSWERS["answer_share"])).values_list("pk", flat=True))
    offices = {post.department_id for post in scope.posts}
    return frozenset(
        sheet.pk
        for sheet in sheets
        if (sheet.ticket_id in held if sheet.call_id is None else sheet.ticket_id in shared)
        and (sheet.call_id is None or sheet.department_id in offices)
        and sheet.is_waiting
    )


@dataclass(frozen=True)
class SheetLine:
    """What a page says of a supervision sheet; `lamp` is empty once it waits for nothing."""

    sheet: Sheet
    asked: str
    answered: str
    lamp: str
    standing: Text


def sheet_line(sheet: Sheet, now: datetime, *, readable: bool) -> SheetLine:
    """What it asks, what was answered, and whether it still waits; people's words only for those who may read."""
    answered = ""
    if sheet.answered_at:
        who = sheet.answered_by.name if sheet.answered_by else ""
        words = {"who": who, "when": when(sheet.answered_at), "text": sheet.answer if readable else ""}
        answered = _("%(who)s %(when)s 回复：%(text)s") % words
    return SheetLine(
        sheet=sheet,
        asked=sheet.text if readable or sheet.issued_by_id is None else "",
        answered=answered,
        lamp=lamp_at(sheet.due_at, sheet.due_at, now) if sheet.is_waiting else "",
        standing=_standing(sheet),
    )


def _standing(sheet: Sheet) -> Text:
    if sheet.is_waiting:
        return _("%(when)s 前回复") % {"when": when(sheet.due_at)}
    return _("已回复") if sheet.answered_at else _("已随件了结")


def _sheet_row(line: SheetLine) -> Row:
    return Row(
        title=line.sheet.number,
        lamp=line.lamp,
        note=line.standing,
        lines=[text for text in (line.asked, line.answered) if text],
    )


def _reviewed(dossier: Dossier) -> Panel:
    panel = Panel("reviews", _("复看"))
    if not any(event.action == "flag" for event in dossier.events):
        return panel
    reviews = Review.objects.filter(ticket=dossier.ticket).select_related("checked_by")
    for one in dossier.told(reviews.order_by("-pk")):
        checker = one.checked_by.name if one.checked_by else ""
        seen = {None: _("待复看"), True: _("属实"), False: _("不属实")}[one.is_true]
        note = f"{checker} {when(one.checked_at)}" if one.checked_at else ""
        panel.rows.append(
            Row(title=one.get_kind_display(), tag=seen, note=note, lines=[one.detail] if one.detail else [])
        )
    return panel


def _handed_over(dossier: Dossier) -> Panel:
    panel = Panel("handovers", _("交接"))
    if not any(event.action == "hand_over" for event in dossier.events):
        return panel
    for row in HandOver.objects.filter(ticket=dossier.ticket).select_related("from_user", "to_user").order_by("-pk"):
        to = row.to_user.name if row.to_user else _("待接手")
        words = {"from": row.from_user.name if row.from_user else _("无人受理"), "to": to}
        tag = _("%(when)s 已交回") % {"when": when(row.back_at)} if row.back_at else _("已交接")
        title = _("%(from)s → %(to)s") % words
        panel.rows.append(Row(title=title, tag=tag, note=when(row.at), lines=[row.get_cause_display()]))
    return panel


def _papers(dossier: Dossier) -> Panel:
    """延期、挂账、剔除: what was asked about the limit or the rates, and the answer."""
    panel, ticket = Panel("papers", _("延期与挂账")), dossier.ticket
    if ticket.extension:
        (paper,) = dossier.told(Extension.objects.select_related("asked_by", "answered_by").filter(ticket=ticket))
        title = _("延期 %(limit)s") % {"limit": limit_label(paper.limit)}
        panel.rows.append(_paper(paper, title, paper.reason, dossier, agreed=paper.agreed_at))
    if any(event.action == "ask_suspension" for event in dossier.events):
        asked = Suspension.objects.filter(ticket=ticket).select_related("asked_by", "answered_by")
        panel.rows.extend(
            [_paper(one, _("挂账：%(why)s") % {"why": one.reason}, one.note, dossier) for one in dossier.told(asked)]
        )
    if ticket.exclusion:
        (excluded,) = dossier.told(Exclusion.objects.select_related("asked_by").filter(ticket=ticket))
        title = _("剔除：%(why)s") % {"why": excluded.reason}
        panel.rows.append(_paper(excluded, title, excluded.note, dossier, agreed=excluded.first_by_id))
    return panel


def _paper(
    paper: Extension | Suspension | Exclusion, title: Text, reason: str, dossier: Dossier, *, agreed: object = None
) -> Row:
    asked = {"who": paper.asked_by.name, "when": when(paper.asked_at), "why": _told(reason, dossier)}
    half = agreed and paper.answer == Answer.ASKED
    return Row(
        title=title,
        tag=_("一审同意，待二审") if half else Answer(paper.answer).label,
        note=when(paper.answered_at),
        lines=[_("%(who)s %(when)s 申请：%(why)s") % asked],
    )


# ---- related tickets ----------------------------------------------------------------------------------------
def _related(dossier: Dossier) -> Panel:
    """Parent, parts and merged ones; those out of the reader's scope are counted and not named."""
    panel, ticket = Panel("related", _("相关工单")), dossier.ticket
    related: list[tuple[Text, Ticket]] = []
    if ticket.merged_into_id:
        related += [(_("并入"), one) for one in Ticket.objects.filter(pk=ticket.merged_into_id)]
    if ticket.parent_id:
        related += [(_("拆自"), one) for one in Ticket.objects.filter(pk=ticket.parent_id)]
    related += [(_("拆出"), one) for one in parts_of(ticket)]
    if any("merged" in event.data for event in dossier.events):
        related += [(_("并来"), one) for one in merged_into(ticket)]
    panel.rows.extend(_seen(related, dossier))
    return panel


def _seen(related: Iterable[tuple[Text, Ticket]], dossier: Dossier) -> list[Row]:
    pairs = list(related)
    if not pairs:
        return []
    keys = [one.pk for _text, one in pairs]
    visible = set(Ticket.objects.visible_to(dossier.reader).filter(pk__in=keys).values_list("pk", flat=True))
    return [
        Row(
            title=one.number,
            tag=text,
            lamp=(lamp_at(one.warn_at, one.due_at, dossier.now) if one.is_open else NONE) if one.pk in visible else "",
            note=STATES[State(one.state)].label,
            lines=[one.public_title] if one.pk in visible else [],
            url=reverse("issues:ticket", args=[one.number]) if one.pk in visible else "",
        )
        for text, one in pairs
    ]
