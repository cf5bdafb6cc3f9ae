"""Builds the whole demo on an empty database, in the order things came to be."""

import random
from collections.abc import Callable
from datetime import timedelta

from core import clock
from core.trust import chain
from duties.models import DutyItem
from duties.routing.deciding import version_in_force
from gateway.demo.setting import channels, desk, ground, lists, outlines, people, pictures, places
from gateway.demo.telling import disputes, gate, history, homes, ledgers
from gateway.demo.telling.world import World
from grids.levels import Level
from grids.models import Area
from issues.learning import counting
from members.models import Department, Post, User
from members.roles import Role

SEED = 440783
COMMON = {"B01": 9, "C04": 7, "C02": 6, "C03": 5, "F01": 5, "A01": 4, "B06": 4, "E01": 3, "A02": 3, "J01": 3, "C07": 3}
PICTURES = 12
BEFORE = timedelta(days=40)
"""How long 沙塘镇 had its old grids before they were reshaped."""
LEADING = ("fenbo", "zhenzhang", "xianfenbo", "xianling", "hecha")
"""Named accounts that act in every story."""

Say = Callable[[str], None]


def build(say: Say) -> None:
    """Places, people, list and ninety days of history; needs an empty, migrated database."""
    rng = random.Random(SEED)  # noqa: S311  (demo data, not a secret)
    now = clock.now().replace(microsecond=0)
    founded = history.begin(now) - timedelta(days=30)
    with clock.at(founded - BEFORE):
        places.build(rng)
    with clock.at(founded):
        places.reshape()
        outlines.draw()
        say(f"区域 {Area.objects.in_use().count()} 个，边界为示意")
        people.build(rng, clock.today())
        say(f"人员 {User.objects.count()} 人，部门 {Department.objects.count()} 个")
        ground.fill()
        channels.choose()
        desk.switch_off()
    lists.revise(founded)
    history.write(cast(rng), now=now, say=say)
    say(f"纠纷 {disputes.write(now)} 件")
    say(f"专项台账 {ledgers.write(now)} 件")
    say(f"准入 {gate.write(now)} 件")
    lists.draft(now)
    say(f"走访 {homes.write(now)} 次")
    outlines.profile()
    desk.fill()
    say(f"事项用词 {counting.learn()} 条")
    channels.connect()
    seal()


def seal() -> None:
    """Link what the history has left on the trail, as the engine would within minutes."""
    while chain.seal():
        pass


def cast(rng: random.Random) -> World:
    """The world the stories draw from, read once."""
    holders = _holders()
    areas = places.filing_areas()
    items = list(
        DutyItem.objects.filter(version=version_in_force())
        .select_related("grade", "lead", "category", "version")
        .prefetch_related("assisting")
    )
    named = {user.username: user for user in User.objects.filter(username__in=LEADING)}
    return World(
        rng=rng,
        areas=areas,
        weights=[area.household_count for area in areas],
        items=items,
        item_weights=[COMMON.get(item.code, 1) for item in items],
        workers={area.pk: holders[Role.GRID_WORKER, area.pk] for area in areas},
        chiefs={g.pk: holders[Role.GRID_CHIEF, g.pk][0] for g in _grids()},
        secretaries={v.pk: holders[Role.VILLAGE_SECRETARY, v.pk][0] for v in _villages()},
        handlers={d.pk: holders[Role.DEPARTMENT_HANDLER, d.pk] for d in Department.objects.all()},
        dispatcher=named["fenbo"],
        town_leader=named["zhenzhang"],
        county_dispatcher=named["xianfenbo"],
        county_leader=named["xianling"],
        verifier=named["hecha"],
        pictures=pictures.draw(PICTURES, rng),
    )


def _holders() -> dict[tuple[str, int], list[User]]:
    """Users by role and place (area or department)."""
    found: dict[tuple[str, int], list[User]] = {}
    for post in Post.objects.select_related("user").order_by("id"):
        place = post.area_id or post.department_id
        if place is not None:
            found.setdefault((post.role, place), []).append(post.user)
    return found


def _grids() -> list[Area]:
    return list(Area.objects.in_use().filter(code__startswith=places.TOWNSHIP[:9], level=Level.GRID))


def _villages() -> list[Area]:
    return list(Area.objects.filter(parent__code=places.TOWNSHIP))
