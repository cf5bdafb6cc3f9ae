"""The slip of a ticket to take along on paper: where, what, by when, whose, and room to sign. Pure over a dossier.

What its reader may not read is not on it, and nothing of the resident is.
"""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.process.detail import SummaryRow
from core.templatetags.ui import when
from core.text import Text
from duties.models import GradeCode
from issues.dossier import wording
from issues.dossier.reading import Dossier
from issues.dossier.ticket_page import Turn
from issues.models import Ticket
from issues.workflow import CLOCK_LABELS

BLANKS: tuple[Text, ...] = (
    gettext_lazy("到场时间"),
    gettext_lazy("经办人签名"),
    gettext_lazy("在场人签名"),
    gettext_lazy("日期"),
)


def facts_of(dossier: Dossier, turn: Turn) -> list[SummaryRow]:
    """What stands on the slip, empty lines left out."""
    ticket = dossier.ticket
    place = ticket.place if dossier.is_readable else wording.HIDDEN if ticket.place else ""
    found = [
        SummaryRow(_("地点"), f"{ticket.township.name}·{ticket.village.short_name}·{ticket.area.name}", note=place),
        SummaryRow(_("事项"), _item(ticket), note=GradeCode(ticket.grade).label),
        SummaryRow(_("来源"), ticket.get_source_display(), note=when(ticket.placed_at)),
        SummaryRow(_("牵头"), str(ticket.lead or ""), note=str(ticket.holder or "")),
        SummaryRow(_("配合"), "、".join(map(str, dossier.assisting))),
        *_next(ticket, turn),
        SummaryRow(_("结案标准"), ticket.item.closing_standard if ticket.item else "", note=_photo(ticket)),
    ]
    return [fact for fact in found if fact.value]


def _item(ticket: Ticket) -> str:
    return f"{ticket.item_code} {ticket.item.name}" if ticket.item else _("还没有对上清单事项")


def _photo(ticket: Ticket) -> str:
    return _("须附照片") if ticket.needs_photo else ""


def _next(ticket: Ticket, turn: Turn) -> Iterable[SummaryRow]:
    """What is to be done, by whom, until when; how it ended once it has."""
    if ticket.move_kind is None:
        yield SummaryRow(_("结果"), turn.who, note=wording.ended_line(ticket))
        return
    yield SummaryRow(_("要做什么"), CLOCK_LABELS[ticket.move_kind], note=turn.who)
    yield SummaryRow(_("时限"), _("%(when)s 前") % {"when": when(ticket.move_by)}, note=_limit(ticket))


def _limit(ticket: Ticket) -> str:
    return wording.limit_label(ticket.limits.get(ticket.move_kind or "", ""))
