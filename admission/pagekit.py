"""What the pages of applications and reports share beyond `core.process.detail`: whose name stays hidden, the lamp."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _

from admission.models.base import Moving, MovingEvent
from core.process.detail import MovingPage
from core.process.steps import Step
from core.process.transitions import Process
from core.text import Text


@dataclass(frozen=True)
class GatePage(MovingPage):
    """The page of an application or a report."""

    detail_route: ClassVar[str]
    reveal_route: ClassVar[str]
    act_route: ClassVar[str]
    home_route: ClassVar[str]
    body: ClassVar[str]
    """The template of what was found, asked and said."""
    template: ClassVar[str] = "admission/detail.html"
    step_template: ClassVar[str] = "admission/act.html"

    @property
    def url(self) -> str:
        return reverse(self.detail_route, args=[self.row.pk])

    @property
    def reveal_url(self) -> str:
        return reverse(self.reveal_route, args=[self.row.pk])

    @property
    def home(self) -> str:
        return reverse(self.home_route)

    def act_url(self, step: Step) -> str:
        return reverse(self.act_route, args=[self.row.pk, step.name])

    @property
    def lamp(self) -> str:
        return lamp_of(self.row, self.now)

    def who(self, event: MovingEvent) -> Text:
        return super().who(event) if event.actor is None or self.may_name(event) else _("基层人员")

    def may_name(self, event: MovingEvent) -> bool:
        """Whether the reader may know who took this step."""
        return True


def lamp_of(row: Moving, now: datetime) -> str:
    """Blue while there is time, yellow near the limit, red after it; unlit where no limit runs."""
    if row.due_at is None:
        return "n"
    if now > row.due_at:
        return "r"
    return "y" if row.warn_at is not None and now >= row.warn_at else "b"


def events_of(process: Process[Any], row: Moving) -> Sequence[MovingEvent]:
    found = process.log._default_manager.filter(**{process.subject: row})
    return list(found.select_related("actor").order_by("-version"))
