"""What pages of lower floors know of the gate: documents of a list item, and the offer to report on a ticket."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from admission.models import Policy, PushedTask
from admission.people import REPORTERS
from duties.beside import ItemLink
from issues.beside import Link
from issues.models import Ticket
from members.access import scope_for
from members.models import User


def of_item(user: User, code: str) -> Iterable[ItemLink]:
    """The documents on which a list item rests, those that hold first. One query."""
    rows = [
        row for row in Policy.objects.visible_to(user).defer("text").order_by("-valid_from") if code in row.item_codes
    ]
    for policy in sorted(rows, key=lambda row: not row.is_valid):
        note = "" if policy.is_valid else _("已失效")
        yield ItemLink(f"{policy.title} {policy.number}", reverse("admission:policy", args=[policy.pk]), note)


def of_ticket(user: User, ticket: Ticket) -> Iterable[Link]:
    """One's own report about a ticket, else the offer to make one: for village and township staff only."""
    if not scope_for(user).roles & set(REPORTERS):
        return
    mine = PushedTask.objects.visible_to(user).filter(ticket=ticket, reporter=user).first()
    if mine is not None:
        text = _("已反映转嫁：%(number)s，%(state)s") % {"number": mine.number, "state": mine.info.label}
        yield Link(text, reverse("admission:pushed", args=[mine.pk]), _("看答复"), "warn")
    elif ticket.is_open:
        url = f"{reverse('admission:new_pushed')}?{urlencode({'ticket': ticket.number})}"
        yield Link("", url, _("这是转嫁来的"), "warn", offer=True)
