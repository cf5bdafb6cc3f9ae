"""The story of a ticket: its events as entries of the timeline, newest first. Pure over a dossier's rows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from core import clock
from core.process.detail import Entry, Picture
from core.templatetags.ui import when
from issues.dossier.wording import HIDDEN, icon_of, limit_label, span, title_of
from issues.engine.photos import TOLD
from issues.models import ActorKind, Photo, Review, Ticket, TicketEvent
from issues.workflow import (
    CLOCK_LABELS,
    DECLINE_REASONS,
    SATISFACTION,
    SOLVED,
    WHISTLE_CAUSES,
    WHISTLES,
    ClockKind,
    WhistleType,
)

SENDS = frozenset({"dispatch", "dispatch_listed", "redispatch", "whistle_urgent", "whistle_law", "decide"})
ARRIVES_WITHIN, LATE_FROM = timedelta(days=1), timedelta(minutes=10)
PhotoUrl = Callable[[Photo], str]
Data = Mapping[str, Any]


def entries_of(
    ticket: Ticket, events: Sequence[TicketEvent], *, reader_id: int, is_readable: bool, photo_url: PhotoUrl
) -> list[Entry]:
    """The whole history for staff; of a sensitive ticket, words and pictures only for those who act on it."""
    return [_entry(ticket, event, events, reader_id, is_readable, photo_url) for event in _told(events)]


def _told(events: Sequence[TicketEvent]) -> list[TicketEvent]:
    """Without the reminders that a later step of the same limit overtook: the engine had stood still."""
    overtaken = timedelta(minutes=1)
    told: list[TicketEvent] = []
    latest: dict[int, datetime] = {}
    for event in events:
        limit = event.data.get("clock") if event.action == "escalate" else None
        if limit is not None:
            after, latest[limit] = latest.get(limit), event.at
            if after is not None and after - event.at <= overtaken:
                continue
        told.append(event)
    return told


def public_entries(ticket: Ticket, events: Iterable[TicketEvent], *, photo_url: PhotoUrl) -> list[Entry]:
    """What the resident reads: public steps, offices instead of people, nothing a sensitive ticket must keep."""
    found = []
    for event in events:
        if not event.is_public:
            continue
        own = event.actor_kind == ActorKind.RESIDENT
        readable = own or not ticket.is_sensitive
        note = event.note if readable else ""
        found.append(
            Entry(
                title=title_of(event, ticket.source),
                icon=icon_of(event, ticket.source),
                who=_("您") if own else _office(event),
                at=event.at,
                text="\n".join(filter(None, [arriving(event), "" if own else note])),
                quote=note if own else "",
                photos=_pictures(event.photos.all(), photo_url) if readable else [],
            )
        )
    return found


def _office(event: TicketEvent) -> str:
    """Who acted, as residents read it: an office, never a person; the engine under its own name."""
    return str(event.department or (_("系统") if event.actor_kind == ActorKind.SYSTEM else _("网格")))


def _entry(
    ticket: Ticket,
    event: TicketEvent,
    events: Sequence[TicketEvent],
    reader_id: int,
    is_readable: bool,
    photo_url: PhotoUrl,
) -> Entry:
    is_quote = event.actor_kind == ActorKind.RESIDENT or event.action == "place"
    has_more = bool(event.note or event.photos.all())
    note = event.note if is_readable else (str(HIDDEN) if has_more else "")
    facts = _facts(ticket, event, events)
    return Entry(
        title=title_of(event, ticket.source),
        icon=icon_of(event, ticket.source),
        who=_who(event, reader_id),
        at=event.at,
        text="\n".join(part for part in (*facts, "" if is_quote else note) if part),
        quote=note if is_quote else "",
        photos=_pictures_of(event, events, photo_url) if is_readable else [],
        system=event.actor_kind == ActorKind.SYSTEM,
    )


def _who(event: TicketEvent, reader_id: int) -> str:
    if event.actor_kind == ActorKind.SYSTEM:
        return _("系统")
    if event.actor_kind == ActorKind.RESIDENT:
        return _("点单居民")
    name = f"{event.actor_post} {event.actor_name}".strip()
    return _("%(name)s（你）") % {"name": name} if event.actor_id == reader_id else name


def _facts(ticket: Ticket, event: TicketEvent, events: Sequence[TicketEvent]) -> list[str]:
    """What the log kept of a step, in sentences."""
    data = event.data
    said = [say(data) for key, say in SAYINGS if key in data]
    said += [_device_time(event), arriving(event)]
    if event.action == "claim":
        said.append(_claim(ticket, event, events))
    return said


def arriving(event: TicketEvent) -> str:
    """Which of its photos have come, while some that its phone announced have not."""
    here, all_told = len(event.photos.all()), event.data.get(TOLD, 0)
    if here >= all_told:
        return ""
    words = {"n": here, "all": all_told, "left": all_told - here}
    if clock.now() - event.at < ARRIVES_WITHIN:
        return _("照片 %(n)d/%(all)d 待传：还有 %(left)d 张在手机上，有信号自己会传") % words
    return _("照片 %(n)d/%(all)d：有 %(left)d 张过了一天还没有传到，要的话请对方重拍补充") % words


def _device_time(event: TicketEvent) -> str:
    """When it was written down on a phone, where it came much later or the phone's clock is wrong."""
    if event.device_at is None or abs(event.at - event.device_at) < LATE_FROM:
        return ""
    return _("手机上 %(when)s 记下，现在的时间是收到的时间") % {"when": when(event.device_at)}


def _evidence(data: Data) -> str:
    words = {"evidence": data["evidence"], "name": data["suggested"]["name"]}
    return _("清单依据：%(evidence)s；建议改派%(name)s") % words


def unnamed(data: Data) -> str:
    """The warning that a return cites a line which does not name the unit it suggests."""
    words = {"evidence": data["evidence"], "name": data["suggested"]["name"], "lead": data["unnamed"]}
    return _("注意：%(evidence)s 没有写到%(name)s，清单载明由%(lead)s办") % words


def _asked(review: Data) -> str:
    return "：".join(filter(None, [str(Review.Kind(review["kind"]).label), review["detail"]]))


def _handed(data: Data) -> str:
    text = _("交回%(name)s") if data["to"].get("back") else _("由%(name)s接手")
    return str(text % data["to"])


SAYINGS: Sequence[tuple[str, Callable[[Data], str]]] = (
    ("item", lambda data: _item_change(data["item"])),
    ("whistle", lambda data: str(WHISTLES[WhistleType(data["whistle"])])),
    ("cause", lambda data: str(WHISTLE_CAUSES[data["cause"]])),
    ("lead", lambda data: _("派给%(name)s") % data["lead"]),
    ("invited", lambda data: _("请%(names)s参加会商") % {"names": "、".join(data["invited"])}),
    ("assisting", lambda data: _("加%(names)s配合") % {"names": "、".join(data["assisting"])}),
    ("excused", lambda data: _("免去%(name)s的配合") % {"name": data["excused"]}),
    ("evidence", _evidence),
    ("unnamed", lambda data: unnamed(data)),
    ("measures", lambda data: _("本级已尽措施：%(text)s") % {"text": data["measures"]}),
    ("arrived", lambda data: _("按时到场") if data["arrived"]["on_time"] is not False else _("超时到场")),
    ("days", lambda data: _("延长%(limit)s") % {"limit": limit_label(data["days"])}),
    ("reason_text", lambda data: str(data["reason_text"])),
    ("review", lambda data: _asked(data["review"])),
    ("sheet", lambda data: _("督办单 %(number)s") % {"number": data["sheet"]}),
    ("sheets", lambda data: _("回复 %(numbers)s") % {"numbers": "、".join(data["sheets"])}),
    ("satisfaction", lambda data: f"{SATISFACTION[data['satisfaction']]}·{SOLVED[data['solved']]}"),
    ("call", lambda data: _("第 %(n)d 次联系不上") % {"n": data["call"]}),
    ("stars", lambda data: _("%(n)d 星") % {"n": data["stars"]}),
    ("reason", lambda data: str(DECLINE_REASONS.get(data["reason"], data["reason"]))),
    ("into", lambda data: _("并入 %(number)s") % {"number": data["into"]}),
    ("merged", lambda data: _("%(number)s 反映的是同一件事，已并入") % {"number": data["merged"]}),
    ("from", lambda data: _("从 %(number)s 拆开") % {"number": data["from"]}),
    ("part", lambda data: _("拆出清单事项 %(code)s") % {"code": data["part"]}),
    ("to", _handed),
    ("heir", lambda data: _("%(gone)s停用，由%(name)s接续") % data["heir"]),
    ("why", lambda data: "\n".join(data["why"])),
    ("recall_until", lambda data: _("分拨员可在 %(when)s 前撤回") % {"when": when(_moment(data["recall_until"]))}),
    ("moved_from", lambda data: _("从%(moved_from)s划到%(moved_to)s") % data),
    ("kind", lambda data: _("%(kind)s时限") % {"kind": CLOCK_LABELS[ClockKind(data["kind"])]}),
)
"""What each key that the log may keep says."""


def _moment(kept: str) -> datetime:
    return datetime.fromisoformat(kept)


def _item_change(change: dict[str, str]) -> str:
    if change.get("from"):
        return _("清单事项由 %(from)s 改为 %(to)s") % change
    return _("对上清单事项 %(to)s") % change


def _claim(ticket: Ticket, event: TicketEvent, events: Sequence[TicketEvent]) -> str:
    """派哨后 42 分钟领办（要求 4 个工时内）."""
    sent = next((e.at for e in events if e.version < event.version and e.action in SENDS), None)
    if sent is None:
        return ""
    words = {"span": span(sent, event.at), "limit": limit_label(ticket.limits.get(ClockKind.CLAIM, ""))}
    return _("派哨后 %(span)s领办（要求 %(limit)s内）") % words


def _pictures_of(event: TicketEvent, events: Sequence[TicketEvent], photo_url: PhotoUrl) -> list[Picture]:
    """The pictures of an event; beside those of the result stands the first one taken before."""
    own = list(event.photos.all())
    before = next((p for e in reversed(events) if e.version < event.version for p in e.photos.all()), None)
    if event.action == "report_done" and own and before is not None:
        return [*_pictures([before], photo_url, _("前")), *_pictures(own, photo_url, _("后"))]
    return _pictures(own, photo_url)


def _pictures(photos: Iterable[Photo], photo_url: PhotoUrl, caption: str = "") -> list[Picture]:
    return [
        Picture(photo_url(photo), _("%(what)s照片 %(n)d") % {"what": caption, "n": n}, caption)
        for n, photo in enumerate(photos, 1)
    ]
