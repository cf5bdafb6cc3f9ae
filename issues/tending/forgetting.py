"""How long it is known who placed an order: contacts and the numbers in people's words go with time, the work stays.

Every night, for tickets that have come of age of late; `manage.py forget_contacts` looks first, or at everything.
"""

from collections.abc import Iterator
from datetime import timedelta

from django.db import models, transaction
from django.db.models import QuerySet

from core import clock
from core.trust import audit
from core.trust.freetext import FREE, without_seals
from issues.models import (
    Call,
    Consultation,
    Exclusion,
    Extension,
    Party,
    Reporter,
    Review,
    Sheet,
    Suspension,
    Ticket,
    TicketEvent,
    Whistle,
)

KEEP_CONTACTS = timedelta(days=365)
"""After the end of a ticket: complaints and reviews about it are over by then (PIPL, article 19)."""
OF_LATE = timedelta(days=90)
"""How far back a night looks, so that it does not read the whole history; more than it may stand still."""
BATCH = 200
HANGING: tuple[tuple[type[models.Model], str], ...] = (
    *((model, "ticket") for model in (TicketEvent, Whistle, Call, Consultation, Extension, Suspension)),
    *((model, "ticket") for model in (Sheet, Exclusion, Review)),
    (Party, "consultation__ticket"),
)
"""What people wrote about a ticket, and how it hangs on it; `tests/issues/tending/test_forgetting.py` finds more."""


def due(*, everything: bool = False) -> QuerySet[Ticket]:
    """Tickets of which nobody needs to know any more who they came from."""
    until = clock.now() - KEEP_CONTACTS
    rows = Ticket.objects.filter(closed_at__lt=until)
    return rows if everything else rows.filter(closed_at__gte=until - OF_LATE)


def forget(*, everything: bool = False) -> int:
    """Forget contacts and sealed numbers of what is due; returns of how many tickets. May be stopped and run again."""
    count, last = 0, 0
    while some := list(due(everything=everything).filter(pk__gt=last).order_by("pk")[:BATCH]):
        with transaction.atomic():
            count += sum(len(changed) > 0 for changed in map(list, map(_forgotten, some)))
        last = some[-1].pk
    if count:
        with transaction.atomic():
            audit.record("tickets.contacts_forgotten", None, actor=None, tickets=count)
    return count


def _forgotten(ticket: Ticket) -> Iterator[str]:
    """Forget what is known of the people of one ticket; names what was changed."""
    known = Reporter.objects.filter(ticket=ticket, forgotten_at=None)
    if known.update(name="", name_index="", phone="", phone_index="", forgotten_at=clock.now()):
        yield "reporter"
    for row in _written(ticket):
        if plain := without_seals(row):
            type(row)._base_manager.filter(pk=row.pk).update(**plain)
            yield row._meta.label_lower


def _written(ticket: Ticket) -> Iterator[models.Model]:
    yield ticket
    for model, path in HANGING:
        yield from model._base_manager.filter(**{path: ticket})


def written_models() -> set[type[models.Model]]:
    """Every model of tickets that has a column of free words."""
    return {
        model
        for model in Ticket._meta.apps.get_app_config("issues").get_models()
        if any(isinstance(field, FREE) for field in model._meta.concrete_fields)
    }
