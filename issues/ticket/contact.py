"""The resident's name and number in full: shown to those who carry the ticket, every look on the audit trail."""

from django.utils.translation import gettext as _

from core.errors import NotNow, NotYours
from core.web import reveal as looks
from issues.dossier.reading import Dossier
from issues.models import Reporter


def reveal(dossier: Dossier, *, reason: str) -> Reporter:
    """The contact of the ticket's resident. Raises `NotYours` for others, `NotNow` where none was left."""
    if not dossier.is_entrusted:
        raise NotYours(_("只有承办人、牵头部门、分拨员和村社书记可以查看点单人电话"))
    reporter: Reporter | None = getattr(dossier.ticket, "reporter", None)
    if reporter is None or not reporter.phone:
        raise NotNow(_("点单人没有留电话"))
    looks.record("ticket.contact_revealed", dossier.ticket, actor=dossier.reader, reason=reason)
    return reporter
