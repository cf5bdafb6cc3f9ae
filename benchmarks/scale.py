"""Grow a demo database to many tickets by copying the ones that went through the real workflow."""

import itertools
from datetime import timedelta
from typing import Any

from django.db import models, transaction

from core import clock
from issues.models import Clock, Ticket, TicketEvent
from issues.workflow import ENDED_STATES

BATCH = 2000


def grow(total: int) -> None:
    """Copy ended tickets, with their log and clocks, until there are `total`; copies lie further back in time."""
    sample = list(Ticket.objects.filter(state__in=sorted(ENDED_STATES)).order_by("id")[:BATCH])
    events = _by_ticket(TicketEvent, sample)
    clocks = _by_ticket(Clock, sample)
    missing = total - Ticket.objects.count()
    source = itertools.cycle(sample)
    for number in range(0, max(missing, 0), BATCH):
        chosen = [next(source) for _ in range(min(BATCH, missing - number))]
        _copy(chosen, number, events, clocks)


def _by_ticket(model: type[models.Model], sample: list[Ticket]) -> dict[int, list[Any]]:
    rows: dict[int, list[Any]] = {}
    for row in model._default_manager.filter(ticket__in=sample).order_by("id"):
        rows.setdefault(row.ticket_id, []).append(row)  # type: ignore[attr-defined]  # both hang on a ticket
    return rows


@transaction.atomic
def _copy(
    chosen: list[Ticket], number: int, events: dict[int, list[TicketEvent]], clocks: dict[int, list[Clock]]
) -> None:
    back = timedelta(days=90 * (1 + number // (4 * BATCH)))
    copies = []
    for offset, ticket in enumerate(chosen):
        values = {f.attname: getattr(ticket, f.attname) for f in Ticket._meta.concrete_fields if f.name != "id"}
        for name, value in values.items():
            if name.endswith("_at") and value is not None:
                values[name] = value - back
        values["number"] = f"X{number + offset:07d}"
        values["code"] = f"{number + offset:08d}"
        copies.append(Ticket(**values))
    made = Ticket.objects.bulk_create(copies, batch_size=500)
    _hang(TicketEvent, events, chosen, made, back)
    _hang(Clock, clocks, chosen, made, back)


def _hang(model: Any, rows: dict[int, list[Any]], chosen: list[Ticket], made: list[Ticket], back: timedelta) -> None:
    fresh = []
    for ticket, copy in zip(chosen, made, strict=True):
        for row in rows.get(ticket.pk, ()):
            values = {f.attname: getattr(row, f.attname) for f in model._meta.concrete_fields if f.name != "id"}
            for name, value in values.items():
                if (name.endswith("_at") or name == "at") and value is not None:
                    values[name] = value - back
            if "facts" in values:
                values["facts"] = {**values["facts"], "day": clock.local(copy.placed_at).date().isoformat()}
            fresh.append(model(**{**values, "ticket_id": copy.pk}))
    model.objects.bulk_create(fresh, batch_size=500)
