"""The only code that moves a matter of a special ledger, whatever its kind.

`begin` writes a new one with its first event; `PROCESSES` take the steps of their tables (`core.process.transitions`).
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.errors import NotNow
from core.files.images import Picture
from core.files.stored import store
from core.jobs import outbox
from core.process.transitions import OPENED, Doing, Process
from core.races.series import advance
from grids.models import Area
from grids.scope import path_to
from ledgers.engine.effects import EFFECTS
from ledgers.models import Campaign, MatterEvent, MatterPhoto, Project, Rectification, Series
from ledgers.people import hats_of, post_label
from ledgers.rules import remind_times
from ledgers.workflow import TABLES, GuardContext, Kind
from members.models import User

# outbox topics, handled in ledgers.handlers
NOTIFY, DAY_NEAR = "ledgers.notify", "ledgers.day_near"
MODELS: dict[str, type[Any]] = {Kind.RECTIFICATION: Rectification, Kind.PROJECT: Project, Kind.CAMPAIGN: Campaign}
OPENINGS = {
    Kind.RECTIFICATION: gettext_lazy("立账"),
    Kind.PROJECT: gettext_lazy("立项"),
    Kind.CAMPAIGN: gettext_lazy("开展"),
}
SIGNS = {Kind.RECTIFICATION: "改", Kind.PROJECT: "实", Kind.CAMPAIGN: "专"}


def begin(
    model: type[Any],
    kind: Kind,
    *,
    user: User,
    office: Area,
    area: Area,
    title: str,
    state: str,
    data: Mapping[str, Any],
    **columns: Any,
) -> Any:
    """Write a new matter of `model` with its number and first event, inside the caller's transaction."""
    now = clock.now()
    if area.retired_at:
        raise NotNow(_("“%(name)s”已停用，请选在用的区域") % {"name": area.name})
    matter = model(
        kind=kind,
        number=_number(office, kind, now),
        title=title,
        office=office,
        **path_to(area),
        state=state,
        opened_by=user,
        opened_at=now,
        last_event_at=now,
        **columns,
    )
    matter.save(force_insert=True)
    PROCESSES[kind].record(matter, OPENED, "", Doing(user, now, {}, dict(data)), area=area.code)
    return matter


def _number(office: Area, kind: Kind, now: datetime) -> str:
    """ST改〔2026〕003号: it counts through the year of an office."""
    year = clock.local(now).year
    last = advance(Series, office_id=office.pk, kind=kind, year=year)
    return f"{office.prefix or office.code[4:9]}{SIGNS[kind]}〔{year}〕{last:03d}号"


def facts_of(matter: Any, user: User, now: datetime) -> GuardContext:
    """A matter as its guards see it; up to two queries."""
    today = clock.local(now).date()
    more: dict[str, Any] = {}
    if isinstance(matter, Rectification):
        has_photos = MatterPhoto.objects.filter(event__matter=matter).exists()
        more = {"applicant_id": matter.applied_by_id, "due_on": matter.due_on}
        more["has_evidence"] = matter.ticket_id is not None or has_photos
    elif isinstance(matter, Project):
        done = list(matter.milestones.values_list("done_on", flat=True))
        more = {"milestones": len(done), "milestones_open": done.count(None)}
        more["has_evidence"] = MatterPhoto.objects.filter(event__matter=matter).exists()
    else:
        more = {"is_built": matter.built_at is not None, "due_on": matter.ends_on}
    return GuardContext(state=matter.state, today=today, user_id=user.pk, **more)


def keep(event: MatterEvent, pictures: Iterable[Picture]) -> None:
    """Store photos and tie them to `event`, inside the caller's transaction."""
    MatterPhoto.objects.bulk_create(
        MatterPhoto(event=event, sha256=p.sha256, path=store(p), width=p.width, height=p.height) for p in pictures
    )


def _afterwards(matter: Any, doing: Doing, event: MatterEvent) -> None:
    """Keep the photos, tell people of this step now, and remind them of its days when they come near."""
    keep(event, doing.pictures)
    key = f"matter:{matter.pk}:{matter.version}"
    step = TABLES[matter.kind].by_name.get(event.action)
    if step is None or step.tell:
        outbox.enqueue(NOTIFY, {"event": event.pk}, key=f"{key}:notify")
    for name in ("due_on", "planned_on", "ends_on"):
        if name in event.data:
            remind(matter, date.fromisoformat(event.data[name]), event, milestone=event.data.get("milestone"))


def remind(matter: Any, day: date, event: MatterEvent, *, milestone: int | None = None) -> None:
    """One outbox row for each reminder of `day` that lies ahead; the handler asks again whether it still holds."""
    for at in remind_times(day, event.at):
        payload = {"kind": matter.kind, "matter": matter.pk, "day": str(day), "milestone": milestone}
        key = f"matter:{matter.pk}:{milestone or 0}:{day}:{clock.local(at):%Y%m%d}:{matter.version}"
        outbox.enqueue(DAY_NEAR, payload, key=key, at=at)


def _process(kind: Kind) -> Process[Any]:
    return Process(
        key=f"ledgers.{kind}",
        table=TABLES[kind],
        model=MODELS[kind],
        log=MatterEvent,
        subject="matter",
        opened_label=OPENINGS[kind],
        facts=facts_of,
        hats=lambda matter, user: hats_of(user, matter),
        post_label=post_label,
        effects=EFFECTS,
        settle=lambda _matter, _now: None,  # no column follows from a state alone
        afterwards=_afterwards,
    )


PROCESSES: dict[str, Process[Any]] = {kind: _process(kind) for kind in Kind}
