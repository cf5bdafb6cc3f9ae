"""The list of the queue as a file: exactly the tickets that its address shows, in their order."""

from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from core import clock
from core.files.tables import TYPES
from core.trust import audit
from issues.engine.actors import READERS
from issues.finding.filters import TicketFilter
from issues.finding.queries import in_order
from issues.models import Ticket
from issues.queue import exporting
from members.access import allow, reader
from members.signing_in.stepping_up import proved


@allow(*READERS)
@proved
@never_cache
@require_GET
def export(request: HttpRequest, kind: str) -> FileResponse:
    """`/t/export/<kind>/?…`: the audit trail keeps who took how many under which conditions.

    Words that were searched for are not kept there: they may be somebody's name.
    """
    if kind not in TYPES:
        raise Http404
    user, now = reader(request), clock.now()
    chosen = TicketFilter.parse(request.GET)
    rows = chosen.apply(Ticket.objects.visible_to(user), now, user)
    table = exporting.write(kind, in_order(rows, chosen.order, now if chosen.is_by_lamp else None), now)
    with transaction.atomic():
        kept = chosen.url(q="")
        audit.record(
            "tickets.exported", None, actor=user, format=kind, filter=kept, searched=bool(chosen.q), count=table.count
        )
    return table.answer("gongdan", now)
