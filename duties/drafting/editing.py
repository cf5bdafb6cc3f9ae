"""The only writer of list drafts: open, edit, add, remove, restore, apply a table, undo, discard.

Every verb holds the lists' lock, works on a draft only, keeps what it changed (`DraftEdit`) and leaves an audit row.
A draft's `revision` counts its writes, a line's is the draft's at its last write; a writer who has seen an older
one gets `StaleDraftError` (409) with who was faster. What a version that is no draft says never changes (duties.sql).
"""

from typing import Any

from django.db.transaction import atomic
from django.utils.translation import gettext as _

from core import clock, locks
from core.errors import Conflict, Refused
from core.trust import audit
from duties.catalogue.importing import LOCK
from duties.lists.queries import last_write, used_codes, version_to_copy
from duties.models import DraftEdit, DutyList, ListVersion, VersionState
from duties.shapes import Entry, Known, shape_for, shape_of
from duties.shapes.base import ENTRY_CODE, Stamp
from duties.shapes.line_diff import Difference, Plain, as_json, from_json, inverse
from members.models import User

UNDO = "undo"


class StaleDraftError(Conflict):
    """Somebody has written what this person was looking at."""

    code = "stale_draft"


class PublishedError(Conflict):
    """The version is published and cannot be written."""

    code = "published"


class FrozenError(Conflict):
    """The version is being approved and cannot be written meanwhile."""

    code = "frozen"


class BadContentError(Refused):
    """A line cannot be stored; `errors` says why, field by field."""

    code = "bad_content"

    def __init__(self, code: str, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__(f"{code}：" + "；".join(errors.values()))


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
        shape_for(duty_list.kind).copy(base, version)
        audit.record("duties.open_draft", version, actor=actor, base=base.number)
    return version


def edit_item(*, version_id: int, code: str, revision: int, content: Plain, actor: User) -> int:
    """Write a line of a draft as seen at `revision`; answers the new one. Saying the same again writes nothing."""
    with atomic():
        version = hold_draft(version_id)
        before = _seen(version, code, revision)
        if before == content:
            return revision
        return _write(version, {code: (before, content)}, "edit", actor)


def add_item(*, version_id: int, code: str, content: Plain, actor: User) -> int:
    """Add a line; raises Refused when the code was ever used for another one."""
    with atomic():
        version = hold_draft(version_id)
        if not ENTRY_CODE.match(code):
            raise Refused(_("编号须为大写字母加两三位数字，如 C02"))
        lines = shape_of(version).model.objects
        if lines.filter(version=version, code=code).exists():
            raise Refused(_("编号 %(code)s 已有事项使用") % {"code": code})
        if used_codes(version, [code]):
            raise Refused(_("编号 %(code)s 以前的版本用过，不能再用；原事项请用“还原”") % {"code": code})
        return _write(version, {code: (None, content)}, "add", actor)


def remove_item(*, version_id: int, code: str, revision: int, actor: User) -> int:
    """Take a line out of the draft (停用); the base keeps it and `restore_item` brings it back."""
    with atomic():
        version = hold_draft(version_id)
        return _write(version, {code: (_seen(version, code, revision), None)}, "remove", actor)


def restore_item(*, version_id: int, code: str, revision: int, actor: User) -> int:
    """Make the line read as in the base again; `revision` is 0 when it is to come back from removal."""
    with atomic():
        version = hold_draft(version_id)
        shape = shape_of(version)
        source = shape.plains(version.base, [code]) if version.base else {}
        if code not in source:
            raise Refused(_("上一版没有 %(code)s，无从还原") % {"code": code})
        is_there = shape.model.objects.filter(version=version, code=code).exists()
        if not is_there and revision:
            raise stale(version)
        before = _seen(version, code, revision) if is_there else None
        return _write(version, {code: (before, source[code])}, "restore", actor)


def apply_changes(*, version_id: int, difference: Difference, actor: User, verb: str = "table") -> int:
    """Make many changes as one write; each must start from what the draft says now, or none is made."""
    with atomic():
        version = hold_draft(version_id)
        now = shape_of(version).plains(version, sorted(difference))
        for code, (before, _after) in difference.items():
            if now.get(code) != before:
                raise StaleDraftError(_("%(code)s 刚刚被改过，这次导入没有写入") % {"code": code})
        added = [code for code, (before, after) in difference.items() if before is None and after is not None]
        if reused := sorted(used_codes(version, added)):
            raise Refused(_("编号 %(code)s 以前的版本用过，不能再用；原事项请用“还原”") % {"code": reused[0]})
        if not difference:
            raise Refused(_("表格与草稿没有差别"))
        return _write(version, difference, verb, actor)


def undo(*, version_id: int, revision: int, actor: User) -> list[str]:
    """Take back the newest write of the draft, if it is `actor`'s own; answers the codes it was about."""
    with atomic():
        version = hold_draft(version_id)
        if version.revision != revision:
            raise stale(version)
        last = last_write(version)
        if last is None:
            raise Refused(_("没有可以撤销的修改"))
        if last.by_id != actor.pk:
            raise Refused(_("最近一次修改是%(who)s做的，不能由您撤销") % {"who": last.by.name})
        last.undone = True
        last.save(update_fields=["undone"])
        _write(version, inverse(from_json(last.changes)), UNDO, actor)
    return sorted(last.changes)


def discard_draft(*, version_id: int, revision: int, actor: User) -> None:
    with atomic():
        version = hold_draft(version_id)
        if version.revision != revision:
            raise stale(version)
        audit.record("duties.discard_draft", version, actor=actor, number=version.number)
        shape_of(version).model.objects.filter(version=version).delete()  # before the categories that they name
        version.delete()


# ---- inside ---------------------------------------------------------------------------------------------------
def hold(version_id: int) -> ListVersion:
    """The version under the lists' lock."""
    locks.hold(LOCK)
    version = ListVersion.objects.select_related("base", "duty_list", "changed_by").filter(pk=version_id).first()
    if version is None:
        raise Conflict(_("草稿已被删除，请回到清单页"))
    return version


def hold_draft(version_id: int) -> ListVersion:
    version = hold(version_id)
    if version.state == VersionState.PUBLISHED:
        raise PublishedError(_("%(version)s已经发布，不能再改") % {"version": version})
    if version.state != VersionState.DRAFT:
        raise FrozenError(_("%(version)s已送审，不能再改；要改请先撤回") % {"version": version})
    return version


def stale(version: ListVersion) -> StaleDraftError:
    who = version.changed_by.name if version.changed_by else _("别人")
    return StaleDraftError(_("%(who)s刚刚改过这份草稿，请看过最新内容再操作") % {"who": who})


def _seen(version: ListVersion, code: str, revision: int) -> Plain:
    """What a line says now, which the writer has seen at `revision`."""
    shape = shape_of(version)
    row = shape.rows(version).filter(code=code).first()
    if row is None:
        who = version.changed_by.name if version.changed_by else _("别人")
        raise StaleDraftError(
            _("%(code)s 刚刚被停用（最近改动：%(who)s），您的修改未保存") % {"code": code, "who": who}
        )
    _check_seen(row, revision)
    return shape.plain(row)


def _check_seen(row: Entry, revision: int) -> None:
    if row.revision != revision:
        who = row.changed_by.name if row.changed_by else _("别人")
        when = clock.local(row.changed_at).strftime("%H:%M") if row.changed_at else ""
        words = {"who": who, "when": when, "code": row.code}
        raise StaleDraftError(_("%(who)s刚刚（%(when)s）改过 %(code)s，您的修改未保存") % words)


def _write(version: ListVersion, difference: Difference, verb: str, actor: User) -> int:
    """Make the changes as one more write of the draft; its count also becomes the written lines' revision."""
    shape, known, now = shape_of(version), Known.of(version), clock.now()
    wanted = {code: after for code, (_before, after) in difference.items() if after is not None}
    for code, plain in wanted.items():
        if wrong := shape.refusals(plain, known):
            raise BadContentError(code, wrong)
    version.revision += 1
    shape.model.objects.filter(version=version, code__in=list(difference)).delete()
    shape.create(version, wanted, known, Stamp(version.revision, actor, now))
    version.changed_by, version.changed_at = actor, now
    version.save(update_fields=["revision", "changed_by", "changed_at"])
    DraftEdit.objects.create(
        version=version, revision=version.revision, verb=verb, changes=as_json(difference), by=actor, at=now
    )
    audit.record(f"duties.{AUDITED[verb]}", version, actor=actor, version=version.number, **_named(difference))
    return version.revision


AUDITED = {
    "edit": "edit_item",
    "add": "add_item",
    "remove": "remove_item",
    "restore": "restore_item",
    "table": "apply_table",
    UNDO: "undo_edit",
}


def _named(difference: Difference) -> dict[str, Any]:
    return {"code": next(iter(difference))} if len(difference) == 1 else {"items": len(difference)}
