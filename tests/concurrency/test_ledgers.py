"""Two people on one matter of a special ledger at once, on PostgreSQL: one wins, nothing happens twice."""

import uuid

import pytest

from core.errors import NotNow
from core.process.transitions import StaleStep
from core.races.idempotency import Once
from issues.models import Ticket
from ledgers.doctor import log_replays
from ledgers.engine import projects
from ledgers.engine.actions import PROCESSES
from ledgers.models import MatterEvent, Project, Proposal, Rectification, Target
from ledgers.workflow.rectification import State
from members.models import User
from tests.concurrency.crowd import at_once
from tests.ledgers.conftest import look, once, problem, problem_at, project, proposal, target

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def test_two_verify_at_once_and_it_is_struck_off_once(cast) -> None:
    row = problem_at(cast, State.APPLIED)

    def strike(n: int) -> str:
        user = User.objects.get(pk=(cast.town_dispatcher.pk, cast.town_leader.pk)[n % 2])
        name = ("strike", "send_back")[n % 4 // 2]
        return (
            PROCESSES[row.kind].apply(row.pk, name, user=user, version=row.version, fields={"note": f"第 {n} 人"}).state
        )

    results = at_once(8, strike)
    assert len([r for r in results if isinstance(r, str)]) == 1
    assert all(isinstance(r, str | StaleStep | NotNow) for r in results)
    assert MatterEvent.objects.filter(matter=row.pk).count() == row.version + 1
    assert log_replays(False) == []


def test_eight_look_at_one_household_and_one_ticket_comes_of_it(cast) -> None:
    row = target(cast)

    def found(n: int) -> str:
        user = User.objects.get(pk=(cast.worker.pk, cast.chief.pk)[n % 2])
        return look(row, "found", user, remark=f"第 {n} 人").result

    results = at_once(8, found)
    assert len([r for r in results if isinstance(r, str)]) == 1
    assert len([r for r in results if isinstance(r, NotNow)]) == 7
    assert Ticket.objects.count() == 1
    assert Target.objects.get(pk=row.pk).tries == 1


def test_one_form_sent_eight_times_is_one_look(cast) -> None:
    row, key = target(cast), str(uuid.uuid4())

    def send(_n: int) -> str:
        user = User.objects.get(pk=cast.worker.pk)
        return look(row, "found", user, once=Once("user:1", key, {})).result

    assert at_once(8, send) == ["found"] * 8
    assert Ticket.objects.count() == 1


def test_a_proposal_is_taken_up_by_one_project_or_declined(cast) -> None:
    made = proposal(cast)

    def answer(n: int) -> str:
        user = User.objects.get(pk=cast.town_dispatcher.pk)
        if n % 2:
            return project(cast, user=user, proposals=[made], once=once()).number
        return projects.decline(made.pk, user=user, reason="没有资金").state

    results = at_once(8, answer)
    assert len([r for r in results if isinstance(r, str)]) == 1
    assert all(isinstance(r, str | NotNow) for r in results)
    proposal_now = Proposal.objects.get()
    assert (proposal_now.project_id is not None) == Project.objects.exists()


def test_eight_problems_at_once_get_eight_numbers(cast) -> None:

    def enter(_n: int) -> str:
        return problem(cast, user=User.objects.get(pk=cast.town_dispatcher.pk)).number

    results = at_once(8, enter)
    assert sorted(str(r)[-4:-1] for r in results) == [f"{n:03d}" for n in range(1, 9)]
    assert Rectification.objects.count() == 8
