"""What the lists may know of tickets: how many alike were placed where. Asked by a dry run (`duties.extensions`)."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Count, Q

from duties.extensions import Alike
from duties.routing.routing_context import is_urban
from issues.engine.snapshots import COUNTED
from issues.finding.queries import day_start
from issues.models import Route, Ticket


def alike(county_id: int, since: date | None) -> Iterator[Alike]:
    """Tickets of a county by item, township and village: one query, a row for each village at most."""
    rows = Ticket.objects.filter(COUNTED, county=county_id).exclude(item_code="")
    if since is not None:
        rows = rows.filter(placed_at__gte=day_start(since))
    found = rows.order_by().values_list("item_code", "township_id", "village__code")
    counted = found.annotate(n=Count("id"), whistled=Count("id", filter=Q(route=Route.WHISTLE)))
    for code, township_id, village, count, whistled in counted:
        yield Alike(code, township_id, is_urban(village), count, whistled)
