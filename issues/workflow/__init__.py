"""The workflow on one screen: states, closed lists, guards, and one tuple of transitions.

Buttons, forms, permissions, the diagram in docs/workflow.md and the exhaustive test matrix are read
from `TRANSITIONS`. This package knows no database: guards are pure functions over a `GuardContext` (the ticket
as it stands) and an `Act` (who wants what) and answer None or a reason in Chinese.
"""

from django.utils.translation import gettext_lazy as _

from core.text import Text
from issues.workflow.choices import (
    CONVENERS,
    DAY_PARTS,
    DECLINE_REASONS,
    RATE_WINDOW,
    SATISFACTION,
    SOLVED,
    STARS,
    UNREACHABLE_CALLS,
    WHISTLES,
    WhistleType,
)
from issues.workflow.guards import (
    ASSIST_STAFF,
    COUNTY,
    DISPATCHERS,
    GRID_STAFF,
    LEAD_STAFF,
    RESIDENT,
    SYSTEM,
    Act,
    Guard,
    GuardContext,
    Hat,
    Relation,
    Share,
    at_area,
)
from issues.workflow.states import (
    CLOCK_LABELS,
    ENDED_STATES,
    OPEN_STATES,
    STATES,
    Audience,
    ClockKind,
    State,
    StateInfo,
    pairs,
)
from issues.workflow.table import (
    BY_NAME,
    IN_HAND,
    PLACE_ROLES,
    TRANSITIONS,
    Transition,
)

__all__ = [
    "ASSIST_STAFF",
    "BY_NAME",
    "CLOCK_LABELS",
    "CONVENERS",
    "COUNTY",
    "DAY_PARTS",
    "DECLINE_REASONS",
    "DISPATCHERS",
    "ENDED_STATES",
    "GRID_STAFF",
    "IN_HAND",
    "LEAD_STAFF",
    "OPEN_STATES",
    "PLACE_ROLES",
    "RATE_WINDOW",
    "RESIDENT",
    "SATISFACTION",
    "SOLVED",
    "STARS",
    "STATES",
    "SYSTEM",
    "TRANSITIONS",
    "UNREACHABLE_CALLS",
    "WHISTLES",
    "Act",
    "Audience",
    "ClockKind",
    "Guard",
    "GuardContext",
    "Hat",
    "Relation",
    "Share",
    "State",
    "StateInfo",
    "Text",
    "Transition",
    "WhistleType",
    "at_area",
    "missing",
    "offers",
    "pairs",
    "refusal",
]


def refusal(transition: Transition, case: GuardContext, act: Act) -> Text | None:
    """Why `act` may not take `transition` now: wrong state, wrong person or a guard; None when it may."""
    if case.state not in transition.sources:
        return _("当前是“%(state)s”，不能%(verb)s") % {"state": STATES[case.state].label, "verb": transition.label}
    if not (act.hats & transition.who):
        return _("您的岗位不能%(verb)s此件") % {"verb": transition.label}
    for guard in transition.guards:
        reason = guard(case, act)
        if reason:
            return reason
    return None


def missing(transition: Transition, case: GuardContext, act: Act) -> dict[str, Text]:
    """Required fields that are empty, each with its message."""
    lacking: dict[str, Text] = {name: _("请填写") for name in transition.needs if not act.fields.get(name)}
    if transition.name == "report_done" and case.needs_photo and not act.photos:
        lacking["photos"] = _("此事项办结须附现场照片")
    return lacking


def offers(case: GuardContext, act: Act) -> list[Transition]:
    """What this actor may do now, the primary action first."""
    return sorted((t for t in TRANSITIONS if refusal(t, case, act) is None), key=lambda t: t.rank)
