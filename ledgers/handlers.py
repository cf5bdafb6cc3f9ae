"""Tell people what a step of a special ledger means for them, remind them of days, make long lists. From the outbox.

A notice names the matter by its number and title, never a household or a resident.
"""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.jobs.outbox import handles
from core.process.transitions import HANDED_OVER, OPENED
from ledgers.campaigns.targets import BUILD, build
from ledgers.engine.actions import DAY_NEAR, MODELS, NOTIFY, PROCESSES
from ledgers.engine.projects import PROPOSED
from ledgers.kinds import NEW, kind_of
from ledgers.lists import place_name
from ledgers.models import Campaign, Matter, MatterEvent, Milestone, Proposal, Rectification
from ledgers.people import recipients
from ledgers.workflow import TABLES, Audience, Kind
from ledgers.workflow.project import PROPOSALS
from ledgers.workflow.project import Proposal as ProposalState
from ledgers.workflow.rectification import State
from members.models import Post
from members.roles import Role
from notices import inbox
from notices.kinds import NOTHING_TO_DO, until

A = Audience
OPENING = {Kind.RECTIFICATION: (A.OWNERS,), Kind.PROJECT: (A.SECRETARY, A.DOERS), Kind.CAMPAIGN: (A.GRID,)}


@handles(NOTIFY, label=gettext_lazy("专项台账通知"))
def notify(payload: dict[str, object]) -> None:
    """Send the notices of one event."""
    event = MatterEvent.objects.select_related("matter").get(pk=int(str(payload["event"])))
    matter = MODELS[event.matter.kind].objects.get(pk=event.matter_id)
    table = TABLES[matter.kind]
    is_beside = event.action in (OPENED, HANDED_OVER)
    audiences = OPENING[matter.kind] if is_beside else table.by_name[event.action].tell
    verb = NEW[matter.kind] if event.action == OPENED else PROCESSES[matter.kind].verb(event.action)
    text = _("%(verb)s：%(title)s") % {"verb": verb, "title": matter.title}
    people = recipients(matter, audiences) - {event.actor_id}
    _send(matter, people, event.action, text, str(event.version), _last_day(matter))


@handles(DAY_NEAR, label=gettext_lazy("专项台账到期提醒"))
def day_near(payload: dict[str, object]) -> None:
    """Remind of a day, unless it has been moved, reached or is no longer of use."""
    matter = MODELS[str(payload["kind"])].objects.get(pk=int(str(payload["matter"])))
    day, number = date.fromisoformat(str(payload["day"])), payload.get("milestone")
    milestone = Milestone.objects.filter(pk=int(str(number))).first() if number else None
    audience = _reminded(matter, day, milestone)
    if audience is None:
        return
    what = f"{matter.title}（{milestone.name}）" if milestone else matter.title
    text = _("%(day)s到期：%(what)s") % {"what": what, "day": f"{day:%-m月%-d日}"}
    people = recipients(matter, (audience,))
    if milestone is not None:
        people = _answering(milestone) or people
    key = f"{milestone.pk if milestone else 0}:{day}:{clock.today()}"
    _send(matter, people, "day_near", text, key, day)


def _last_day(matter: Matter) -> date | None:
    """The day by which a matter should be through, where it has one."""
    if isinstance(matter, Rectification):
        return matter.due_on
    return matter.ends_on if isinstance(matter, Campaign) else None


def _reminded(matter: Matter, day: date, milestone: Milestone | None) -> Audience | None:
    """Who is reminded of `day` now; nobody when it no longer matters."""
    if not matter.is_open:
        return None
    if isinstance(matter, Rectification):
        return A.OWNERS if matter.state == State.FIXING and matter.due_on == day else None
    if isinstance(matter, Campaign):
        return A.KEEPERS if matter.ends_on == day else None
    if milestone is None or milestone.done_on is not None or milestone.planned_on != day:
        return None
    return A.KEEPERS


def _answering(milestone: Milestone) -> set[int]:
    """The people of the department that answers for a milestone; empty when the township itself does."""
    if milestone.department_id is None:
        return set()
    posts = Post.objects.held().filter(department=milestone.department_id, user__is_active=True)
    return set(posts.values_list("user_id", flat=True))


@handles(PROPOSED, label=gettext_lazy("民生实事建议通知"))
def proposed(payload: dict[str, object]) -> None:
    """Tell the township and the village that there is a proposal to look at."""
    proposal = Proposal.objects.select_related("area__parent").get(pk=int(str(payload["proposal"])))
    there = {Role.TOWNSHIP_DISPATCHER: proposal.township_id, Role.VILLAGE_SECRETARY: proposal.village_id}
    people: set[int] = set()
    for role, area in there.items():
        held = Post.objects.held().filter(role=role, area=area, user__is_active=True)
        people |= set(held.values_list("user_id", flat=True))
    inbox.send(
        user_ids=people - {proposal.placed_by_id or 0},
        kind=kind_of(Kind.PROJECT, "proposed"),
        text=_("有群众提了一条民生实事建议"),
        place=proposal.area.place_name,
        todo=str(PROPOSALS[ProposalState.WAITING].todo),
        url=reverse("ledgers:proposals"),
        key=f"proposal:{proposal.pk}",
    )


@handles(BUILD, label=gettext_lazy("专项行动名单"))
def build_list(payload: dict[str, object]) -> None:
    """Make the list of a campaign that was too long for the request."""
    build(Campaign.objects.select_for_update(of=("self",)).get(pk=int(str(payload["campaign"]))))


def _send(matter: Matter, people: set[int], name: str, text: str, key: str, day: date | None) -> None:
    todo = until(matter.info.todo, day) if matter.is_open else str(NOTHING_TO_DO)
    inbox.send(
        user_ids=people,
        kind=kind_of(matter.kind, name),
        number=matter.number,
        state=str(matter.info.label),
        text=text,
        place=f"{place_name(matter)} · {matter.number} · {matter.info.label}",
        todo=todo,
        url=reverse(f"ledgers:{matter.kind}", args=[matter.pk]),
        key=f"matter:{matter.pk}:{name}:{key}",
    )
