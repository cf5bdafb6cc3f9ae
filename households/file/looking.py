"""Personal data in full: for a stated reason, on the trail, so many households a day; not once consent is withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import DomainError, NotNow
from core.races import throttle
from core.trust import audit
from core.web import reveal
from grids.models import Household
from households.file.actions import is_withdrawn
from households.models import GuardedTag, Resident
from households.rules import REVEALS_A_DAY
from members.models import User


class TooManyLooks(DomainError):
    """The day's number of households is spent."""

    status = 429
    code = "reveal_cap"


@dataclass(frozen=True)
class Shown:
    """What one look shows, until the page is left."""

    head_name: str
    phone: str
    residents: dict[int, tuple[str, str]]


def look(*, household: Household, reason: str, user: User) -> Shown:
    """Name and phone of everybody in a household. Raises NotNow, TooManyLooks; both leave the data where they are."""
    if is_withdrawn(household):
        raise NotNow(_("这一户已撤回同意，个人信息不再使用"))
    try:
        return _looked(household, reason, user)
    except throttle.TooMany as spent:
        with transaction.atomic():
            audit.record("household.reveal_capped", household, actor=user, code=household.code)
        raise TooManyLooks(
            _("今天已查看 %(n)d 户的个人信息，到了每日上限；确有需要请明天再看，或由同事查看") % {"n": REVEALS_A_DAY}
        ) from spent


@transaction.atomic
def _looked(household: Household, reason: str, user: User) -> Shown:
    throttle.take(f"reveal:{user.pk}", limit=REVEALS_A_DAY, per=timedelta(days=1))
    reveal.record("household.revealed", household, actor=user, reason=reason, code=household.code)
    people = Resident.objects.filter(household=household)
    return Shown(household.head_name, household.phone, {row.pk: (row.name, row.phone) for row in people})


def note_labels(household: Household, labels: Sequence[GuardedTag], user: User) -> None:
    """Put on the trail that guarded labels of a household are shown to `user`; which ones, the trail does not say."""
    if labels:
        audit.record("household.guarded_read", household, actor=user, code=household.code, count=len(labels))


def note_labelled(kind: str, user: User) -> None:
    """Put on the trail that `user` is shown which households have a guarded label."""
    if kind:
        audit.record("household.guarded_listed", None, actor=user)
