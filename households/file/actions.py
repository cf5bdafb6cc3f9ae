"""The only writer of what is in a household's file beside the register itself: residents, guarded labels, needs,
consent. Each act is on the trail, by codes and kinds, never by what was written.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import NotNow, NotYours, Refused
from core.text import is_clean, seen
from core.trust import audit
from core.trust.keys import dialled, name_key, phone_key
from grids.households import PHONE
from grids.models import Household
from households.file.tags import guarded_key
from households.models import Consent, GuardedTag, Need, Resident
from households.people import EDITORS, guarded_kinds, require
from households.rules import MOST_RESIDENTS, NOTICE_VERSION
from members.models import User

NAME_LENGTH, TEXT_LENGTH = 40, 500
YEARS = range(1900, 2101)


class FileRefused(Refused):
    """What cannot be written this way; `field` names the form field."""

    code = "file_refused"

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Person:
    """What a household's file says of one resident."""

    name: str
    phone: str = ""
    relation: str = Resident.Relation.OTHER
    birth_year: int | None = None


def add_resident(*, household: Household, person: Person, user: User) -> Resident:
    with transaction.atomic():
        home = _open_file(household, user)
        if Resident.objects.filter(household=home).count() >= MOST_RESIDENTS:
            raise FileRefused(_("一户最多登记 %(n)d 人") % {"n": MOST_RESIDENTS})
        row = resident_row(home, person, clock.now())
        row.save(force_insert=True)
        audit.record("household.resident_added", home, actor=user, code=home.code, resident=row.pk)
    return row


def change_resident(*, resident: Resident, person: Person, user: User) -> Resident:
    with transaction.atomic():
        home = _open_file(resident.household, user)
        row = resident_row(home, person, resident.created_at)
        row.pk = resident.pk
        row.save(force_update=True)
        audit.record("household.resident_changed", home, actor=user, code=home.code, resident=row.pk)
    return row


def remove_resident(*, resident: Resident, user: User) -> None:
    with transaction.atomic():
        home = _open_file(resident.household, user)
        if not Resident.objects.filter(pk=resident.pk).delete()[0]:
            raise FileRefused(_("此人已不在该户"))
        audit.record("household.resident_removed", home, actor=user, code=home.code, resident=resident.pk)


def resident_row(household: Household, person: Person, at: datetime) -> Resident:
    """An unsaved resident that satisfies every rule. Raises FileRefused."""
    name, phone = text(seen(person.name), "name", NAME_LENGTH), dialled(person.phone)
    if not name:
        raise FileRefused(_("请填写姓名"), "name")
    if phone and not PHONE.match(phone):
        raise FileRefused(_("电话须为 5 至 15 位数字"), "phone")
    if person.relation not in Resident.Relation.values:
        raise FileRefused(_("没有这种关系"), "relation")
    if person.birth_year is not None and person.birth_year not in YEARS:
        raise FileRefused(_("出生年应为四位年份"), "birth_year")
    return Resident(
        household=household,
        name=name,
        name_index=name_key(name),
        phone=phone,
        phone_index=phone_key(phone),
        relation=person.relation,
        birth_year=person.birth_year,
        created_at=at,
    )


def set_guarded(*, household: Household, kinds: set[str], user: User) -> None:
    """Set exactly `kinds` of the guarded labels that `user` may know of; others stay as they are."""
    allowed = guarded_kinds(user, household)
    if not allowed or kinds - set(allowed):
        raise NotYours(_("您的岗位不能设置这类标签"))
    with transaction.atomic():
        home = Household.objects.select_for_update(of=("self",)).get(pk=household.pk)
        mine = GuardedTag.objects.filter(household=home, kind_index__in=[guarded_key(kind) for kind in allowed])
        before = {tag.kind for tag in mine}
        mine.filter(kind_index__in=[guarded_key(kind) for kind in before - kinds]).delete()
        for kind in sorted(kinds - before):
            GuardedTag.objects.create(
                household=home, kind=kind, kind_index=guarded_key(kind), set_by=user, set_at=clock.now()
            )
        if before != kinds:  # which, only those who may know of them see in the file
            audit.record("household.guarded_changed", home, actor=user, code=home.code, count=len(kinds))


def note_need(*, household: Household, words: str, user: User) -> Need:
    """Write down a need for which nobody has to come; one that has to be handled comes of a visit."""
    with transaction.atomic():
        home = _open_file(household, user)
        said = text(words, "text", TEXT_LENGTH, multiline=True)
        if not said:
            raise FileRefused(_("请写明是什么事"), "text")
        need = Need.objects.create(household=home, text=said, found_by=user, found_at=clock.now())
        audit.record("household.need_noted", home, actor=user, code=home.code, need=need.pk)
    return need


def end_need(*, need: Need, state: str, outcome: str, user: User) -> Need:
    """Say what came of a need without a ticket; one with a ticket ends with it."""
    with transaction.atomic():
        home = _open_file(need.household, user)
        row = Need.objects.select_for_update(of=("self",)).get(pk=need.pk)
        if row.ticket_id:
            raise NotNow(_("这件事有工单，结果以工单为准"))
        if row.state != Need.State.OPEN:
            raise NotNow(_("这件事已有结果"))
        if state not in (Need.State.SOLVED, Need.State.EXPLAINED):
            raise FileRefused(_("请从给出的选项中选择"), "state")
        said = text(outcome, "outcome", TEXT_LENGTH, multiline=True)
        if not said:
            raise FileRefused(_("请写明结果"), "outcome")
        row.state, row.outcome, row.ended_at = state, said, clock.now()
        row.save(update_fields=["state", "outcome", "ended_at"])
        audit.record("household.need_ended", home, actor=user, code=home.code, need=row.pk, state=state)
    return row


def note_consent(*, household: Household, state: str, user: User) -> Consent:
    """That the household was told about its data, agreed, or took its agreement back."""
    with transaction.atomic():
        home = _open_file(household, user)
        if state not in Consent.State.values:
            raise FileRefused(_("请从给出的选项中选择"), "state")
        row = Consent.objects.create(household=home, version=NOTICE_VERSION, state=state, by=user, at=clock.now())
        audit.record("household.consent", home, actor=user, code=home.code, state=state, version=row.version)
    return row


def consent_of(household: Household) -> Consent | None:
    """The last word of the household on its data."""
    return Consent.objects.filter(household=household).select_related("by").order_by("-pk").first()


def is_withdrawn(household: Household) -> bool:
    """Whether the household has taken back its agreement: its personal data are then not used."""
    last = consent_of(household)
    return last is not None and last.state == Consent.State.WITHDRAWN


def _open_file(household: Household, user: User) -> Household:
    """The household, locked, for somebody who keeps its file."""
    home = Household.objects.select_for_update(of=("self",)).get(pk=household.pk)
    require(user, home, EDITORS, _("您的岗位不能修改这一户的档案"))
    if home.retired_at:
        raise NotNow(_("该户已注销，不能再改"))
    return home


def text(given: str, field: str, most: int, *, multiline: bool = False) -> str:
    clean = given.strip()
    if len(clean) > most:
        raise FileRefused(_("不能超过 %(n)d 个字") % {"n": most}, field)
    if not is_clean(clean, multiline=multiline):
        raise FileRefused(_("含有无法保存的控制字符"), field)
    return clean
