"""What the history of a dispute says of each step. Pure over rows that have been read."""

from datetime import datetime

from django.utils.translation import gettext as _

from core.templatetags.ui import when
from mediation.models import Disputant, Dispute, DisputeEvent, MediationSession
from mediation.workflow.rules import Guidance, Risk


def said_of(event: DisputeEvent, dispute: Dispute, session: MediationSession | None) -> list[str]:
    """What the history kept of a step, in sentences; `session` is its sitting where the reader may read of it."""
    return [*(_session_lines(session) if session else ()), *_said(event, dispute)]


def _said(event: DisputeEvent, dispute: Dispute) -> list[str]:
    data, lines = event.data, []
    if event.action == "assess":
        words = {"from": Risk(data["from"]).label, "to": Risk(data["risk"]).label}
        lines.append(_("风险由“%(from)s”改为“%(to)s”") % words)
    if "party" in data:
        lines.append(Disputant(position=data["party"]).label)
    if "follow_up_on" in data:
        lines.append(_follow_up(data))
    if "guidance" in data:
        lines.append(_("引导当事人走%(to)s") % {"to": Guidance(data["guidance"]).label})
    if "to" in data:
        lines.append(_("转往%(name)s") % {"name": dispute.transferred_to})
    if "next_at" in data:
        lines.append(_("约定 %(when)s 调解") % {"when": when(datetime.fromisoformat(data["next_at"]))})
    return lines


def _follow_up(data: dict[str, str]) -> str:
    if "agreed_on" in data:
        return _("签订日期 %(agreed_on)s，%(follow_up_on)s 回访") % data
    return _("%(follow_up_on)s 再回访") % data


def _session_lines(session: MediationSession) -> list[str]:
    came = [party.label for party in session.attended.all()]
    lines = [f"{when(session.held_at)} {session.where}".strip()]
    if came or session.others:
        lines.append(_("到场：%(names)s") % {"names": "、".join(filter(None, [*came, session.others]))})
    lines.append(session.said)
    if session.next_step:
        lines.append(_("下一步：%(text)s") % {"text": session.next_step})
    return lines
