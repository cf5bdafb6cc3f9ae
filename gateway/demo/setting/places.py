"""Where the demo happens: the real divisions of 开平市, 沙塘镇 with about 2,000 households of invented people, and
planned grids without households in every other township.

沙塘镇 begins with the 20 overlapping grids it had; `reshape` makes the 16 large and 22 micro-grids of them.
"""

import math
import random
from pathlib import Path

from django.conf import settings

from grids import households, tree
from grids.divisions import import_divisions
from grids.households import NewHousehold
from grids.levels import GridKind, Level
from grids.models import Area
from grids.tree import NewArea
from places.models import Plan
from places.plans import carrying, drafting
from places.plans.preview import preview
from places.rules import PlanKind

COUNTY = "440783000000"
TOWNSHIP = "440783103000"
COUNTY_HOUSEHOLDS = 300_000
CITY = frozenset({"440783001", "440783002", "440783400"})
"""The streets of the county town and the new district: their communities are of the city."""
PER_GRID = 400
MICROGRIDS = {
    "440783103001": 4,
    "440783103229": 3,
    "440783103233": 3,
    "440783103231": 2,
    "440783103226": 2,
    "440783103224": 2,
    "440783103220": 2,
    "440783103222": 2,
    "440783103232": 2,
}
"""How many microgrids each divided village of 沙塘镇 has: 22 in all; the others are one large grid."""
TWICE = ("440783103221", "440783103225", "440783103227", "440783103230")
"""Villages of 沙塘镇 that had a second grid."""
REASON = "20 个交叉重叠的网格调整为 16 个大网格、22 个微网格"

SURNAMES = "陈梁黄李张吴周谭司徒余关邓何方许劳胡谢林罗"
FAMILY = [*(s for s in SURNAMES if s not in "司徒"), "司徒"]
GIVEN = ["志强", "美玲", "伟明", "秀英", "建华", "丽珍", "国栋", "惠芳", "锦棠", "小燕", "健生", "月娥", "文锋", "少芬"]
GIVEN += [
    "卓贤",
    "婉仪",
    "炳坤",
    "嘉怡",
    "永康",
    "翠萍",
    "振邦",
    "雪梅",
    "荣光",
    "彩霞",
    "俊杰",
    "凤仪",
    "达明",
    "玉兰",
]
LANES = ["南安里", "长庆里", "东升里", "永兴里", "新和里", "龙田里", "潮兴里", "仁和里"]
TAGS = (("独居老人", 0.05), ("低保", 0.03), ("残疾人", 0.03), ("退役军人", 0.04), ("党员户", 0.12))


def person_name(rng: random.Random) -> str:
    return rng.choice(FAMILY) + rng.choice(GIVEN)


def invented_phone(rng: random.Random) -> str:
    """A number of a shape that no operator assigns."""
    return f"1000000{rng.randrange(10_000):04d}"


def build(rng: random.Random) -> None:
    """Import the county and lay its grids; runs once on an empty database."""
    import_divisions(content=(Path(settings.BASE_DIR) / "data/kaiping_divisions.csv").read_bytes(), actor=None)
    villages = list(Area.objects.filter(level=Level.VILLAGE).order_by("code"))
    sizes = _village_sizes(villages, rng)
    rows: list[NewArea] = []
    for village in villages:
        in_demo = village.code.startswith(TOWNSHIP[:9])
        rows += _demo_grids(village) if in_demo else _planned_grids(village, sizes[village.code])
    tree.add_many(rows=rows, actor=None)
    _settle_households(rng)


def reshape() -> None:
    """20 grids become 16 large and 22 micro-grids: second grids are merged, divided villages get microgrids."""
    grids = {g.code: g for g in _town_grids()}
    for village in TWICE:
        merge = drafting.draft(
            kind=PlanKind.MERGE,
            sources=[grids[f"{village}002"]],
            into=grids[f"{village}001"],
            reason=REASON,
            actor=None,
        )
        _carry_out(merge)
    for village, parts in MICROGRIDS.items():
        divide = drafting.draft(kind=PlanKind.DIVIDE, sources=[grids[f"{village}001"]], reason=REASON, actor=None)
        drafting.suggest(plan=divide, parts=parts, actor=None)
        _carry_out(divide)


def _carry_out(plan: Plan) -> None:
    carrying.apply(plan=plan, fingerprint=preview(plan).fingerprint, actor=None)


def _town_grids() -> list[Area]:
    return list(Area.objects.filter(code__startswith=TOWNSHIP[:9], level=Level.GRID).order_by("code"))


def _village_sizes(villages: list[Area], rng: random.Random) -> dict[str, int]:
    """Planned households per village: lognormal, urban communities larger, together the county's total."""
    raw = {}
    for village in villages:
        factor = 1.8 if village.code[9] in "01" else 0.85
        raw[village.code] = min(max(rng.lognormvariate(7.0, 0.45) * factor, 200), 4000)
    scale = COUNTY_HOUSEHOLDS / sum(raw.values())
    return {code: round(size * scale) for code, size in raw.items()}


def _planned_grids(village: Area, size: int) -> list[NewArea]:
    count = max(1, math.ceil(size / PER_GRID))
    names = (
        [f"{village.short_name}网格"]
        if count == 1
        else [f"{village.short_name}{n:02d}网格" for n in range(1, count + 1)]
    )
    return [
        NewArea(village.code, Level.GRID, f"{village.code}{n:03d}", name, GridKind.GENERAL, size // count)
        for n, name in enumerate(names, 1)
    ]


def _demo_grids(village: Area) -> list[NewArea]:
    names = [f"{village.short_name}网格", f"{village.short_name}老网格"][: 1 + (village.code in TWICE)]
    return [
        NewArea(village.code, Level.GRID, f"{village.code}{n:03d}", name, GridKind.GENERAL)
        for n, name in enumerate(names, 1)
    ]


def filing_areas() -> list[Area]:
    """The areas of 沙塘镇 where households live and tickets are filed: microgrids, else the large grid."""
    grids = Area.objects.in_use().filter(code__startswith=TOWNSHIP[:9], level__in=(Level.GRID, Level.MICROGRID))
    divided = {g.parent_id for g in grids if g.level == Level.MICROGRID}
    return [g for g in grids.order_by("code") if g.pk not in divided]


def _settle_households(rng: random.Random) -> None:
    rows = []
    for area in _town_grids():
        micros = MICROGRIDS.get(area.code[:12], 0)
        size = sum(rng.randint(44, 78) for _n in range(micros)) or rng.randint(70, 125)
        size //= 1 + (area.code[:12] in TWICE)
        group = max(2, size // 20)
        for n in range(size):
            rows.append(
                NewHousehold(
                    area,
                    f"{LANES[n % group % len(LANES)]}{n % group + 1}组{n // group + 1}号",
                    head_name=person_name(rng),
                    phone=invented_phone(rng),
                    size=rng.choices(range(1, 8), (8, 20, 24, 24, 14, 7, 3))[0],
                    tags=[tag for tag, share in TAGS if rng.random() < share],
                    is_hub=n == 0,
                )
            )
    households.register_many(rows=rows, actor=None)
