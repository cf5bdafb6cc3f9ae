"""What tests of channels share: people who can be mailed, notices as tickets send them, and the outbox by hand."""

from datetime import datetime

from core import clock
from core.clock import COUNTY_TIME
from core.jobs import outbox
from core.models import OutboxRow
from notices import inbox, reaching
from notices.models import Mode, Quiet, Reach

SECRET_WORDS = "陈大文 13800006021 南安里1组1号漏水"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in November 2026; the 18th to the 20th are working days."""
    return datetime(2026, 11, day, hour, minute, tzinfo=COUNTY_TIME)


def mailed(user, *, quiet=Quiet.COUNTY, **modes: Mode) -> Reach:
    """A person whose address is confirmed; modes by group for e-mail."""
    reach, _made = Reach.objects.update_or_create(
        user=user,
        defaults={
            "email": f"{user.username}@example.com",
            "confirmed_at": clock.now(),
            "modes": {"email": {group: str(mode) for group, mode in modes.items()}},
            "quiet": quiet,
        },
    )
    return reach


def tell(*users, kind="dispatch", key="ticket:1:2", urgent=False, number="ST26-1118-001") -> None:
    """Text and all, as a ticket's step is told; the text holds what must not get out."""
    inbox.send(
        user_ids=[user.pk for user in users],
        kind=kind,
        text=SECRET_WORDS,
        place=SECRET_WORDS,
        todo=SECRET_WORDS,
        url=f"/t/{number}/",
        key=key,
        urgent=urgent,
        number=number,
        state="待领办",
    )


def drain(moment: datetime) -> int:
    """Send what is due at `moment`."""
    with clock.at(moment):
        return outbox.drain("send", seconds=60)


def due() -> list[datetime]:
    """When the waiting sends are due, on the county's clock."""
    rows = OutboxRow.objects.filter(queue="send", done_at=None).order_by("next_at")
    return [clock.local(row.next_at) for row in rows]


def mode(user, group) -> Mode:
    return reaching.mode_of(reaching.of(user), "email", group)
