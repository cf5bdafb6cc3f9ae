"""What the gate contributes to lower floors: its kinds of notices, documents beside a list item, and the offer to
report that a ticket was pushed down; and that its limits follow the calendar.
"""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from admission import acts as acts  # adds itself
from admission import kinds
from admission.applications.handing_over import GATE
from admission.models import Policy
from admission.people import REPORTERS
from admission.transitions import gate_follows
from core.days import workdays
from duties.extensions import ITEM_LINKS, ItemLink
from issues.extensions import TICKET_LINKS, Link
from issues.models import Ticket
from members.access import scope_for
from members.extensions import HOLDINGS
from members.models import User
from notices.extensions import KINDS

KINDS.extend(kinds.all_kinds())
workdays.FOLLOWERS.add(gate_follows)
HOLDINGS.add(GATE)


@ITEM_LINKS.add
def of_item(user: User, code: str) -> Iterable[ItemLink]:
    """The documents on which a list item rests, those that hold first. One query."""
    rows = [
        row for row in Policy.objects.visible_to(user).defer("text").order_by("-valid_from") if code in row.item_codes
    ]
    for policy in sorted(rows, key=lambda row: not row.is_valid):
        note = "" if policy.is_valid else _("已失效")
        yield ItemLink(f"{policy.title} {policy.number}", reverse("admission:policy", args=[policy.pk]), note)


@TICKET_LINKS.add
def of_ticket(user: User, ticket: Ticket) -> Iterable[Link]:
    """The offer to report that a ticket was pushed down; it leads to one's own report once there is one. No query."""
    if scope_for(user).roles & set(REPORTERS) and ticket.is_open:
        url = f"{reverse('admission:new_pushed')}?{urlencode({'ticket': ticket.number})}"
        yield Link("", url, _("这是转嫁来的"), "warn", offer=True)
