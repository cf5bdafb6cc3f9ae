"""Which deliveries follow when something is told: by each person's choice and hours, and to machines outside.

Plans only: every delivery is a row and an outbox row of the sender's transaction, due at once, after the quiet
hours, or with the next digest. The unique key of the row makes each of them once, however often it is planned.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core import clock
from core.jobs import outbox
from notices import extensions, kinds, reaching, times
from notices.models import Delivery, Endpoint, Mode, Notice, Reach

SEND = "notices.send"  # outbox topic, handled in notices.handlers
WEBHOOK = "webhook"


@dataclass(frozen=True)
class Told:
    """What was told: everything that a channel may know of it."""

    kind: str
    key: str
    number: str = ""
    state: str = ""
    url: str = ""
    urgent: bool = False

    def content(self) -> dict[str, Any]:
        return {
            "kind": self.kind, "number": self.number, "state": self.state, "url": self.url, "is_urgent": self.urgent,
        }  # fmt: skip


@dataclass(frozen=True)
class Planned:
    """A delivery and when it is due."""

    row: Delivery
    at: datetime


def plan(told: Told, user_ids: Iterable[int]) -> None:
    """Plan everything that follows from one event; belongs into the transaction that wrote its notices."""
    moment, group = clock.now(), extensions.kind_of(told.kind).group
    planned = [
        *_for_endpoints(told, group, moment),
        *_for_people(told, group, moment, sorted(set(user_ids))),
    ]
    keep(planned)


def keep(planned: list[Planned]) -> None:
    """Store planned deliveries with their outbox rows; those that exist already stay as they are."""
    if not planned:
        return
    due = {one.row.key: one.at for one in planned}
    Delivery.objects.bulk_create([one.row for one in planned], ignore_conflicts=True)
    for pk, key in Delivery.objects.filter(key__in=due, sent_at=None, dropped="").values_list("pk", "key"):
        outbox.enqueue(SEND, {"delivery": str(pk)}, key=f"send:{key}", at=due[key], queue=outbox.SEND)


def _for_endpoints(told: Told, group: kinds.Group, moment: datetime) -> list[Planned]:
    rows = Endpoint.objects.filter(paused_at=None).only("pk", "groups")
    return [to_endpoint(row.pk, told, moment) for row in rows if group.key in row.groups]


def to_endpoint(endpoint_id: int, told: Told, moment: datetime) -> Planned:
    """A delivery of one event to a machine; machines keep no quiet hours."""
    key = f"{WEBHOOK}:{endpoint_id}:{told.key}"
    row = Delivery(channel=WEBHOOK, key=key, endpoint_id=endpoint_id, created_at=moment, **told.content())
    return Planned(row, moment)


def outbox_prefix(endpoint_id: int) -> str:
    """How the keys of the outbox rows for a machine begin."""
    return f"send:{WEBHOOK}:{endpoint_id}:"


def _for_people(told: Told, group: kinds.Group, moment: datetime, user_ids: list[int]) -> list[Planned]:
    if not user_ids:
        return []
    people = list(Reach.objects.filter(user__in=user_ids, user__is_active=True))
    wanted = [
        (channel.name, reach, mode)
        for channel in extensions.personal_channels()
        for reach in people
        if channel.reaches(reach) and (mode := reaching.mode_of(reach, channel.name, group)) != Mode.OFF
    ]
    notices = _notices(told, [reach.user_id for _channel, reach, _mode in wanted])
    return [
        _for_person(channel, reach, mode, told, notices[reach.user_id], moment)
        for channel, reach, mode in wanted
        if reach.user_id in notices
    ]


def _notices(told: Told, user_ids: list[int]) -> dict[int, int]:
    """The notice of each of these people, which may be an earlier one when the same is told again."""
    if not user_ids:
        return {}
    return dict(Notice.objects.filter(key=told.key, user__in=user_ids).values_list("user_id", "pk"))


def _for_person(channel: str, reach: Reach, mode: Mode, told: Told, notice_id: int, moment: datetime) -> Planned:
    """At once where it is urgent or chosen so and not quiet; else gathered, with the digest or after the quiet."""
    hours = reaching.quiet_hours(reach)
    if told.urgent or (mode == Mode.AT_ONCE and not times.is_quiet(moment, hours)):
        key = f"{channel}:{reach.user_id}:{told.key}"
        row = Delivery(
            channel=channel, key=key, user_id=reach.user_id, notice_id=notice_id, created_at=moment, **told.content()
        )
        return Planned(row, moment)
    if mode == Mode.DIGEST:
        slot = times.slot_after(moment)
        return _gathering(channel, reach, mode, slot, times.window_of(slot), times.quiet_ends(slot, hours), moment)
    end = times.quiet_ends(moment, hours)
    began = times.quiet_began(moment, hours) if hours else moment
    return _gathering(channel, reach, mode, end, (began, end), end + times.GRACE, moment)


def _gathering(
    channel: str,
    reach: Reach,
    mode: Mode,
    slot: datetime,
    window: tuple[datetime, datetime],
    due: datetime,
    moment: datetime,
) -> Planned:
    """The one message of a person for a digest or a quiet time: whoever plans it first makes it."""
    key = f"{channel}:{reach.user_id}:{mode}:{clock.local(slot):%Y%m%dT%H%M}"
    row = Delivery(
        channel=channel, key=key, user_id=reach.user_id, kind="", mode=mode, since=window[0], until=window[1],
        created_at=moment,
    )  # fmt: skip
    return Planned(row, due)
