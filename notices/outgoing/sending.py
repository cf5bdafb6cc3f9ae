"""Sends one planned delivery: is it still wanted, is it quiet now, then the channel. Runs from the outbox."""

from core import clock
from core.jobs import outbox
from notices import reaching, times
from notices.extensions import CHANNELS, kind_of
from notices.models import Delivery, Mode, Notice, Reach
from notices.outgoing.channels import Channel

UNWANTED, READ, UNREACHABLE = "off", "read", "unreachable"
"""Why a delivery was dropped."""
MOST_GATHERED = 500


def send(delivery_id: str) -> None:
    """Hand a delivery to its channel, at least once; what has become needless is dropped, what is early waits.

    Raises what the channel raises, `Later` in quiet hours and `GiveUp` for a channel that is no more.
    """
    rows = Delivery.objects.select_related("user", "endpoint", "notice")
    delivery = rows.filter(pk=delivery_id, sent_at=None, dropped="").first()
    if delivery is None:
        return
    channel = CHANNELS.get(delivery.channel)
    if channel is None:
        raise outbox.GiveUp(f"no channel {delivery.channel!r}")
    reason = _needless(delivery, channel) if channel.is_personal else ""
    if reason:
        Delivery.objects.filter(pk=delivery.pk).update(dropped=reason)
        return
    channel.send(delivery)
    Delivery.objects.filter(pk=delivery.pk).update(sent_at=clock.now())


def _needless(delivery: Delivery, channel: Channel) -> str:
    """Why a person need not get this any more; empty when they do. Raises `Later` while they keep quiet."""
    reach = Reach.objects.filter(user=delivery.user_id, user__is_active=True).first()
    if reach is None or not channel.reaches(reach):
        return UNREACHABLE
    if delivery.since is None and not _is_wanted(reach, channel.name, delivery):
        return UNWANTED
    if not (gathered(delivery, reach) if delivery.since else _is_unread(delivery)):
        return READ
    now, hours = clock.now(), reaching.quiet_hours(reach)
    if not delivery.is_urgent and times.is_quiet(now, hours):
        raise outbox.Later(times.quiet_ends(now, hours))
    return ""


def _is_wanted(reach: Reach, channel: str, delivery: Delivery) -> bool:
    return reaching.mode_of(reach, channel, kind_of(delivery.kind).group) != Mode.OFF


def _is_unread(delivery: Delivery) -> bool:
    return delivery.notice is not None and delivery.notice.read_at is None


def gathered(delivery: Delivery, reach: Reach) -> list[Notice]:
    """What a gathering delivery tells of: the person's unread notices of its time in groups of its mode.

    Urgent ones are not among them, because they went out by themselves.
    """
    rows = Notice.objects.filter(user=reach.user_id, read_at=None, is_urgent=False)
    rows = rows.filter(created_at__gte=delivery.since, created_at__lt=delivery.until)
    return [
        row
        for row in rows.order_by("-created_at", "-id")[:MOST_GATHERED]
        if reaching.mode_of(reach, delivery.channel, kind_of(row.kind).group) == delivery.mode
    ]
