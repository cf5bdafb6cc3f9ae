"""Who is told of a plan: whose post, or whose households to keep in touch with, lie elsewhere once it is carried out.

One notice a person and act, asked for in the transaction of the act and written from the outbox: once by its key.
It names grids to who holds them; channels outside the inbox learn the number of the plan and its state.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import TextChoices
from django.urls import reverse
from django.utils.translation import gettext as _

from core.jobs import outbox
from core.models import OutboxRow
from grids.models import Area
from members.models import Post, User
from notices import inbox
from places.extensions import KEEPERS
from places.following import Going
from places.models import Plan
from places.rules import PlanState

TELL = "places.tell"  # outbox topic, handled in places.handlers
KIND = "grid_plan"
MOST_NAMED = 3
"""Grids named of each kind in one notice; the area pages tell the rest."""


class Act(TextChoices):
    """What moved things: carrying out, what came late of it, taking back."""

    APPLIED = "applied"
    STRAGGLERS = "stragglers"
    UNDONE = "undone"


@dataclass
class Share:
    """What of one person went elsewhere: (area before, area after) of posts and of households kept in touch with."""

    posts: set[tuple[int, int]] = field(default_factory=set)
    homes: set[tuple[int, int]] = field(default_factory=set)
    count: int = 0
    """Households among them."""


def ask(
    plan: Plan, act: Act, *, posts: Sequence[Going], homes: Mapping[int, tuple[int, int]], actor: User | None
) -> None:
    """Have everybody concerned but `actor` told; belongs into the transaction of the act.

    `posts` are those that the follower of posts moved, `homes` of each household the area before and after.
    """
    shares = _shares(posts, homes)
    if actor is not None:
        shares.pop(actor.pk, None)
    payloads = {
        f"plan:{plan.pk}:{act}:{user}": {
            "plan": plan.pk, "act": act.value, "user": user, "count": share.count,
            "posts": _coded(share.posts), "homes": _coded(share.homes),
        }
        for user, share in sorted(shares.items())
    }  # fmt: skip
    outbox.enqueue_all(TELL, payloads, queue=OutboxRow.Queue.DEFAULT)


def _shares(posts: Sequence[Going], homes: Mapping[int, tuple[int, int]]) -> dict[int, Share]:
    found: dict[int, Share] = defaultdict(Share)
    holders = dict(Post.objects.filter(pk__in=[one.row for one in posts]).values_list("pk", "user"))
    for one in posts:
        found[holders[one.row]].posts.add((one.before, one.after))
    kept: dict[int, set[int]] = defaultdict(set)
    for keepers in KEEPERS:
        for user, household in keepers(homes.keys()):
            kept[user].add(household)
    for user, households in kept.items():
        found[user].homes = {homes[household] for household in households}
        found[user].count = len(households)
    return found


def _coded(pairs: Iterable[tuple[int, int]]) -> list[str]:
    return [f"{before}:{after}" for before, after in sorted(pairs)]


def _pairs(coded: object) -> list[tuple[int, int]]:
    found = []
    for code in coded if isinstance(coded, list) else ():
        before, _colon, after = str(code).partition(":")
        found.append((int(before), int(after)))
    return found


def tell(payload: Mapping[str, object]) -> None:
    """Write the notice of one person; nothing to who has left, nor of a plan that was taken back meanwhile."""
    act = Act(str(payload["act"]))
    plan = Plan.objects.select_related("area__parent").get(pk=int(str(payload["plan"])))
    user = User.objects.filter(pk=int(str(payload["user"])), is_active=True).first()
    if user is None or (act != Act.UNDONE and plan.state != PlanState.APPLIED):
        return
    posts, homes = _pairs(payload["posts"]), _pairs(payload["homes"])
    inbox.send(
        user_ids=[user.pk],
        kind=KIND,
        number=plan.area.short_name,
        state=plan.get_state_display(),
        place=plan.area.place_name,
        todo=_("请看看新网格的户和在办的件，有不对的找乡镇分拨员"),
        text=_text(act, posts, homes, int(str(payload["count"]))),
        url=_page(user, [after for _before, after in (*posts, *homes)]),
        key=f"plan:{plan.pk}:{act}",
    )


def _text(act: Act, posts: Sequence[tuple[int, int]], homes: Sequence[tuple[int, int]], count: int) -> str:
    names = dict(Area.objects.filter(pk__in={pk for pair in (*posts, *homes) for pk in pair}).values_list("pk", "name"))
    is_back = act == Act.UNDONE
    parts = []
    if posts:
        said = _("您的岗位已%(moves)s") if is_back else _("您的岗位%(moves)s")
        parts.append(said % {"moves": _moves(posts, names, _("转回") if is_back else _("转到"))})
    if homes:
        moves = _moves(homes, names, _("划回") if is_back else _("划到"))
        parts.append(_("您联系的 %(n)d 户%(moves)s") % {"n": count, "moves": moves})
    head = _("网格调整已撤销") if is_back else _("网格调整")
    return f"{head}：{'；'.join(parts)}"


def _moves(pairs: Sequence[tuple[int, int]], names: Mapping[int, str], verb: str) -> str:
    """由“甲网格”、“乙网格”转到“丙网格”."""
    sources: dict[int, list[int]] = defaultdict(list)
    for before, after in pairs:
        sources[after].append(before)
    said = [
        _("由%(sources)s%(verb)s“%(target)s”")
        % {"sources": _named([names[pk] for pk in before]), "verb": verb, "target": names[after]}
        for after, before in list(sources.items())[:MOST_NAMED]
    ]
    more = _("等 %(n)d 处") % {"n": len(sources)} if len(sources) > MOST_NAMED else ""
    return "，".join(said) + more


def _named(names: Sequence[str]) -> str:
    more = _("等 %(n)d 处") % {"n": len(names)} if len(names) > MOST_NAMED else ""
    return "、".join(f"“{name}”" for name in names[:MOST_NAMED]) + more


def _page(user: User, areas: Iterable[int]) -> str:
    """The page of the first of these areas that the person may open; none for who may open none."""
    area = Area.objects.visible_to(user).filter(pk__in=set(areas), retired_at=None).order_by("code").first()
    return reverse("areas:detail", args=[area.code]) if area is not None else ""
