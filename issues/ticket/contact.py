"""The resident's name and number in full, and words of sensitive matters: every look is on the audit trail."""

from django.utils.translation import gettext as _

from core.errors import NotNow, NotYours
from core.trust import audit
from core.web import reveal as looks
from issues.dossier.reading import Dossier
from issues.models import Reporter, Ticket
from members.models import User


def reveal(dossier: Dossier, *, reason: str) -> Reporter:
    """The contact of the ticket's resident. Raises `NotYours` for others, `NotNow` where none was left."""
    if not dossier.is_entrusted:
        raise NotYours(_("只有承办人、牵头部门、分拨员和村社书记可以查看点单人电话"))
    reporter: Reporter | None = getattr(dossier.ticket, "reporter", None)
    if reporter is None or not reporter.phone:
        raise NotNow(_("点单人没有留电话"))
    looks.record("ticket.contact_revealed", dossier.ticket, actor=dossier.reader, reason=reason)
    return reporter


def note_reading(dossier: Dossier) -> None:
    """Put on the trail that the reader is about to be shown the words of a sensitive ticket, if that is so."""
    if dossier.ticket.is_sensitive and dossier.is_readable:
        note_look(dossier.ticket, dossier.reader, what="words")


def note_look(ticket: Ticket, user: User, *, what: str) -> None:
    """`what` of a sensitive ticket is shown: its words, a photo, minutes."""
    if ticket.is_sensitive:
        audit.record("ticket.sensitive_read", ticket, actor=user, code=ticket.number, what=what)
