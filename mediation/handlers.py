"""Tell people what a step of a dispute means for them, and remind them in time. Runs from the outbox; once by key.

A notice names the dispute by its number and kind, never a party.
"""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.jobs.outbox import handles
from core.process.transitions import HANDED_OVER, OPENED
from mediation.engine.actions import FOLLOW_UP_DUE, NOTIFY, PROCESS, SITTING_NEAR
from mediation.kinds import kind_of
from mediation.models import Dispute, DisputeEvent, Mediator
from mediation.workflow.rules import Risk
from mediation.workflow.table import BY_NAME, Audience, State
from members.models import Post
from members.roles import Role
from notices import inbox
from notices.kinds import NOTHING_TO_DO

A = Audience
AREA_ROLES = {A.SECRETARY: Role.VILLAGE_SECRETARY, A.TOWN_LEADERS: Role.TOWNSHIP_LEADER}


@handles(NOTIFY, label=gettext_lazy("矛盾调解的消息"))
def notify(payload: dict[str, object]) -> None:
    """Send the notices of one event."""
    event = DisputeEvent.objects.select_related("dispute").get(pk=int(str(payload["event"])))
    dispute = event.dispute
    people = recipients(dispute, _audiences(event)) - {event.actor_id}
    volatile = event.data.get("risk") == Risk.VOLATILE
    _send(dispute, people, event.action, _text(event), f"{event.version}", urgent=volatile)


@handles(SITTING_NEAR, label=gettext_lazy("调解提醒"))
def sitting_near(payload: dict[str, object]) -> None:
    """Remind the mediators of a sitting, unless it has been moved or is no longer needed."""
    dispute = Dispute.objects.get(pk=int(str(payload["dispute"])))
    if dispute.next_at is None or dispute.next_at.isoformat() != payload["at"]:
        return
    day = f"{clock.local(dispute.next_at):%-m月%-d日 %H:%M}"  # not 今天: a notice may be read tomorrow
    text = _("调解提醒：%(kind)s纠纷，%(when)s 开始") % {"kind": dispute.get_kind_display(), "when": day}
    todo = _("请准时到场，调解后记录")
    _send(dispute, recipients(dispute, (A.MEDIATORS,)), "sitting_near", text, f"sitting:{payload['at']}", todo=todo)


@handles(FOLLOW_UP_DUE, label=gettext_lazy("协议回访到期提醒"))
def follow_up_due(payload: dict[str, object]) -> None:
    """Say that a follow-up is due, unless it has been made or put off."""
    dispute = Dispute.objects.get(pk=int(str(payload["dispute"])))
    if dispute.state != State.AGREED or str(dispute.follow_up_on) != payload["on"]:
        return
    text = _("协议回访到期：%(kind)s纠纷") % {"kind": dispute.get_kind_display()}
    todo = _("请今天回访，看协议履行了没有")
    people = recipients(dispute, (A.MEDIATORS, A.SECRETARY))
    _send(dispute, people, "follow_up_due", text, f"follow_up:{payload['on']}", todo=todo)


def recipients(dispute: Dispute, audiences: Iterable[Audience]) -> set[int]:
    """The people of `audiences` on a dispute today."""
    wanted = set(audiences)
    found: set[int] = set()
    if A.MEDIATORS in wanted:
        mine = Mediator.objects.filter(dispute=dispute, user__is_active=True)
        found |= {pk for pk in mine.values_list("user_id", flat=True) if pk is not None}
    if A.OPENER in wanted:
        found.add(dispute.opened_by_id)
    held = Post.objects.held().filter(user__is_active=True)
    roles = [role for audience, role in AREA_ROLES.items() if audience in wanted]
    if roles:
        found |= set(held.filter(role__in=roles, area__in=dispute.path_ids).values_list("user_id", flat=True))
    if A.RECEIVER in wanted and dispute.transferred_to_id:
        found |= set(held.filter(department=dispute.transferred_to_id).values_list("user_id", flat=True))
    return found


def _audiences(event: DisputeEvent) -> Iterable[Audience]:
    beside = {OPENED: (A.SECRETARY,), HANDED_OVER: (A.MEDIATORS,)}
    usual = beside[event.action] if event.action in beside else BY_NAME[event.action].tell
    return (*usual, A.TOWN_LEADERS) if event.data.get("risk") == Risk.VOLATILE else usual


def _text(event: DisputeEvent) -> str:
    dispute = event.dispute
    if event.data.get("risk") == Risk.VOLATILE:
        return _("可能激化：%(kind)s纠纷") % {"kind": dispute.get_kind_display()}
    verb = _("新立纠纷") if event.action == OPENED else PROCESS.verb(event.action)
    return _("%(verb)s：%(kind)s纠纷") % {"verb": verb, "kind": dispute.get_kind_display()}


def _todo(dispute: Dispute) -> str:
    """What the present state asks for, and by when."""
    if dispute.state == State.AGREED:
        return _("%(todo)s，回访日 %(day)s") % {"todo": dispute.info.todo, "day": f"{dispute.follow_up_on:%-m月%-d日}"}
    if not dispute.info.is_open:
        return str(NOTHING_TO_DO)
    next_at = dispute.next_at
    if next_at is None:
        return str(dispute.info.todo)
    words = {"todo": dispute.info.todo, "when": f"{clock.local(next_at):%-m月%-d日 %H:%M}"}
    return _("%(todo)s，下次 %(when)s") % words


def _send(
    dispute: Dispute, people: Iterable[int], name: str, text: str, key: str, *, todo: str = "", urgent: bool = False
) -> None:
    inbox.send(
        user_ids=people,
        kind=kind_of(name),
        number=dispute.number,
        state=str(dispute.info.label),
        text=text,
        place=f"{dispute.area.place_name} · {dispute.number} · {dispute.info.label}",
        todo=todo or _todo(dispute),
        url=reverse("mediation:dispute", args=[dispute.pk]),
        key=f"dispute:{dispute.pk}:{key}",
        urgent=urgent,
    )
