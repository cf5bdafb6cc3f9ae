"""What the pages of applications and reports share: what is on offer, the history, the running limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _

from admission.models.base import Moving, MovingEvent
from admission.workflow.facts import GuardContext
from core.process.steps import FORWARD_RANK, Step
from core.process.transitions import OPENED, Process
from core.text import Text
from issues.dossier.timeline import Entry
from members.models import User

OTHERS = 2


@dataclass(frozen=True)
class Action:
    """One step on offer; parameters of `components/act.html`."""

    text: Text
    icon: str
    url: str


@dataclass(frozen=True)
class MovingPage:
    """The page of one thing that moves by a table; `row` is the thing."""

    row: Any
    reader: User
    hats: frozenset[Any]
    facts: GuardContext
    events: Sequence[MovingEvent]
    now: datetime

    way: ClassVar[Process[Any]]
    detail_url: ClassVar[str]
    act_url: ClassVar[str]
    index_url: ClassVar[str]
    nav: ClassVar[str]
    head: ClassVar[str]
    body: ClassVar[str]

    @property
    def url(self) -> str:
        return reverse(self.detail_url, args=[self.row.pk])

    @property
    def home(self) -> str:
        return reverse(self.index_url)

    @property
    def offered(self) -> list[Step]:
        return self.way.table.offers(self.facts, self.hats)

    def refusal(self, step: Step) -> Text | None:
        return self.way.table.refusal(step, self.facts, self.hats, {})

    @property
    def main(self) -> Action | None:
        """The step that carries the thing on, if it is the reader's to take."""
        first = self.offered[:1]
        return self._action(first[0]) if first and first[0].rank < FORWARD_RANK else None

    @property
    def others(self) -> list[Action]:
        return self._rest()[:OTHERS]

    @property
    def more(self) -> list[Action]:
        return self._rest()[OTHERS:]

    def _rest(self) -> list[Action]:
        return [self._action(step) for step in self.offered[1 if self.main else 0 :]]

    def _action(self, step: Step) -> Action:
        return Action(step.label, step.icon, reverse(self.act_url, args=[self.row.pk, step.name]))

    @property
    def lamp(self) -> str:
        return lamp_of(self.row, self.now)

    @property
    def entries(self) -> list[Entry]:
        return [self._entry(event) for event in self.events]

    def _entry(self, event: MovingEvent) -> Entry:
        step = self.way.table.by_name.get(event.action)
        return Entry(
            title=step.label if step else self.way.opened_label,
            icon=step.icon if step else "plus",
            who=self._who(event),
            at=event.at,
            text="\n".join(filter(None, [*self.said(event), event.note if self.may_read(event) else ""])),
            system=event.actor_id is None,
        )

    def _who(self, event: MovingEvent) -> str:
        if event.actor is None:
            return _("系统")
        if not self.may_name(event):
            return _("基层人员")
        who = f"{event.actor_post} {event.actor.name}".strip()
        return _("%(name)s（你）") % {"name": who} if event.actor_id == self.reader.pk else who

    def may_name(self, event: MovingEvent) -> bool:
        """Whether the reader may know who took this step."""
        return True

    def may_read(self, event: MovingEvent) -> bool:
        """Whether the reader may read what was noted with it."""
        return True

    def said(self, event: MovingEvent) -> list[str]:
        """What the history kept of a step, in sentences."""
        return []


def lamp_of(row: Moving, now: datetime) -> str:
    """Blue while there is time, yellow near the limit, red after it; unlit where no limit runs."""
    if row.due_at is None:
        return "n"
    if now > row.due_at:
        return "r"
    return "y" if row.warn_at is not None and now >= row.warn_at else "b"


def events_of(way: Process[Any], row: Moving) -> list[MovingEvent]:
    return list(way.log._default_manager.filter(**{way.subject: row}).select_related("actor").order_by("-version"))


def is_opening(event: MovingEvent) -> bool:
    return event.action == OPENED
