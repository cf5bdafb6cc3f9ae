"""The story of a ticket: its events as entries of the timeline, newest first. Pure over a dossier's rows."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from issues.models import ActorKind, Photo, Ticket, TicketEvent
from issues.queries import Text
from issues.wording import HIDDEN, icon_of, limit_label, span, title_of
from issues.workflow import CLOCK_LABELS, DECLINE_REASONS, SATISFACTION, SOLVED, ClockKind

SENDS = frozenset({"dispatch", "redispatch", "whistle_urgent"})
PhotoUrl = Callable[[Photo], str]


@dataclass(frozen=True)
class Picture:
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


def entries_of(
    ticket: Ticket, events: Sequence[TicketEvent], *, reader_id: int, is_readable: bool, photo_url: PhotoUrl
) -> list[Entry]:
    """The whole history for staff; of a sensitive ticket, words and pictures only for those who act on it."""
    return [_entry(ticket, event, events, reader_id, is_readable, photo_url) for event in events]


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
                who=_("您") if own else str(event.department or _("网格")),
                at=event.at,
                text="" if own else note,
                quote=note if own else "",
                photos=_pictures(event.photos.all(), photo_url) if readable else [],
            )
        )
    return found


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
    data, said = event.data, []
    if "item" in data:
        said.append(_item_change(data["item"]))
    if "lead" in data:
        said.append(_("派给%(name)s") % data["lead"])
    if event.action == "claim":
        said.append(_claim(ticket, event, events))
    if "evidence" in data:
        words = {"evidence": data["evidence"], "name": data["suggested"]["name"]}
        said.append(_("清单依据：%(evidence)s；建议改派%(name)s") % words)
    if "satisfaction" in data:
        said.append(f"{SATISFACTION[data['satisfaction']]}·{SOLVED[data['solved']]}")
    if "call" in data:
        said.append(_("第 %(n)d 次联系不上") % {"n": data["call"]})
    if "reason" in data:
        said.append(str(DECLINE_REASONS.get(data["reason"], data["reason"])))
    if "kind" in data:
        said.append(_("%(kind)s时限") % {"kind": CLOCK_LABELS[ClockKind(data["kind"])]})
    return said


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
