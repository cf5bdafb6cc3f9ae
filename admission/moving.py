"""How a thing takes a step of its table: one transaction with lock, stale check, hats, guards, effect, event, outbox.

`admission.gate` and `admission.ledger` each bring a `Way` and are the only callers that write; what they share stands
here. Replaying the events of a thing gives its state.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from admission.facts import Facts
from admission.models import Series
from admission.models.base import Moving, StepEvent
from admission.rules import WARN_SHARE
from core import audit, calendar, clock, outbox, series
from core.calendar import Limit
from core.errors import Conflict
from core.idempotency import claim as claim_key
from core.steps import Step, Table, Text, missing
from issues.actions import Once
from issues.errors import Incomplete, NotNow, NotYours
from members.access import scope_for
from members.models import User
from members.roles import Role

NOTIFY, LIMIT = "admission.notify", "admission.limit"
OPEN = "open"
M = TypeVar("M", bound=Moving)


class StaleStep(Conflict):
    """Somebody moved the thing since the page was read; says who and what."""

    code: ClassVar[str] = "stale_step"


@dataclass
class Doing:
    """One application of a step. `user` None is time; an effect sets `goes` when the step completes its round."""

    user: User | None
    now: datetime
    fields: dict[str, Any]
    data: dict[str, Any] = field(default_factory=dict)
    goes: str | None = None

    def given(self, name: str) -> str:
        return str(self.fields.get(name) or "")

    @property
    def person(self) -> User:
        """Who acts; only time has nobody."""
        assert self.user is not None
        return self.user


@dataclass(frozen=True)
class Way(Generic[M]):
    """What the writer of one kind of thing brings."""

    key: str  # of outbox payloads and verbs of the trail
    word: str  # in numbers
    model: type[M]
    log: type[StepEvent]
    subject: str  # the log's key of the thing
    table: Table
    limits: Mapping[Any, Limit]
    opened_label: Text
    facts: Callable[[M, User | None, datetime], Facts]
    hats: Callable[[M, User | None], frozenset[Any]]
    effects: Mapping[str, Callable[[M, Doing], None]]
    afterwards: Callable[[M, Doing], None]


WAYS: dict[str, Way[Any]] = {}


def register(way: Way[M]) -> Way[M]:
    WAYS[way.key] = way
    return way


def take(
    way: Way[M],
    pk: int,
    name: str,
    *,
    user: User | None,
    version: int | None = None,
    fields: Mapping[str, Any] | None = None,
    once: Once | None = None,
) -> M:
    """Take step `name` and return the thing as written.

    `version` is the version the user saw; None means "as it stands". What was sent before under the same `once` is
    not done again. Raises `StaleStep`, `NotYours`, `NotNow`, `Incomplete`, `KeyReused`.
    """
    step, now = way.table.by_name[name], clock.now()
    with transaction.atomic():
        slot = claim_key(once.owner, once.key, once.body) if once else None
        row = way.model._default_manager.select_for_update().get(pk=pk)
        if slot is not None and slot.result is not None:
            return row
        if version is not None and version < row.moved_version:
            raise StaleStep(faster(way, row))
        doing = Doing(user, now, dict(fields or {}))
        _check(way, step, row, doing)
        _write(way, step, row, doing)
        if slot is not None:
            slot.finish(str(row.version))
    return row


def _check(way: Way[M], step: Step, row: M, doing: Doing) -> None:
    facts, hats = way.facts(row, doing.user, doing.now), way.hats(row, doing.user)
    reason = way.table.refusal(step, facts, hats, doing.fields)
    if reason:
        raise (NotYours if facts.state in step.sources and not hats & step.who else NotNow)(str(reason))
    lacking = missing(step, doing.fields)
    if lacking:
        raise Incomplete({name: str(text) for name, text in lacking.items()})


def _write(way: Way[M], step: Step, row: M, doing: Doing) -> None:
    before = row.state
    if step.name in way.effects:
        way.effects[step.name](row, doing)
    row.state = doing.goes or step.target or before
    row.version, row.last_event_at = row.version + 1, doing.now
    if row.state != before:
        settle(way, row, doing.now)
    if step.overtakes or row.state != before:
        row.moved_version = row.version
    row.save()
    record(way, row, step.name, before, doing)


def settle(way: Way[M], row: M, now: datetime) -> None:
    """What follows from the state a thing has come to: its end, and its limit with the time to warn of it."""
    row.ended_at = now if row.state in way.table.ended_states else None
    limit = way.limits.get(row.state)
    row.due_at = calendar.add(now, limit) if limit else None
    row.warn_at = calendar.share(now, row.due_at, WARN_SHARE, limit.unit) if limit and row.due_at else None


def record(way: Way[M], row: M, action: str, before: str, doing: Doing) -> None:
    """One event, one entry on the trail, and what must happen later."""
    event = way.log._default_manager.create(
        **{way.subject: row},
        version=row.version,
        action=action,
        from_state=before,
        to_state=row.state,
        actor=doing.user,
        actor_post=post_label(doing.user),
        note=doing.given("note"),
        data=doing.data,
        at=doing.now,
    )
    verb = "opened" if action == OPEN else "step"
    audit.record(f"{way.key}.{verb}", row, actor=doing.user, code=row.number, step=action, to=row.state)
    key = f"{way.key}:{row.pk}:{row.version}"
    outbox.enqueue(NOTIFY, {"way": way.key, "event": event.pk}, key=f"{key}:notify")
    if row.state != before and row.due_at is not None and row.warn_at is not None:
        payload = {"way": way.key, "pk": row.pk, "due": row.due_at.isoformat()}
        outbox.enqueue(LIMIT, payload | {"is_over": False}, key=f"{key}:warn", at=row.warn_at)
        outbox.enqueue(LIMIT, payload | {"is_over": True}, key=f"{key}:due", at=row.due_at)
    way.afterwards(row, doing)


def faster(way: Way[M], row: M) -> str:
    """Who moved the thing last, as a sentence for the one who came too late."""
    events = way.log._default_manager.filter(**{way.subject: row, "version": row.moved_version})
    last = events.select_related("actor").first()
    words = {
        "name": last.actor.name if last and last.actor else _("系统"),
        "verb": way.table.by_name[last.action].label if last and last.action in way.table.by_name else way.opened_label,
        "state": way.table.states[row.state].label,
    }
    return _("%(name)s 刚刚办了“%(verb)s”，现在是“%(state)s”") % words


def post_label(user: User | None) -> str:
    """The post shown beside a name in the history: the first one held today."""
    posts = scope_for(user).posts if user is not None else ()
    return f"{posts[0].department or posts[0].area} {Role(posts[0].role).label}"[:60] if posts else ""


def next_number(way: Way[M], now: datetime) -> str:
    """准入〔2026〕003号: counts through the year, inside the caller's transaction."""
    year = clock.local(now).year
    return f"{way.word}〔{year}〕{series.advance(Series, word=way.word, year=year):03d}号"
