"""What differs between two versions of a list, field by field, and what a draft may not be published with."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from django.utils.translation import gettext as _

from core.calendar import Limit
from duties.limits import exceeds
from duties.models import DutyItem, ListVersion
from duties.queries import items_of

Mark = Literal["", "new", "chg", "del"]
WORDS: dict[Mark, str] = {"": "", "new": "增", "chg": "改", "del": "删"}


@dataclass(frozen=True)
class Change:
    """One field: how it reads in the base and in the draft."""

    field: str
    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Row:
    """One line of the editor: the item of the draft, or the removed one of the base."""

    item: DutyItem
    base: DutyItem | None
    mark: Mark
    changes: dict[str, Change] = field(default_factory=dict)

    @property
    def word(self) -> str:
        return WORDS[self.mark]

    @property
    def cap_labels(self) -> dict[str, str]:
        """The limits of the item's grade."""
        return {name: _limit_and_cap(self.item, name)[1].label for name in ("respond", "resolve")}

    @property
    def shown(self) -> dict[str, str]:
        """Every field as people read it."""
        return readable(self.item)


@dataclass(frozen=True)
class Finding:
    """Something wrong with one item of a draft; a blocker stops the publishing."""

    code: str
    name: str
    field: str
    text: str
    is_blocker: bool


def readable(item: DutyItem) -> dict[str, str]:
    """Every comparable field of an item as people read it."""
    return {
        "name": item.name,
        "category": str(item.category),
        "aliases": "、".join(item.aliases),
        "lead": str(item.lead),
        "assisting": "、".join(str(d) for d in sorted(item.assisting.all(), key=lambda d: d.code)),
        "enforcement_body": item.enforcement_body or _("不涉及"),
        "grade": item.grade.name,
        "first_level": item.get_first_level_display(),
        "respond": item.respond_limit.label + ("" if item.respond else _("（按级别）")),
        "resolve": item.resolve_limit.label + ("" if item.resolve else _("（按级别）")),
        "closing_standard": item.closing_standard,
        "basis": item.basis,
        "needs_photo": _("须附") if item.needs_photo else _("不须"),
        "is_sensitive": _("是") if item.is_sensitive else _("否"),
        "icon": item.icon,
        "is_common": _("是") if item.is_common else _("否"),
        "is_resident_tile": _("是") if item.is_resident_tile else _("否"),
    }


def changes_between(old: DutyItem, new: DutyItem) -> dict[str, Change]:
    before, after = readable(old), readable(new)
    return {
        name: Change(
            name, str(getattr(DutyItem._meta.get_field(name), "verbose_name", name)), before[name], after[name]
        )
        for name in before
        if before[name] != after[name]
    }


def compare(version: ListVersion) -> list[Row]:
    """The rows of a version against its base, in code order. At most four queries."""
    new = {item.code: item for item in items_of(version)}
    old = {item.code: item for item in items_of(version.base)} if version.base else {}
    rows = []
    for code in sorted(new.keys() | old.keys()):
        if code not in new:
            rows.append(Row(old[code], old[code], "del"))
        elif version.base is None:
            rows.append(Row(new[code], None, ""))
        elif code not in old:
            rows.append(Row(new[code], None, "new"))
        else:
            changes = changes_between(old[code], new[code])
            rows.append(Row(new[code], old[code], "chg" if changes else "", changes))
    return rows


def counts(rows: Iterable[Row]) -> dict[str, int]:
    found = {"new": 0, "chg": 0, "del": 0}
    for row in rows:
        if row.mark:
            found[row.mark] += 1
    return found | {"all": sum(found.values())}


def findings(rows: Iterable[Row]) -> list[Finding]:
    """What the editor lists above the table, blockers first. No query beyond those of `compare`."""
    found = [finding for row in rows if row.mark != "del" for finding in _of_row(row)]
    return sorted(found, key=lambda f: (not f.is_blocker, f.code))


def _of_row(row: Row) -> list[Finding]:
    item, base = row.item, row.base
    wrong: list[tuple[str, str, bool]] = []
    if item.lead.retired_at:
        wrong.append(("lead", _("牵头部门%(name)s已停用") % {"name": item.lead}, True))
    for department in item.assisting.all():
        if department.retired_at:
            wrong.append(("assisting", _("配合部门%(name)s已停用") % {"name": department}, True))
        if department.pk == item.lead_id:
            wrong.append(("assisting", _("牵头部门不能同时是配合部门"), True))
    if base is not None and base.enforcement_body and not item.enforcement_body:
        wrong.append(("enforcement_body", _("可处罚事项须填执法主体"), True))
    if row.mark:
        wrong += _over_cap(item, base)
    return [Finding(item.code, item.name, *one) for one in wrong]


def _over_cap(item: DutyItem, base: DutyItem | None) -> list[tuple[str, str, bool]]:
    """A limit above its grade's blocks, unless the base was above already and it has not become longer."""
    wrong = []
    for name, word in (("respond", _("首次响应时限")), ("resolve", _("办结时限"))):
        limit, cap = _limit_and_cap(item, name)
        if not exceeds(limit, cap):
            continue
        was_over = False
        if base is not None:
            before, cap_before = _limit_and_cap(base, name)
            was_over = exceeds(before, cap_before) and not exceeds(limit, before)
        words = {"word": word, "limit": limit.label, "grade": item.grade.name, "cap": cap.label}
        wrong.append((name, _("%(word)s%(limit)s，超过级别“%(grade)s”的%(cap)s") % words, not was_over))
    return wrong


def _limit_and_cap(item: DutyItem, name: str) -> tuple[Limit, Limit]:
    limit = item.respond_limit if name == "respond" else item.resolve_limit
    return limit, Limit.parse(getattr(item.grade, name))


@dataclass(frozen=True)
class Step:
    """What one version did to an item."""

    version: ListVersion
    text: str


def history_steps(items: list[DutyItem]) -> list[Step]:
    """One code through the versions, newest first, only where it changed. `items` newest first."""
    steps = []
    for position, item in enumerate(items):
        if position + 1 == len(items):
            first = item.version.base_id is None
            steps.append(Step(item.version, _("列入清单") if first else _("新增")))
            continue
        changes = changes_between(items[position + 1], item)
        if changes:
            said = [_("%(label)s：%(old)s → %(new)s") % vars(c) for c in changes.values()]
            steps.append(Step(item.version, "；".join(said)))
    return steps
