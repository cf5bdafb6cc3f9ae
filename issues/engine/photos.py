"""Photos of tickets: stored once per content (`core.files.stored`), readable only through a view that checks the
ticket.
"""

from collections.abc import Sequence

from core.files.images import Picture
from core.files.stored import store
from issues.models import Photo, Ticket, TicketEvent

MAX_PHOTOS = 9


def attach(ticket: Ticket, event: TicketEvent, pictures: Sequence[Picture]) -> None:
    """Store `pictures` and tie them to `event`, inside the caller's transaction."""
    Photo.objects.bulk_create(
        Photo(
            ticket=ticket,
            event=event,
            sha256=picture.sha256,
            path=store(picture),
            width=picture.width,
            height=picture.height,
            at=event.at,
            **{f"look_{n}": band for n, band in enumerate(picture.look, 1)},
        )
        for picture in pictures
    )
