"""What pages of tickets and of the phone show of households; registered in `apps`."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from households.models import Need
from households.people import VISITORS
from issues.extensions import Link
from issues.models import Ticket
from members.access import scope_for
from members.models import User


def of_ticket(user: User, ticket: Ticket) -> Iterable[Link]:
    """The visit it was found on, for those who see the household: one query, none for a ticket without one."""
    if not ticket.household_id or not scope_for(user).seeing("households").posts:
        return
    need = Need.objects.visible_to(user).filter(ticket=ticket).select_related("household").first()
    if need is not None:
        yield Link(_("走访中发现"), reverse("households:file", args=[need.household.code]), _("看这一户"), "visit")


def on_phone(user: User) -> Iterable[Link]:
    """The way to visits; no count, since nobody has a quota."""
    if scope_for(user).roles & {role.value for role in VISITORS}:
        yield Link(_("到时候该看看的人家"), reverse("households:due"), _("走访"), "visit")
