"""交接: who leaves mediates no more. For disputes of theirs the other side of their post answers, else who leads
in the place; where somebody else answers, the others go on. Where nobody is left the dispute stays with the village.
"""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.process.transitions import HANDED_OVER, Doing
from mediation.engine.actions import PROCESS
from mediation.models import Dispute, Mediator
from mediation.people import mediating_in
from mediation.workflow.table import OPEN_STATES
from members import leaves
from members.extensions import Held, of_people_only
from members.models import Post, User
from members.roles import Role

LEADING = (
    Role.VILLAGE_SECRETARY, Role.GRID_CHIEF, Role.TOWNSHIP_DISPATCHER, Role.TOWNSHIP_LEADER, Role.DEPARTMENT_LEADER,
    Role.DEPARTMENT_HANDLER, Role.GRID_WORKER,
)  # fmt: skip
"""Who answers where there is no other side, the first first."""


def held_by(user: User, post: Post | None = None) -> list[Mediator]:
    """As what somebody mediates; with `post` where no other post of theirs lets them go on."""
    rows = Mediator.objects.filter(user=user, dispute__state__in=sorted(OPEN_STATES)).select_related("dispute")
    if post is None:
        return list(rows.order_by("dispute"))
    kept = Post.objects.held().filter(user=user).exclude(pk=post.pk)
    return [row for row in rows.order_by("dispute") if not kept.filter(mediating_in(row.dispute)).exists()]


def successor_of(dispute: Dispute, user: User, post: Post | None, absent: set[int]) -> User | None:
    """Who answers for a dispute after `user`; None where nobody is."""
    near = Post.objects.held().filter(mediating_in(dispute), user__is_active=True)
    for own in [post] if post else list(near.filter(user=user)):
        found = leaves.cover_for(own, absent | {user.pk})
        if found is not None and near.filter(user=found).exists():
            return found
    others = near.exclude(user__in=absent | {user.pk}).select_related("user")
    ranked = sorted(others, key=lambda one: (LEADING.index(Role(one.role)), one.side, one.pk))
    return ranked[0].user if ranked else None


def hand_on(user: User, post: Post | None, actor: User | None) -> int:
    """Pass on what `user` mediates, in the caller's transaction; returns in how many disputes."""
    absent = leaves.away()
    return sum(_pass(row, user, post, actor, absent) for row in held_by(user, post))


def _pass(row: Mediator, user: User, post: Post | None, actor: User | None, absent: set[int]) -> bool:
    dispute = Dispute.objects.select_for_update().get(pk=row.dispute_id)
    to = successor_of(dispute, user, post, absent) if row.is_principal else None
    if dispute.state not in OPEN_STATES or (row.is_principal and to is None):
        return False
    row.delete()
    if to is not None:
        Mediator.objects.update_or_create(dispute=dispute, user=to, defaults={"is_principal": True})
    words = {"name": user.name, "to": to.name if to else ""}
    note = _("%(name)s离岗，由%(to)s负责调解") if to else _("%(name)s离岗，不再参加调解")
    PROCESS.befall(dispute, HANDED_OVER, Doing(actor, clock.now(), {"note": note % words}))
    return True


def hand_on_of_gone() -> int:
    """What is still in the hands of people whose post a date has ended, or whose account was disabled otherwise."""
    mediating = Mediator.objects.filter(user__isnull=False, dispute__state__in=sorted(OPEN_STATES)).values("user")
    gone: list[tuple[User, Post | None]] = [
        (user, None) for user in User.objects.filter(is_active=False, pk__in=mediating).order_by("pk")
    ]
    over = Post.objects.ended_lately().filter(user__in=mediating, user__is_active=True).select_related("user")
    gone += [(post.user, post) for post in over.order_by("pk")]
    passed = 0
    for user, post in gone:
        with transaction.atomic():
            passed += hand_on(user, post, None)
    return passed


def _listed(user: User, post: Post | None) -> Sequence[Held]:
    absent, found = leaves.away(), []
    for row in held_by(user, post):
        to = successor_of(row.dispute, user, post, absent) if row.is_principal else None
        found.append(Held(_("调解 %(number)s") % {"number": row.dispute.number}, to.name if to else ""))
    return found


MEDIATED = of_people_only(frozenset({"mediation.Mediator.user"}), _listed, hand_on)
