"""Why a ticket went where it went: the decision kept with it, and what would be decided of it today. Only reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.text import Text
from duties.routing.deciding import Decision, NoListInForceError, decide, item_by_code
from duties.routing.resolving import Reason, deciding
from issues.models import Ticket

RELATED = ("area", "township", "village", "item", "lead")
FIELDS: Mapping[str, Text] = {
    "lead": gettext_lazy("牵头"),
    "assisting": gettext_lazy("配合"),
    "enforcement_body": gettext_lazy("执法主体"),
    "grade_name": gettext_lazy("级别"),
    "claim": gettext_lazy("领办时限"),
    "respond": gettext_lazy("首次响应时限"),
    "resolve": gettext_lazy("办结时限"),
    "version_number": gettext_lazy("清单"),
}


@dataclass(frozen=True)
class Line:
    """One field of both decisions as people read it; empty where there is no decision."""

    label: Text
    kept: str
    now: str

    @property
    def differs(self) -> bool:
        return bool(self.kept and self.now) and self.kept != self.now


@dataclass(frozen=True)
class Consideration:
    text: str
    decides: bool


@dataclass(frozen=True)
class Why:
    lines: list[Line]
    kept: list[Consideration]
    now: list[Consideration]
    refusal: str  # why nothing would be decided today
    led_by: str  # who leads it, where people decided otherwise than the rules

    @property
    def differs(self) -> bool:
        """Whether somebody else would lead it today."""
        return any(line.differs for line in self.lines[:1])


def why_of(ticket: Ticket) -> Why:
    """Both decisions side by side; `ticket` with `RELATED`. Eight queries at most."""
    kept, now, refusal = kept_of(ticket), None, ""
    if ticket.item_code:
        try:
            now = decide(item_by_code(ticket.item_code, county=ticket.county_id), ticket.area)
        except NoListInForceError as gone:
            refusal = gone.message
    else:
        refusal = _("还没有对上清单事项，无从派单")
    elsewhere = ticket.lead is not None and kept is not None and ticket.lead.pk != kept.lead.id
    return Why(
        lines=[Line(label, _read(kept, name), _read(now, name)) for name, label in FIELDS.items()],
        kept=_steps(kept.why if kept else ()),
        now=_steps(now.why if now else ()),
        refusal=refusal,
        led_by=str(ticket.lead) if elsewhere else "",
    )


def kept_of(ticket: Ticket) -> Decision | None:
    """The decision stored when the ticket was bound to its item; None where there is none that can be read."""
    try:
        return Decision.from_json(ticket.decision)
    except (ValueError, KeyError, TypeError):
        return None


def _steps(reasons: tuple[Reason, ...]) -> list[Consideration]:
    strongest = deciding(reasons)
    return [Consideration(reason.text, reason is strongest) for reason in reasons]


def _read(decision: Decision | None, name: str) -> str:
    if decision is None:
        return ""
    value: Any = getattr(decision, name)
    if name == "lead":
        return str(value.name)
    if name == "assisting":
        return "、".join(unit.name for unit in value) or _("无")
    if name == "enforcement_body":
        return value or _("不涉及")
    if name == "version_number":
        return _("第 %(n)d 版") % {"n": value}
    return str(getattr(value, "label", value))
