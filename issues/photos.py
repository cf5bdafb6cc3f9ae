"""Photos of tickets: stored once per content, readable only through a view that checks the ticket."""

from collections.abc import Sequence
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from core.images import Picture
from issues.models import Photo, Ticket, TicketEvent

MAX_PHOTOS = 9


def attach(ticket: Ticket, event: TicketEvent, pictures: Sequence[Picture]) -> None:
    """Store `pictures` and tie them to `event`, inside the caller's transaction.

    The file is written first: a rolled-back transaction leaves a file that nothing points at, never a
    row without a file; `sweep` removes such files.
    """
    Photo.objects.bulk_create(
        Photo(
            ticket=ticket,
            event=event,
            sha256=picture.sha256,
            path=_store(picture),
            width=picture.width,
            height=picture.height,
            at=event.at,
            **{f"look_{n}": band for n, band in enumerate(picture.look, 1)},
        )
        for picture in pictures
    )


def _store(picture: Picture) -> str:
    name = f"photos/{picture.sha256[:2]}/{picture.sha256}.jpg"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(picture.content))
    return name


def sweep() -> int:
    """Delete stored files that no photo row names; returns how many."""
    removed = 0
    root = Path(default_storage.path("photos"))
    for file in root.glob("*/*.jpg"):
        name = f"photos/{file.parent.name}/{file.name}"
        if not Photo.objects.filter(path=name).exists():
            default_storage.delete(name)
            removed += 1
    return removed
