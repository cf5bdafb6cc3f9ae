"""What a table of steps is made of: a step, why it is refused, what is missing, what is on offer. Knows no database.

The tables of admissions and of reports of pushed-down tasks are two tuples of these rows.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True)
class StateInfo:
    """What lists and pages say of a state; `ring` is the stage whose sign it borrows."""

    label: Text
    ring: str
    is_open: bool = True


@dataclass(frozen=True)
class Facts:
    """What guards may know of a thing and of who acts on it."""

    state: StrEnum
    now: datetime
    today: date
    hits_open: int = 0
    towns_said: int = 0
    workers_said: int = 0
    has_said: bool = False  # the actor, or the actor's department, has spoken in this state
    has_objected: bool = False


Guard = Callable[[Facts, Mapping[str, Any]], Text | None]


@dataclass(frozen=True)
class Step:
    """One row of a table. `target` None keeps the state; `onward` is reached when the step completes its round.

    `needs` are fields that must be given. A step that `overtakes` makes the pages read before it stale; a voice
    among several does not. `limit` starts when the step has led to its target.
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
    rank: int = 50  # lowest first in the action bar; below FORWARD_RANK it may be the main one
    overtakes: bool = True


FORWARD_RANK = 30


def refusal(
    states: Mapping[Any, StateInfo], step: Step, facts: Facts, hats: frozenset[Any], fields: Mapping[str, Any]
) -> Text | None:
    """Why somebody in `hats` may not take `step` now: wrong state, wrong person or a guard; None when they may."""
    if facts.state not in step.sources:
        return _("当前是“%(state)s”，不能%(verb)s") % {"state": states[facts.state].label, "verb": step.label}
    if not hats & step.who:
        return _("您不能对此件%(verb)s") % {"verb": step.label}
    return next((reason for guard in step.guards if (reason := guard(facts, fields))), None)


def missing(step: Step, fields: Mapping[str, Any]) -> dict[str, Text]:
    """Required fields that are empty, each with its message."""
    return {name: _("请填写") for name in step.needs if not fields.get(name)}


def offers(states: Mapping[Any, StateInfo], steps: Iterable[Step], facts: Facts, hats: frozenset[Any]) -> list[Step]:
    """What somebody in `hats` may do now, the main step first; fields are judged when they are given."""
    possible = (step for step in steps if refusal(states, step, facts, hats, {}) is None)
    return sorted(possible, key=lambda step: step.rank)
