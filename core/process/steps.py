"""The way of a thing as one tuple of steps: states, who may take which step where, and what stands in the way. Pure.

An app writes its table (`issues.workflow`, `mediation.workflow.table`, `ledgers.workflow`); buttons, forms, permissions
and the test matrix are read from it. Guards are pure functions over the facts (which at least know their `state`) and
what is given; they answer None or a reason in Chinese. Most reasons are never shown, so they are put into words when
they are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.text import Text

FORWARD_RANK = 30
"""Below this rank a step carries a thing on: the first of these offered is the main button."""


@dataclass(frozen=True)
class StateInfo:
    """What is said of a state: `ring` is the stage whose sign it borrows, `todo` who should do what next."""

    label: Text
    ring: str
    is_open: bool = True
    todo: Text = ""


class HasState(Protocol):
    @property
    def state(self) -> str: ...


class Named(Protocol):
    """What a table must know of a state."""

    @property
    def label(self) -> Text: ...
    @property
    def is_open(self) -> bool: ...


Guard = Callable[[Any, Any], Text | None]


class Row(Protocol):
    """What a table must know of a step."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> Text: ...
    @property
    def sources(self) -> frozenset[Any]: ...
    @property
    def who(self) -> frozenset[Any]: ...
    @property
    def guards(self) -> tuple[Guard, ...]: ...
    @property
    def needs(self) -> tuple[str, ...]: ...
    @property
    def rank(self) -> int: ...


S = TypeVar("S", bound=Row)
N = TypeVar("N", bound=Named)
DENIED = _("您不能对此{noun}{verb}")


@dataclass(frozen=True)
class Step:
    """One row of a table. `target` None keeps the state; `needs` are fields that must be given.

    `onward` is reached instead when the step completes a round of voices. A step that `overtakes` makes the pages
    read before it stale; a note, or a voice among several, does not.
    """

    name: str
    label: Text
    sources: frozenset[Any]
    target: Any
    who: frozenset[Any]
    guards: tuple[Guard, ...] = ()
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    tell: tuple[Any, ...] = ()
    onward: Any = None
    icon: str = "check"
    rank: int = 50  # lowest first in the action bar
    overtakes: bool = True


class Table(Generic[S, N]):
    """All steps of one kind of thing, called `noun` in refusals; `denied` is read by those in no hat for a step."""

    def __init__(self, noun: Text, states: Mapping[Any, N], steps: tuple[S, ...], denied: Text = DENIED) -> None:
        self.noun, self.states, self.steps = noun, states, steps
        self.denied: Any = denied
        self.by_name = {step.name: step for step in steps}
        self.open_states = frozenset(state for state, info in states.items() if info.is_open)
        self.ended_states = frozenset(states) - self.open_states

    def refusal(self, step: S, facts: HasState, hats: frozenset[Any], given: Any) -> Text | None:
        """Why somebody in `hats` may not take `step` now: wrong state, wrong person or a guard; None when they may.

        Guards are asked with what is `given`: the fields, or what else the guards of this table look at.
        """
        if facts.state not in step.sources:
            return self.wrong_state(step, facts.state)
        if not hats & step.who:
            return format_lazy(self.denied, noun=self.noun, verb=step.label)
        return next((reason for guard in step.guards if (reason := guard(facts, given)) is not None), None)

    def wrong_state(self, step: S, state: Any) -> Text:
        """Why `step` cannot be taken in another state than those that it leads from."""
        return format_lazy(_("当前是“{state}”，不能{verb}"), state=self.states[state].label, verb=step.label)

    def offers(self, facts: HasState, hats: frozenset[Any], given: Any = None) -> list[S]:
        """What somebody in `hats` may do now, the main step first; fields are judged when they are given."""
        asked = {} if given is None else given
        allowed = (step for step in self.steps if self.refusal(step, facts, hats, asked) is None)
        return sorted(allowed, key=lambda step: step.rank)


StepTable = Table[Step, StateInfo]


def missing(step: Row, fields: Mapping[str, Any]) -> dict[str, Text]:
    """Required fields that are empty, each with its message."""
    return {name: _("请填写") for name in step.needs if not fields.get(name)}
