"""What there is to be told of: kinds of notices in groups that a person understands.

Higher floors register their kinds when they start (`register`); a kind that nobody registered counts as OTHER.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from core.text import Text
from notices.models import Mode


@dataclass(frozen=True)
class Group:
    """Kinds that one choice stands for; `default` is the mode of who has not chosen."""

    key: str
    label: Text
    hint: Text
    default: Mode


@dataclass(frozen=True)
class Kind:
    """One kind of notice."""

    name: str
    label: Text
    group: Group


TURN = Group("turn", _("轮到我办"), _("派来、退回、要我受理、核查或批准的"), Mode.AT_ONCE)
TIME = Group("time", _("临期与超期"), _("时限过半、快到期、已超期"), Mode.AT_ONCE)
SUPERVISION = Group("supervision", _("督办"), _("催办、督办单和回复"), Mode.AT_ONCE)
PROGRESS = Group("progress", _("进展"), _("领办、报到、配合、延期和挂账的答复"), Mode.OFF)
RESULT = Group("result", _("结果"), _("办结核查、销号、不予受理、评哨"), Mode.DIGEST)
OTHER = Group("other", _("其他"), _("系统和其他提醒"), Mode.DIGEST)
GROUPS: dict[str, Group] = {g.key: g for g in (TURN, TIME, SUPERVISION, PROGRESS, RESULT, OTHER)}
"""In the order of the settings page."""

KINDS: dict[str, Kind] = {}
MAX_NAME = 24


def register(group: Group, labels: Mapping[str, Text]) -> None:
    """Add kinds (name -> label) to a group; a kind belongs to one group only."""
    for name, label in labels.items():
        known = KINDS.setdefault(name, Kind(name, label, group))
        if known.group != group or len(name) > MAX_NAME:
            raise ValueError(f"kind {name!r} cannot be registered for {group.key!r}")


def kind_of(name: str) -> Kind:
    """The kind of this name; one that nobody registered is simply a message."""
    return KINDS.get(name) or Kind(name, _("消息"), OTHER)
