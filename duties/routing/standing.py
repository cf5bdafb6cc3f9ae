"""Reads behind the pages of what routing goes by: powers and division of work, in words. Writes nothing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.clock import today
from core.rows.list_address import ListAddress, one_of
from core.rows.paging import Page, page_of
from duties.lists.queries import current
from duties.models import DispatchRule, DutyItem
from duties.models.assigned import READERS, Assignment, Kind, readable
from duties.routing.routing_context import in_use
from grids.levels import Level
from grids.models import Area
from members.access import scope_for
from members.models import Department, User
from members.roles import Role

PAGE_SIZE, ORDER = 50, ("-made_at", "-id")
FINDERS = (*READERS, Role.SYSTEM_ADMIN)
"""Who sees gaps and overlaps: besides the readers whoever fills posts."""
STATES: Mapping[str, str | Promise] = {
    "": gettext_lazy("生效中"),
    "void": gettext_lazy("已不起作用"),
    "ended": gettext_lazy("已终止"),
    "all": gettext_lazy("全部"),
}
KINDS: Mapping[str, str | Promise] = {"": gettext_lazy("全部类别"), **dict(Kind.choices)}


@dataclass(frozen=True)
class Chosen(ListAddress):
    """What the address asks for; anything it does not understand counts as not asked."""

    town: str = ""
    item: str = ""
    state: str = ""
    kind: str = ""

    @classmethod
    def parse(cls, given: Mapping[str, str]) -> "Chosen":
        town, item = given.get("town", ""), given.get("item", "").strip().upper()[:8]
        return cls(
            town if town.isascii() and town.isdigit() and len(town) <= 15 else "",
            item if item.isascii() and item.isalnum() else "",
            one_of(given, "state", STATES),
            one_of(given, "kind", KINDS),
        )


@dataclass(frozen=True)
class Row:
    """An assignment in words. `why_void` says why one that nobody ended routes nothing today all the same."""

    row: Assignment
    item: str
    why_void: str


def sections(user: User, now: str) -> list[dict[str, object]]:
    """The tabs above these pages."""
    reads, finds = is_held(user, READERS), is_held(user, FINDERS)
    pages = [("index", _("责任清单"), True), ("powers", _("赋权与分工"), reads), ("rules", _("派单规则"), reads)]
    pages.append(("gaps", _("缺口与重叠"), finds))
    return [
        {"url": reverse(f"lists:{name}"), "text": text, "current": name == now} for name, text, shown in pages if shown
    ]


def townships(user: User, roles: Sequence[Role] = READERS) -> list[Area]:
    """The townships whose arrangements this reader may look at: one query."""
    kept = readable(scope_for(user), roles)
    return list(Area.objects.in_use().filter(kept.tree_q(), level=Level.TOWNSHIP).order_by("code"))


def offices() -> list[Department]:
    """Every department in use, those of townships first: one query."""
    rows = Department.objects.filter(retired_at=None).select_related("township")
    return sorted(rows, key=lambda d: (d.township is None, d.code))


def items_in_force() -> dict[str, DutyItem]:
    version = current()
    rows = DutyItem.objects.filter(version=version).select_related("lead") if version else DutyItem.objects.none()
    return {item.code: item for item in rows}


def why_rule_void(rule: DispatchRule, items: Mapping[str, DutyItem]) -> str:
    """Why a rule that nobody ended routes nothing; empty while it does."""
    return "" if rule.revoked_at else _void(rule.item_code, rule.lead.retired_at is not None, str(rule.lead), items)


def _void(code: str, is_retired: bool, name: str, items: Mapping[str, DutyItem]) -> str:
    if code not in items:
        return _("施行中的清单已没有这一项")
    return _("%(name)s已停用") % {"name": name} if is_retired else ""


def names_of(codes: Iterable[str], items: Mapping[str, DutyItem]) -> dict[str, str]:
    """Items by their name in the list in force, else by the last name they had: one query where one is gone."""
    wanted = set(codes)
    gone = wanted - items.keys()
    last = (
        DutyItem.objects.filter(code__in=gone).order_by("version__number").values_list("code", "name") if gone else ()
    )
    return dict(last) | {code: items[code].name for code in wanted & items.keys()}


def assignments(user: User, chosen: Chosen, after: str) -> tuple[Page[Assignment], list[Row]]:
    """One page of powers and division of work, newest first: five queries however many there are."""
    items = items_in_force()
    page = page_of(narrowed(Assignment.objects.visible_to(user), chosen), ORDER, after, PAGE_SIZE)
    names = names_of((one.item_code for one in page.rows), items)
    return page, [Row(one, names.get(one.item_code, ""), why_void(one, items, today())) for one in page.rows]


def narrowed(rows: QuerySet[Assignment], chosen: Chosen) -> QuerySet[Assignment]:
    """What the address asks for. Each row is in exactly one of the states but "all"."""
    running, ended, void = Q(ended_at__isnull=True), Q(ended_at__isnull=False), _void_q(today())
    ways = {"": running & ~void, "void": running & void, "ended": ended, "all": Q()}
    rows = rows.filter(ways[chosen.state])
    if chosen.kind:
        rows = rows.filter(kind=chosen.kind)
    if chosen.town:
        rows = rows.filter(township__code=chosen.town)
    if chosen.item:
        rows = rows.filter(item_code=chosen.item)
    return rows.select_related("office", "grantor", "township", "made_by", "ended_by")


def _void_q(day: date) -> Q:
    """What `why_void` gives a lasting reason for, as a condition; one that only starts later is not void."""
    listed = DutyItem.objects.filter(version=current(), code=OuterRef("item_code"))
    over = Q(ends_on__isnull=False) & Q(ends_on__lt=day)
    foreign = Q(grantor__isnull=False) & ~Exists(listed.filter(lead=OuterRef("grantor")))
    return over | foreign | ~Exists(listed) | Q(office__retired_at__isnull=False)


def why_void(one: Assignment, items: Mapping[str, DutyItem], day: date) -> str:
    """Why an assignment that nobody ended routes nothing today; empty while it does."""
    if one.ended_at is not None:
        return ""
    if one.starts_on > day:
        return _("%(day)s 起生效") % {"day": one.starts_on.isoformat()}
    if one.ends_on is not None and one.ends_on < day:
        return _("已到期")
    lead = items[one.item_code].lead if one.item_code in items else None
    if one.grantor is not None and lead is not None and one.grantor_id != lead.pk:
        return _("清单现由%(lead)s牵头，不再是赋权部门") % {"lead": lead}
    return _void(one.item_code, not in_use(one.office, day), str(one.office), items)


def is_held(user: User, roles: Collection[Role]) -> bool:
    return bool(scope_for(user).roles & set(roles))
