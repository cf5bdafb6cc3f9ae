"""A world is built once in a process; what is written afterwards is the same, whatever a test has committed."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from core import clock
from core.doctor import examine
from core.models import AuditEntry
from duties.models import DutyItem
from grids.models import Area
from members.models import User
from tests import worlds
from tests.cast import Cast, _a_year_ago
from tests.worlds import STAGE, World, all_rows, stand

pytestmark = pytest.mark.django_db(transaction=True)
BUILT: list[str] = []


def _cast() -> Cast:
    BUILT.append("cast")
    return _a_year_ago()


def _renamed(cast: Cast) -> Area:
    """On top of the cast: a row that is there already is changed, another comes."""
    BUILT.append("renamed")
    Area.objects.filter(pk=cast.village.pk).update(name="新名村")
    AuditEntry.objects.create(verb="x", at=clock.now())
    return Area.objects.get(pk=cast.village.pk)


@pytest.fixture
def small() -> World[Cast]:
    BUILT.clear()
    return World(_cast)


def seen(world: World | None) -> tuple[dict[str, list[str]], dict[str, list]]:
    """The rows of every table while this world stands, and what the doctor says of them."""
    stand(world)
    rows = {model._meta.db_table: sorted(map(repr, found)) for model, found in all_rows().items()}
    return rows, {check: found for check, found in examine(fix=False).items() if found}


def test_rows_written_again_are_the_rows_that_were_built(small):
    bare, first, made = seen(None), seen(small), small()
    assert Area.objects.count() > 0
    assert seen(None) == bare
    assert seen(small) == first
    assert first[1] == {}
    assert BUILT == ["cast"]
    again = small()
    assert again == made
    assert again.users == made.users
    assert again.township is not made.township


def test_what_was_committed_is_gone_when_it_stands_again(small):
    first = seen(small)
    Area.objects.update(name="改过")
    User.objects.create(username="left", name="留下的", created_at=clock.now())
    worlds.spoil()
    assert seen(small) == first
    assert BUILT == ["cast"]


def test_the_guards_stand_as_before(small):
    stand(small)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AuditEntry.objects.update(verb="y")
    with pytest.raises(IntegrityError), transaction.atomic():
        DutyItem.objects.update(name="y")


def test_one_world_on_top_of_another(small):
    upper = World(_renamed, small)
    first = seen(upper)
    assert upper().name == "新名村"
    below = seen(small)
    assert small().village.name != "新名村"
    assert first != below
    assert seen(upper) == first
    assert BUILT == ["cast", "renamed"]


def test_for_another_time_it_is_built_anew(small):
    stand(small)
    with clock.at(clock.now() - timedelta(days=9)):
        with transaction.atomic():
            made = small()
            assert made.county.created_at < clock.now()
            assert Area.objects.count() == len(Area.objects.values("code").distinct())
            transaction.set_rollback(True)
        assert BUILT == ["cast"] * 2
        stand(small)
    assert BUILT == ["cast"] * 3
    stand(small)
    assert BUILT == ["cast"] * 4
    assert STAGE.world is small
