"""The tables of the special ledgers: a tuple of steps for each kind of matter. Pure."""

from core.process.steps import StepTable
from ledgers.workflow import campaign, project, rectification
from ledgers.workflow.facts import Audience, GuardContext, Hat, Kind

TABLES: dict[str, StepTable] = {
    Kind.RECTIFICATION: rectification.TABLE,
    Kind.PROJECT: project.TABLE,
    Kind.CAMPAIGN: campaign.TABLE,
}
STATES = {state: info for table in TABLES.values() for state, info in table.states.items()}
OPEN_STATES = frozenset(state for state, info in STATES.items() if info.is_open)
ENDED_STATES = frozenset(STATES) - OPEN_STATES

__all__ = ["ENDED_STATES", "OPEN_STATES", "STATES", "TABLES", "Audience", "GuardContext", "Hat", "Kind"]
