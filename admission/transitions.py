"""What applications and reports share beyond `core.process.transitions`: numbers, the limit of a state, what is told
when.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from admission.models import Series
from admission.models.base import Moving, MovingEvent
from admission.workflow.rules import WARN_SHARE
from core import clock
from core.days import calendar
from core.days.calendar import Limit
from core.jobs import outbox
from core.process.transitions import Doing, Process
from core.races import series
from members.access import scope_for
from members.models import User
from members.roles import Role

NOTIFY, LIMIT = "admission.notify", "admission.limit"
M = TypeVar("M", bound=Moving)
PROCESSES: dict[str, Process[Any]] = {}


def register(process: Process[M]) -> Process[M]:
    PROCESSES[process.key] = process
    return process


def process_of(payload: Mapping[str, object]) -> Process[Any]:
    """The process that an outbox row is about; rows with a time of their own have called it `way` since the first."""
    return PROCESSES[str(payload["way"])]


def limited(limits: Mapping[Any, Limit]) -> Callable[[Moving, datetime], None]:
    """What follows from a state with these limits: when it is over, and when to warn of that."""

    def settle(row: Moving, now: datetime) -> None:
        limit = limits.get(row.state)
        row.due_at = calendar.add(now, limit) if limit else None
        row.warn_at = calendar.share(now, row.due_at, WARN_SHARE, limit.unit) if limit and row.due_at else None

    return settle


def tell(key: str, row: Moving, event: MovingEvent) -> None:
    """Tell people of a step now, and of the limit of the state that it led to in time."""
    mark = f"{key}:{row.pk}:{row.version}"
    outbox.enqueue(NOTIFY, {"way": key, "event": event.pk}, key=f"{mark}:notify")
    if event.to_state != event.from_state and row.due_at is not None and row.warn_at is not None:
        payload = {"way": key, "pk": row.pk, "due": row.due_at.isoformat()}
        outbox.enqueue(LIMIT, payload | {"is_over": False}, key=f"{mark}:warn", at=row.warn_at)
        outbox.enqueue(LIMIT, payload | {"is_over": True}, key=f"{mark}:due", at=row.due_at)


def post_label(user: User | None, _row: Moving | None = None) -> str:
    """The post shown beside a name in the history: the first one held today."""
    posts = scope_for(user).posts if user is not None else ()
    return f"{posts[0].department or posts[0].area} {Role(posts[0].role).label}"[:60] if posts else ""


def next_number(word: str, now: datetime) -> str:
    """准入〔2026〕003号: counts through the year, inside the caller's transaction."""
    year = clock.local(now).year
    return f"{word}〔{year}〕{series.advance(Series, word=word, year=year):03d}号"


def person(doing: Doing) -> User:
    """Who acts; only time has nobody."""
    assert doing.user is not None
    return doing.user  # type: ignore[no-any-return]
