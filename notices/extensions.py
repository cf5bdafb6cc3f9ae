"""What higher floors add to notices: kinds of what there is to be told of, and further ways out of the house."""

from operator import attrgetter

from django.utils.translation import gettext_lazy as _

from core.registry import Registry
from notices.kinds import OTHER, Kind
from notices.outgoing.channels import Channel

KINDS: Registry[Kind] = Registry("kinds of notices", key=attrgetter("name"))
"""Each in one group only; built with `notices.kinds.of`. A kind that nobody added counts as OTHER."""
CHANNELS: Registry[Channel] = Registry("channels", key=attrgetter("name"))
"""The inbox is none of them: its row is written first and always. A text message or a work chat would be."""


def kind_of(name: str) -> Kind:
    """The kind of this name; one that nobody added is simply a message."""
    return KINDS.get(name) or Kind(name, _("消息"), OTHER)


def personal_channels() -> list[Channel]:
    """The channels that people choose for themselves."""
    return [channel for channel in CHANNELS if channel.is_personal]
