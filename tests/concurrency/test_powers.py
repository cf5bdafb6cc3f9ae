"""List admins at once on what routing goes by, on PostgreSQL: one wins, the others are told."""

from datetime import timedelta

import pytest

from core import clock
from core.errors import Conflict
from core.models import AuditEntry
from duties.models import Assignment, Kind
from duties.routing import powers
from members.models import User
from tests.concurrency.crowd import at_once

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def assign(cast, n=0, **changes):
    given = {
        "kind": Kind.HANDLING, "township": cast.township, "item_code": "C02",
        "office": cast.departments["440783103-NN"], "basis": f"第 {n} 号", "starts_on": clock.today(), "ends_on": None,
        "actor": User.objects.get(pk=cast.list_admin.pk),
    }  # fmt: skip
    return powers.assign(**(given | changes))


def test_eight_end_the_same_power_and_one_of_them_does(cast):
    row = assign(cast)

    def end(n):
        powers.end(assignment=row, reason=f"第 {n} 人", actor=User.objects.get(pk=cast.list_admin.pk))
        return n

    results = at_once(8, end)
    winners = [r for r in results if isinstance(r, int)]
    assert len(winners) == 1
    assert all(isinstance(r, int | Conflict) for r in results), results
    row.refresh_from_db()
    assert row.end_reason == f"第 {winners[0]} 人"
    assert AuditEntry.objects.filter(verb="duties.assignment_ended").count() == 1


def test_eight_register_the_same_power_and_one_of_them_does(cast):
    results = at_once(8, lambda n: assign(cast, n, starts_on=clock.today() + timedelta(days=n)).pk)
    assert len([r for r in results if isinstance(r, int)]) == 1
    assert all(isinstance(r, int | Conflict) for r in results), results
    assert Assignment.objects.running().count() == 1
