"""Eight writers at once on PostgreSQL: the tree and the counts stay whole."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from grids import counting, households, tree
from grids.levels import Level
from grids.models import Area, Household
from grids.tree import AREAS
from tests.grids.conftest import COUNTY, TOWN, add

WRITERS, EACH = 8, 6

pytestmark = [
    pytest.mark.concurrency,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="threads are tried on PostgreSQL"),
]


@pytest.fixture
def villages():
    town = add(add(None, Level.COUNTY, COUNTY, "开平市"), Level.TOWNSHIP, TOWN, "沙塘镇")
    return [add(town, Level.VILLAGE, f"440783103{220 + n}", f"{n}村委会") for n in range(WRITERS)]


def in_threads(work):
    """Run `work(n)` in WRITERS threads; returns what each returned."""

    def run(n):
        try:
            return work(n)
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(run, range(WRITERS)))


def test_eight_threads_adding_grids_leave_a_whole_tree(villages):
    def work(n):
        for serial in range(1, EACH + 1):
            village = villages[(n + serial) % WRITERS]  # read before everybody else's writes
            code = f"{village.code}{n * EACH + serial:03d}"
            tree.add(parent=village, level=Level.GRID, code=code, name=f"{code[-3:]}网格", actor=None)

    in_threads(work)
    assert Area.objects.filter(level=Level.GRID).count() == WRITERS * EACH
    assert AREAS.damage() == {}


def test_one_code_goes_to_one_writer(villages):
    code = villages[0].code + "001"

    def work(n):
        try:
            tree.add(parent=villages[0], level=Level.GRID, code=code, name=f"{n}网格", actor=None)
        except tree.AreaRefused:
            return False
        return True

    assert sum(in_threads(work)) == 1
    assert AREAS.damage() == {}


def test_households_and_grids_written_together_keep_counts_and_codes(villages):
    grids = [add(village, Level.GRID, village.code + "001", "第一网格") for village in villages]

    def work(n):
        for serial in range(2, EACH + 2):
            households.register(area=grids[0], address=f"{n}-{serial} 号", actor=None)
            tree.add(
                parent=villages[n],
                level=Level.GRID,
                code=f"{villages[n].code}{serial:03d}",
                name=f"{serial}网格",
                actor=None,
            )

    in_threads(work)
    assert Household.objects.values("code").distinct().count() == WRITERS * EACH
    assert Area.objects.get(code=COUNTY).household_count == WRITERS * EACH
    assert counting.recount() == []
    assert AREAS.damage() == {}
