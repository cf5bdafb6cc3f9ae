"""Disputes in any state, brought there by the real verbs."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.races.idempotency import Once
from duties.models import DutyItem
from mediation.engine import actions
from mediation.engine.effects import NewMediator
from mediation.engine.new_dispute import NewDispute, NewParty
from mediation.models import Dispute
from mediation.workflow.rules import Kind
from mediation.workflow.table import State
from members import posts
from members.models import User
from members.roles import Role
from tests.cast import OFFICE, Cast

NAMES = ("陈大文", "李阿喜")
PHONES = ("10000006021", "10000006022")
SAID = "双方各让一步，愿意再谈。"
TERMS = "一、乙方于月底前拆除棚架。"
Lead = tuple[str, dict[str, Any]]
SAT: Lead = ("sit", {"where": "村调解室", "said": SAID})
AGREED: Lead = ("agree", {"terms": TERMS})
LEADS: dict[State, list[Lead]] = {
    State.OPENED: [],
    State.MEDIATING: [SAT],
    State.AGREED: [SAT, AGREED],
    State.FULFILLED: [SAT, AGREED, ("visit_kept", {"note": "已拆除"})],
    State.FAILED: [SAT, ("fail", {"guidance": "court", "note": "赔偿数额差距大"})],
    State.WITHDRAWN: [("withdraw", {"note": "自行和解"})],
    State.TRANSFERRED: [("transfer", {"note": "属劳动监察"})],
}


def opened(cast: Cast, **changes: Any) -> Dispute:
    """A dispute between two parties in cast.microgrid, opened by the village secretary."""
    given: dict[str, Any] = {
        "area": cast.microgrid,
        "kind": Kind.NEIGHBOUR,
        "brief": "甲方家棚架滴水到乙方家墙根",
        "where": "南安里1组",
        "parties": [NewParty(name, phone) for name, phone in zip(NAMES, PHONES, strict=True)],
    }
    user = changes.pop("user", cast.secretary)
    once = changes.pop("once", None) or Once("tests", str(uuid.uuid4()), {})
    return actions.open_dispute(NewDispute(**(given | changes)), user=user, once=once)


def act(dispute: Dispute, name: str, user: User, /, **fields: Any) -> Dispute:
    """One step with the moments it needs."""
    if name == "sit":
        fields.setdefault("held_at", clock.now())
    if name == "agree":
        fields.setdefault("agreed_on", clock.today())
    return actions.PROCESS.apply(dispute.pk, name, user=user, fields=fields)


def at_state(cast: Cast, state: State, **changes: Any) -> Dispute:
    dispute = opened(cast, **changes)
    for name, fields in LEADS[state]:
        more = {"department": cast.office} if name == "transfer" else {}
        dispute = act(dispute, name, cast.secretary, **fields, **more)
    assert dispute.state == state
    return dispute


def appointed(dispute: Dispute, cast: Cast, *users: User) -> Dispute:
    """With these people as mediators, the first responsible."""
    chosen = [NewMediator(user, is_principal=n == 0) for n, user in enumerate(users)]
    return act(dispute, "appoint", cast.secretary, mediators=chosen)


def in_a_day(days: int = 1) -> Any:
    return clock.now() + timedelta(days=days)


@pytest.fixture
def justice(cast: Cast) -> User:
    """Somebody of the township's 司法所."""
    return _moved(cast.colleague, cast, f"{OFFICE[:9]}-SFS")


@pytest.fixture
def county_justice(cast: Cast) -> User:
    return _moved(cast.other_handler, cast, "SF")


def _moved(user: User, cast: Cast, code: str) -> User:
    posts.assign(user=user, role=Role.DEPARTMENT_HANDLER, department=cast.departments[code], actor=None)
    return User.objects.get(pk=user.pk)


@pytest.fixture
def dispute_item(cast: Cast) -> DutyItem:
    return cast.items["F01"]
