"""One row of the table of transitions: what a step needs, whose it is, and what it does."""

from dataclasses import dataclass

from core.process.steps import FORWARD_RANK
from core.text import Text
from issues.workflow.guards import Guard, Hat
from issues.workflow.states import Audience, ClockKind, State


@dataclass(frozen=True)
class Transition:
    """One row of the table. `target` None keeps the state; `needs` are fields that must be given."""

    name: str
    label: Text
    sources: frozenset[State]
    target: State | None
    who: frozenset[Hat]
    guards: tuple[Guard, ...] = ()
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()  # optional fields
    effects: tuple[str, ...] = ()
    stops: tuple[ClockKind, ...] = ()
    settles: tuple[ClockKind, ...] = ()  # limits whose demand it fulfils; what else it stops late stays owed
    pauses: tuple[ClockKind, ...] = ()
    resumes: tuple[ClockKind, ...] = ()
    starts: tuple[ClockKind, ...] = ()
    after: tuple[str, ...] = ()  # what else happens in the same transaction once the ticket is written
    tell: tuple[Audience, ...] = ()
    icon: str = "check"
    rank: int = 50  # lowest rank first in the action bar; the first offered is the primary button
    public: bool = True  # shown on the resident's track
    moves_holder: bool = False
    is_duty: bool = False  # asked of somebody although it moves nothing: a share, an answer, an approval

    @property
    def moves(self) -> bool:
        """Whether it changes whose move it is; notes and reminders do not, and never make a page stale."""
        return self.target is not None or self.moves_holder

    @property
    def is_forward(self) -> bool:
        """Whether it is the next move of those who may take it; returns, corrections and refusals are not."""
        return (self.moves or self.is_duty) and self.rank < FORWARD_RANK
