"""What households contribute to lower floors: blind indexes, who keeps in touch, a kind of notice, and what pages of
tickets and of the phone show of them.
"""

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.trust.keys import name_key, phone_key
from core.trust.rekeying import INDEXES, BlindIndex
from grids.finding import RESIDENTS
from grids.models import Household
from households import acts as acts  # adds itself
from households.contact import liaisons
from households.contact.queries import due_for
from households.file.subjects import REMINDER
from households.file.tags import guarded_key
from households.models import GuardedTag, Need, Resident
from households.people import VISITORS
from issues.extensions import KEPT_PAGES, PHONE_LINKS, TICKET_LINKS, Link
from issues.models import Ticket
from members.access import scope_for
from members.extensions import HOLDINGS
from members.models import User
from notices import kinds
from notices.extensions import KINDS
from places.extensions import KEEPERS

KINDS.extend(kinds.of(kinds.TIME, {REMINDER: gettext_lazy("个人信息请求到期")}))
KEEPERS.add(liaisons.keepers_of)
HOLDINGS.add(liaisons.LIAISONS)
INDEXES.extend(
    (
        BlindIndex(Household, "head_name", "head_index", name_key),
        BlindIndex(Household, "phone", "phone_index", phone_key),
        BlindIndex(Resident, "name", "name_index", name_key),
        BlindIndex(Resident, "phone", "phone_index", phone_key),
        BlindIndex(GuardedTag, "kind", "kind_index", guarded_key),
    )
)
KEPT = 10
"""Households whose forms a phone keeps."""


@RESIDENTS.add
def living_there(**key: str) -> Q:
    """Households with a resident of this key."""
    return Q(pk__in=Resident.objects.filter(**key).values("household"))


@TICKET_LINKS.add
def of_ticket(user: User, ticket: Ticket) -> Iterable[Link]:
    """The visit it was found on, for those who see the household: one query, none for a ticket without one."""
    if not ticket.household_id or not scope_for(user).seeing("households").posts:
        return
    need = Need.objects.visible_to(user).filter(ticket=ticket).select_related("household").first()
    if need is not None:
        yield Link(_("走访中发现"), reverse("households:file", args=[need.household.code]), _("看这一户"), "visit")


@PHONE_LINKS.add
def on_phone(user: User) -> Iterable[Link]:
    """The way to visits; no count, since nobody has a quota."""
    if scope_for(user).roles & {role.value for role in VISITORS}:
        yield Link(_("到时候该看看的人家"), reverse("households:due"), _("走访"), "visit")


@KEPT_PAGES.add
def kept_pages(user: User) -> Iterable[str]:
    """The households that are due, each with its two forms: names and telephones are masked on them."""
    if scope_for(user).roles & {role.value for role in VISITORS}:
        yield reverse("households:due")
        for row in due_for(user)[:KEPT]:
            yield reverse("households:visit", args=[row.household.code])
            yield reverse("households:matter", args=[row.household.code])
