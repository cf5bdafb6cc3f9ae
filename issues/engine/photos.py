"""Photos of tickets: stored once per content (`core.files.stored`), readable only through a view that checks the
ticket.

A phone without much signal sends its words first and says by their SHA-256 which photos follow; each of those is
taken later by `receive`, however often it is sent.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core import clock
from core.files.images import Announced, BadImage, Picture, prepare
from core.files.stored import store
from issues.models import ActorKind, AwaitedPhoto, Photo, Ticket, TicketEvent
from members.models import User

MAX_PHOTOS = 9
TOLD = "announced"
"""In an event's data: how many photos it is to have, where some were only announced."""


def attach(ticket: Ticket, event: TicketEvent, pictures: Sequence[Picture | Announced]) -> None:
    """Store `pictures` and tie them to `event`, and note those that are to come, inside the caller's transaction."""
    Photo.objects.bulk_create(_row(event, one, event.at) for one in pictures if isinstance(one, Picture))
    AwaitedPhoto.objects.bulk_create(
        AwaitedPhoto(ticket=ticket, event=event, sha256=one.sha256, at=event.at)
        for one in pictures
        if isinstance(one, Announced)
    )


def told(pictures: Sequence[Picture | Announced]) -> dict[str, int]:
    """What an event's data say of `pictures`."""
    return {TOLD: len(pictures)} if any(isinstance(one, Announced) for one in pictures) else {}


def awaited_of(ticket: Ticket, user: User | None) -> "QuerySet[AwaitedPhoto]":
    """What `user` announced on a ticket; without one, what its resident did."""
    rows = AwaitedPhoto.objects.filter(ticket=ticket)
    return rows.filter(event__actor=user) if user else rows.filter(event__actor_kind=ActorKind.RESIDENT)


def receive(awaited: "QuerySet[AwaitedPhoto]", sha256: str, raw: bytes) -> bool:
    """Tie the photo that was announced as `sha256` to whatever of `awaited` waits for it; False where nothing ever did.

    Sent again it changes nothing. Raises BadImage.
    """
    rows = awaited.filter(sha256=sha256)
    waiting = rows.filter(photo=None)
    if not waiting.exists():
        return rows.exists()
    if hashlib.sha256(raw).hexdigest() != sha256:
        raise BadImage(_("照片没有传完整，请再传一次"))
    picture, now = prepare(ContentFile(raw)), clock.now()
    with transaction.atomic():
        for row in waiting.select_for_update(of=("self",)).select_related("event"):
            row.photo = _row(row.event, picture, now)
            row.photo.save()
            row.save(update_fields=["photo"])
    return True


def _row(event: TicketEvent, picture: Picture, at: datetime) -> Photo:
    return Photo(
        ticket_id=event.ticket_id,
        event=event,
        sha256=picture.sha256,
        path=store(picture),
        width=picture.width,
        height=picture.height,
        at=at,
        **{f"look_{n}": band for n, band in enumerate(picture.look, 1)},
    )
