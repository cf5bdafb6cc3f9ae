"""The words tickets are found by, as pairs (`core.rows.bigrams`), written in the transaction that writes the ticket.

With them go the day and the month of its placing, so that the index finds what was said of late by itself.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from core import clock
from core.rows.bigrams import text_of
from core.rows.prepared import Insert
from core.trust.freetext import SEAL
from issues.attributes import ATTRIBUTES
from issues.models import GuardedWords, Ticket, TicketWords

SEARCHED = tuple(attribute for attribute in ATTRIBUTES if attribute.searched)
SOURCES = frozenset({"is_sensitive", *(attribute.name for attribute in SEARCHED)})
"""Columns of a ticket that its words are made of, besides its number, which never changes."""
_NEW, _NEW_GUARDED = Insert(TicketWords), Insert(GuardedWords)


DAY, MONTH = "\ue002", "\ue003"
"""Marks (for private use in Unicode, after those of `core.rows.bigrams`) before a day as YYMMDD and a month as YYMM."""
BY_DAYS = 31
"""Days that are told one by one; longer times are told by their months."""


def marks_between(first: date, last: date) -> Iterator[str]:
    """The marks of all tickets placed on these days, and of some just before and after them in the same months."""
    if (last - first).days <= BY_DAYS:
        for n in range((last - first).days + 1):
            yield f"{DAY}{first + timedelta(days=n):%y%m%d}"
        return
    month = first.replace(day=1)
    while month <= last:
        yield f"{MONTH}{month:%y%m}"
        month = (month + timedelta(days=BY_DAYS)).replace(day=1)


def said_of(ticket: Ticket) -> tuple[str, str]:
    """The words of a ticket: what everybody may find it by, and what only readers of a sensitive one may."""
    said = [attribute.said(ticket, is_readable=True) for attribute in SEARCHED]
    marks = f" {DAY}{(day := clock.local(ticket.placed_at)):%y%m%d} {MONTH}{day:%y%m}"
    if ticket.is_sensitive:
        return text_of([ticket.number]) + marks, text_of(said) + marks
    return text_of([ticket.number, *said]) + marks, ""


def write(ticket: Ticket) -> None:
    """Keep the words of a ticket that has none yet."""
    text, guarded = said_of(ticket)
    _NEW.run(TicketWords(ticket=ticket, text=text))
    if guarded:
        _NEW_GUARDED.run(GuardedWords(ticket=ticket, text=guarded))


def rewrite(ticket: Ticket) -> None:
    """Keep the words of a ticket as it stands, whatever was kept before."""
    TicketWords.objects.filter(pk=ticket.pk).delete()
    GuardedWords.objects.filter(pk=ticket.pk).delete()
    write(ticket)


def rewrite_veiled() -> None:
    """Keep anew the words of tickets in which numbers are masked: older ones were found by the numbers."""
    columns = ("title", "description", "place")
    held = {f"raw_{name}": Cast(name, TextField()) for name in columns}
    veiled = Q(*((f"raw_{name}__contains", SEAL) for name in columns), _connector=Q.OR)
    for pk in Ticket.objects.annotate(**held).filter(veiled).values_list("pk", flat=True).iterator():
        with transaction.atomic():
            rewrite(Ticket.objects.select_for_update(of=("self",)).select_related("item").get(pk=pk))
