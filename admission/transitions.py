"""What applications and reports share beyond `core.process.transitions`: numbers, the limit of a state, what is told
when, and that the limits follow the calendar.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from admission.models import Series
from admission.models.base import Moving, MovingEvent
from admission.workflow.rules import WARN_SHARE, start_of
from core import clock
from core.days import calendar
from core.days.calendar import Limit
from core.jobs import outbox
from core.process.transitions import RECALENDAR, Doing, Process
from core.races import series
from members.access import scope_for
from members.models import User
from members.roles import Role

NOTIFY, LIMIT, RECKON = "admission.notify", "admission.limit", "admission.reckon"
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
    mark, is_moved = f"{key}:{row.pk}:{row.version}", event.action == RECALENDAR  # by nobody: it asks nobody for more
    if not is_moved:
        outbox.enqueue(NOTIFY, {"way": key, "event": event.pk}, key=f"{mark}:notify")
    if (is_moved or event.to_state != event.from_state) and row.due_at is not None and row.warn_at is not None:
        payload = {"way": key, "pk": row.pk, "due": row.due_at.isoformat()}
        outbox.enqueue(LIMIT, payload | {"is_over": False}, key=f"{mark}:warn", at=row.warn_at)
        outbox.enqueue(LIMIT, payload | {"is_over": True}, key=f"{mark}:due", at=row.due_at)


def gate_follows(first: date, last: date) -> None:
    """The working days from `first` to `last` have changed: called by whoever changes them, in that transaction."""
    days = {"first": first.isoformat(), "last": last.isoformat()}
    for key in PROCESSES:
        outbox.enqueue(RECKON, days | {"way": key}, key=f"{key}:reckon:{uuid4().hex}")


def reckon(process: Process[Any], first: date, last: date) -> None:
    """The running limits that lie over these days, reckoned anew from when their state began, each in its own turn."""
    calendar.forget()
    rows = process.model._default_manager.filter(ended_at=None, due_at__gte=start_of(first), due_at__gt=clock.now())
    for pk in list(rows.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            _reckon(process, pk, start_of(last + timedelta(days=1)))


def _reckon(process: Process[Any], pk: int, begun: datetime) -> None:
    """What is late stays late; what moves says from when to when, in its log and on the trail."""
    row, now = process.model._default_manager.select_for_update().get(pk=pk), clock.now()
    steps = process.log._default_manager.filter(**{process.subject: row}, to_state=row.state).order_by("-version")
    began = next((step.at for step in steps if step.from_state != step.to_state), None)
    before = row.due_at
    if before is None or before <= now or began is None or began >= begun:
        return
    process.settle(row, began)
    if row.due_at == before:
        return
    days = [f"{clock.local(at):%-m月%-d日 %H:%M}" for at in (before, row.due_at)]
    note = _("期限由 %(before)s 改为 %(after)s") % {"before": days[0], "after": days[1]}
    process.befall(row, RECALENDAR, Doing(None, now, {"note": note}))


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
