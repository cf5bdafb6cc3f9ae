"""Doctor checks of disputes: what must be true of every row whoever wrote it."""

from core.doctor import check, unlike_their_log
from mediation.models import Dispute, DisputeEvent

SHOWN = 20


@check("disputes: the log replays to the state")
def log_replays(fix: bool) -> list[str]:
    return unlike_their_log(Dispute.objects.all(), DisputeEvent, "dispute", SHOWN)
