"""What tests stand on is built once in a process; what is written afterwards is the same."""

from datetime import timedelta

import pytest
from django.db import transaction

from core import clock
from core.doctor import examine
from grids.models import Area
from tests.cast import _a_year_ago
from tests.snapshot import Snapshot, _models, _rows

pytestmark = pytest.mark.django_db


def undone(build):
    """What `build` returns, and the rows of every table behind it; nothing stays."""
    with transaction.atomic():
        made = build()
        rows = {model._meta.db_table: sorted(map(repr, _rows(model))) for model in _models()}
        troubles = {check: found for check, found in examine(fix=False).items() if found}
        transaction.set_rollback(True)
    return made, rows, troubles


def test_rows_written_again_are_the_rows_that_were_built():
    built = []

    def build():
        built.append(1)
        return _a_year_ago()

    snapshot = Snapshot(build)
    first, second = undone(snapshot), undone(snapshot)
    assert len(built) == 1
    assert first[1] == second[1]
    assert first[2] == second[2] == {}
    assert second[0] == first[0]
    assert second[0].users == first[0].users
    assert second[0].township is not first[0].township


def test_another_time_and_a_database_in_use_are_built_for_anew():
    built = []

    def build():
        built.append(1)
        return _a_year_ago()

    snapshot = Snapshot(build)
    with clock.at(clock.now() - timedelta(days=9)):
        undone(snapshot)
    undone(snapshot)
    undone(snapshot)
    with clock.at(clock.now() + timedelta(days=9)):
        undone(snapshot)
    assert len(built) == 3
    assert not Area.objects.exists()
