"""How a thing takes a step of its table: one transaction with lock, stale check, hats, guards, effect, event, trail.

An app brings a `Process` for each kind of thing (`mediation.engine.actions`, `ledgers.engine.actions`,
`admission.applications.actions`, `admission.pushed.actions`), and only they call its `apply` and `record`.
Replaying the events of a thing gives its state. Tickets, which have limits of several departments and thirty times
the traffic, keep a writer of their own (`issues.engine.actions`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.errors import Conflict, Incomplete, NotNow, NotYours
from core.files.images import Picture
from core.process.steps import HasState, Step, StepTable, missing
from core.races.idempotency import Once
from core.races.idempotency import claim as claim_key
from core.text import Text
from core.trust import audit
from core.trust.acts import UNTOLD, Act, Detail, act, one_of

OPENED = "open"
"""The first event of a thing."""
RECALENDAR, HANDED_OVER = "recalendar", "hand_over"
BEFALLS: dict[str, Text] = {
    RECALENDAR: gettext_lazy("工作日变动，期限重算"),
    HANDED_OVER: gettext_lazy("交接"),
}
"""What happens to a thing beside the steps of its table: a limit follows the calendar, who had it has left."""
M = TypeVar("M", bound=models.Model)
"""Things share columns (`number`, `state`, `version`, `moved_version`), not a base."""


class StaleStep(Conflict):
    """Somebody moved the thing since the page was read; says who and what."""

    code: ClassVar[str] = "stale_step"


class StepEvent(models.Model):
    """One step of a thing; append-only. `data` holds keys, codes and dates, never words about people.

    Each app adds the thing, the `actor` and the `note`, encrypted where it may be about people.
    """

    version = models.PositiveIntegerField()
    action = models.CharField(max_length=16)
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    actor_post = models.CharField(max_length=60, blank=True)
    data: "models.JSONField[Any, Any]" = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"v{self.version} {self.action}"


@dataclass
class Doing:
    """One application of a step: who, when, with what, and what the history should keep.

    `user` None is time itself. An effect sets `goes` when the step leads elsewhere than the table says: to where a
    completed round of voices goes on.
    """

    user: Any
    now: datetime
    fields: dict[str, Any]
    data: dict[str, Any] = field(default_factory=dict)
    pictures: Sequence[Picture] = ()
    goes: str | None = None

    def given(self, name: str) -> str:
        return str(self.fields.get(name) or "")


@dataclass(frozen=True)
class Process(Generic[M]):
    """What the writer of one kind of thing brings, and the one way in which such a thing takes a step.

    `settle` puts in order what follows from a state just reached; `afterwards` stores and enqueues what hangs on the
    new event.
    """

    key: str  # of its verbs on the trail
    table: StepTable
    model: type[M]
    log: type[Any]
    subject: str  # the log's key of the thing
    opened_label: Text
    facts: Callable[[M, Any, datetime], HasState]
    hats: Callable[[M, Any], frozenset[Any]]
    post_label: Callable[[Any, M], str]
    effects: Mapping[str, Callable[[M, Doing], None]]
    settle: Callable[[M, datetime], None]
    afterwards: Callable[[M, Doing, Any], None]

    def verb(self, action: str) -> Text:
        """What a step of the history is called."""
        if action in BEFALLS:
            return BEFALLS[action]
        return self.table.by_name[action].label if action in self.table.by_name else self.opened_label

    def acts(self, opened: Text, step: Text, **details: Detail) -> tuple[Act, Act]:
        """What the trail says of such a thing: that it was opened, and which step it took."""
        words = {row.name: row.label for row in self.table.steps}
        words |= {name: self.verb(name) for name in (OPENED, *BEFALLS)}
        taken = one_of(gettext_lazy("步骤"), words)
        return (
            act(f"{self.key}.opened", opened, **details, code=UNTOLD, step=UNTOLD),
            act(f"{self.key}.step", step, step=taken, code=UNTOLD),
        )

    def apply(
        self,
        pk: int,
        name: str,
        *,
        user: Any,
        version: int | None = None,
        fields: Mapping[str, Any] | None = None,
        pictures: Sequence[Picture] = (),
        once: Once | None = None,
    ) -> M:
        """Take step `name` and return the thing as written; `user` None is time itself.

        `version` is the version the user saw; None means "as it stands". What was sent before under the same `once`
        is not done again. Raises `StaleStep`, `NotYours`, `NotNow`, `Incomplete`, `KeyReused`.
        """
        step = self.table.by_name[name]
        with transaction.atomic():
            slot = claim_key(once.owner, once.key, once.body) if once else None
            thing = self.model._default_manager.select_for_update().get(pk=pk)
            row: Any = thing
            if slot is not None and slot.result is not None:
                return thing
            if version is not None and version < row.moved_version:
                raise StaleStep(self._faster(row))
            doing = Doing(user, clock.now(), dict(fields or {}), pictures=pictures)
            self._check(step, row, doing)
            self._write(step, row, doing)
            if slot is not None:
                slot.finish(str(row.version))
        return thing

    def befall(self, row: Any, action: str, doing: Doing) -> None:
        """Write a thing to which one of `BEFALLS` has happened, with its event, under the caller's lock."""
        row.version, row.last_event_at = row.version + 1, doing.now
        row.save()
        self.record(row, action, row.state, doing)

    def record(self, row: Any, action: str, before: str, doing: Doing, **trail: object) -> None:
        """One event, one entry on the trail (with what `trail` adds), and what must happen later."""
        event = self.log._default_manager.create(
            **{self.subject: row},
            version=row.version,
            action=action,
            from_state=before,
            to_state=row.state,
            actor=doing.user,
            actor_post=self.post_label(doing.user, row),
            note=doing.given("note"),
            data=doing.data,
            at=doing.now,
        )
        verb = "opened" if action == OPENED else "step"
        audit.record(f"{self.key}.{verb}", row, actor=doing.user, code=row.number, step=action, **trail)
        self.afterwards(row, doing, event)

    def _check(self, step: Step, row: M, doing: Doing) -> None:
        facts, hats = self.facts(row, doing.user, doing.now), self.hats(row, doing.user)
        given = doing.fields | ({"photos": doing.pictures} if doing.pictures else {})
        reason = self.table.refusal(step, facts, hats, given)
        if reason:
            raise (NotYours if facts.state in step.sources and not hats & step.who else NotNow)(str(reason))
        lacking = missing(step, given)
        if lacking:
            raise Incomplete({name: str(text) for name, text in lacking.items()})

    def _write(self, step: Step, row: Any, doing: Doing) -> None:
        before = row.state
        if step.name in self.effects:
            self.effects[step.name](row, doing)
        row.state = doing.goes or step.target or before
        row.version, row.last_event_at = row.version + 1, doing.now
        if row.state != before:
            row.ended_at = doing.now if row.state in self.table.ended_states else None
            self.settle(row, doing.now)
        if step.overtakes or row.state != before:
            row.moved_version = row.version
        row.save()
        self.record(row, step.name, before, doing)

    def _faster(self, row: Any) -> str:
        """Who moved the thing last, as a sentence for the one who came too late."""
        events = self.log._default_manager.filter(**{self.subject: row.pk}, version=row.moved_version)
        last = events.select_related("actor").first()
        words = {
            "name": last.actor.name if last and last.actor else _("系统"),
            "verb": self.verb(last.action if last else OPENED),
            "state": self.table.states[row.state].label,
        }
        return _("%(name)s 刚刚办了“%(verb)s”，现在是“%(state)s”") % words
