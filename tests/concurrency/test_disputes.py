"""Two people on one dispute at once, on PostgreSQL: one wins, nothing happens twice."""

import uuid

import pytest

from core.errors import NotNow
from core.process.transitions import StaleStep
from core.races.idempotency import Once
from mediation.doctor import log_replays
from mediation.engine.actions import PROCESS, OpenedAlready
from mediation.models import Agreement, Dispute, DisputeEvent
from mediation.workflow.table import State
from members.models import User
from tests.concurrency.crowd import at_once
from tests.mediation.conftest import at_state, opened
from tests.tickets import placed

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def test_eight_outcomes_at_once_one_wins(cast) -> None:
    dispute = at_state(cast, State.MEDIATING)

    def end(n: int) -> str:
        user = User.objects.get(pk=cast.secretary.pk)
        name = ("withdraw", "fail")[n % 2]
        fields = {"note": f"第 {n} 人", "guidance": "court"}
        done = (
            PROCESS.apply(dispute.pk, "withdraw", user=user, version=dispute.version, fields=fields) if n % 2 else None
        )
        return (done or PROCESS.apply(dispute.pk, name, user=user, version=dispute.version, fields=fields)).state

    results = at_once(8, end)
    assert len([r for r in results if isinstance(r, str)]) == 1
    assert all(isinstance(r, str | StaleStep | NotNow) for r in results)
    assert DisputeEvent.objects.filter(dispute=dispute).count() == dispute.version + 1
    assert log_replays(False) == []


def test_two_drafts_at_once_do_not_overwrite_each_other(cast) -> None:
    dispute = at_state(cast, State.MEDIATING)

    def draft(n: int) -> str:
        user = User.objects.get(pk=cast.secretary.pk)
        PROCESS.apply(dispute.pk, "draft", user=user, version=dispute.version, fields={"terms": f"第 {n} 稿"})
        return f"第 {n} 稿"

    results = at_once(6, draft)
    winners = [r for r in results if isinstance(r, str)]
    assert len(winners) == 1
    assert Agreement.objects.get().terms == winners[0]


def test_one_ticket_opened_by_many_has_one_dispute(cast) -> None:
    ticket = placed(cast, item=cast.items["F01"])

    def open_one(n: int) -> int:
        user = User.objects.get(pk=(cast.secretary.pk, cast.chief.pk)[n % 2])
        return opened(cast, user=user, ticket=ticket, once=Once(f"user:{n}", str(uuid.uuid4()), {})).pk

    results = at_once(8, open_one)
    assert len([r for r in results if isinstance(r, int)]) == 1
    assert len([r for r in results if isinstance(r, OpenedAlready)]) == 7
    assert Dispute.objects.count() == 1


def test_eight_disputes_at_once_get_eight_numbers(cast) -> None:

    def open_one(_n: int) -> str:
        return opened(cast, user=User.objects.get(pk=cast.secretary.pk)).number

    results = at_once(8, open_one)
    assert sorted(str(r)[-4:-1] for r in results) == [f"{n:03d}" for n in range(1, 9)]
