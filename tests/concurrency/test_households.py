"""Many at one household, helper, import or file at once, on PostgreSQL: one wins, nothing happens twice."""

import pytest
from django.db import transaction

from core.errors import NotNow
from core.jobs import outbox
from core.models import OutboxRow
from grids import counting, households
from grids.households import HouseholdMoved, NewHousehold
from grids.models import Household
from households.contact import liaisons
from households.contact.visits import visit
from households.file import looking
from households.file.actions import FileRefused
from households.file.looking import TooManyLooks
from households.imports import work
from households.models import Import, Liaison, Visit
from households.registers import exports
from households.rules import MOST_LIAISONS, REVEALS_A_DAY
from issues.models import Ticket
from members.models import User
from tests.concurrency.crowd import at_once
from tests.households.conftest import checked, helper, once, sheet, uploaded

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]
GRID = "440783103229002"


def as_user(user):
    return User.objects.get(pk=user.pk)


def test_of_eight_corrections_of_one_page_one_is_kept(cast):
    home = cast.household

    def correct(n):
        new = NewHousehold(home.area, home.address, f"第{n}人", size=n + 1)
        return households.correct(household=home, new=new, version=home.version, actor=None).size

    results = at_once(8, correct)
    sizes = [r for r in results if isinstance(r, int)]
    assert len(sizes) == 1
    assert len([r for r in results if isinstance(r, HouseholdMoved)]) == 7
    assert Household.objects.get(pk=home.pk).size == sizes[0]


def test_a_press_repeated_eight_times_is_one_visit_and_one_ticket(cast):
    key = once()

    def press(_n):
        made = visit(household=cast.household, outcome="matter", note="漏雨", user=as_user(cast.worker), once=key)
        return made.pk

    assert len(set(at_once(8, press))) == 1
    assert (Visit.objects.count(), Ticket.objects.count()) == (1, 1)


def test_helpers_never_get_more_than_the_bound_and_a_household_has_one_of_a_kind(cast):
    rows = [NewHousehold(cast.microgrid, f"新安里{n}号") for n in range(MOST_LIAISONS + 12)]
    households.register_many(rows=rows, actor=None)
    homes = list(Household.objects.filter(area=cast.microgrid).order_by("code"))
    helpers = [helper(cast, f"联户人{n}") for n in range(2)]

    def assign(n):
        chosen = homes[n * 4 : n * 4 + 8] if n % 2 else homes[n * 4 : n * 4 + 8][::-1]
        return liaisons.assign(helper=helpers[n % 2], households=chosen, user=as_user(cast.secretary))

    results = at_once(8, assign)
    assert all(isinstance(r, int | FileRefused) for r in results), results
    now = Liaison.objects.filter(ended_on=None)
    assert now.count() == now.values("household").distinct().count()
    assert all(now.filter(helper=one).count() <= MOST_LIAISONS for one in helpers)


def test_the_days_looks_are_counted_once_each(cast):
    for _n in range(REVEALS_A_DAY - 3):
        looking.look(household=cast.household, reason="visit", user=cast.worker)
    results = at_once(8, lambda _n: looking.look(household=cast.household, reason="visit", user=as_user(cast.worker)))
    assert len([r for r in results if isinstance(r, looking.Shown)]) == 3
    assert len([r for r in results if isinstance(r, TooManyLooks)]) == 5


def test_an_approved_file_is_fetched_once(cast):
    row = exports.ask(area=cast.village, reason="核对低保名单", user=cast.secretary, once=once())
    exports.decide(request=row, approve=True, remark="", user=cast.town_leader)

    def fetch(_n):
        with exports.fetch(request=row, kind="csv", user=as_user(cast.secretary)).file as file:
            return len(file.read())

    results = at_once(8, fetch)
    assert len([r for r in results if isinstance(r, int)]) == 1
    assert len([r for r in results if isinstance(r, NotNow)]) == 7


def test_chunks_run_twice_at_once_and_rows_registered_beside_them_stay_whole(cast):
    text = "网格编码,门牌\n" + "\n".join(f"{GRID},新安里{n}号" for n in range(60))
    one = checked(cast, sheet(text))
    work.start(one, user=cast.secretary)

    def act(n):
        if n % 2:
            return households.register(area=cast.microgrid, address=f"别处{n}号", actor=None).code
        return _loaded(one.pk)

    results = at_once(8, act)
    assert not [r for r in results if isinstance(r, Exception)], results
    assert Household.objects.filter(address__startswith="新安里").count() == 60
    codes = list(Household.objects.values_list("code", flat=True))
    assert len(codes) == len(set(codes))
    assert counting.recount() == []
    assert Import.objects.get(pk=one.pk).added == 60


def _loaded(pk):
    with transaction.atomic():
        return work.load(pk, 0)


def test_workers_share_the_chunks_of_an_import_and_write_each_once(cast, monkeypatch):
    monkeypatch.setattr(work, "CHUNK", 10)
    lines = "\n".join(f"{GRID},新安里{n}号,{'x' * 200 if n % 40 == 0 else ''}" for n in range(1, 201))
    one = uploaded(cast, sheet(f"网格编码,门牌地址,户主\n{lines}\n"))
    work.choose_columns(one, columns=one.columns, user=one.user)
    together(one)
    assert (one.state, one.rows, one.checked, one.bad) == ("checked", 200, 200, 5)
    work.start(one, user=as_user(cast.secretary))
    together(one)
    assert (one.state, one.written, one.added, one.bad) == ("done", 200, 195, 5)
    assert Household.objects.filter(address__startswith="新安里").count() == 195
    assert counting.recount() == []
    assert not OutboxRow.objects.filter(parked_at__isnull=False).exists()


def together(one):
    """Three workers drain until nothing is due."""
    while sum(int(done) for done in at_once(3, lambda _n: outbox.drain("bulk", strict=True))):
        pass
    one.refresh_from_db()
