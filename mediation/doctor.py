"""Doctor checks of disputes: what must be true of every row whoever wrote it."""

from django.db.models import F, OuterRef, Q, Subquery

from core.doctor import check
from mediation.models import Dispute, DisputeEvent

SHOWN = 20


@check("disputes: the log replays to the state")
def log_replays(fix: bool) -> list[str]:
    """The newest event of each dispute carries its version and its state."""
    newest = DisputeEvent.objects.filter(dispute=OuterRef("pk")).order_by("-version")
    rows = (
        Dispute.objects.annotate(
            logged=Subquery(newest.values("to_state")[:1]), seen=Subquery(newest.values("version")[:1])
        )
        .filter(~Q(logged=F("state")) | ~Q(seen=F("version")) | Q(logged__isnull=True))
        .values_list("number", "state", "version", "logged", "seen")
    )
    return [
        f"{number}: {state} v{version}, log says {logged} v{seen}"
        for number, state, version, logged, seen in rows[:SHOWN]
    ]
