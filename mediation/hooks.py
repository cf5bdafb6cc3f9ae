"""What disputes contribute to lower floors: their kinds of notices, that they go along when grids are reshaped and when
people leave, and what a ticket's page knows of them: the one opened from it, or the offer to open one.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.db.models import BigIntegerField, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from core.rows.composed import composed
from issues.engine.actors import path_ids
from issues.extensions import OUTCOMES, TICKET_LINKS, Link
from issues.models import Ticket
from mediation import acts as acts  # adds itself
from mediation import kinds
from mediation.engine.following import DISPUTES
from mediation.engine.handing_over import MEDIATED
from mediation.models import Dispute
from mediation.people import READERS, may_open_in
from mediation.workflow.rules import Guidance, is_dispute
from mediation.workflow.table import State
from members.access import Scope, scope_for
from members.extensions import HOLDINGS
from members.models import User
from members.roles import Role
from notices.extensions import KINDS
from places.extensions import FOLLOWERS

BY_CHOICE = frozenset({Role.GRID_CHIEF, Role.VILLAGE_SECRETARY})
"""Who may open a dispute from a ticket whose list item is none."""

KINDS.extend(kinds.all_kinds())
FOLLOWERS.add(DISPUTES)
HOLDINGS.add(MEDIATED)


@TICKET_LINKS.add
def links(user: User, ticket: Ticket) -> Iterable[Link]:
    """The dispute of a ticket for those who may see it, else the offer to open one; nothing for other readers."""
    roles = scope_for(user).roles
    if not roles & set(READERS):
        return
    for dispute in _opened_from(scope_for(user).bare, ticket=ticket.pk):
        text = _("已立案调解：%(number)s，%(state)s") % {"number": dispute.number, "state": dispute.info.label}
        yield Link(text, reverse("mediation:dispute", args=[dispute.pk]), _("看调解"), "talk")
        return
    if ticket.is_open and _may_open(user, ticket, roles) and not Dispute.objects.filter(ticket=ticket).exists():
        yield Link(
            _("清单事项是纠纷") if _is_listed(ticket) else "",
            f"{reverse('mediation:new')}?{urlencode({'ticket': ticket.number})}",
            _("转入矛盾调解"),
            "talk",
            offer=True,
        )


def _is_listed(ticket: Ticket) -> bool:
    return ticket.item is not None and is_dispute(ticket.item.name)


@composed(ticket=BigIntegerField())
def _opened_from(scope: Scope, *, ticket: Any) -> QuerySet[Dispute]:
    return Dispute.objects.within(scope).filter(ticket=ticket)


def _may_open(user: User, ticket: Ticket, roles: frozenset[str]) -> bool:
    if not _is_listed(ticket) and not roles & BY_CHOICE:
        return False
    return may_open_in(user, path_ids(ticket), ticket.township_id)


@OUTCOMES.add
def outcome(user: User, ticket: Ticket) -> str:
    """What came of a ticket's dispute, without a word of what it was about; empty while nothing has."""
    dispute = Dispute.objects.visible_to(user).filter(ticket=ticket).first()
    if dispute is None:
        return ""
    words = {"number": dispute.number, "to": Guidance(dispute.guidance).label if dispute.guidance else ""}
    said = {
        State.AGREED: _("经人民调解，双方已达成协议（%(number)s），将按期回访。"),
        State.FULFILLED: _("经人民调解，双方已达成协议并已履行（%(number)s）。"),
        State.FAILED: _("经人民调解未达成协议（%(number)s），已书面引导当事人走%(to)s。"),
        State.WITHDRAWN: _("当事人撤回调解申请（%(number)s）。"),
    }
    text = said.get(State(dispute.state), "")
    return str(text % words) if text else ""
