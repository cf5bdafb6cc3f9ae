"""Who acts on a ticket, and in which hats. Reads posts through `members.access`; writes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from issues.models import ActorKind, Call, Party, Ticket
from issues.workflow import DISPATCHERS, LEAD_STAFF, RESIDENT, SYSTEM, Hat, Relation, State, at_area
from members.access import posts_covering, scope_for
from members.models import Department, Post, User
from members.roles import Role, who_sees

READERS = who_sees("tickets")
"""Who may open pages of tickets; which tickets, says the scope."""
KEEPERS = tuple(role for role in READERS if role != Role.AUDITOR)
"""Who may keep something at their desk and act on many tickets; an auditor writes nothing."""
ENTRUSTED = LEAD_STAFF | DISPATCHERS | at_area(Role.VILLAGE_SECRETARY)
"""Hats that may read a sensitive ticket and a resident's number at any time, besides the holder."""


@dataclass(frozen=True)
class Actor:
    """Somebody (or the engine) who takes a step; `user` is set for staff only."""

    kind: ActorKind
    name: str
    user: User | None = None

    @property
    def user_id(self) -> int | None:
        return self.user.pk if self.user else None


def staff(user: User) -> Actor:
    return Actor(ActorKind.STAFF, user.name, user)


def resident() -> Actor:
    """The resident, known by the ticket's tracking code only."""
    return Actor(ActorKind.RESIDENT, _("点单居民"))


def system() -> Actor:
    return Actor(ActorKind.SYSTEM, _("系统"))


@dataclass(frozen=True)
class Standing:
    """The hats of an actor on one ticket, the departments they act for, and the post shown beside the name."""

    hats: frozenset[Hat]
    departments: frozenset[int] = frozenset()
    post_label: str = ""
    department: Department | None = None


def standing(actor: Actor, ticket: Ticket, calls: Iterable[Call]) -> Standing:
    """Which hats `actor` wears on `ticket` with these open calls; a query only while a consultation runs."""
    if actor.kind == ActorKind.SYSTEM:
        return Standing(frozenset({SYSTEM}))
    if actor.kind == ActorKind.RESIDENT or actor.user is None:
        return Standing(frozenset({RESIDENT}))
    mine = scope_for(actor.user).departments
    relations = _relations(ticket, calls) if mine else {}
    covering = posts_covering(actor.user, area_ids=path_ids(ticket), department_ids=relations)
    hats: dict[Hat, Post] = {}
    for role, kind, post in covering:
        relation = relations[post.department_id] if kind == "department" else Relation.AREA
        hats.setdefault((role, relation), post)
    return Standing(frozenset(hats), mine & relations.keys(), *_shown(list(hats.items())))


def _relations(ticket: Ticket, calls: Iterable[Call]) -> dict[int | None, Relation]:
    """How each department that has to do with the ticket stands to it."""
    found: dict[int | None, Relation] = {}
    if ticket.state == State.CONSULTING:
        parties = Party.objects.filter(consultation__ticket=ticket, consultation__decided_at=None)
        found = dict.fromkeys(parties.values_list("department_id", flat=True), Relation.INVITED)
    for call in calls:
        found[call.department_id] = Relation.LEAD if call.is_lead else Relation.ASSIST
    return found


def path_ids(ticket: Ticket) -> set[int]:
    """The areas a ticket lies in, from its microgrid or grid up to the county."""
    return {ticket.area_id, ticket.grid_id, ticket.village_id, ticket.township_id, ticket.county_id}


def _shown(hats: list[tuple[Hat, Post]]) -> tuple[str, Department | None]:
    """The post to name in the log: a department post before an area post, the lead's before others."""
    if not hats:
        return "", None
    order = {Relation.LEAD: 0, Relation.ASSIST: 1, Relation.INVITED: 2, Relation.AREA: 3}
    (role, _relation), post = min(hats, key=lambda pair: order[pair[0][1]])
    where = post.department or post.area
    return f"{where} {Role(role).label}".strip(), post.department
