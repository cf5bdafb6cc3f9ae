"""Reads of the lists: versions, search, tiles, categories, history. Writes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Count, DateField, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from core.clock import today
from core.errors import Conflict, Refused
from core.rows.composed import composed
from duties.lists.approvers import approver_codes
from duties.lists.list_search import matches
from duties.models import (
    Approval,
    Category,
    DraftEdit,
    DutyItem,
    DutyList,
    ListKind,
    ListVersion,
    SheetProposal,
    VersionState,
)
from duties.shapes import shape_for, shape_of
from duties.shapes.items import ItemShape
from duties.shapes.rules import Rules
from members.models import Department, User

PHONE_TILES = 8
RESIDENT_TILES = 6
NUMBER_MAX = 100_000


def versions(kind: str = ListKind.GRID_ITEMS) -> QuerySet[ListVersion]:
    """All versions of a list, newest first."""
    return (
        ListVersion.objects.filter(duty_list__kind=kind)
        .select_related("duty_list", "base__duty_list", "published_by", "changed_by", "created_by", "submitted_by")
        .order_by("-number")
    )


def version_or_404(number: int, kind: str = ListKind.GRID_ITEMS) -> ListVersion:
    found = versions(kind).filter(number=number).first() if number <= NUMBER_MAX else None
    if found is None:
        raise Http404(_("没有这一版清单"))
    return found


def version_to_copy(duty_list: DutyList) -> ListVersion:
    """The newest published version, unless another is open already (Conflict) or none exists (Refused)."""
    newest = versions(duty_list.kind).filter(duty_list=duty_list).first()
    if newest is None:
        raise Refused(_("还没有清单，请先导入"))
    if newest.is_draft:
        who = newest.created_by.name if newest.created_by else _("别人")
        raise Conflict(_("已有一份草稿（%(who)s打开），请在那份草稿里改") % {"who": who})
    if newest.is_open:
        raise Conflict(_("%(version)s正在送审，发布或撤回后才能再修订") % {"version": newest})
    return newest


def open_version(kind: str = ListKind.GRID_ITEMS) -> ListVersion | None:
    """The one version of a list that is not published yet."""
    return versions(kind).exclude(state=VersionState.PUBLISHED).first()


def last_write(version: ListVersion) -> DraftEdit | None:
    """The write that 撤销 would take back, whoever made it. One query."""
    writes = version.edits.filter(undone=False).exclude(verb="undo")
    return writes.select_related("by").order_by("-revision").first()


def used_codes(version: ListVersion, codes: Iterable[str]) -> set[str]:
    """Which of `codes` a version of the same list has ever used. One query."""
    rows = shape_of(version).model.objects.filter(version__duty_list=version.duty_list_id, code__in=list(codes))
    return set(rows.values_list("code", flat=True))


def proposal_of(version: ListVersion, by: User) -> SheetProposal | None:
    """The table that somebody has uploaded for a draft and not applied yet."""
    return SheetProposal.objects.filter(version=version, by=by).first()


def draft_or_404(number: int, kind: str = ListKind.GRID_ITEMS) -> ListVersion:
    version = version_or_404(number, kind)
    if version.state == VersionState.PUBLISHED:
        raise Http404(_("这一版已经发布，不能再改"))
    return version


def current(kind: str = ListKind.GRID_ITEMS) -> ListVersion | None:
    """The version of a list in force today with its list and who published it; None before the first. One query."""
    return next(iter(_started(str(kind), day=today())), None)


@composed(day=DateField())
def _started(kind: str, *, day: Any) -> QuerySet[ListVersion]:
    started = ListVersion.objects.filter(duty_list__kind=kind, state=VersionState.PUBLISHED, starts_on__lte=day)
    return started.select_related("duty_list", "published_by").order_by("-starts_on", "-number")[:1]


def rules_in_force() -> Rules:
    """The county's handling rules of today; the defaults before the first version starts. One query."""
    version = current()
    return Rules.from_json(version.rules if version else {})


def standing(version: ListVersion, in_force: ListVersion | None) -> str:
    """Where a version stands, in one word for a tag. Nothing is written when its day comes: the day decides."""
    if version.state != VersionState.PUBLISHED:
        return version.get_state_display()
    if in_force is not None and version.pk == in_force.pk:
        return _("施行中")
    if version.starts_on is not None and version.starts_on > today():
        return _("待施行")
    return _("已归档")


def items_of(version: ListVersion) -> QuerySet[DutyItem]:
    """Grid items with everything a table row shows, and their version: two queries."""
    return ItemShape().rows(version).select_related("version", "category", "lead", "grade")


def item_or_404(version: ListVersion, code: str) -> Any:
    """A line of a version whose list is loaded."""
    rows = shape_of(version).rows(version)
    found = rows.filter(code=code).first() if code.isascii() and code.isalnum() else None
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
    return _resident_tiles(limit, version=version.pk)


@composed(version=BigIntegerField())
def _resident_tiles(limit: int, *, version: Any) -> QuerySet[DutyItem]:
    rows = DutyItem.objects.filter(version=version, is_resident_tile=True, is_sensitive=False)
    return rows.select_related("lead", "grade", "version").order_by("code")[:limit]


def resident_items(version: ListVersion) -> list[DutyItem]:
    """Everything that a resident may order: what is not sensitive. One query."""
    rows = DutyItem.objects.filter(version=version, is_sensitive=False)
    return list(rows.select_related("lead", "grade", "version").order_by("code"))


# ---- approval -----------------------------------------------------------------------------------------------
def rounds(version: ListVersion) -> list[tuple[int, list[Approval]]]:
    """What was said to each submission of a version, the newest first. One query."""
    found: dict[int, list[Approval]] = {}
    for approval in version.approvals.select_related("department", "decided_by").order_by("-round", "id"):
        found.setdefault(approval.round, []).append(approval)
    return list(found.items())


def approver_names() -> list[str]:
    """The departments that will be asked, as far as they exist."""
    found = {d.code: str(d) for d in Department.objects.filter(code__in=approver_codes())}
    return [found.get(code, code) for code in approver_codes()]


# ---- search -------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Hit:
    item: DutyItem
    rank: int
    alias: str  # the popular name that matched, if that was it


def search(version: ListVersion, text: str) -> list[Hit]:
    """Grid items by code, name, popular name or pinyin initials, best first. Three queries."""
    found = matches(ItemShape().skim(version), text)
    wanted = items_of(version)
    rows = {row.code: row for row in (wanted.filter(code__in=[m.skim.code for m in found]) if text else wanted)}
    return [Hit(rows[m.skim.code], m.rank, m.alias) for m in found]


# ---- history ------------------------------------------------------------------------------------------------
def history(code: str, upto: ListVersion | None = None, kind: str = ListKind.GRID_ITEMS) -> list[Any]:
    """One code through all versions, newest first. At most two queries."""
    rows = shape_for(kind).model.objects.filter(version__duty_list__kind=kind, code=code)
    if upto is not None:
        rows = rows.filter(version__number__lte=upto.number)
    related, links = ["lead", "version", "version__published_by", "changed_by"], list[str]()
    if kind == ListKind.GRID_ITEMS:
        related, links = [*related, "category", "grade"], ["assisting"]
    return list(rows.select_related(*related).prefetch_related(*links).order_by("-version__number"))
