"""What there is to be told of: kinds of notices in groups that a person understands.

Which kinds there are stands in `notices.extensions.KINDS`; every app adds its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.clock import local
from core.text import Text
from notices.models import Mode

MAX_NAME = 24
NOTHING_TO_DO = _("供您了解，不用处理")
"""The `todo` of what only has to be known."""


@dataclass(frozen=True)
class Group:
    """Kinds that one choice stands for; `default` is the mode of who has not chosen."""

    key: str
    label: Text
    hint: Text
    default: Mode


@dataclass(frozen=True)
class Kind:
    """One kind of notice; `name` stands in a column of MAX_NAME characters."""

    name: str
    label: Text
    group: Group

    def __post_init__(self) -> None:
        if len(self.name) > MAX_NAME:
            raise ValueError(f"the name of kind {self.name!r} is too long")


TURN = Group("turn", _("轮到我办"), _("派来、退回、要我受理、核查或批准的"), Mode.AT_ONCE)
TIME = Group("time", _("临期与超期"), _("时限过半、快到期、已超期"), Mode.AT_ONCE)
SUPERVISION = Group("supervision", _("督办"), _("催办、督办单和回复"), Mode.AT_ONCE)
PROGRESS = Group("progress", _("进展"), _("领办、报到、配合、延期和挂账的答复"), Mode.OFF)
RESULT = Group("result", _("结果"), _("办结核查、销号、不予受理、评哨"), Mode.DIGEST)
OTHER = Group("other", _("其他"), _("系统和其他提醒"), Mode.DIGEST)
GROUPS: dict[str, Group] = {g.key: g for g in (TURN, TIME, SUPERVISION, PROGRESS, RESULT, OTHER)}
"""In the order of the settings page."""


def of(group: Group, labels: Mapping[str, Text]) -> list[Kind]:
    """The kinds with these names and labels, all of one group; to be added to `notices.extensions.KINDS`."""
    return [Kind(name, label, group) for name, label in labels.items()]


def until(what: Text, end: datetime | date | None) -> str:
    """What to do and until when; a day is told without 今天, since a notice may be read tomorrow."""
    if end is None:
        return str(what)
    day = f"{local(end):%-m月%-d日 %H:%M}" if isinstance(end, datetime) else f"{end:%-m月%-d日}"
    return gettext("%(what)s，%(day)s前") % {"what": what, "day": day}
