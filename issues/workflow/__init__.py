"""The workflow on one screen: states, closed lists, guards, and one tuple of transitions.

Buttons, forms, permissions, the diagram in docs/workflow.md and the exhaustive test matrix are read
from `TRANSITIONS`. This package knows no database: guards are pure functions over a `GuardContext` (the ticket
as it stands) and an `Act` (who wants what) and answer None or a reason in Chinese. How a table of steps is asked is
said once for everything that moves by one (`core.process.steps`).
"""

from django.utils.translation import gettext_lazy as _

from core.process import steps
from core.process.steps import Table
from core.text import Text
from issues.workflow.choices import (
    AUTOMATICS,
    CONVENERS,
    DAY_PARTS,
    DECLINE_REASONS,
    HANDED_BACK,
    HANDED_UP,
    RATE_WINDOW,
    RECALL_WINDOW,
    SATISFACTION,
    SOLVED,
    STARS,
    UNREACHABLE_CALLS,
    WHISTLE_CAUSES,
    WHISTLES,
    Automatic,
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
    Tier,
    pairs,
)
from issues.workflow.table import (
    BY_NAME,
    IN_HAND,
    PLACE_ROLES,
    TRANSITIONS,
)
from issues.workflow.transition import Transition

__all__ = [
    "ASSIST_STAFF",
    "AUTOMATICS",
    "BY_NAME",
    "CLOCK_LABELS",
    "CONVENERS",
    "COUNTY",
    "DAY_PARTS",
    "DECLINE_REASONS",
    "DISPATCHERS",
    "ENDED_STATES",
    "GRID_STAFF",
    "HANDED_BACK",
    "HANDED_UP",
    "IN_HAND",
    "LEAD_STAFF",
    "OPEN_STATES",
    "PLACE_ROLES",
    "RATE_WINDOW",
    "RECALL_WINDOW",
    "RESIDENT",
    "SATISFACTION",
    "SOLVED",
    "STARS",
    "STATES",
    "SYSTEM",
    "TRANSITIONS",
    "UNREACHABLE_CALLS",
    "WAY",
    "WHISTLES",
    "WHISTLE_CAUSES",
    "Act",
    "Audience",
    "Automatic",
    "ClockKind",
    "Guard",
    "GuardContext",
    "Hat",
    "Relation",
    "Share",
    "State",
    "StateInfo",
    "Text",
    "Tier",
    "Transition",
    "WhistleType",
    "at_area",
    "missing",
    "offers",
    "pairs",
    "refusal",
]


WAY = Table(noun=_("工单"), states=STATES, steps=TRANSITIONS, denied=_("您的岗位不能{verb}此件"))
"""Drawn in docs/workflow.md."""


def refusal(transition: Transition, case: GuardContext, act: Act) -> Text | None:
    """Why `act` may not take `transition` now: wrong state, wrong person or a guard; None when it may."""
    return WAY.refusal(transition, case, act.hats, act)


def missing(transition: Transition, case: GuardContext, act: Act) -> dict[str, Text]:
    """Required fields that are empty, each with its message."""
    lacking = steps.missing(transition, act.fields)
    wanted = case.needs_photo or (case.settling_needs_photo and transition.name == "settle")
    if transition.name in ("report_done", "settle") and wanted and not act.photos:
        lacking["photos"] = _("此事项办结须附现场照片")
    return lacking


def offers(case: GuardContext, act: Act) -> list[Transition]:
    """What this actor may do now, the primary action first."""
    return WAY.offers(case, act.hats, act)
