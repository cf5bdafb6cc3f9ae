"""Standard replies: kept by list admins for the county and by everybody for themselves, offered beside the note.

The only code that writes them. A reply is a suggestion: what goes on record is the note that was sent.
"""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from core.errors import Refused
from core.races.idempotency import Once, claim
from core.text import Text
from duties.models import DutyItem
from duties.routing.deciding import NoListInForceError, version_in_force
from issues.models import Reply, Ticket
from issues.workflow import BY_NAME
from members.access import scope_for
from members.models import User
from members.roles import Role

MOST = 60
"""Replies of one person, and of one county."""
OFFERED = 12
STEPS: Mapping[str, Text] = {
    name: BY_NAME[name].label
    for name in (
        "report_done", "progress", "decline", "return", "verify_fail", "verify_pass", "ask_extension",
        "answer_sheet", "supplement", "supervise", "remind", "redispatch",
    )
}  # fmt: skip


def offered(user: User, ticket: Ticket, step: str, *, of_item: bool = True) -> list[Reply]:
    """What may be put into the note of `step`, for this item first, one's own before the county's: one query.

    Without `of_item` only what fits every item.
    """
    if step not in STEPS:
        return []
    whose = Q(owner=user) | Q(county=ticket.county_id)
    fitting = Q(item_code="") | Q(item_code=ticket.item_code if of_item else "")
    rows = Reply.objects.filter(whose, fitting, step=step).order_by("pk")[: 2 * MOST]
    return sorted(rows, key=lambda reply: (reply.item_code == "", reply.owner_id is None, reply.pk))[:OFFERED]


def kept_by(user: User) -> QuerySet[Reply]:
    """What this person may change."""
    return Reply.objects.visible_to(user).order_by("step", "item_code", "pk")


def county_of(user: User) -> int | None:
    """The county whose replies this person keeps; None for everybody who keeps their own."""
    posts = scope_for(user).posts
    return next((post.area_id for post in posts if post.role == Role.LIST_ADMIN), None)


def items(kept: str) -> list[tuple[str, str]]:
    """The items of the list in force that a reply may be for, and `kept`, which an older reply is for."""
    try:
        found = {item.code: str(item) for item in DutyItem.objects.filter(version=version_in_force()).order_by("code")}
    except NoListInForceError:
        found = {}
    return list(({kept: kept} | found if kept else found).items())


def keep(user: User, *, step: str, item_code: str, text: str, once: Once) -> Reply:
    """Keep a new reply. Raises `Refused` for one too many or one that is there, `KeyReused`."""
    county = county_of(user)
    with transaction.atomic():
        slot = claim(once.owner, once.key, once.body)
        if slot.result:
            return Reply.objects.get(pk=slot.result)
        rows = Reply.objects.filter(county=county) if county else Reply.objects.filter(owner=user)
        if rows.count() >= MOST:
            raise Refused(_("最多保存 %(most)d 条常用语，请先删去不用的") % {"most": MOST})
        reply = Reply(owner=None if county else user, county_id=county)
        _write(reply, step, item_code, text)
        slot.finish(str(reply.pk))
    return reply


@transaction.atomic
def change(reply: Reply, *, step: str, item_code: str, text: str) -> None:
    """Word it anew. Raises `Refused` for one that is there."""
    _write(reply, step, item_code, text)


def forget(reply: Reply) -> None:
    reply.delete()


def _write(reply: Reply, step: str, item_code: str, text: str) -> None:
    same = Reply.objects.filter(owner=reply.owner_id, county=reply.county_id, step=step, item_code=item_code, text=text)
    if same.exclude(pk=reply.pk).exists():
        raise Refused(_("已经有这一条了"))
    reply.step, reply.item_code, reply.text = step, item_code, text
    reply.save()
