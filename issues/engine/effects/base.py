"""The registry of effects, and what one application of a transition carries."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from issues.engine.actors import Actor, Standing
from issues.engine.clocks import Running
from issues.models import Call, Clock, Ticket
from members.models import User


@dataclass
class Applied:
    """One application of a transition: who, when, with what, and what the log should keep.

    `calls` are the open calls of the ticket, kept up by the effects that change them; `stopped` are the
    ticket's own clocks that the transition stops, `running` the limits that count, kept up as they start and stop.
    """

    actor: Actor
    stand: Standing
    now: datetime
    fields: dict[str, Any]
    calls: list[Call]
    stopped: dict[str, Clock]
    running: Running
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def note(self) -> str:
        return str(self.fields.get("note") or "")

    @property
    def person(self) -> User:
        """Who acts, for steps that only staff may take."""
        if self.actor.user is None:
            raise TypeError("a step of staff was taken by nobody of the staff")
        return self.actor.user

    @property
    def lead_call(self) -> Call | None:
        return next((call for call in self.calls if call.is_lead), None)

    def own_call(self, *, lead: bool | None = None) -> Call:
        """The call of the actor's department, the lead's first; guards have made sure that there is one."""
        mine = [c for c in self.calls if c.department_id in self.stand.departments and lead in (None, c.is_lead)]
        return min(mine, key=lambda call: not call.is_lead)


Effect = Callable[[Ticket, Applied], None]
EFFECTS: dict[str, Effect] = {}


def effect(function: Effect) -> Effect:
    EFFECTS[function.__name__] = function
    return function


def in_time(clock: Clock | None, now: datetime) -> bool | None:
    return None if clock is None else now <= clock.due_at
