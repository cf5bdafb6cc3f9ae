"""Writes proposals, and opens the projects that come of them; their steps are taken by
`ledgers.engine.actions.apply`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.codes import random_code
from core.errors import Incomplete, NotNow, NotYours
from core.jobs import outbox
from core.process.steps import missing
from core.races.idempotency import Once
from core.races.idempotency import claim as claim_key
from core.trust import audit
from grids.levels import Level
from grids.models import Area
from grids.scope import path_of
from issues.engine.new_ticket import Contact
from ledgers.engine.actions import begin, remind
from ledgers.models import Milestone, Project, Proposal
from ledgers.people import KEEPERS, PROPOSERS, TOWN_KEEPERS, offices_of
from ledgers.rules import CODE_LENGTH
from ledgers.workflow import GuardContext, Hat, Kind
from ledgers.workflow.project import PROPOSAL_TABLE, State
from ledgers.workflow.project import Proposal as ProposalState
from members.access import posts_covering
from members.models import Department, User

PROPOSED = "ledgers.proposed"
"""Outbox topic, handled in ledgers.handlers."""
NOBODY = Contact()


@dataclass(frozen=True)
class NewMilestone:
    name: str
    planned_on: date
    department: Department | None = None


def propose(*, area: Area, words: str, once: Once, contact: Contact = NOBODY, user: User | None = None) -> Proposal:
    """Hand in a proposal in a grid: a resident's (no `user`), or one that the village writes down.

    Sent twice with the same key it is made once. Raises `NotYours`, `NotNow`, `KeyReused`.
    """
    with transaction.atomic():
        slot = claim_key(once.owner, once.key, once.body)
        if slot.result:
            return Proposal.objects.get(pk=int(slot.result))
        if not area.is_grid or area.retired_at:
            raise NotNow(_("该网格已停用，请选在用的网格"))
        path = path_of(area)
        if user is not None:
            covering = posts_covering(user, area_ids=set(path.values()), department_ids=())
            if not any(role in PROPOSERS for role, _kind, _post in covering):
                raise NotYours(_("您的岗位不能在该网格代提"))
        made = Proposal.objects.create(
            **path,
            code=random_code(CODE_LENGTH),
            words=words,
            name=contact.name,
            phone=contact.phone,
            placed_by=user,
            placed_at=clock.now(),
            state=ProposalState.WAITING,
        )
        audit.record("ledgers.proposed", made, actor=user, area=area.code)
        outbox.enqueue(PROPOSED, {"proposal": made.pk}, key=f"proposal:{made.pk}")
        slot.finish(str(made.pk))
    return made


def decline(proposal_id: int, *, user: User, reason: str, once: Once | None = None) -> Proposal:
    """Say no to a proposal, with the reason its proposer reads. Raises `NotYours`, `NotNow`, `Incomplete`."""
    with transaction.atomic():
        slot = claim_key(once.owner, once.key, once.body) if once else None
        proposal = Proposal.objects.select_for_update().get(pk=proposal_id)
        if slot is not None and slot.result is not None:
            return proposal
        _may("decline", proposal, user, {"reason": reason})
        proposal.state, proposal.reason = ProposalState.DECLINED, reason
        _answered(proposal, user)
        audit.record("ledgers.proposal_declined", proposal, actor=user)
        if slot is not None:
            slot.finish(proposal.state)
    return proposal


def start(
    *,
    user: User,
    village: Area,
    title: str,
    goal: str,
    milestones: Sequence[NewMilestone],
    once: Once,
    proposals: Sequence[Proposal] = (),
) -> Project:
    """立项: a project of a village with its milestones, and the proposals of that village that it takes up.

    Sent twice with the same key it is made once. Raises `NotYours`, `NotNow`, `KeyReused`.
    """
    with transaction.atomic():
        slot = claim_key(once.owner, once.key, once.body)
        if slot.result:
            return Project.objects.get(pk=int(slot.result))
        office = _office(user, village)
        if not milestones:
            raise NotNow(_("至少写一个节点"))
        project: Project = begin(
            Project,
            Kind.PROJECT,
            user=user,
            office=office,
            area=village,
            title=title,
            state=State.MOVING,
            data={"milestones": len(milestones), "proposals": len(proposals)},
            goal=goal,
        )
        _schedule(project, milestones)
        for proposal in proposals:
            _adopt(proposal.pk, project, user)
        slot.finish(str(project.pk))
    return project


def _office(user: User, village: Area) -> Area:
    """The township that opens a project of `village`, if it is the user's."""
    for office in offices_of(user, TOWN_KEEPERS):
        if village.level == Level.VILLAGE and village.code.startswith(office.code[:9]):
            return office
    raise NotYours(_("您的岗位不能在这里立项"))


def _schedule(project: Project, milestones: Sequence[NewMilestone]) -> None:
    event = project.events.get()
    for n, new in enumerate(sorted(milestones, key=lambda new: new.planned_on), 1):
        made = Milestone.objects.create(
            project=project, position=n, name=new.name, planned_on=new.planned_on, department=new.department
        )
        remind(project, made.planned_on, event, milestone=made.pk)


def _adopt(proposal_id: int, project: Project, user: User) -> None:
    proposal = Proposal.objects.select_for_update().get(pk=proposal_id)
    _may("adopt", proposal, user, {})
    if proposal.village_id != project.village_id:
        raise NotNow(_("建议和项目不在同一个村"))
    proposal.state, proposal.project = ProposalState.ADOPTED, project
    _answered(proposal, user)
    audit.record("ledgers.proposal_adopted", proposal, actor=user, code=project.number)


def _answered(proposal: Proposal, user: User) -> None:
    proposal.answered_by, proposal.answered_at = user, clock.now()
    proposal.save(update_fields=["state", "reason", "project", "answered_by", "answered_at"])


def _may(name: str, proposal: Proposal, user: User, fields: dict[str, str]) -> None:
    step = PROPOSAL_TABLE.by_name[name]
    facts, hats = GuardContext(state=proposal.state, today=clock.today()), proposal_hats(user, proposal)
    reason = PROPOSAL_TABLE.refusal(step, facts, hats, fields)
    if reason:
        raise (NotNow if hats else NotYours)(str(reason))
    lacking = missing(step, fields)
    if lacking:
        raise Incomplete({name: str(text) for name, text in lacking.items()})


def proposal_hats(user: User, proposal: Proposal) -> frozenset[Hat]:
    """KEEPER for the township that decides on it."""
    covering = posts_covering(user, area_ids={proposal.township_id}, department_ids=())
    return frozenset({Hat.KEEPER} if any(role in KEEPERS for role, _kind, _post in covering) else ())
