"""The only writer of helpers and liaisons: ten to twenty households each, one helper of each kind for a household."""

from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from core import clock
from core.errors import NotNow, NotYours
from core.races.idempotency import Once
from core.races.idempotency import claim as claim_key
from core.trust import audit
from grids.levels import Level
from grids.models import Area, Household
from households.file.actions import NAME_LENGTH, FileRefused, text
from households.models import Helper, Liaison
from households.people import KEEPERS
from households.rules import MOST_LIAISONS, HelperKind
from issues.finding.queries import day_start
from members.access import posts_covering
from members.extensions import Held, of_people_only
from members.models import Post, User


def add_helper(*, village: Area, name: str, kind: str, user: User, once: Once, account: User | None = None) -> Helper:
    """Write down somebody who keeps in touch with households of a village. Sent twice, made once."""
    with transaction.atomic():
        slot = claim_key(once.owner, once.key, once.body)
        if slot.result:
            return Helper.objects.get(pk=int(slot.result))
        if village.level != Level.VILLAGE or village.retired_at:
            raise FileRefused(_("请选在用的村社"), "village")
        _may_keep(user, village)
        called = text(account.name if account else name, "name", NAME_LENGTH)
        if not called:
            raise FileRefused(_("请填写姓名"), "name")
        if kind not in HelperKind.values:
            raise FileRefused(_("请从给出的选项中选择"), "kind")
        known = Helper.objects.filter(village=village, kind=kind, user=account, retired_at=None)
        if account is not None and known.exists():
            raise NotNow(_("这个账号在本村已是联户人"))
        row = Helper.objects.create(
            name=called,
            kind=kind,
            village=village,
            township_id=_township(village).pk,
            user=account,
            created_at=clock.now(),
        )
        audit.record("liaison.helper_added", row, actor=user, area=village.code, kind=kind)
        slot.finish(str(row.pk))
    return row


def assign(*, helper: Helper, households: Sequence[Household], user: User) -> int:
    """Give a helper households of their village; those that another of the kind keeps go over. Returns how many."""
    with transaction.atomic():
        row = Helper.objects.select_for_update(of=("self",)).select_related("village").get(pk=helper.pk)
        _may_keep(user, row.village)
        if row.retired_at:
            raise NotNow(_("%(name)s已不再联户") % {"name": row.name})
        wanted = Household.objects.filter(pk__in=[home.pk for home in households], village=row.village, retired_at=None)
        mine = set(Liaison.objects.filter(helper=row, ended_on=None).values_list("household", flat=True))
        new = list(wanted.exclude(pk__in=mine).select_for_update(of=("self",)).order_by("pk"))
        held = len(mine)
        if held + len(new) > MOST_LIAISONS:
            raise FileRefused(
                _("一人最多联系 %(most)d 户，%(name)s已联系 %(held)d 户，还能加 %(left)d 户")
                % {"most": MOST_LIAISONS, "name": row.name, "held": held, "left": MOST_LIAISONS - held},
                "households",
            )
        today = clock.today()
        Liaison.objects.filter(household__in=new, kind=row.kind, ended_on=None).update(ended_on=today)
        Liaison.objects.bulk_create(
            Liaison(household=home, helper=row, kind=row.kind, started_on=today) for home in new
        )
        audit.record("liaison.assigned", row, actor=user, area=row.village.code, count=len(new))
    return len(new)


def release(*, liaison: Liaison, user: User) -> None:
    """End that a helper keeps in touch with a household."""
    with transaction.atomic():
        _may_keep(user, liaison.helper.village)
        if not Liaison.objects.filter(pk=liaison.pk, ended_on=None).update(ended_on=clock.today()):
            raise NotNow(_("这一户已不由他联系"))
        audit.record("liaison.released", liaison.helper, actor=user, area=liaison.helper.village.code)


def retire_helper(*, helper: Helper, user: User) -> None:
    """Somebody no longer keeps in touch with anybody; their households are gaps until others take them."""
    with transaction.atomic():
        _may_keep(user, helper.village)
        if not _retired(helper, user):
            raise NotNow(_("%(name)s已不再联户") % {"name": helper.name})


def _retired(helper: Helper, actor: User | None) -> bool:
    """Whether it was this call that let somebody go, and their households with them."""
    if not Helper.objects.filter(pk=helper.pk, retired_at=None).update(retired_at=clock.now()):
        return False
    left = Liaison.objects.filter(helper=helper, ended_on=None).update(ended_on=clock.today())
    audit.record("liaison.helper_retired", helper, actor=actor, area=helper.village.code, households=left)
    return True


def kept_by(user: User, post: Post | None = None) -> QuerySet[Helper]:
    """As whom somebody with an account keeps in touch; with `post` in the village that they leave with it."""
    rows = Helper.objects.filter(user=user, retired_at=None).select_related("village").order_by("pk")
    if post is None:
        return rows
    if post.area is None:
        return rows.none()
    others = Post.objects.held().filter(user=user).exclude(pk=post.pk).select_related("area")
    left = _villages(post.area) - {pk for other in others if other.area for pk in _villages(other.area)}
    return rows.filter(village__in=left)


def _villages(area: Area) -> set[int]:
    """The village of a post in a village or below."""
    return set(area.get_ancestors(include_self=True).filter(level=Level.VILLAGE).values_list("pk", flat=True))


def _listed(user: User, post: Post | None) -> list[Held]:
    found = kept_by(user, post).annotate(n=Count("liaisons", filter=Q(liaisons__ended_on=None)))
    words = _("联系户 %(n)d 户（%(place)s）")
    return [Held(words % {"n": row.n, "place": row.village.short_name}, _("村里另行安排")) for row in found]


def _let_go(user: User, post: Post | None, actor: User | None) -> int:
    """Who leaves keeps in touch with nobody: their households stand among the gaps until the village gives them on."""
    return sum(_retired(row, actor) for row in list(kept_by(user, post)))


def let_go_of_gone() -> int:
    """Who is gone by a date that came, or otherwise than by the page that says whom they kept in touch with; but not
    whom the village took on since.
    """
    kept = Helper.objects.filter(retired_at=None, user__isnull=False)
    gone = list(kept.filter(user__is_active=False).select_related("village"))
    over = Post.objects.ended_lately().filter(user__in=kept.values("user"), user__is_active=True)
    for post in over.select_related("user", "area"):
        before = day_start(post.ends_on) if post.ends_on else clock.now()
        gone += kept_by(post.user, post).filter(created_at__lt=before)
    return sum(_retired(row, None) for row in gone)


LIAISONS = of_people_only(frozenset({"households.Helper.user"}), _listed, _let_go)


def keepers_of(households: Collection[int]) -> list[tuple[int, int]]:
    """Of households the pairs (user, household): who with an account keeps in touch with which of them now."""
    rows = Liaison.objects.filter(household__in=households, ended_on=None, helper__user__isnull=False)
    return [(user, household) for user, household in rows.values_list("helper__user", "household") if user is not None]


def _may_keep(user: User, village: Area) -> None:
    at = {village.pk, _township(village).pk}
    covering = posts_covering(user, area_ids=at, department_ids=())
    if not any(role in KEEPERS for role, _kind, _post in covering):
        raise NotYours(_("您的岗位不能安排本村的联户"))


def _township(village: Area) -> Area:
    above: Area | None = village.parent
    while above is not None and above.level != Level.TOWNSHIP:
        above = above.parent
    if above is None:
        raise FileRefused(_("请选在用的村社"), "village")
    return above
