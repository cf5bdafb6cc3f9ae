"""The only code that moves a matter of a special ledger, whatever its kind.

`begin` writes a new one with its first event; `apply` takes one step of its table: lock, stale check, state, hats and
guards, required fields, effect, one event, photos, one audit entry and the outbox rows, all in one transaction.
Replaying a matter's events gives its state.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, clock, outbox
from core.errors import Conflict
from core.idempotency import claim as claim_key
from core.images import Picture
from core.series import advance
from core.steps import Step, missing
from core.stored import store
from grids.models import Area
from grids.scope import path_to
from issues.actions import Once
from issues.errors import Incomplete, NotNow, NotYours
from ledgers.effects import EFFECTS, Doing
from ledgers.models import Campaign, Matter, MatterEvent, MatterPhoto, Project, Rectification, Series
from ledgers.people import hats_of, post_label
from ledgers.rules import remind_times
from ledgers.workflow import ENDED_STATES, TABLES, Facts, Kind
from members.models import User

# outbox topics, handled in ledgers.handlers
NOTIFY, DAY_NEAR = "ledgers.notify", "ledgers.day_near"
OPENED = "open"
MODELS: dict[str, type[Any]] = {Kind.RECTIFICATION: Rectification, Kind.PROJECT: Project, Kind.CAMPAIGN: Campaign}
SIGNS = {Kind.RECTIFICATION: "改", Kind.PROJECT: "实", Kind.CAMPAIGN: "专"}


class StaleMatter(Conflict):
    """Somebody moved the matter since the page was read; says who and what."""

    code: ClassVar[str] = "stale_matter"


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
    event = _log(matter, OPENED, "", Doing(user, now, {}, dict(data)))
    audit.record(f"ledgers.{kind}.opened", matter, actor=user, code=matter.number, area=area.code)
    _enqueue(matter, event)
    return matter


def _number(office: Area, kind: Kind, now: datetime) -> str:
    """ST改〔2026〕003号: it counts through the year of an office."""
    year = clock.local(now).year
    last = advance(Series, office_id=office.pk, kind=kind, year=year)
    return f"{office.prefix or office.code[4:9]}{SIGNS[kind]}〔{year}〕{last:03d}号"


def apply(
    kind: str,
    matter_id: int,
    name: str,
    *,
    user: User,
    version: int | None = None,
    fields: Mapping[str, Any] | None = None,
    pictures: Sequence[Picture] = (),
    once: Once | None = None,
) -> Any:
    """Take step `name` on a matter and return it as written.

    `version` is the version the user saw; None means "as it stands". What was sent before under the same `once` is
    not done again. Raises `StaleMatter`, `NotYours`, `NotNow`, `Incomplete`, `KeyReused`.
    """
    step = TABLES[kind].by_name[name]
    given = {key: value for key, value in (fields or {}).items() if value not in (None, "", [])}
    with transaction.atomic():
        slot = claim_key(once.owner, once.key, once.body) if once else None
        Matter.objects.select_for_update().get(pk=matter_id)
        matter = MODELS[kind].objects.get(pk=matter_id)
        if slot is not None and slot.result is not None:
            return matter
        if version is not None and version < matter.moved_version:
            raise StaleMatter(faster(matter))
        doing = Doing(user, clock.now(), given)
        _check(step, matter, doing, pictures)
        event = _write(step, matter, doing)
        keep(event, pictures)
        audit.record(f"ledgers.{kind}.step", matter, actor=user, code=matter.number, step=name)
        _enqueue(matter, event, step)
        if slot is not None:
            slot.finish(str(matter.version))
    return matter


def facts_of(matter: Any, user: User, today: date) -> Facts:
    """A matter as its guards see it; up to two queries."""
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
    return Facts(state=matter.state, today=today, user_id=user.pk, **more)


def _check(step: Step, matter: Any, doing: Doing, pictures: Sequence[Picture]) -> None:
    table, facts = TABLES[matter.kind], facts_of(matter, doing.user, clock.local(doing.now).date())
    hats = hats_of(doing.user, matter)
    fields = doing.fields | ({"photos": pictures} if pictures else {})
    reason = table.refusal(step, facts, hats, fields)
    if reason:
        raise (NotYours if facts.state in step.sources and not hats & step.who else NotNow)(str(reason))
    lacking = missing(step, fields)
    if lacking:
        raise Incomplete({name: str(text) for name, text in lacking.items()})


def _write(step: Step, matter: Any, doing: Doing) -> MatterEvent:
    before = matter.state
    if step.name in EFFECTS:
        EFFECTS[step.name](matter, doing)
    matter.state = str(step.target or before)
    matter.ended_at = doing.now if matter.state in ENDED_STATES else None
    matter.version, matter.last_event_at = matter.version + 1, doing.now
    if step.overtakes:
        matter.moved_version = matter.version
    matter.save()
    return _log(matter, step.name, before, doing)


def _log(matter: Any, action: str, before: str, doing: Doing) -> MatterEvent:
    return MatterEvent.objects.create(
        matter_id=matter.pk,
        version=matter.version,
        action=action,
        from_state=before,
        to_state=matter.state,
        actor=doing.user,
        actor_post=post_label(doing.user, matter),
        note=doing.given("note"),
        data=doing.data,
        at=doing.now,
    )


def keep(event: MatterEvent, pictures: Iterable[Picture]) -> None:
    """Store photos and tie them to `event`, inside the caller's transaction."""
    MatterPhoto.objects.bulk_create(
        MatterPhoto(event=event, sha256=p.sha256, path=store(p), width=p.width, height=p.height) for p in pictures
    )


def _enqueue(matter: Any, event: MatterEvent, step: Step | None = None) -> None:
    """Tell people of this step now, and remind them of its days when they come near."""
    key = f"matter:{matter.pk}:{matter.version}"
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


def faster(matter: Matter) -> str:
    """Who moved the matter last, as a sentence for the one who came too late."""
    last = MatterEvent.objects.filter(matter=matter.pk, version=matter.moved_version).select_related("actor").first()
    steps = TABLES[matter.kind].by_name
    words = {
        "name": last.actor.name if last else "",
        "verb": steps[last.action].label if last and last.action in steps else _("立账"),
        "state": matter.info.label,
    }
    return _("%(name)s 刚刚办了“%(verb)s”，现在是“%(state)s”") % words
