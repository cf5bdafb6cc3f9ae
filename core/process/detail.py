"""The page of a moving thing as its reader sees it: how far it is, what is known, what happened, what may be done now.

Owns the rows of which such pages are made, tickets' too, and `MovingPage`, on which an app builds the page of one kind
of thing (`templates/acting/detail.html` shows it). Knows no thing, decides no right and asks no database.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import Model
from django.utils.translation import gettext as _

from core import clock
from core.process.steps import FORWARD_RANK, HasState, Step
from core.process.transitions import Process
from core.text import Text
from core.trust.freetext import is_veiled, unveil

OTHERS = 2
"""Steps beside the main one; the rest stands under 更多."""


@dataclass(frozen=True)
class SummaryRow:
    """One line of `components/facts.html`."""

    name: Text
    value: Text
    url: str = ""
    note: Text = ""


@dataclass(frozen=True)
class TrackStep:
    """One step of `components/track.html`."""

    text: Text
    note: str
    state: str


@dataclass(frozen=True)
class Picture:
    """One photo of `components/photos.html`."""

    url: str
    alt: str
    caption: str = ""


@dataclass(frozen=True)
class Entry:
    """One entry of `components/timeline.html`."""

    title: Text
    icon: str = ""
    who: Text = ""
    at: datetime | None = None
    text: str = ""
    quote: str = ""
    photos: list[Picture] = field(default_factory=list)
    waiting: bool = False
    system: bool = False


@dataclass(frozen=True)
class Action:
    """One step on offer; parameters of `components/act.html`."""

    text: Text
    icon: str
    url: str


def short_day(moment: datetime, now: datetime) -> str:
    """A moment under a step of the track: 09:47 today, 16日 this month, 10月16日 else."""
    there, here = clock.local(moment), clock.local(now)
    if there.date() == here.date():
        return f"{there:%H:%M}"
    if (there.year, there.month) == (here.year, here.month):
        return _("%(day)d日") % {"day": there.day}
    return _("%(month)d月%(day)d日") % {"month": there.month, "day": there.day}


def track_of(marks: Sequence[tuple[Text, datetime | None]], at: int, note: str, now: datetime) -> list[TrackStep]:
    """The steps of a thing with when each was reached; step `at` is on now and says `note`, -1 when all is over."""
    steps = []
    for n, (word, moment) in enumerate(marks):
        if n == at:
            steps.append(TrackStep(word, note, "now"))
        elif moment is not None and (at == -1 or n < at):
            steps.append(TrackStep(word, short_day(moment, now), "done"))
        else:
            steps.append(TrackStep(word, "", ""))
    return steps


@dataclass(frozen=True)
class MovingPage(ABC):
    """The page of one thing that moves by a table; `row` is the thing, `events` its history, newest first."""

    process: Process[Any]
    row: Any
    reader: Any
    hats: frozenset[Any]
    facts: HasState
    events: Sequence[Any]
    now: datetime

    head: ClassVar[str]
    """The template of the top of the page."""
    tools: ClassVar[str] = ""
    """The template of what stands beside its heading, if anything does."""
    template: ClassVar[str] = "acting/detail.html"
    step_template: ClassVar[str] = "acting/step.html"

    @property
    @abstractmethod
    def nav(self) -> str:
        """The link of the navigation that the page belongs to."""

    @property
    @abstractmethod
    def url(self) -> str: ...

    @property
    @abstractmethod
    def home(self) -> str:
        """Where the page returns to: the list of such things."""

    @abstractmethod
    def act_url(self, step: Step) -> str:
        """The page on which `step` is taken."""

    @property
    @abstractmethod
    def note(self) -> Text:
        """What comes next, or why there is nothing to do."""

    @property
    @abstractmethod
    def summary(self) -> list[SummaryRow]:
        """What is known of the thing, in lines."""

    def note_reading(self) -> None:  # noqa: B027 - most things may be read by all who see them
        """Put on the trail that the reader is shown what not everybody in sight may know."""

    @property
    def reveal_url(self) -> str:
        """Where a look at the numbers in people's words is asked for; empty where a thing has its own way."""
        return ""

    @property
    def brief(self) -> Text:
        """The thing in a line, above the form of a step on a phone."""
        return ""

    # ---- what may be done ---------------------------------------------------------------------------------------
    @cached_property
    def offered(self) -> list[Step]:
        return self.process.table.offers(self.facts, self.hats)

    def step(self, action: str) -> Step | None:
        """The step that is called `action`, on offer or not."""
        return self.process.table.by_name.get(action)

    def refusal(self, step: Step) -> str:
        """Why the reader may not take `step` now; empty when they may."""
        return str(self.process.table.refusal(step, self.facts, self.hats, {}) or "")

    @property
    def main(self) -> Action | None:
        """The step that carries the thing on, if it is the reader's to take."""
        first = self.offered[:1]
        return self._action(first[0]) if first and first[0].rank < FORWARD_RANK else None

    @property
    def others(self) -> list[Action]:
        return self._rest[:OTHERS]

    @property
    def more(self) -> list[Action]:
        return self._rest[OTHERS:]

    @property
    def _rest(self) -> list[Action]:
        return [self._action(step) for step in self.offered[1 if self.main else 0 :]]

    def _action(self, step: Step) -> Action:
        return Action(step.label, step.icon, self.act_url(step))

    # ---- what is masked -----------------------------------------------------------------------------------------
    @property
    def written(self) -> list[Model]:
        """The rows that hold what people wrote."""
        return [self.row, *self.events]

    @property
    def may_reveal(self) -> bool:
        """Whether something is masked that the reader, who acts on the thing, may read in full on record."""
        return bool(self.hats) and is_veiled(*self.written)

    def unveil(self) -> None:
        """Say every number in full; the look is on the trail already."""
        unveil(*self.written)

    # ---- what happened ------------------------------------------------------------------------------------------
    @cached_property
    def entries(self) -> list[Entry]:
        """The history as the reader may read it, newest first."""
        return [self._entry(event) for event in self.events]

    def _entry(self, event: Any) -> Entry:
        step = self.process.table.by_name.get(event.action)
        return Entry(
            title=self.process.verb(event.action),
            icon=step.icon if step else "plus",
            who=self.who(event),
            at=event.at,
            text="\n".join(filter(None, [*self.said(event), event.note if self.may_read(event) else ""])),
            photos=self.pictures(event),
            system=event.actor_id is None,
        )

    def who(self, event: Any) -> Text:
        """Who took a step, with the post held then."""
        if event.actor is None:
            return _("系统")
        name = f"{event.actor_post} {event.actor.name}".strip()
        return _("%(name)s（你）") % {"name": name} if event.actor_id == self.reader.pk else name

    def may_read(self, event: Any) -> bool:
        """Whether the reader may read what was noted with a step."""
        return True

    def said(self, event: Any) -> list[str]:
        """What the history kept of a step, in sentences."""
        return []

    def pictures(self, event: Any) -> list[Picture]:
        return []
