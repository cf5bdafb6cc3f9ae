"""Tell people what a step of a list version means for them. Runs from the outbox; once by key."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.jobs.outbox import handles
from duties.approving.actions import IN_FORCE, TOLD
from duties.kinds import PROGRESS, TODO, TURNS, kind_of
from duties.lists.addresses import url_of
from duties.lists.approvers import signers
from duties.lists.queries import current
from duties.models import Approval, ListVersion
from members.models import Department, Post
from members.roles import Role
from notices import inbox
from notices.kinds import NOTHING_TO_DO


@handles(TOLD, label=gettext_lazy("告知清单审核进展"))
def told(payload: dict[str, object]) -> None:
    """Whose turn it is now, or how it ended."""
    event, version = str(payload["event"]), _version(payload)
    round_told = int(str(payload["round"]))
    asked = {approval.department for approval in _asked(version, round_told)}
    people = _signers(asked) if event in ("submitted", "withdrawn") else _admins()
    if event == "published":
        people |= _signers(asked)
    _send(version, people, event, f"{round_told}")


@handles(IN_FORCE, label=gettext_lazy("告知清单施行"))
def in_force(payload: dict[str, object]) -> None:
    """On its first day, unless a later version has overtaken it."""
    version = _version(payload)
    found = current(version.duty_list.kind)
    if found is not None and found.pk == version.pk:
        asked = {approval.department for approval in _asked(version, version.round)}
        _send(version, _admins() | _signers(asked), "in_force", "")


def _version(payload: dict[str, object]) -> ListVersion:
    return ListVersion.objects.select_related("duty_list").get(pk=int(str(payload["version"])))


def _asked(version: ListVersion, round_told: int) -> Iterable[Approval]:
    return version.approvals.filter(round=round_told).select_related("department")


def _signers(departments: Iterable[Department]) -> set[int]:
    return set(signers(departments).values_list("user_id", flat=True))


def _admins() -> set[int]:
    held = Post.objects.held().filter(role=Role.LIST_ADMIN, user__is_active=True)
    return set(held.values_list("user_id", flat=True))


def _send(version: ListVersion, people: Iterable[int], event: str, key: str) -> None:
    text = str((TURNS | PROGRESS)[event])
    if event == "published" and version.starts_on:
        text = _("%(text)s（%(day)s起）") % {"text": text, "day": f"{version.starts_on:%-m月%-d日}"}
    inbox.send(
        user_ids=people,
        kind=kind_of(event),
        state=version.get_state_display(),
        text=text,
        place=f"{version.duty_list.name}{version}",
        todo=str(TODO.get(event, NOTHING_TO_DO)),
        url=url_of("review", version),
        key=f"list:{version.pk}:{event}:{key}",
    )
