"""Builds the whole demo on an empty database, in the order things came to be."""

import random
from collections.abc import Callable
from datetime import timedelta

from core import clock
from core.trust import chain
from duties.models import DutyItem
from duties.routing.deciding import version_in_force
from gateway.demo.setting import channels, desk, ground, lists, outlines, people, pictures, places, townships
from gateway.demo.telling import disputes, gate, history, homes, ledgers
from gateway.demo.telling.matters import Lie, Matters
from gateway.demo.telling.world import Ground, Town, World
from grids.levels import Level
from grids.models import Area
from grids.scope import ancestors
from issues.learning import counting
from members.models import Department, Post, User
from members.roles import Role

SEED = 440783
COMMON = {
    "B01": 10, "B06": 6, "C02": 6, "F01": 6, "A01": 5, "C04": 5, "A02": 4, "C03": 4, "G05": 4, "J01": 4, "B03": 3,
    "C07": 3, "A09": 2, "B04": 2, "C08": 2, "D01": 2, "E01": 2,
    "C01": 0.8, "G01": 0.7, "F03": 0.6, "A10": 0.5, "D03": 0.5, "E02": 0.5, "F06": 0.5, "K02": 0.5,
    "A03": 0.4, "A05": 0.4, "H02": 0.4, "A11": 0.3, "F05": 0.3, "G08": 0.3, "H03": 0.3,
    "A06": 0.2, "F04": 0.2, "L01": 0.2, "F07": 0.15, "L02": 0.15,
}  # fmt: skip
"""How common items are; 1 where nothing is said."""
PICTURES = 12
BEFORE = timedelta(days=40)
"""How long 沙塘镇 had its old grids before they were reshaped."""
COMMUNITY = "社区"
HOME_SHARE = 0.62
"""Which share of what happens in the county happens in 沙塘镇."""
BUSY = (0.6, 1.6)
"""By how much one of the other townships may be busier than another."""
PACES = (0.75, 0.85, 0.7, 1.15, 0.8, 0.75, 1.7, 0.7, 1.25, 0.8, 0.65, 0.85, 1.2, 0.8, 1.9, 0.7)
"""How slow things are done, village by village of a township: most are brisk, one or two are not."""

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


def cast(rng: random.Random, *, elsewhere: bool = True) -> World:
    """The world the stories draw from, read once; without `elsewhere` of 沙塘镇 alone."""
    holders = _holders()
    grounds = _grounds(rng, elsewhere=elsewhere)
    items = list(
        DutyItem.objects.filter(version=version_in_force())
        .select_related("grade", "lead", "category", "version")
        .prefetch_related("assisting")
    )
    named = {user.username: user for user in User.objects.filter(username__in=("xianfenbo", "xianling"))}
    return World(
        rng=rng,
        grounds=grounds,
        weights=[ground.weight for ground in grounds],
        items=items,
        item_weights=[COMMON.get(item.code, 1) for item in items],
        workers=_held(holders, Role.GRID_WORKER),
        chiefs=_first(holders, Role.GRID_CHIEF),
        secretaries=_first(holders, Role.VILLAGE_SECRETARY),
        handlers=_held(holders, Role.DEPARTMENT_HANDLER),
        towns=_towns(holders),
        paces=_paces(),
        county_dispatcher=named["xianfenbo"],
        county_leader=named["xianling"],
        matters=Matters.read(),
        pictures=pictures.draw(PICTURES, rng),
    )


Holders = dict[tuple[str, int], list[User]]


def _holders() -> Holders:
    """Users by role and place (area or department)."""
    found: Holders = {}
    for post in Post.objects.select_related("user").order_by("id"):
        place = post.area_id or post.department_id
        if place is not None:
            found.setdefault((post.role, place), []).append(post.user)
    return found


def _held(holders: Holders, role: Role) -> dict[int, list[User]]:
    return {place: users for (held, place), users in holders.items() if held == role}


def _first(holders: Holders, role: Role) -> dict[int, User]:
    return {place: users[0] for place, users in _held(holders, role).items()}


def _towns(holders: Holders) -> dict[int, Town]:
    dispatchers, leaders = _first(holders, Role.TOWNSHIP_DISPATCHER), _first(holders, Role.TOWNSHIP_LEADER)
    verifiers = _first(holders, Role.VERIFIER)
    return {place: Town(dispatchers[place], leaders[place], verifiers[place]) for place in leaders}


def _paces() -> dict[int, float]:
    villages = Area.objects.filter(level=Level.VILLAGE).order_by("code")
    return {pk: PACES[n % len(PACES)] for n, pk in enumerate(villages.values_list("pk", flat=True))}


def _grounds(rng: random.Random, *, elsewhere: bool) -> list[Ground]:
    """Where tickets are filed: in 沙塘镇 by households, in every other township a like number, busier or calmer."""
    homes = [(area, float(area.household_count)) for area in places.filing_areas()]
    found = _weighed(homes, HOME_SHARE)
    others = townships.others() if elsewhere else []
    busy = {town.pk: rng.uniform(*BUSY) for town in others}
    for town in others:
        grids = [grid for village in townships.lively_villages(town) for grid in townships.filing_areas(village)]
        share = (1 - HOME_SHARE) * busy[town.pk] / sum(busy.values())
        found += _weighed([(grid, 1.0) for grid in grids], share)
    return found


def _weighed(areas: list[tuple[Area, float]], share: float) -> list[Ground]:
    whole = sum(weight for _area, weight in areas)
    return [_ground(area, share * weight / whole) for area, weight in areas]


def _ground(area: Area, weight: float) -> Ground:
    village = next(above for above in ancestors(area, include_self=True) if above.level == Level.VILLAGE)
    return Ground(area, village.short_name, _lie(village), weight)


def _lie(village: Area) -> Lie:
    if not village.short_name.endswith(COMMUNITY):
        return Lie.VILLAGES
    return Lie.CITY if village.code[:9] in places.CITY else Lie.COMMUNITIES
