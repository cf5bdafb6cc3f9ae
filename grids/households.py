"""The only writer of households.

Every verb works inside the area tree's lock, so a household never lands in a grid that is being
retired and the counts of `grids.counting` stay exact. Names and phones are encrypted at rest and
masked on screen; `reveal` is the only way to read them and leaves a trace.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from core import audit
from core.audit import Actor
from core.clock import now
from core.errors import Refused
from core.privacy import blind_index, mask_name, mask_phone
from core.text import is_clean
from grids import counting
from grids.levels import GRID_LEVELS
from grids.models import Area, Household
from grids.scope import path_of
from grids.tree import AREAS

LAST_SERIAL = 9999
MOST_PEOPLE = 99
PHONE = re.compile(r"\+?\d{5,15}\Z", re.ASCII)
BATCH = 2000


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
        counting.settle(home)
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


def transfer(*, households: Iterable[Household], area: Area, actor: Actor | None) -> int:
    """Move households to another grid; their codes stay. Returns how many moved."""
    with AREAS.writing():
        home = _home(area)
        moving = Household.objects.filter(pk__in=[h.pk for h in households], retired_at=None)
        left = list(Area.objects.filter(pk__in=moving.values("area")))
        moved = moving.update(**path_of(home))
        for place in (*left, home):
            counting.settle(place)
        audit.record(
            "household.transferred", home, actor=actor, count=moved, left=[place.code for place in left], area=home.code
        )
        return moved


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
        counting.settle(row.area)
        audit.record("household.retired", row, actor=actor, code=row.code, reason=why)
        return row


def reveal(*, household: Household, reason: str, actor: Actor) -> PersonalData:
    """The unmasked name and phone, for a stated reason (2 to 200 characters) that the audit trail keeps."""
    why = _text(reason, "reason", 200)
    if len(why) < 2:
        raise HouseholdRefused(_("请写明查看原因"), "reason")
    audit.record("household.revealed", household, actor=actor, code=household.code, reason=why)
    return PersonalData(household.head_name, household.phone)


def masked(household: Household) -> PersonalData:
    """What pages, lists and exports may show of a household's head."""
    return PersonalData(mask_name(household.head_name), mask_phone(household.phone))


def phone_key(phone: str) -> str:
    """The blind index by which a household is found from a phone number, however it is written."""
    return blind_index(re.sub(r"[^0-9]", "", phone))


def _home(area: Area) -> Area:
    home = AREAS.fresh(area)
    if home.level not in GRID_LEVELS:
        raise HouseholdRefused(_("户只能登记在网格或微网格"), "area")
    if home.retired_at:
        raise HouseholdRefused(_("“%(name)s”已停用") % {"name": home.name}, "area")
    return home


def _next_code(area: Area) -> str:
    last = Household.objects.filter(code__startswith=area.code).order_by("-code").values_list("code", flat=True).first()
    serial = int(last[15:]) + 1 if last else 1
    if serial > LAST_SERIAL:
        raise HouseholdRefused(_("“%(name)s”的户编码已用完") % {"name": area.name}, "area")
    return f"{area.code}{serial:04d}"


def _row(new: NewHousehold, code: str, path: dict[str, int]) -> Household:
    address = _text(new.address, "address", 120)
    if not address:
        raise HouseholdRefused(_("请填写门牌"), "address")
    phone = re.sub(r"[\s-]", "", new.phone)
    if phone and not PHONE.match(phone):
        raise HouseholdRefused(_("电话须为 5 至 15 位数字"), "phone")
    if not 1 <= new.size <= MOST_PEOPLE:
        raise HouseholdRefused(_("人口须在 1 到 %(n)d 之间") % {"n": MOST_PEOPLE}, "size")
    return Household(
        code=code,
        address=address,
        head_name=_text(new.head_name, "head_name", 40),
        phone=phone,
        phone_index=phone_key(phone),
        size=new.size,
        tags=[_text(tag, "tags", 20) for tag in new.tags],
        is_hub=new.is_hub,
        **path,
    )


def _text(text: str, name: str, most: int) -> str:
    clean = text.strip()
    if len(clean) > most:
        raise HouseholdRefused(_("不能超过 %(n)d 个字") % {"n": most}, name)
    if not is_clean(clean, multiline=False):
        raise HouseholdRefused(_("含有无法保存的控制字符"), name)
    return clean
