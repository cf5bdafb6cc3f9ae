"""The kinds of notices that list versions send: one for each event that somebody is told of."""

from django.utils.translation import gettext_lazy

from notices import kinds

TURNS = {
    "submitted": gettext_lazy("清单送审，请贵部门审核"),
    "approved": gettext_lazy("清单已由各部门审定，请定施行日"),
    "sent_back": gettext_lazy("清单被退回修改"),
}
PROGRESS = {
    "withdrawn": gettext_lazy("清单已撤回，不用再审"),
    "published": gettext_lazy("清单已发布，待施行"),
    "in_force": gettext_lazy("清单今日起施行"),
}

TODO = {
    "submitted": gettext_lazy("请审核：同意，或写明理由退回"),
    "approved": gettext_lazy("清单管理员请定施行日并发布"),
    "sent_back": gettext_lazy("清单管理员请按意见修改后再送审"),
    "in_force": gettext_lazy("今天起的新件按这一版派，在办的件仍按原来的版本"),
}
"""What is to be done after it, where anything is."""


def kind_of(event: str) -> str:
    return f"list_{event}"


def all_kinds() -> list[kinds.Kind]:
    """What hooks add to `notices.extensions.KINDS`."""
    turns = kinds.of(kinds.TURN, {kind_of(event): label for event, label in TURNS.items()})
    return turns + kinds.of(kinds.PROGRESS, {kind_of(event): label for event, label in PROGRESS.items()})
