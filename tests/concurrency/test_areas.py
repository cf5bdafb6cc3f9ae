"""Eight writers of the tree and readers beside them: it stays sound, and nobody sees another branch for a moment."""

import threading

import pytest

from core.doctor import examine
from core.errors import Conflict
from grids import households, tree
from grids.levels import Level
from grids.models import Area, Household
from grids.tree import AREAS, AreaRefused
from members import accounts, posts
from members.models import User
from members.roles import Role
from places.plans import carrying, drafting
from places.plans.drafting import PlanRefused
from places.plans.preview import preview
from places.rules import How
from tests.concurrency.crowd import at_once
from tests.grids.conftest import COUNTY, add

WRITERS, READERS, ROUNDS = 8, 4, 6
TOWNS = ("440783103000", "440783116000")

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def county():
    """Two townships with four villages each; a grid of twelve households in every village."""
    root = add(None, Level.COUNTY, COUNTY, "开平市")
    grids = []
    for code in TOWNS:
        town = add(root, Level.TOWNSHIP, code, code[6:9] + "镇")
        for n in range(4):
            village = add(town, Level.VILLAGE, f"{code[:9]}{220 + n}", f"{n}村委会")
            grids += [add(village, Level.GRID, f"{village.code}{serial:03d}", f"{serial}网格") for serial in (1, 2)]
    rows = [households.NewHousehold(g, f"{n % 3 + 1}组{n}号") for g in grids for n in range(1, 7)]
    households.register_many(rows=rows, actor=None)
    for code in TOWNS:
        user = _user(code)
        posts.assign(user=user, role=Role.TOWNSHIP_LEADER, area=Area.objects.get(code=code), actor=None)
    return [_user(f"admin{n}") for n in range(WRITERS)]


def _user(name):
    return accounts.create_user(username=name, name=name, password=None, must_change_password=False, actor=None)


def write(user, village_code, n):
    """One act on the tree; what another was faster with is refused and no error."""
    grids = list(Area.objects.in_use().filter(code__startswith=village_code, level=Level.GRID).order_by("code"))
    try:
        if n % 5 == 0:
            _plan(user, "split", grids[:1])
        elif n % 5 == 1:
            _plan(user, "merge", grids[1:2], grids[0])
        elif n % 5 == 2:
            _plan(user, "transfer", grids[:1], grids[-1])
        elif n % 5 == 3:
            tree.rename(area=grids[-1], name=f"{user.username}改{n}网格", actor=user)
            code = tree.next_grid_code(grids[0])
            tree.add(parent=grids[0].parent, level=Level.GRID, code=code, name=f"{user}{n}", actor=user)
        else:
            _plan(user, "split", grids[:1], undo=True)
    except (Conflict, PlanRefused, AreaRefused, households.HouseholdRefused):
        return False
    return True


def _plan(user, kind, sources, into=None, undo=False):
    plan = drafting.draft(kind=kind, sources=sources, into=into, actor=user)
    if kind == "split":
        drafting.suggest(plan=plan, parts=2, names=[f"{user}{plan.pk}甲", f"{user}{plan.pk}乙"], actor=user)
    if kind == "transfer":
        target = plan.targets.get()
        drafting.choose(plan=plan, target=target, how=How.GROUPS, value={"groups": ["1组"]}, actor=user)
    done = carrying.apply(plan=plan, fingerprint=preview(plan).fingerprint, actor=user)
    if undo:
        carrying.undo(plan=done, actor=user)


def read(town, stop):
    """Read over and over as the leader of a township until the writers are done; returns what was foreign."""
    foreign, rounds = [], 0
    while not stop.is_set() or not rounds:
        user = User.objects.get(username=town)
        seen = Area.objects.visible_to(user).values_list("code", flat=True)
        foreign += [code for code in seen if not code.startswith(town[:9])]
        rows = Household.objects.visible_to(user).values_list("code", flat=True)
        foreign += [code for code in rows if not code.startswith(town[:9])]
        rounds += 1
    return foreign


def test_eight_editors_and_readers_beside_them(county):
    stop, left = threading.Event(), threading.Semaphore(0)
    villages = [f"{code[:9]}{220 + n}" for code in TOWNS for n in range(4)]

    def work(n):
        if n >= WRITERS:
            return read(TOWNS[n % 2], stop)
        try:
            # neighbours meet: every village is worked on by two of them
            return [write(county[n], villages[(n + k // 2) % WRITERS], n + k) for k in range(ROUNDS)]
        finally:
            left.release()
            if n == 0:
                for _ in range(WRITERS):
                    left.acquire()
                stop.set()

    results = at_once(WRITERS + READERS, work)
    errors = [r for r in results if isinstance(r, BaseException)]
    assert errors == []
    assert all(seen == [] for seen in results[WRITERS:]), "a reader saw another branch"
    assert sum(sum(acts) for acts in results[:WRITERS]) >= WRITERS, "most acts came through"
    assert AREAS.damage() == {}
    assert {name: found for name, found in examine(fix=False).items() if found} == {}
    assert Household.objects.filter(retired_at=None).count() == 16 * 6


def test_one_plan_is_carried_out_once_whoever_presses(county):
    grid = Area.objects.in_use().filter(level=Level.GRID).first()
    plan = drafting.draft(kind="split", sources=[grid], actor=county[0])
    drafting.suggest(plan=plan, parts=2, names=["甲网格", "乙网格"], actor=county[0])
    fingerprint = preview(plan).fingerprint
    results = at_once(4, lambda n: carrying.apply(plan=plan, fingerprint=fingerprint, actor=county[n]))
    assert sum(not isinstance(r, BaseException) for r in results) == 1
    assert all(isinstance(r, Conflict) for r in results if isinstance(r, BaseException))
    assert plan.moves.count() == 6


def test_a_post_is_not_given_at_a_grid_that_is_just_being_merged(county):
    grids = list(Area.objects.in_use().filter(level=Level.GRID).order_by("code")[:2])
    plan = drafting.draft(kind="merge", sources=grids[1:], into=grids[0], actor=county[0])
    fingerprint = preview(plan).fingerprint

    def act(n):
        if n == 0:
            return carrying.apply(plan=plan, fingerprint=fingerprint, actor=county[0])
        return posts.assign(user=county[n], role=Role.GRID_WORKER, area=grids[1], actor=None)

    at_once(4, act)
    retired = Area.objects.get(pk=grids[1].pk)
    assert retired.retired_at
    assert not retired.posts.not_over().exists()
