"""Reads of the lists: versions, search, tiles, categories, history. Writes nothing."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from core.clock import today
from core.errors import Conflict, Refused
from duties.models import Category, DutyItem, DutyList, ListKind, ListVersion, VersionState
from duties.routing import NoListInForceError, version_in_force
from duties.rules import Rules
from members.models import Department

PHONE_TILES = 8
RESIDENT_TILES = 6
SPACES = re.compile(r"[\s,，、]+")
QUERY_MAX = 50
NUMBER_MAX = 100_000


def versions() -> QuerySet[ListVersion]:
    """All versions of the grid items list, newest first."""
    return (
        ListVersion.objects.filter(duty_list__kind=ListKind.GRID_ITEMS)
        .select_related("duty_list", "base", "published_by", "changed_by", "created_by")
        .order_by("-number")
    )


def version_or_404(number: int) -> ListVersion:
    found = versions().filter(number=number).first() if number <= NUMBER_MAX else None
    if found is None:
        raise Http404(_("没有这一版清单"))
    return found


def version_to_copy(duty_list: DutyList) -> ListVersion:
    """The newest published version, unless a draft is open already (Conflict) or none exists (Refused)."""
    newest = versions().filter(duty_list=duty_list).first()
    if newest is None:
        raise Refused(_("还没有清单，请先导入"))
    if newest.is_draft:
        who = newest.created_by.name if newest.created_by else _("别人")
        raise Conflict(_("已有一份草稿（%(who)s打开），请在那份草稿里改") % {"who": who})
    return newest


def draft() -> ListVersion | None:
    return versions().filter(state=VersionState.DRAFT).first()


def draft_or_404(number: int) -> ListVersion:
    version = version_or_404(number)
    if not version.is_draft:
        raise Http404(_("这一版已经发布，不能再改"))
    return version


def current() -> ListVersion | None:
    """The version in force today, or None before the first one starts."""
    try:
        return version_in_force()
    except NoListInForceError:
        return None


def rules_in_force() -> Rules:
    """The county's handling rules of today; the defaults before the first version starts. One query."""
    version = current()
    return Rules.from_json(version.rules if version else {})


def standing(version: ListVersion, in_force: ListVersion | None) -> str:
    """Where a version stands, in one word for a tag."""
    if version.is_draft:
        return _("草稿")
    if in_force is not None and version.pk == in_force.pk:
        return _("施行中")
    if version.starts_on is not None and version.starts_on > today():
        return _("待施行")
    return _("已被替代")


def items_of(version: ListVersion) -> QuerySet[DutyItem]:
    """Items with everything a table row shows: two queries."""
    return (
        DutyItem.objects.filter(version=version)
        .select_related("category", "lead", "grade", "version", "changed_by")
        .prefetch_related("assisting")
        .order_by("code")
    )


def item_or_404(version: ListVersion, code: str) -> DutyItem:
    found = items_of(version).filter(code=code).first() if code.isascii() and code.isalnum() else None
    if found is None:
        raise Http404(_("这一版清单没有这个编号"))
    return found


def categories_with_counts(version: ListVersion) -> QuerySet[Category]:
    return Category.objects.filter(version=version).annotate(n=Count("items")).order_by("code")


def common_tiles(version: ListVersion, limit: int = PHONE_TILES) -> list[DutyItem]:
    """The tiles of the phone form. One query."""
    rows = DutyItem.objects.filter(version=version, is_common=True).select_related("lead", "grade", "version")
    return list(rows.order_by("code")[:limit])


def resident_tiles(version: ListVersion, limit: int = RESIDENT_TILES) -> list[DutyItem]:
    """The tiles of the resident's order page; never a sensitive item. One query."""
    rows = DutyItem.objects.filter(version=version, is_resident_tile=True, is_sensitive=False)
    return list(rows.select_related("lead", "grade", "version").order_by("code")[:limit])


def resident_items(version: ListVersion) -> list[DutyItem]:
    """Everything that a resident may order: what is not sensitive. One query."""
    rows = DutyItem.objects.filter(version=version, is_sensitive=False)
    return list(rows.select_related("lead", "grade", "version").order_by("code"))


# ---- search -------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Hit:
    item: DutyItem
    rank: int
    alias: str  # the popular name that matched, if that was it


def search(version: ListVersion, text: str) -> list[Hit]:
    """Items by code, name, popular name or pinyin initials, best first; every word must match. Two queries.

    A list has tens of items, so the ranking is done here and is the same on both databases.
    """
    words = [word.casefold() for word in SPACES.split(text[:QUERY_MAX]) if word]
    items = list(items_of(version))
    if not words:
        return [Hit(item, 0, "") for item in items]
    hits = [hit for item in items if (hit := _hit(item, words)) is not None]
    return sorted(hits, key=lambda hit: (hit.rank, hit.item.code))


def _hit(item: DutyItem, words: Sequence[str]) -> Hit | None:
    worst, alias = 0, ""
    for word in words:
        rank, found = _rank(item, word)
        if rank is None:
            return None
        worst, alias = max(worst, rank), alias or found
    return Hit(item, worst, alias)


def _rank(item: DutyItem, word: str) -> tuple[int | None, str]:
    """How well one word fits (0 is best) and the popular name that made it fit."""
    code, name = item.code.casefold(), item.name.casefold()
    aliases = [str(alias) for alias in item.aliases]
    same = next((alias for alias in aliases if word == alias.casefold()), "")
    within = next((alias for alias in aliases if word in alias.casefold()), "")
    tests = (
        (0, word == code, ""),
        (1, name.startswith(word), ""),
        (1, bool(same), same),
        (2, word in name, ""),
        (3, bool(within), within),
        (3, code.startswith(word), ""),
        (4, any(initials.startswith(word) for initials in item.initials.split()), ""),
        (5, _matches_owner(item, word), ""),
    )
    return next(((rank, alias) for rank, fits, alias in tests if fits), (None, ""))


def _matches_owner(item: DutyItem, word: str) -> bool:
    return any(word in text.casefold() for text in (item.lead.name, item.lead.short_name, item.category.name))


# ---- history ------------------------------------------------------------------------------------------------
def history(code: str, upto: ListVersion | None = None) -> list[DutyItem]:
    """One code through all versions, newest first. Two queries."""
    rows = DutyItem.objects.filter(version__duty_list__kind=ListKind.GRID_ITEMS, code=code)
    if upto is not None:
        rows = rows.filter(Q(version__number__lte=upto.number))
    related = ("category", "lead", "grade", "version", "version__published_by", "changed_by")
    return list(rows.select_related(*related).prefetch_related("assisting").order_by("-version__number"))


def by_category(items: Iterable[DutyItem]) -> list[tuple[Category, list[DutyItem]]]:
    groups: dict[int, tuple[Category, list[DutyItem]]] = {}
    for item in items:
        groups.setdefault(item.category_id, (item.category, []))[1].append(item)
    return [groups[key] for key in sorted(groups, key=lambda k: groups[k][0].code)]


def county_departments() -> QuerySet[Department]:
    """The departments a list may name; retired ones too, so that the editor can show that they are."""
    return Department.objects.filter(township=None).order_by("code")
