"""The history of a dispute as entries of the timeline, newest first. Pure over rows that have been read."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from core.process.transitions import OPENED
from core.templatetags.ui import when
from issues.dossier.timeline import Entry
from mediation.models import Disputant, Dispute, DisputeEvent, MediationSession
from mediation.workflow.rules import Guidance, Risk
from mediation.workflow.table import BY_NAME


def entries_of(
    dispute: Dispute,
    events: Sequence[DisputeEvent],
    sessions: Sequence[MediationSession],
    reader_id: int,
    *,
    is_readable: bool,
) -> list[Entry]:
    """One entry for each step; what was said and noted only where the reader may read it."""
    known = {session.pk: session for session in sessions}
    return [_entry(dispute, event, known.get(event.data.get("session", 0)), reader_id, is_readable) for event in events]


def _entry(
    dispute: Dispute, event: DisputeEvent, session: MediationSession | None, reader_id: int, is_readable: bool
) -> Entry:
    lines = _said(event, dispute)
    if is_readable:
        lines = [*(_session_lines(session) if session else ()), *lines, event.note]
    who = f"{event.actor_post} {event.actor.name}".strip()
    return Entry(
        title=_("立案") if event.action == OPENED else BY_NAME[event.action].label,
        icon="plus" if event.action == OPENED else BY_NAME[event.action].icon,
        who=_("%(name)s（你）") % {"name": who} if event.actor_id == reader_id else who,
        at=event.at,
        text="\n".join(filter(None, lines)),
    )


def _said(event: DisputeEvent, dispute: Dispute) -> list[str]:
    """What the history kept of a step, in sentences."""
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
