"""The resident's name and number, and the numbers in people's words, and words of sensitive matters, in full.

Shown to those who carry the ticket, every look on the audit trail.
"""

from dataclasses import replace

from django.utils.translation import gettext as _

from core.errors import NotNow, NotYours
from core.trust import audit
from core.trust.freetext import unveil
from core.web import reveal as looks
from issues.dossier.reading import Dossier
from issues.models import Ticket
from members.models import User


def may_look(dossier: Dossier) -> None:
    """Raises `NotYours` for those who do not carry the ticket, `NotNow` where no number is masked on it."""
    if not dossier.is_entrusted:
        raise NotYours(_("只有承办人、牵头部门、分拨员和村社书记可以查看完整电话"))
    if not dossier.has_numbers:
        raise NotNow(_("点单人没有留电话，文字里也没有号码"))


def reveal(dossier: Dossier, *, reason: str) -> Dossier:
    """The dossier with every number in full, for one answer. Raises what `may_look` raises."""
    may_look(dossier)
    looks.record("ticket.contact_revealed", dossier.ticket, actor=dossier.reader, reason=reason)
    unveil(dossier.ticket)
    return replace(dossier, in_full=True)


def note_reading(dossier: Dossier) -> None:
    """Put on the trail that the reader is about to be shown the words of a sensitive ticket, if that is so."""
    if dossier.ticket.is_sensitive and dossier.is_readable:
        note_look(dossier.ticket, dossier.reader, what="words")


def note_look(ticket: Ticket, user: User, *, what: str) -> None:
    """`what` of a sensitive ticket is shown: its words, a photo, minutes."""
    if ticket.is_sensitive:
        audit.record("ticket.sensitive_read", ticket, actor=user, code=ticket.number, what=what)
