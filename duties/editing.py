"""The only writer of list drafts: open, edit, add, remove, restore, discard, publish.

Every verb holds the lists' lock, works on a draft only and leaves an audit row. A draft's `revision`
counts its writes, an item's is the draft's at its last write; a writer who has seen an older one gets
`StaleDraftError` (409) with who was faster. What a published version says never changes (duties.sql).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.transaction import atomic
from django.utils.translation import gettext as _

from core import audit, clock, locks
from core.errors import Conflict, Refused
from duties.comparing import Finding, compare, findings
from duties.copying import CATEGORY_FIELDS, GRADE_FIELDS, copy_items, copy_rows
from duties.importing import LOCK, put_in_force
from duties.models import Category, DutyItem, DutyList, Grade, ListVersion, VersionState
from duties.queries import version_to_copy
from duties.spelling import initials_of
from members.models import Department, User


class StaleDraftError(Conflict):
    """Somebody has written what this person was looking at."""

    code = "stale_draft"


class PublishedError(Conflict):
    """The version is published and cannot be written."""

    code = "published"


class BlockedError(Refused):
    """The draft cannot be published as it is; `findings` says why."""

    code = "draft_blocked"

    def __init__(self, blockers: list[Finding]) -> None:
        self.findings = blockers
        super().__init__(_("发布前要改 %(n)d 处") % {"n": len(blockers)})


@dataclass(frozen=True)
class ItemContent:
    """What a list admin may say about an item. Limits in their notation, empty: as the grade."""

    name: str
    category: Category
    lead: Department
    assisting: tuple[Department, ...]
    enforcement_body: str
    grade: Grade
    first_level: str
    respond: str
    resolve: str
    closing_standard: str
    basis: str = ""
    aliases: tuple[str, ...] = ()
    needs_photo: bool = False
    is_sensitive: bool = False
    icon: str = ""
    is_common: bool = False
    is_resident_tile: bool = False

    def columns(self) -> dict[str, Any]:
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "assisting"}
        return plain | {"aliases": list(self.aliases), "initials": initials_of(self.name, self.aliases)}


def open_draft(*, duty_list: DutyList, actor: User) -> ListVersion:
    """Copy the newest version into a draft under the next number; raises Conflict if one is open."""
    with atomic():
        locks.hold(LOCK)
        base = version_to_copy(duty_list)
        now = clock.now()
        version = ListVersion.objects.create(
            duty_list=duty_list,
            number=base.number + 1,
            base=base,
            rules=base.rules,
            created_by=actor,
            created_at=now,
            changed_by=actor,
            changed_at=now,
        )
        categories = copy_rows(Category, base, version, CATEGORY_FIELDS)
        grades = copy_rows(Grade, base, version, GRADE_FIELDS)
        copy_items(base.items.select_related("category", "grade"), version, categories, grades)
        audit.record("duties.open_draft", version, actor=actor, base=base.number)
    return version


def edit_item(*, version_id: int, code: str, revision: int, content: ItemContent, actor: User) -> DutyItem:
    """Write an item of a draft as seen at `revision`."""
    with atomic():
        item = _held_item(version_id, code, revision)
        _check_content(content, item.version)
        revision = _touch(item.version, actor)
        now = clock.now()
        DutyItem.objects.filter(pk=item.pk).update(
            **content.columns(), revision=revision, changed_by=actor, changed_at=now
        )
        item.assisting.set(content.assisting)
        audit.record("duties.edit_item", item, actor=actor, code=code, version=item.version.number)
        item.refresh_from_db()
    return item


def add_item(*, version_id: int, code: str, content: ItemContent, actor: User) -> DutyItem:
    """Add an item; raises Refused when the code was ever used for another one."""
    with atomic():
        version = _held_draft(version_id)
        _check_content(content, version)
        if version.items.filter(code=code).exists():
            raise Refused(_("编号 %(code)s 已有事项使用") % {"code": code})
        if DutyItem.objects.filter(version__duty_list=version.duty_list_id, code=code).exists():
            raise Refused(_("编号 %(code)s 以前的版本用过，不能再用；原事项请用“还原”") % {"code": code})
        item = DutyItem.objects.create(
            version=version,
            code=code,
            **content.columns(),
            revision=_touch(version, actor),
            changed_by=actor,
            changed_at=clock.now(),
        )
        item.assisting.set(content.assisting)
        audit.record("duties.add_item", item, actor=actor, code=code, version=version.number)
    return item


def remove_item(*, version_id: int, code: str, revision: int, actor: User) -> None:
    """Take an item out of the draft; the base keeps it and `restore_item` brings it back."""
    with atomic():
        item = _held_item(version_id, code, revision)
        audit.record("duties.remove_item", item, actor=actor, code=code, version=item.version.number)
        item.delete()
        _touch(item.version, actor)


def restore_item(*, version_id: int, code: str, revision: int, actor: User) -> DutyItem:
    """Make the item read as in the base again; `revision` is 0 when it is to come back from removal."""
    with atomic():
        version = _held_draft(version_id)
        source = DutyItem.objects.filter(version=version.base, code=code).select_related("category", "grade").first()
        if version.base is None or source is None:
            raise Refused(_("上一版没有 %(code)s，无从还原") % {"code": code})
        present = version.items.filter(code=code).select_related("changed_by").first()
        if present is None and revision:
            raise _stale(version)
        if present is not None:
            _check_seen(present, revision)
            present.delete()
        categories = {c.code: c for c in version.categories.all()}
        grades = {g.code: g for g in version.grades.all()}
        item = copy_items([source], version, categories, grades)[0]
        item.revision = _touch(version, actor)
        item.changed_by, item.changed_at = actor, clock.now()
        item.save(update_fields=["revision", "changed_by", "changed_at"])
        audit.record("duties.restore_item", item, actor=actor, code=code, version=version.number)
    return item


def discard_draft(*, version_id: int, revision: int, actor: User) -> None:
    with atomic():
        version = _held_draft(version_id)
        if version.revision != revision:
            raise _stale(version)
        audit.record("duties.discard_draft", version, actor=actor, number=version.number)
        version.items.all().delete()
        version.delete()


def publish(*, version_id: int, revision: int, starts_on: date, note: str = "", actor: User) -> ListVersion:
    """Close the draft for ever, in force from `starts_on`. Raises BlockedError, Refused, StaleDraftError."""
    with atomic():
        version = _held_draft(version_id)
        if version.revision != revision:
            raise _stale(version)
        if starts_on < clock.today():
            raise Refused(_("施行日不能早于今天"))
        base = version.base
        if base is not None and base.starts_on is not None and starts_on < base.starts_on:
            words = {"n": base.number, "day": base.starts_on}
            raise Refused(_("施行日不能早于第 %(n)d 版的施行日 %(day)s") % words)
        rows = compare(version)
        if blockers := [f for f in findings(rows) if f.is_blocker]:
            raise BlockedError(blockers)
        if not any(row.mark for row in rows):
            raise Refused(_("草稿与上一版没有差别，不必发布"))
        ListVersion.objects.filter(pk=version.pk).update(note=note)
        put_in_force(version=version, starts_on=starts_on, actor=actor)
        audit.record("duties.publish", version, actor=actor, number=version.number, starts_on=starts_on)
    return version


# ---- inside ---------------------------------------------------------------------------------------------------
def _held_draft(version_id: int) -> ListVersion:
    locks.hold(LOCK)
    version = ListVersion.objects.select_related("base", "duty_list", "changed_by").filter(pk=version_id).first()
    if version is None:
        raise Conflict(_("草稿已被删除，请回到清单页"))
    if version.state != VersionState.DRAFT:
        raise PublishedError(_("%(version)s已经发布，不能再改") % {"version": version})
    return version


def _held_item(version_id: int, code: str, revision: int) -> DutyItem:
    version = _held_draft(version_id)
    item = DutyItem.objects.select_related("changed_by").filter(version=version, code=code).first()
    if item is None:
        who = version.changed_by.name if version.changed_by else _("别人")
        raise StaleDraftError(
            _("%(code)s 刚刚被删除（最近改动：%(who)s），您的修改未保存") % {"code": code, "who": who}
        )
    item.version = version
    _check_seen(item, revision)
    return item


def _check_seen(item: DutyItem, revision: int) -> None:
    if item.revision != revision:
        who = item.changed_by.name if item.changed_by else _("别人")
        when = clock.local(item.changed_at).strftime("%H:%M") if item.changed_at else ""
        words = {"who": who, "when": when, "code": item.code}
        raise StaleDraftError(_("%(who)s刚刚（%(when)s）改过 %(code)s，您的修改未保存") % words)


def _stale(version: ListVersion) -> StaleDraftError:
    who = version.changed_by.name if version.changed_by else _("别人")
    return StaleDraftError(_("%(who)s刚刚改过这份草稿，请看过最新内容再操作") % {"who": who})


def _check_content(content: ItemContent, version: ListVersion) -> None:
    if content.category.version_id != version.pk or content.grade.version_id != version.pk:
        raise Refused(_("类别或级别不属于这一版"))
    if any(d.township_id is not None for d in (content.lead, *content.assisting)):
        raise Refused(_("清单只写县级部门；本镇由哪个机构对应，由系统按对应关系确定"))
    if content.is_sensitive and content.is_resident_tile:
        raise Refused(_("涉敏感信息的事项不能放在群众点单页"))


def _touch(version: ListVersion, actor: User) -> int:
    """Count one more write to the draft; the new count also becomes the written item's revision."""
    version.revision += 1
    ListVersion.objects.filter(pk=version.pk).update(
        revision=version.revision, changed_by=actor, changed_at=clock.now()
    )
    version.changed_by = actor
    return version.revision
