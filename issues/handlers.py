"""Tell people what a ticket's step means for them. Runs from the outbox; idempotent by key."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import NotNow
from core.jobs.outbox import handles
from issues import kinds, telling
from issues.engine.actions import CLOSE_UNASKED, DISPATCH_LISTED, NOTIFY, OPEN_CALLBACK, apply
from issues.engine.actors import system
from issues.engine.audiences import audiences_of, recipients
from issues.engine.effects.closing import EXAMINE
from issues.engine.follow import CHILD_ENDED
from issues.models import Ticket, TicketEvent
from issues.tending import automatic, reckoning, reviews
from issues.tending.reckoning import RECKON
from issues.workflow import STATES, Audience, State
from notices import inbox


@handles(EXAMINE, label=gettext_lazy("查办结疑点"))
def examine(payload: dict[str, object]) -> None:
    """Alarms on one report, unless a new round has begun since."""
    ticket = Ticket.objects.get(pk=int(str(payload["ticket"])))
    if ticket.round == payload["round"]:
        reviews.examine(ticket)


@handles(RECKON, label=gettext_lazy("按工作日重算期限"))
def reckon(payload: dict[str, object]) -> None:
    """One batch of the limits that the calendar's change touches."""
    days = date.fromisoformat(str(payload["first"])), date.fromisoformat(str(payload["last"]))
    reckoning.carry_on(*days, after=int(str(payload["after"])))


@handles(NOTIFY, label=gettext_lazy("发站内消息"))
def notify(payload: dict[str, object]) -> None:
    """Send the notices of one event."""
    event = TicketEvent.objects.select_related("ticket", *(f"ticket__{name}" for name in telling.RELATED)).get(
        pk=int(str(payload["event"]))
    )
    ticket = event.ticket
    audiences = audiences_of(event)
    users = recipients(ticket, audiences) - {event.actor_id}
    inbox.send(
        user_ids=sorted(u for u in users if u is not None),
        kind=kinds.escalation(event.data["step"]) if event.action == "escalate" else event.action,
        text=telling.what(event, ticket),
        place=telling.where(ticket),
        todo=telling.todo(event, ticket),
        url=reverse("issues:ticket", args=[ticket.number]),
        key=f"ticket:{ticket.pk}:{event.version}",
        urgent=ticket.grade == "urgent" or event.data.get("step") in ("overdue", "again"),
        number=ticket.number,
        state=str(STATES[State(ticket.state)].label),
    )


@handles(DISPATCH_LISTED, label=gettext_lazy("按清单自动派哨"))
def dispatch_listed(payload: dict[str, object]) -> None:
    """Send a confirmed whistle where the list says, unless somebody has been faster."""
    automatic.dispatch(int(str(payload["ticket"])), int(str(payload["version"])))


@handles(OPEN_CALLBACK, label=gettext_lazy("开启回访"))
def open_callback(payload: dict[str, object]) -> None:
    """Ask the resident, and put the order into the hands of who calls."""
    automatic.open_callback(int(str(payload["ticket"])), int(str(payload["version"])))


@handles(CLOSE_UNASKED, label=gettext_lazy("自动销号"))
def close_unasked(payload: dict[str, object]) -> None:
    """Close a verified ticket that no resident placed: there is nobody to call back."""
    try:
        apply(int(str(payload["ticket"])), "close", actor=system())
    except NotNow:
        return


@handles(CHILD_ENDED, label=gettext_lazy("拆分件办结"))
def child_ended(payload: dict[str, object]) -> None:
    """Tell who holds the parent; one that only waited for its last part closes by itself."""
    child = Ticket.objects.select_related("item", "parent", *(f"parent__{name}" for name in telling.RELATED)).get(
        pk=int(str(payload["ticket"]))
    )
    parent = child.parent
    if parent is None or not parent.is_open:
        return
    inbox.send(
        user_ids=sorted(u for u in recipients(parent, (Audience.HANDLER, Audience.PLACER)) if u is not None),
        kind=kinds.CHILD_ENDED,
        text=_("拆分件 %(child)s 已结束：%(title)s") % {"child": child.number, "title": child.public_title},
        place=telling.where(parent),
        todo=_("请看结果，主件的事都办好了就报办结"),
        url=reverse("issues:ticket", args=[parent.number]),
        key=f"ticket:{child.pk}:ended",
        number=parent.number,
        state=str(STATES[State(parent.state)].label),
    )
    if parent.state == State.VERIFIED:
        close_unasked({"ticket": parent.pk})
