"""The words tickets are found by, as pairs (`core.pairs`), written in the transaction that writes the ticket."""

from core.pairs import text_of
from core.prepared import Insert
from issues.models import GuardedWords, Ticket, TicketWords

SOURCES = frozenset({"title", "description", "place", "item_id", "is_sensitive"})
"""Columns of a ticket that its words are made of, besides its number, which never changes."""
_NEW, _NEW_GUARDED = Insert(TicketWords), Insert(GuardedWords)


def said_of(ticket: Ticket) -> tuple[str, str]:
    """The words of a ticket: what everybody may find it by, and what only readers of a sensitive one may."""
    item = ticket.item.name if ticket.item else ""
    said = (ticket.title, ticket.place, item, ticket.item_code, ticket.description)
    if ticket.is_sensitive:
        return text_of([ticket.number]), text_of(said)
    return text_of([ticket.number, *said]), ""


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
