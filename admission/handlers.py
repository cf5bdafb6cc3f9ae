"""Tell people of steps, remind them in time, and end what time ends. Runs from the outbox; once by key.

A notice about a report never says who made it. Every handler asks again whether what it was set for still holds.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admission import transitions
from admission.applications import actions
from admission.kinds import PREFIX
from admission.library import actions as policies
from admission.models import Admission, Asked, Policy, PushedTask
from admission.models.application import TOWN_VOICES
from admission.models.base import MovingEvent
from admission.people import silent_codes, staff_of
from admission.pushed import actions as ledger
from admission.workflow import application_table, pushed_table
from admission.workflow.rules import IDLE_AFTER, JOINT_CODES, LEGAL_CODES, OFFICE_CODES, OWNER_CODES
from core import clock
from core.jobs.outbox import handles
from core.process.transitions import HANDED_OVER, OPENED
from grids.levels import Level
from grids.models import Area
from issues.models import Ticket
from members.models import Post
from members.roles import Role
from notices import inbox
from notices.kinds import NOTHING_TO_DO, until

A, B = application_table.Audience, pushed_table.Audience


# ---- steps ---------------------------------------------------------------------------------------------------------
@handles(transitions.NOTIFY, label=gettext_lazy("准入和转嫁反映的消息"))
def notify(payload: dict[str, object]) -> None:
    """Send the notices of one event."""
    process = transitions.process_of(payload)
    event: Any = process.log._default_manager.get(pk=int(str(payload["event"])))
    row = getattr(event, process.subject)
    text = _("%(verb)s：%(what)s") % {"verb": process.verb(event.action), "what": _called(row)}
    people = _told_admission(row, event) if isinstance(row, Admission) else _told_task(row, event)
    _send(row, people - {event.actor_id}, event.action, text, f"{event.version}")


def _told_admission(row: Admission, event: MovingEvent) -> set[int]:
    if event.action == HANDED_OVER:
        return staff_of([row.department.code]) | set(event.data.get("workers", ()))
    if event.action == OPENED:
        opener = {row.opened_by_id} if row.state == application_table.State.REFUSED else set()
        leaders = _leaders() if row.state == application_table.State.WAITING else set()
        return staff_of(OFFICE_CODES) | opener | leaders
    audiences = set(application_table.TABLE.by_name[event.action].tell)
    if event.action in ("pass_law", "agree") and row.state == event.to_state != event.from_state:
        audiences |= {A.JOINT, A.APPLICANT} if event.action == "pass_law" else {A.APPLICANT}
    found: set[int] = set()
    if A.APPLICANT in audiences:
        found |= {row.opened_by_id} | staff_of([row.department.code])
    duties = ((A.OFFICE, OFFICE_CODES), (A.LEGAL, LEGAL_CODES), (A.JOINT, JOINT_CODES))
    for audience, codes in duties:
        if audience in audiences:
            found |= staff_of(codes)
    if A.ASKED in audiences:
        found |= set(event.data.get("workers", ())) | _voices(event.data.get("towns", ()))
    if A.TOWNS in audiences:
        found |= _voices(_touched(row))
    return found


def _told_task(row: PushedTask, event: MovingEvent) -> set[int]:
    if event.action == HANDED_OVER:
        return staff_of([row.department.code])
    usual = (B.OWNER, B.REPORTED) if event.action == OPENED else pushed_table.TABLE.by_name[event.action].tell
    found: set[int] = set()
    if B.REPORTER in usual:
        found.add(row.reporter_id)
    if B.OWNER in usual:
        found |= staff_of([code for code in OWNER_CODES if code != row.department.code])
    if B.REPORTED in usual:
        found |= staff_of([row.department.code])
    if B.LEADER in usual:
        found |= _leaders()
    return found


def _touched(row: Admission) -> list[int]:
    towns = list(row.townships.values_list("pk", flat=True))
    return towns or list(Area.objects.in_use().filter(level=Level.TOWNSHIP).values_list("pk", flat=True))


def _voices(towns: Iterable[int]) -> set[int]:
    held = Post.objects.held().filter(role__in=TOWN_VOICES, area__in=list(towns), user__is_active=True)
    return set(held.values_list("user_id", flat=True))


def _leaders() -> set[int]:
    held = Post.objects.held().filter(role=Role.COUNTY_LEADER, user__is_active=True)
    return set(held.values_list("user_id", flat=True))


# ---- limits --------------------------------------------------------------------------------------------------------
@handles(transitions.LIMIT, label=gettext_lazy("准入和转嫁反映的期限"))
def limit(payload: dict[str, object]) -> None:
    """A limit comes near or is over: remind those whose move it is; some limits end what they were set for."""
    row = transitions.process_of(payload).model._default_manager.get(pk=int(str(payload["pk"])))
    if row.due_at is None or row.due_at.isoformat() != payload["due"]:
        return
    is_over = bool(payload["is_over"])
    if is_over and row.state == application_table.State.EXITING and isinstance(row, Admission):
        actions.PROCESS.apply(row.pk, "drop_unbased", user=None)
    elif is_over and row.state == pushed_table.State.ANSWERED and isinstance(row, PushedTask):
        ledger.PROCESS.apply(row.pk, "stand", user=None)
    else:
        people = _awaited(row, is_over) if isinstance(row, Admission) else _awaited_on(row, is_over)
        word = _("已超期") if is_over else _("快到期")
        text = _("%(state)s%(word)s：%(what)s") % {"state": row.info.label, "word": word, "what": _called(row)}
        _send(row, people, "overdue" if is_over else "due_soon", text, f"{payload['due']}:{int(is_over)}")


@handles(transitions.RECKON, label=gettext_lazy("准入和转嫁反映按工作日重算期限"))
def reckon(payload: dict[str, object]) -> None:
    """The limits that the calendar's change touches."""
    days = date.fromisoformat(str(payload["first"])), date.fromisoformat(str(payload["last"]))
    transitions.reckon(transitions.process_of(payload), *days)


def _awaited(row: Admission, is_over: bool) -> set[int]:
    """Whose move it is; when it is late, the keepers of the gate as well."""
    office = staff_of(OFFICE_CODES) if is_over else set[int]()
    if row.state == application_table.State.CONSULTING:
        silent = Asked.objects.filter(admission=row, answered_at=None)
        towns = list(silent.filter(user=None).values_list("township", flat=True))
        return office | _voices(towns) | {pk for pk in silent.values_list("user", flat=True) if pk is not None}
    if row.state == application_table.State.EXITING:
        return office | staff_of([row.department.code])
    return office | staff_of(silent_codes(row))


def _awaited_on(row: PushedTask, is_over: bool) -> set[int]:
    if row.state == pushed_table.State.ANSWERED:
        return {row.reporter_id}
    if row.state == pushed_table.State.DISPUTED:
        return _leaders()
    owners = staff_of([code for code in OWNER_CODES if code != row.department.code])
    return owners | (_leaders() if is_over else set())


# ---- what time ends ------------------------------------------------------------------------------------------------
@handles(actions.SUNSET, label=gettext_lazy("准入事项日落"))
def sunset(payload: dict[str, object]) -> None:
    """End what has come to its day, unless it has ended or got another day."""
    row = Admission.objects.get(pk=int(str(payload["pk"])))
    if row.is_in_force and str(row.ends_on) == payload["on"] and row.ends_on and row.ends_on < clock.today():
        actions.PROCESS.apply(row.pk, "expire", user=None)


@handles(actions.SUNSET_NEAR, label=gettext_lazy("准入事项临近日落"))
def sunset_near(payload: dict[str, object]) -> None:
    """Ask the department whether it wants a renewal."""
    row = Admission.objects.get(pk=int(str(payload["pk"])))
    if row.is_in_force and row.ends_on and str(row.ends_on) == payload["on"]:
        text = _("%(day)s 日落：%(what)s") % {"day": f"{row.ends_on:%-m月%-d日}", "what": _called(row)}
        todo = until(_("还要继续的，主办部门请申请续期"), row.ends_on)
        _send(row, staff_of([row.department.code]), "sunset_near", text, f"near:{payload['on']}", todo)


@handles(actions.IDLE, label=gettext_lazy("准入事项是否用到"))
def idle(payload: dict[str, object]) -> None:
    """End what nobody has needed for a year; look again a year after its last use."""
    row = Admission.objects.get(pk=int(str(payload["pk"])))
    if row.state != application_table.State.IN_FORCE:
        return
    last = _last_use(row) or clock.local(row.in_force_at or row.opened_at).date()
    if last + IDLE_AFTER >= clock.today():
        actions.enqueue_idle(row, last)
    else:
        actions.PROCESS.apply(row.pk, "drop_idle", user=None)


def _last_use(row: Admission) -> date | None:
    """The last day on which it was recorded as used, or on which a ticket was placed under its line."""
    days = [row.last_used_on]
    if row.item_code:
        newest = Ticket.objects.filter(item__code=row.item_code).order_by("-placed_at").first()
        days.append(clock.local(newest.placed_at).date() if newest else None)
    return max((day for day in days if day), default=None)


@handles(policies.ENDED, label=gettext_lazy("政策文件失效"))
def policy_ended(payload: dict[str, object]) -> None:
    """A document holds no more: what rests on it alone begins to leave."""
    policy = Policy.objects.get(pk=int(str(payload["policy"])))
    if str(policy.over_on) == payload["on"]:
        actions.lose_basis(policy)


# ---- notices -------------------------------------------------------------------------------------------------------
PAGES = {Admission: "admission:detail", PushedTask: "admission:pushed"}


def _called(row: Admission | PushedTask) -> str:
    """What is asked of grids, or from which department a report says that it was pushed down; never its words."""
    return row.title if isinstance(row, Admission) else _("来自%(department)s的任务") % {"department": row.department}


def _where(row: Admission | PushedTask) -> str:
    place = row.department if isinstance(row, Admission) else row.township.short_name
    return f"{place} · {row.number} · {row.info.label}"


def _todo(row: Admission | PushedTask) -> str:
    return until(row.info.todo, row.due_at) if row.info.todo else str(NOTHING_TO_DO)


def _send(
    row: Admission | PushedTask, people: Iterable[int | None], name: str, text: str, key: str, todo: str = ""
) -> None:
    prefix = PREFIX[type(row)]
    inbox.send(
        user_ids=[pk for pk in people if pk is not None],
        kind=f"{prefix}_{name}",
        number=row.number,
        state=str(row.info.label),
        text=text,
        place=_where(row),
        todo=todo or _todo(row),
        url=reverse(PAGES[type(row)], args=[row.pk]),
        key=f"{prefix}:{row.pk}:{key}",
    )
