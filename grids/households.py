"""The only writer of households.

Every verb works inside the area tree's lock, so a household never lands in a grid that is being
retired and the counts of `grids.counting` stay exact. Names and phones are encrypted at rest and
masked on screen; who may see them in full is `households.file.looking`. `load` is for imports: many rows at once,
known ones brought in line, with the counts of the touched grids alone reckoned anew.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils.translation import gettext as _

from core.clock import now
from core.errors import Conflict, Refused
from core.text import is_clean, seen
from core.trust import audit
from core.trust.audit import Actor
from core.trust.keys import dialled, name_key, phone_key
from core.trust.privacy import mask_name, mask_phone
from grids import addresses, counting, sql
from grids.finding import Standing, words_of
from grids.levels import GRID_LEVELS
from grids.models import Area, Household, HouseholdKind
from grids.scope import path_of, paths_of
from grids.tree import AREAS

LAST_SERIAL = 9999
MOST_PEOPLE = 99
PHONE = re.compile(r"\+?\d{5,15}\Z", re.ASCII)
BATCH = 2000
KINDS = frozenset(HouseholdKind.values)


class HouseholdRefused(Refused):
    """A household that cannot be registered or changed this way; `field` names the form field."""

    code = "household_refused"

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class NewHousehold:
    area: Area
    address: str
    head_name: str = ""
    phone: str = ""
    size: int = 1
    tags: Sequence[str] = field(default_factory=tuple)
    is_hub: bool = False
    kind: str = HouseholdKind.RESIDENT


class HouseholdMoved(Conflict):
    """Somebody has changed the household since the page was read."""

    code = "stale_household"


@dataclass(frozen=True)
class PersonalData:
    head_name: str
    phone: str


def register(
    *,
    area: Area,
    address: str,
    head_name: str = "",
    phone: str = "",
    size: int = 1,
    tags: Sequence[str] = (),
    actor: Actor | None,
) -> Household:
    """Register one household in a grid or microgrid in use. Raises HouseholdRefused."""
    with AREAS.writing():
        home = _home(area)
        row = _row(NewHousehold(home, address, head_name, phone, size, tags), _next_code(home), path_of(home))
        row.save(force_insert=True)
        counting.settle({home.pk})
        audit.record("household.registered", row, actor=actor, code=row.code, area=home.code)
        return row


def register_many(*, rows: Iterable[NewHousehold], actor: Actor | None) -> int:
    """Register many households at once, all or nothing; one audit entry. Returns how many."""
    with AREAS.writing():
        by_area: dict[int, list[NewHousehold]] = defaultdict(list)
        for row in rows:
            by_area[row.area.pk].append(row)
        made: list[Household] = []
        for group in by_area.values():
            home = _home(group[0].area)
            path, first = path_of(home), _next_code(home)
            if int(first[15:]) + len(group) - 1 > LAST_SERIAL:
                raise HouseholdRefused(_("“%(name)s”的户编码不够用") % {"name": home.name}, "area")
            made += [_row(new, f"{home.code}{int(first[15:]) + i:04d}", path) for i, new in enumerate(group)]
        Household.objects.bulk_create(made, batch_size=BATCH)
        counting.recount()
        audit.record("household.registered_many", None, actor=actor, count=len(made), areas=len(by_area))
        return len(made)


def transfer(*, households: Iterable[Household | int], area: Area, actor: Actor | None) -> int:
    """Move households (or those with these primary keys) to another grid; codes stay. Returns how many moved."""
    keys = [one if isinstance(one, int) else one.pk for one in households]
    return transfer_many(goes={area.pk: keys}, actor=actor)


def transfer_many(*, goes: Mapping[int, Iterable[int]], actor: Actor | None) -> int:
    """`transfer` to several grids at once: `goes` names for each, by its primary key, the households that move there.

    All or nothing. Returns how many moved.
    """
    with AREAS.writing():
        homes = [_checked(home) for home in Area.objects.filter(pk__in=goes).order_by("code")]
        paths, touched, total = paths_of(homes), set(goes), 0
        for home in homes:
            moving = Household.objects.filter(pk__in=list(goes[home.pk]), retired_at=None)
            left = dict(moving.order_by().values_list("area", "area__code").distinct())
            moved = moving.update(**paths[home.pk])
            touched |= left.keys()
            total += moved
            audit.record(
                "household.transferred", home, actor=actor, count=moved, left=sorted(left.values()), area=home.code
            )
        counting.settle(touched)
        return total


def correct(*, household: Household, new: NewHousehold, version: int, actor: Actor | None) -> Household:
    """Put right what the register says of a household, as its page showed it in `version`; the grid and code stay.

    The trail names the columns that changed, never what they held. Raises HouseholdRefused, HouseholdMoved.
    """
    with AREAS.writing():
        row = Household.objects.select_for_update(of=("self",)).get(pk=household.pk)
        if row.retired_at:
            raise HouseholdRefused(_("该户已注销，不能再改"))
        if row.version != version:
            raise HouseholdMoved(_("这一户刚刚被别人改过，请看过最新内容再改"))
        changed = _bring_in_line(row, columns_of(new))
        if changed:
            row.version += 1
            row.save(update_fields=[*changed, "version"])
            audit.record("household.corrected", row, actor=actor, code=row.code, columns=_told(changed))
        return row


def erase(*, household: Household, reason: str, actor: Actor | None) -> Household:
    """Forget who lives there: name, phone and labels; address, code and what the county counts stay."""
    with AREAS.writing():
        row = Household.objects.select_for_update(of=("self",)).get(pk=household.pk)
        blank = NewHousehold(household.area, row.address, kind=row.kind, size=row.size)
        changed = _bring_in_line(row, columns_of(blank))
        row.version += 1
        row.save(update_fields=[*changed, "version"])
        audit.record("household.erased", row, actor=actor, code=row.code, reason=reason, columns=_told(changed))
        return row


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of an import: its code or "", the grid it names (0: none), what it says of the columns WRITTEN
    (`columns_of`): all of a new household, of a known one as much as it says."""

    code: str
    area_id: int
    columns: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """What a load changed of a household: its version afterwards, and what the columns held before."""

    household_id: int
    version: int
    before: Mapping[str, Any]


@dataclass
class Loaded:
    """What `load` did with its rows: how many there are of which sort; codes of the new; what the changed held before.

    `elsewhere`: known households that a row places in another grid, by primary key; `unclear`: rows left out, since
    they may mean several households.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    codes: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    elsewhere: dict[int, int] = field(default_factory=dict)
    unclear: list[Entry] = field(default_factory=list)


def load(*, rows: Sequence[Entry], actor: Actor | None, written: Collection[str] = ()) -> Loaded:
    """Bring the register in line with `rows` of an import: what a row does not say stays; known households stay put.

    A row without a code is the household of the same door in its grid, or a new one; one with an unknown code is
    registered under it. The caller has seen to it that no two of them are the same household; `written` are codes of
    households that rows before these have written: a row that says otherwise of one is left out.
    """
    with AREAS.writing():
        homes = Area.objects.in_use().in_bulk({row.area_id for row in rows})
        paths = paths_of(homes.values())
        register = Standing(((row.code, row.area_id, row.columns.get("door", "")) for row in rows), paths)
        serials, done = _taken(rows), Loaded()
        made: list[dict[str, object]] = []
        moved: dict[tuple[str, ...], list[Household]] = defaultdict(list)
        for row in rows:
            there = register.of(row.code, row.area_id, row.columns)
            is_other = len(there) > 1 or (there and row.code and there[0].code != row.code)
            if is_other or (there and there[0].code in written and _says_more(row, there[0])):
                done.unclear.append(row)
            elif there:
                _bring_in_line_with(there[0], row, register, done, moved)
            elif not row.area_id:
                done.unclear.append(row)
            else:
                if row.area_id not in paths:
                    raise HouseholdRefused(_("“%(name)s”已停用") % {"name": Area.objects.get(pk=row.area_id)}, "area")
                done.codes.append(row.code or _serial(homes[row.area_id], serials))
                made.append({"code": done.codes[-1], **row.columns, **paths[row.area_id]})
        sql.insert(Household, made)
        for columns, group in moved.items():
            Household.objects.bulk_update(group, [*columns, "version"], batch_size=500)
        counting.settle({pk for row in made if isinstance(pk := row["area_id"], int)})
        done.added, done.changed = len(made), len(done.changes)
        done.unchanged = len(rows) - done.added - done.changed - len(done.unclear)
        if made or done.changed:
            audit.record("household.loaded", None, actor=actor, added=done.added, changed=done.changed)
        return done


def _says_more(entry: Entry, row: Household) -> bool:
    return bool(news(row, entry.columns, by_door=not entry.code))


def _bring_in_line_with(
    row: Household, entry: Entry, register: Standing, done: Loaded, moved: dict[tuple[str, ...], list[Household]]
) -> None:
    said = news(row, entry.columns, by_door=not entry.code)
    if said:
        done.changes.append(Change(row.pk, row.version + 1, {name: getattr(row, name) for name in said}))
        for name, value in said.items():
            setattr(row, name, value)
        row.version += 1
        moved[tuple(said)].append(row)
    if register.is_elsewhere(row, entry.area_id):
        done.elsewhere[row.pk] = entry.area_id


def news(row: Household, said: Mapping[str, Any], *, by_door: bool) -> dict[str, Any]:
    """What `said` of a registered household is not so yet; known `by_door`, its address is never news."""
    wanted = dict(said)
    if "address" in said and (by_door or addresses.tidy(row.address) == addresses.tidy(said["address"])):
        for name in ("address", "door", *addresses.NAMES):
            wanted.pop(name, None)
    wanted.pop("words", None)
    if wanted.keys() & {"address", "tags"}:
        wanted["words"] = words_of(wanted.get("address", row.address), wanted.get("tags", row.tags))
    return {name: wanted[name] for name in WRITTEN if name in wanted and getattr(row, name) != wanted[name]}


def restore(*, changes: Sequence[Change], actor: Actor | None) -> set[int]:
    """Give columns back what they held before a load; which households: those somebody has changed since are left."""
    with AREAS.writing():
        there = Household.objects.select_for_update(of=("self",)).filter(retired_at=None)
        rows = there.in_bulk([change.household_id for change in changes])
        groups: dict[tuple[str, ...], list[Household]] = defaultdict(list)
        for change in changes:
            row = rows.get(change.household_id)
            if row is not None and row.version == change.version:
                for name, value in change.before.items():
                    setattr(row, name, value)
                row.version += 1
                groups[tuple(change.before)].append(row)
        for columns, group in groups.items():
            Household.objects.bulk_update(group, [*columns, "version"], batch_size=500)
        done = {row.pk for group in groups.values() for row in group}
        if done:
            audit.record("household.restored_many", None, actor=actor, count=len(done))
        return done


def unregister(*, codes: Sequence[str], actor: Actor | None) -> dict[str, int]:
    """Take back what a load registered: rows that nobody has touched go, those in use are retired, others are left.

    Answers how many of each; the trail names the codes that went.
    """
    with AREAS.writing():
        there = Household.objects.select_for_update(of=("self",)).filter(code__in=codes, retired_at=None)
        fresh = list(there.filter(version=1))
        used = _in_use({row.pk for row in fresh})
        going = [row for row in fresh if row.pk not in used]
        Household.objects.filter(pk__in=used).update(retired_at=now())
        Household.objects.filter(pk__in=[row.pk for row in going]).delete()
        counting.settle({row.area_id for row in fresh})
        gone, out = [row.code for row in going], [row.code for row in fresh if row.pk in used]
        audit.record("household.unregistered_many", None, actor=actor, removed=gone, retired=out)
        return {"removed": len(going), "retired": len(used), "left": len(codes) - len(fresh)}


def _in_use(keys: set[int]) -> set[int]:
    """Those of some households on which anything hangs, in whichever app."""
    found: set[int] = set()
    for relation in Household._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel):
            name = relation.field.name
            rows = relation.related_model._base_manager.filter(**{f"{name}__in": keys})
            found |= set(rows.values_list(name, flat=True))
    return found


def _taken(rows: Sequence[Entry]) -> dict[str, int]:
    """The highest serial that the rows themselves bring, by the code of the grid."""
    taken: dict[str, int] = {}
    for row in rows:
        if code := row.code:
            taken[code[:15]] = max(taken.get(code[:15], 0), int(code[15:]))
    return taken


def _serial(area: Area, taken: dict[str, int]) -> str:
    """The next code in a grid, past what is registered and what this load has given or brings."""
    key = f"next:{area.code}"
    if key not in taken:
        taken[key] = max(int(_next_code(area)[15:]), taken.get(area.code, 0) + 1)
    serial = taken[key]
    if serial > LAST_SERIAL:
        raise HouseholdRefused(_("“%(name)s”的户编码不够用") % {"name": area.name}, "area")
    taken[key] += 1
    return f"{area.code}{serial:04d}"


WRITTEN = (
    "address", *addresses.NAMES, "door", "kind", "head_name", "head_index", "phone", "phone_index", "size", "tags",
    "is_hub", "words",
)  # fmt: skip
"""Columns that a correction or an import may change."""
FOLLOWING = frozenset({*addresses.NAMES, "door", "head_index", "phone_index", "words"})


def _bring_in_line(row: Household, wanted: Mapping[str, object]) -> list[str]:
    changed = [name for name in WRITTEN if getattr(row, name) != wanted[name]]
    for name in changed:
        setattr(row, name, wanted[name])
    return changed


def _told(changed: Iterable[str]) -> list[str]:
    """The columns a person would name; those that follow from them are left out."""
    return [name for name in changed if name not in FOLLOWING]


def retire(*, household: Household, reason: str, actor: Actor | None) -> Household:
    """Take a household out of the register (moved away, merged); the row and its code stay."""
    with AREAS.writing():
        why = _text(reason, "reason", 200)
        if not why:
            raise HouseholdRefused(_("请写明注销原因"), "reason")
        moment = now()
        if not Household.objects.filter(pk=household.pk, retired_at=None).update(retired_at=moment):
            raise HouseholdRefused(_("该户已注销"))
        row = Household.objects.select_related("area").get(pk=household.pk)
        counting.settle({row.area_id})
        audit.record("household.retired", row, actor=actor, code=row.code, reason=why)
        return row


def masked(household: Household) -> PersonalData:
    """What pages, lists and exports may show of a household's head."""
    return PersonalData(mask_name(household.head_name), mask_phone(household.phone))


def _home(area: Area) -> Area:
    return _checked(AREAS.fresh(area))


def _checked(home: Area) -> Area:
    if home.level not in GRID_LEVELS:
        raise HouseholdRefused(_("户只能登记在网格或微网格"), "area")
    if home.retired_at:
        raise HouseholdRefused(_("“%(name)s”已停用") % {"name": home.name}, "area")
    return home


def _next_code(area: Area) -> str:
    # a range, which the index of codes answers by itself; a prefix is read through from the end of the county
    mine = Household.objects.filter(code__gte=f"{area.code}0000", code__lte=f"{area.code}9999")
    last = mine.order_by("-code").values_list("code", flat=True).first()
    serial = int(last[15:]) + 1 if last else 1
    if serial > LAST_SERIAL:
        raise HouseholdRefused(_("“%(name)s”的户编码已用完") % {"name": area.name}, "area")
    return f"{area.code}{serial:04d}"


def _row(new: NewHousehold, code: str, path: Mapping[str, int]) -> Household:
    return Household(code=code, **columns_of(new), **path)


def columns_of(new: NewHousehold) -> dict[str, Any]:
    """What the columns WRITTEN hold of a household, every rule satisfied but those of its grid.

    Raises HouseholdRefused, which names the field.
    """
    address = _text(seen(new.address), "address", 120)
    if not address:
        raise HouseholdRefused(_("请填写门牌"), "address")
    phone = dialled(new.phone)
    if phone and not PHONE.match(phone):
        raise HouseholdRefused(_("电话须为 5 至 15 位数字"), "phone")
    if not 1 <= new.size <= MOST_PEOPLE:
        raise HouseholdRefused(_("人口须在 1 到 %(n)d 之间") % {"n": MOST_PEOPLE}, "size")
    if new.kind not in KINDS:
        raise HouseholdRefused(_("没有这种户别"), "kind")
    head_name = _text(seen(new.head_name), "head_name", 40)
    tags = [_text(tag, "tags", 20) for tag in new.tags]
    return {
        "address": address,
        **addresses.with_door(address),
        "kind": new.kind,
        "head_name": head_name,
        "head_index": name_key(head_name),
        "phone": phone,
        "phone_index": phone_key(phone),
        "size": new.size,
        "tags": tags,
        "is_hub": new.is_hub,
        "words": words_of(address, tags),
    }


def _text(text: str, name: str, most: int) -> str:
    clean = text.strip()
    if len(clean) > most:
        raise HouseholdRefused(_("不能超过 %(n)d 个字") % {"n": most}, name)
    if not is_clean(clean, multiline=False):
        raise HouseholdRefused(_("含有无法保存的控制字符"), name)
    return clean
