"""The facts of a ticket as its pages list them. Pure over a dossier; the resident's number is always masked here."""

from django.urls import reverse
from django.utils.translation import gettext as _

from core.process.detail import SummaryRow
from core.templatetags.ui import when
from core.trust import privacy
from duties.models import GradeCode
from issues.attributes import ATTRIBUTES
from issues.dossier import wording
from issues.dossier.reading import Dossier
from issues.finding.filters import TicketFilter
from issues.models import Reporter, Ticket
from issues.workflow import CLOCK_LABELS, SATISFACTION, SOLVED, ClockKind


def facts_shown(dossier: Dossier) -> list[SummaryRow]:
    """Where, from whom, under which line of which list, by when, and what happened to it; empty ones left out."""
    ticket, decision = dossier.ticket, dossier.ticket.decision
    hidden, reporter = not dossier.is_readable, reporter_of(ticket)
    found = [
        SummaryRow(
            _("位置"),
            f"{ticket.township.name}·{ticket.village.short_name}·{ticket.area.name}",
            note="" if hidden else ticket.place,
        ),
        SummaryRow(_("来源"), ticket.get_source_display(), note=when(ticket.placed_at)),
        SummaryRow(_("点单人"), wording.HIDDEN if hidden and reporter else masked(reporter)),
        *_list_facts(ticket),
        *(SummaryRow(a.line, a.said(ticket, is_readable=not hidden)) for a in ATTRIBUTES if a.line),
        SummaryRow(_("配合"), "、".join(map(str, dossier.assisting))),
        SummaryRow(_("执法主体"), decision.get("enforcement_body", "")),
        SummaryRow(_("时限"), _limits(ticket)),
        _repeats(dossier),
        SummaryRow(_("退单"), _("%(n)d 次") % {"n": ticket.returns} if ticket.returns else ""),
        SummaryRow(_("评价"), _rating(ticket)),
    ]
    return [fact for fact in found if fact.value]


def _list_facts(ticket: Ticket) -> list[SummaryRow]:
    if ticket.item is None:
        return [SummaryRow(_("清单"), _("还没有对上清单事项")), SummaryRow(_("级别"), GradeCode(ticket.grade).label)]
    number = ticket.item.version.number
    return [
        SummaryRow(
            _("清单"),
            f"{ticket.item_code} {ticket.item.name}",
            reverse("lists:item", args=[number, ticket.item_code]),
            _("第 %(n)d 版") % {"n": number},
        ),
        SummaryRow(_("级别"), ticket.item.grade.name),
        SummaryRow(_("结案标准"), ticket.item.closing_standard, note=_("须附照片") if ticket.needs_photo else ""),
    ]


def _limits(ticket: Ticket) -> str:
    shown = (ClockKind.ACCEPT, ClockKind.CLAIM, ClockKind.HANDLE)
    return "·".join(f"{CLOCK_LABELS[kind]} {wording.limit_label(ticket.limits.get(kind, ''))}" for kind in shown)


def _repeats(dossier: Dossier) -> SummaryRow:
    """How often the same item came up in this grid; the link lists exactly those tickets."""
    if dossier.repeats.n < 2:
        return SummaryRow(_("同类"), "")
    ticket = dossier.ticket
    url = TicketFilter(
        view="all", area=ticket.grid.code, item=ticket.item_code, placed_from=dossier.repeats_since
    ).url()
    return SummaryRow(_("同类"), _("近 90 天本网格 %(n)s 件") % {"n": dossier.repeats}, url)


def _rating(ticket: Ticket) -> str:
    if ticket.satisfaction is None:
        return ""
    return f"{SATISFACTION[ticket.satisfaction]}·{SOLVED[ticket.solved]}"


def reporter_of(ticket: Ticket) -> Reporter | None:
    return getattr(ticket, "reporter", None)


def masked(reporter: Reporter | None) -> str:
    """陈** 138****6021: what everybody who sees the ticket may read."""
    if reporter is None:
        return ""
    return " ".join(filter(None, (privacy.mask_name(reporter.name), privacy.mask_phone(reporter.phone))))
