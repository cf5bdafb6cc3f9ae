"""Who acts on a ticket, and in which hats. Reads posts through `members.access`; writes nothing."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.prepared import Read
from issues.models import ActorKind, Assist, Ticket
from issues.workflow import RESIDENT, SYSTEM, Hat, Relation
from members.access import posts_covering, scope_for
from members.models import Department, Post, User
from members.roles import Role

_ASSISTS = Read(Assist.objects.all(), "ticket")


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
    """The hats of an actor on one ticket, and the post that is shown beside the name in the log."""

    hats: frozenset[Hat]
    post_label: str = ""
    department: Department | None = None


def standing(actor: Actor, ticket: Ticket) -> Standing:
    """Which hats `actor` wears on `ticket`; one query, for department staff only, as posts are cached."""
    if actor.kind == ActorKind.SYSTEM:
        return Standing(frozenset({SYSTEM}))
    if actor.kind == ActorKind.RESIDENT or actor.user is None:
        return Standing(frozenset({RESIDENT}))
    departments = _departments(ticket) if scope_for(actor.user).departments else set()
    covering = posts_covering(actor.user, area_ids=path_ids(ticket), department_ids=departments)
    hats: dict[Hat, Post] = {}
    for role, kind, post in covering:
        relation = Relation.AREA
        if kind == "department":
            relation = Relation.LEAD if post.department_id == ticket.lead_id else Relation.ASSIST
        hats.setdefault((role, relation), post)
    return Standing(frozenset(hats), *_shown(list(hats.items())))


def _departments(ticket: Ticket) -> set[int]:
    return assisting_ids(ticket) | ({ticket.lead_id} if ticket.lead_id else set())


def assisting_ids(ticket: Ticket) -> set[int]:
    """The departments that assist on a ticket."""
    return {row.department_id for row in _ASSISTS.all(ticket.pk)}


def path_ids(ticket: Ticket) -> set[int]:
    """The areas a ticket lies in, from its microgrid or grid up to the county."""
    return {ticket.area_id, ticket.grid_id, ticket.village_id, ticket.township_id, ticket.county_id}


def _shown(hats: list[tuple[Hat, Post]]) -> tuple[str, Department | None]:
    """The post to name in the log: a department post before an area post, the lead's before others."""
    if not hats:
        return "", None
    order = {Relation.LEAD: 0, Relation.ASSIST: 1, Relation.AREA: 2}
    (role, _relation), post = min(hats, key=lambda pair: order[pair[0][1]])
    where = post.department or post.area
    return f"{where} {Role(role).label}".strip(), post.department
