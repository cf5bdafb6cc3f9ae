"""The way of a thing as one tuple of steps: states, who may take which step where, and what stands in the way. Pure.

An app writes its table (`mediation.workflow.table`, `ledgers.workflow`); buttons, forms, permissions and the test
matrix are read from it. Guards are pure functions over the facts (which at least know their `state`) and the fields
given; they answer None or a reason in Chinese.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _

from core.text import Text

FORWARD_RANK = 30
"""Below this rank a step carries a thing on: the first of these offered is the main button."""


@dataclass(frozen=True)
class StateInfo:
    """What lists and pages say of a state; `ring` is the stage whose sign it borrows."""

    label: Text
    ring: str
    is_open: bool = True


class HasState(Protocol):
    @property
    def state(self) -> str: ...


Guard = Callable[[Any, Mapping[str, Any]], Text | None]


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


class Table:
    """All steps of one kind of thing, called `noun` in refusals."""

    def __init__(self, noun: Text, states: Mapping[Any, StateInfo], steps: tuple[Step, ...]) -> None:
        self.noun, self.states, self.steps = noun, states, steps
        self.by_name = {step.name: step for step in steps}
        self.open_states = frozenset(state for state, info in states.items() if info.is_open)
        self.ended_states = frozenset(states) - self.open_states

    def refusal(self, step: Step, facts: HasState, hats: frozenset[Any], fields: Mapping[str, Any]) -> Text | None:
        """Why somebody in `hats` may not take `step` now: wrong state, wrong person or a guard; None when they may."""
        if facts.state not in step.sources:
            return _("当前是“%(state)s”，不能%(verb)s") % {
                "state": self.states[facts.state].label,
                "verb": step.label,
            }
        if not hats & step.who:
            return _("您不能对此%(noun)s%(verb)s") % {"noun": self.noun, "verb": step.label}
        return next((reason for guard in step.guards if (reason := guard(facts, fields))), None)

    def offers(self, facts: HasState, hats: frozenset[Any]) -> list[Step]:
        """What somebody in `hats` may do now, the main step first; fields are judged when they are given."""
        allowed = (step for step in self.steps if self.refusal(step, facts, hats, {}) is None)
        return sorted(allowed, key=lambda step: step.rank)


def missing(step: Step, fields: Mapping[str, Any]) -> dict[str, Text]:
    """Required fields that are empty, each with its message."""
    return {name: _("请填写") for name in step.needs if not fields.get(name)}
