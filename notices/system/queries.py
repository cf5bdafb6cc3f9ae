"""Reads behind the system admin's pages: parked rows in words, endpoints with their latest deliveries."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from core.jobs import parked
from core.models import OutboxRow
from core.rows.paging import Page, page_of
from notices.extensions import CHANNELS, kind_of
from notices.kinds import GROUPS
from notices.models import Delivery, Endpoint
from notices.outgoing import planning

PAGE_SIZE = 50
MAX_KEY = 2**63 - 1


@dataclass(frozen=True)
class Line:
    """One parked row in words; for a delivery also by which channel, to which machine, about what."""

    row: OutboxRow
    label: str
    detail: str = ""


@dataclass(frozen=True)
class Topic:
    """How many rows of one kind are parked."""

    topic: str
    label: str
    count: int


def sections(current: str) -> list[dict[str, Any]]:
    """The tabs above these pages."""
    found = [
        ("parked", _("搁置事项"), parked.rows().count()),
        ("endpoints", _("外部接收端"), None),
        ("times", _("通知时间"), None),
        ("calendar", _("工作日历"), None),
    ]
    return [
        {"url": reverse(f"system:{name}"), "text": text, "count": count, "current": name == current}
        for name, text, count in found
    ]


def topics() -> list[Topic]:
    return [Topic(name, str(parked.label_of(name)), count) for name, count in parked.counts().items()]


def parked_page(after: str) -> tuple[Page[OutboxRow], list[Line]]:
    """Parked rows, the newest first."""
    page = page_of(parked.rows(), order=("-id",), after=after, size=PAGE_SIZE)
    return page, lines(page.rows)


def lines(rows: list[OutboxRow]) -> list[Line]:
    ids = [_uuid(row.payload.get("delivery")) for row in rows if row.topic == planning.SEND]
    found = Delivery.objects.select_related("endpoint").in_bulk([pk for pk in ids if pk is not None])
    return [_line(row, found) for row in rows]


def _line(row: OutboxRow, deliveries: dict[Any, Delivery]) -> Line:
    delivery = deliveries.get(_uuid(row.payload.get("delivery")))
    if delivery is None:
        words = "，".join(f"{name} {value}" for name, value in row.payload.items() if name != "nonce")
        return Line(row, str(parked.label_of(row.topic)), words)
    channel = CHANNELS.get(delivery.channel)
    label = str(channel.label) if channel else delivery.channel
    return Line(row, f"{label}：{delivery.endpoint}" if delivery.endpoint else label, about(delivery))


def about(delivery: Delivery) -> str:
    """What a delivery is about, without a person."""
    if delivery.since is not None:
        return _("汇总")
    return f"{kind_of(delivery.kind).label} {delivery.number}".strip()


def parked_or_404(pk: int) -> OutboxRow:
    row = parked.rows().filter(pk=pk).first() if pk <= MAX_KEY else None
    if row is None:
        raise Http404
    return row


def endpoints() -> list[Endpoint]:
    """All of them: a county has a handful."""
    return list(Endpoint.objects.all())


def endpoint_or_404(pk: int) -> Endpoint:
    row = Endpoint.objects.filter(pk=pk).first() if pk <= MAX_KEY else None
    if row is None:
        raise Http404
    return row


def deliveries(endpoint: Endpoint, after: str) -> Page[Delivery]:
    """What was sent to an endpoint, the newest first."""
    rows = Delivery.objects.filter(endpoint=endpoint)
    return page_of(rows, order=("-created_at", "-id"), after=after, size=PAGE_SIZE)


def group_words(endpoint: Endpoint) -> str:
    return "、".join(str(group.label) for key, group in GROUPS.items() if key in endpoint.groups)


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
