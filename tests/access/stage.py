"""What the paths of the table are filled with: one of everything, in sight of the cast or not."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from admission.models import Admission, Policy, PushedTask, RightUse
from admission.rights import actions
from admission.rights.actions import Used
from admission.workflow.application_table import State as GateState
from admission.workflow.rules import Right, half_of
from core import clock
from core.models import OutboxRow
from duties.drafting import editing
from duties.models import Kind
from duties.routing import dispatching, powers
from issues.models import Consultation, Photo, Reply, SavedView, Ticket
from issues.workflow import State
from ledgers.models import MatterPhoto
from ledgers.rules import Aim
from mediation.models import Dispute
from members import leaves
from members.models import Leave, User
from members.roles import Role
from notices import endpoints, inbox
from notices.models import Endpoint, Notice
from places.plans import drafting
from tests.access.table import REPORTERS
from tests.admission.conftest import build_gate, once
from tests.cast import Cast, build_cast
from tests.households import conftest as homes
from tests.ledgers import conftest as matters
from tests.mediation.conftest import act, appointed, opened
from tests.tickets import PIXEL, at_state
from tests.worlds import World


@dataclass(frozen=True)
class Matters:
    """Keys of matters of every kind around the central village, and a target that is a grid."""

    problem: int
    photo: int
    project: int
    proposal: int
    code: str
    campaign: int
    target: int


def _matters(cast: Cast) -> Matters:
    problem = matters.act(matters.problem(cast), "apply", cast.handler, pictures=[PIXEL])
    project = matters.project(cast)
    proposal = matters.proposal(cast)
    campaign = matters.campaign(cast, aim=Aim.GRIDS, places=[cast.microgrid])
    return Matters(
        problem=problem.pk,
        photo=MatterPhoto.objects.get().pk,
        project=project.pk,
        proposal=proposal.pk,
        code=proposal.code,
        campaign=campaign.pk,
        target=campaign.targets.get().pk,
    )


@dataclass(frozen=True)
class Stage:
    """Rows in the scope of every central member of the cast."""

    cast: Cast
    ticket: Ticket
    photo: Photo
    minutes: Consultation
    draft: int
    notices: dict[int, Notice]  # one for each person, by key of the person
    dispute: Dispute
    views: dict[int, int]  # a saved view of each person
    replies: dict[int, int]  # and a standard reply
    parked: OutboxRow
    endpoint: Endpoint
    matters: Matters
    rule: int
    admission: Admission
    pushed: dict[int, PushedTask]  # one about the office by each person who may report
    policy: Policy
    right: RightUse
    half: str
    power: int
    homes: homes.Homes
    plan: int  # of the central microgrid


def _build(cast: Cast) -> Stage:
    ticket = at_state(cast, State.HANDLING, pictures=[PIXEL])
    draft = editing.open_draft(duty_list=cast.version.duty_list, actor=cast.list_admin)
    people = [user.pk for user in cast.users.values()]
    said = {"text": "新点单：路灯不亮", "place": "红岭村", "todo": "请受理"}
    inbox.send(user_ids=people, kind="ticket", url="/account/", key="stage", **said)
    decided = Consultation.objects.create(
        ticket=ticket,
        convener="township",
        cause="consult",
        question="由谁牵头",
        opened_at=clock.now(),
        decided_at=clock.now(),
        decided_by=cast.town_dispatcher,
        minutes="由规划建设办牵头",
    )
    views = {pk: SavedView.objects.create(owner_id=pk, name="我的", query="view=mine").pk for pk in people}
    replies = {pk: Reply.objects.create(owner_id=pk, step="progress", text="在办").pk for pk in people}
    gate = build_gate(cast)
    reporters = [user for user in cast.users.values() if Role(user.posts.get().role) in REPORTERS]
    return Stage(
        cast=cast,
        admission=gate.at(GateState.IN_FORCE),
        pushed={user.pk: gate.report(user, department=cast.office) for user in reporters},
        policy=gate.policy(),
        right=_right(cast),
        half=half_of(clock.today()),
        plan=drafting.draft(kind="split", sources=[cast.microgrid], actor=cast.system_admin).pk,
        ticket=ticket,
        photo=ticket.photos.get(),
        minutes=decided,
        draft=draft.number,
        notices={notice.user_id: notice for notice in Notice.objects.all()},
        dispute=_dispute(cast),
        views=views,
        replies=replies,
        parked=OutboxRow.objects.create(topic="core.echo", key="stage", attempts=5, parked_at=clock.now()),
        matters=_matters(cast),
        endpoint=endpoints.add(name="共享平台", url="https://192.0.2.10/x", groups=[], actor=cast.system_admin),
        rule=_rule(cast),
        power=_power(cast),
        homes=homes.build_homes(cast),
    )


build_stage = World(_build, build_cast)


def _power(cast: Cast) -> int:
    row = powers.assign(
        kind=Kind.OVERRIDE,
        township=cast.township,
        item_code="C02",
        office=cast.office,
        basis="镇长办公会议定",
        starts_on=clock.today(),
        ends_on=None,
        actor=cast.list_admin,
    )
    return row.pk


def _rule(cast: Cast) -> int:
    kept = dispatching.keep(
        township_id=cast.township.pk,
        item_code="C02",
        lead=cast.office,
        assisting=(),
        source="ST26-1101-001",
        actor=None,
    )
    return kept.pk


def _leave_of(user: User) -> Leave:
    today = clock.today()
    return user.leaves.first() or leaves.take(user=user, starts_on=today, ends_on=today, actor=user)


def _right(cast: Cast) -> RightUse:
    """A use of a right by the cast's township, and the county's review of it."""
    used = Used(Right.PLAN, clock.today(), cast.departments["ZR"], "对村庄规划提出修改建议")
    made = actions.record(user=cast.town_dispatcher, township=cast.township, used=used, once=once())
    found = {right.value: {"kept": "kept", "note": ""} for right in Right}
    half = half_of(clock.today())
    given = {"township": cast.township, "half": half, "found": found, "summary": "落实较好", "version": 0}
    actions.review(user=cast.county_leader, once=once(), **given)
    return made


def _task_of(s: "Stage", user: User) -> PushedTask:
    return s.pushed.get(user.pk) or s.pushed[s.cast.secretary.pk]


def _dispute(cast: Cast) -> Dispute:
    """A dispute with a draft of an agreement that grid people mediate and that was passed on to the office."""
    dispute = appointed(opened(cast), cast, cast.secretary, cast.chief, cast.worker)
    act(dispute, "sit", cast.secretary, where="村调解室", said="双方愿意再谈")
    act(dispute, "draft", cast.secretary, terms="一、乙方拆除棚架。")
    return act(dispute, "transfer", cast.secretary, department=cast.office, note="涉及违建")


Sample = Callable[[Stage, Any], dict[str, object]]
MISSING = {"ticket": "ST20-0101-999", "area": "440783103999999", "household": "4407831039999999999"}
SAMPLES: dict[str, tuple[Sample, dict[str, object]]] = {
    "": (lambda s, user: {}, {}),
    "ticket": (lambda s, user: {"number": s.ticket.number}, {"number": MISSING["ticket"]}),
    "plan": (lambda s, user: {"pk": s.plan}, {"pk": 999_999}),
    "new_plan": (
        lambda s, user: {"code": s.cast.microgrid.code, "kind": "split"},
        {"code": MISSING["area"], "kind": "split"},
    ),
    "act": (
        lambda s, user: {"number": s.ticket.number, "action": "progress"},
        {"number": MISSING["ticket"], "action": "progress"},
    ),
    "minutes": (
        lambda s, user: {"number": s.ticket.number, "pk": s.minutes.pk},
        {"number": MISSING["ticket"], "pk": 999_999},
    ),
    "dispute": (lambda s, user: {"pk": s.dispute.pk}, {"pk": 999_999}),
    "dispute_act": (
        lambda s, user: {"pk": s.dispute.pk, "action": "add_note"},
        {"pk": 999_999, "action": "add_note"},
    ),
    "problem": (lambda s, user: {"pk": s.matters.problem}, {"pk": 999_999}),
    "project": (lambda s, user: {"pk": s.matters.project}, {"pk": 999_999}),
    "proposal": (lambda s, user: {"pk": s.matters.proposal}, {"pk": 999_999}),
    "proposal_code": (lambda s, user: {"code": s.matters.code}, {"code": "ZZZZZZZZZZZZ"}),
    "campaign": (lambda s, user: {"pk": s.matters.campaign}, {"pk": 999_999}),
    "campaign_file": (
        lambda s, user: {"pk": s.matters.campaign, "kind": "csv"},
        {"pk": 999_999, "kind": "csv"},
    ),
    "target": (lambda s, user: {"pk": s.matters.target}, {"pk": 999_999}),
    "matter": (
        lambda s, user: {"kind": "rectification", "pk": s.matters.problem},
        {"kind": "rectification", "pk": 999_999},
    ),
    "matter_act": (
        lambda s, user: {"kind": "rectification", "pk": s.matters.problem, "action": "progress"},
        {"kind": "rectification", "pk": 999_999, "action": "progress"},
    ),
    "matter_photo": (lambda s, user: {"pk": s.matters.photo}, {"pk": 999_999}),
    "admission": (lambda s, user: {"pk": s.admission.pk}, {"pk": 999_999}),
    "admission_act": (
        lambda s, user: {"pk": s.admission.pk, "action": "record_use"},
        {"pk": 999_999, "action": "record_use"},
    ),
    "pushed": (lambda s, user: {"pk": _task_of(s, user).pk}, {"pk": 999_999}),
    "pushed_act": (
        lambda s, user: {"pk": _task_of(s, user).pk, "action": "take_back"},
        {"pk": 999_999, "action": "take_back"},
    ),
    "policy": (lambda s, user: {"pk": s.policy.pk}, {"pk": 999_999}),
    "right": (lambda s, user: {"pk": s.right.pk}, {"pk": 999_999}),
    "half": (
        lambda s, user: {"town": s.cast.township.code, "half": s.half},
        {"town": MISSING["area"], "half": "2026H1"},
    ),
    "saved": (lambda s, user: {"pk": s.views[user.pk]}, {"pk": 999_999}),
    "bulk": (lambda s, user: {"action": "supervise"}, {"action": "close"}),
    "switched": (lambda s, user: {"code": "C02"}, {"code": "Z99"}),
    "reply": (lambda s, user: {"pk": s.replies[user.pk]}, {"pk": 999_999}),
    "export": (lambda s, user: {"kind": "csv"}, {"kind": "exe"}),
    "photo": (
        lambda s, user: {"number": s.ticket.number, "pk": s.photo.pk},
        {"number": MISSING["ticket"], "pk": 999_999},
    ),
    "sent_photo": (
        lambda s, user: {"number": s.ticket.number, "sha256": "0" * 64},
        {"number": MISSING["ticket"], "sha256": "0" * 64},
    ),
    "sent_by_resident": (
        lambda s, user: {"code": s.ticket.code, "sha256": "0" * 64},
        {"code": "ZZZZZZZZ", "sha256": "0" * 64},
    ),
    "resident_photo": (
        lambda s, user: {"code": s.ticket.code, "pk": s.photo.pk},
        {"code": "ZZZZZZZZ", "pk": 999_999},
    ),
    "token": (lambda s, user: {"token": s.cast.microgrid.token}, {"token": "NOPE"}),
    "code": (lambda s, user: {"code": s.ticket.code}, {"code": "ZZZZZZZZ"}),
    "area": (lambda s, user: {"code": s.cast.microgrid.code}, {"code": MISSING["area"]}),
    "area_file": (
        lambda s, user: {"code": s.cast.microgrid.code, "kind": "csv"},
        {"code": MISSING["area"], "kind": "csv"},
    ),
    "village": (lambda s, user: {"code": s.cast.village.code}, {"code": MISSING["area"]}),
    "helper": (lambda s, user: {"pk": s.homes.helper}, {"pk": 999_999}),
    "liaison": (lambda s, user: {"pk": s.homes.liaison}, {"pk": 999_999}),
    "import": (
        lambda s, user: {"pk": s.homes.imports.get(user.pk, s.homes.imports[s.cast.secretary.pk])},
        {"pk": 999_999},
    ),
    "import_form": (lambda s, user: {"kind": "households"}, {"kind": "nothing"}),
    "household_export": (lambda s, user: {"pk": s.homes.export}, {"pk": 999_999}),
    "household_file": (lambda s, user: {"pk": s.homes.export, "kind": "csv"}, {"pk": 999_999, "kind": "csv"}),
    "resident": (lambda s, user: {"pk": s.homes.resident}, {"pk": 999_999}),
    "need": (lambda s, user: {"pk": s.homes.need}, {"pk": 999_999}),
    "request": (lambda s, user: {"pk": s.homes.request}, {"pk": 999_999}),
    "household": (lambda s, user: {"code": s.cast.household.code}, {"code": MISSING["household"]}),
    "notice": (lambda s, user: {"pk": s.notices[user.pk].pk}, {"pk": 999_999}),
    "parked": (lambda s, user: {"pk": s.parked.pk}, {"pk": 999_999}),
    "endpoint": (lambda s, user: {"pk": s.endpoint.pk}, {"pk": 999_999}),
    "leave": (lambda s, user: {"pk": _leave_of(user).pk}, {"pk": 999_999}),
    "person": (lambda s, user: {"username": "worker"}, {"username": "nobody"}),
    "post": (
        lambda s, user: {"username": "worker", "pk": s.cast.worker.posts.get().pk},
        {"username": "nobody", "pk": 999_999},
    ),
    "department": (lambda s, user: {"code": s.cast.office.code}, {"code": "XX"}),
    "version": (lambda s, user: {"number": s.cast.version.number}, {"number": 99}),
    "item": (lambda s, user: {"number": s.cast.version.number, "code": "C02"}, {"number": 99, "code": "C02"}),
    "phone_item": (lambda s, user: {"code": "C02"}, {"code": "Z99"}),
    "rule": (lambda s, user: {"pk": s.rule}, {"pk": 999_999}),
    "power": (lambda s, user: {"pk": s.power}, {"pk": 999_999}),
    "draft": (lambda s, user: {"number": s.draft}, {"number": 99}),
    "draft_item": (lambda s, user: {"number": s.draft, "code": "C02"}, {"number": 99, "code": "C02"}),
}
"""For each `path`: the arguments of a row that the user may see, and those of a missing one."""
