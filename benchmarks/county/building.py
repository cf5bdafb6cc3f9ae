"""`make scale`: the synthetic county on PostgreSQL: 20 townships, 290 villages, 3,000 grids, 300,000 households.

Everything is made by the real verbs: divisions and grids by the tree, households by imports of one CSV for each
township, through reading, checking and writing. Names and phones are invented, nobody has an identity number.
"""

import argparse
import io
import math
import multiprocessing
import os
import random
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

SEED = 440783
URL = "postgres://postgres@127.0.0.1:5432/shanzhi_scale"
HOUSEHOLDS, PER_GRID, PER_MICROGRID = 300_000, 400, 133
INVENTED = ("试验一镇", "试验二镇", "试验三镇", "试验四镇")
VILLAGES_OF_INVENTED = 5
WORKERS, PATIENCE = 2, 600
"""Processes that share an import, as a worker has them, and how many seconds they have for each half of it."""
HEAD = ("网格编码", "门牌", "户主", "电话", "人口", "标签")


def main() -> int:
    parser = argparse.ArgumentParser(prog="make scale", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--households", type=int, default=HOUSEHOLDS)
    asked = parser.parse_args()
    prepare()
    return build(asked.households)


def prepare() -> None:
    """Point the settings at the database of the county, which is made when it is missing, and migrate it."""
    os.environ.setdefault("DATABASE_URL", URL)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    _database(os.environ["DATABASE_URL"])
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def _database(url: str) -> None:
    import psycopg
    from psycopg import sql

    server, _slash, name = url.partition("?")[0].rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True, connect_timeout=3) as admin:
        if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def build(wanted: int) -> int:
    from grids.models import Area, Household

    if Area.objects.exists():
        sys.stdout.write(f"已有 {Area.objects.count()} 个区域、{Household.objects.count()} 户，不再生成\n")
        return 0
    began = time.monotonic()
    rng = random.Random(SEED)
    sizes = _lay(rng, wanted)
    say(f"区域 {Area.objects.count()} 个", began)
    figures = _fill(rng, sizes)
    say(f"户 {Household.objects.count()}：{figures}", began)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    say("完成", began)
    return 0


def say(text: str, began: float) -> None:
    sys.stdout.write(f"{time.monotonic() - began:6.1f} s  {text}\n")
    sys.stdout.flush()


def _lay(rng: random.Random, wanted: int) -> dict[str, int]:
    """Divisions, invented townships, grids and microgrids; how many households each lowest grid has."""
    from grids import tree
    from grids.divisions import import_divisions
    from grids.levels import Level
    from grids.models import Area

    import_divisions(content=(Path(__file__).parents[2] / "data/kaiping_divisions.csv").read_bytes(), actor=None)
    tree.add_many(rows=list(_invented()), actor=None)
    villages = list(Area.objects.filter(level=Level.VILLAGE).order_by("code"))
    raw = [_weight(rng, village.code) for village in villages]
    counts = {v.code: max(round(weight * wanted / sum(raw)), 4) for v, weight in zip(villages, raw, strict=True)}
    rows: list[Any] = []
    sizes: dict[str, int] = {}
    for village in villages:
        rows += _grids(village.code, village.short_name, counts[village.code], sizes)
    tree.add_many(rows=rows, actor=None)
    return sizes


def _invented() -> Iterator[Any]:
    from grids.levels import Level
    from grids.tree import NewArea

    for n, name in enumerate(INVENTED, 1):
        town = f"4407839{n:02d}000"
        yield NewArea("440783000000", Level.TOWNSHIP, town, name)
        for v in range(1, VILLAGES_OF_INVENTED + 1):
            yield NewArea(town, Level.VILLAGE, f"{town[:9]}{199 + v}", f"{name}{v}村委会")


def _weight(rng: random.Random, code: str) -> float:
    factor = 1.8 if code[9] in "01" else 0.85
    return min(max(rng.lognormvariate(7.0, 0.45) * factor, 200), 4000)


def _grids(village: str, name: str, count: int, sizes: dict[str, int]) -> list[Any]:
    from grids.levels import Level
    from grids.tree import NewArea

    rows, serial = [], 0
    grids = max(1, round(count / PER_GRID))
    for g in range(grids):
        serial += 1
        grid = f"{village}{serial:03d}"
        rows.append(NewArea(village, Level.GRID, grid, f"{name}{g + 1:02d}网格", "general"))
        share = count // grids + (g < count % grids)
        micros = max(1, math.ceil(share / PER_MICROGRID))
        for m in range(micros):
            serial += 1
            code = f"{village}{serial:03d}"
            rows.append(NewArea(grid, Level.MICROGRID, code, f"{name}{g + 1:02d}-{m + 1}微网格"))
            sizes[code] = share // micros + (m < share % micros)
    return rows


def _fill(rng: random.Random, sizes: dict[str, int]) -> str:
    """Import the households of each township as its dispatcher would; how fast each half went."""
    from grids.levels import Level
    from grids.models import Area

    seconds = {"read": 0.0, "write": 0.0}
    total = 0
    with working():
        for town in Area.objects.filter(level=Level.TOWNSHIP).order_by("code"):
            mine = {code: n for code, n in sizes.items() if code.startswith(town.code[:9])}
            total += sum(mine.values())
            bring_in(town, dispatcher_of(town), lines_of(rng, mine), seconds)
    whole = sum(seconds.values())
    return (
        f"{WORKERS} 个进程导入 {total / whole:,.0f} 行/秒（读表和检查 {total / seconds['read']:,.0f}，"
        f"写入 {total / seconds['write']:,.0f}）"
    )


@contextmanager
def working() -> Iterator[None]:
    """WORKERS processes that take long work from the outbox, as those of a worker do."""
    spawn = multiprocessing.get_context("spawn")
    over = spawn.Event()
    workers = [spawn.Process(target=_work, args=(over,), daemon=True) for _n in range(WORKERS)]
    for worker in workers:
        worker.start()
    try:
        yield
    finally:
        over.set()
        for worker in workers:
            worker.join()


def _work(over: Event) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")
    import django

    django.setup()
    from core.jobs import outbox

    while not over.is_set():
        if not outbox.drain(outbox.BULK):
            time.sleep(0.01)


def bring_in(town: Any, user: Any, lines: Iterator[str], seconds: dict[str, float]) -> Any:
    """One CSV through the whole import, inside `working`; adds what each half took."""
    from households.imports import work
    from households.models import Import
    from issues.engine.actions import Once

    content = io.BytesIO("\n".join([",".join(HEAD), *lines]).encode())
    began = time.monotonic()
    once = Once("scale", str(uuid.uuid4()), {})
    one = work.take_in(content=content, kind="households", place=town, user=user, once=once)
    work.choose_columns(one, columns=one.columns, user=user)
    one = _once_it_is(Import.State.CHECKED, one)
    middle = time.monotonic()
    if one.bad:
        raise RuntimeError(f"{town}: {one.bad} bad rows, {one.problems.first()}")
    work.start(one, user=user)
    one = _once_it_is(Import.State.DONE, one)
    seconds["read"] += middle - began
    seconds["write"] += time.monotonic() - middle
    return one


def _once_it_is(state: str, one: Any) -> Any:
    ends = time.monotonic() + PATIENCE
    while one.state != state:
        if one.failure or time.monotonic() > ends:
            raise RuntimeError(f"the import is still {one.state}: {one.failure}")
        time.sleep(0.02)
        one.refresh_from_db()
    return one


def dispatcher_of(town: Any) -> Any:
    from core import clock
    from members.models import Post, User
    from members.roles import Role

    user, _made = User.objects.get_or_create(
        username=f"scale-{town.code[:9]}",
        defaults={"name": "分拨员", "created_at": clock.now(), "must_change_password": False},
    )
    Post.objects.get_or_create(
        user=user, role=Role.TOWNSHIP_DISPATCHER, area=town, defaults={"starts_on": date(2020, 1, 1)}
    )
    return User.objects.get(pk=user.pk)


def lines_of(rng: random.Random, sizes: dict[str, int]) -> Iterator[str]:
    from gateway.demo.setting.places import LANES, TAGS, invented_phone, person_name

    for code, size in sizes.items():
        group = max(1, size // 30)
        for n in range(size):
            lane = LANES[int(code[12:]) % len(LANES)]
            tags = "、".join(tag for tag, share in TAGS if rng.random() < share)
            people = rng.choices(range(1, 8), (8, 20, 24, 24, 14, 7, 3))[0]
            address = f"{lane}{n % group + 1}组{n // group + 1}号"
            yield f"{code},{address},{person_name(rng)},{invented_phone(rng)},{people},{tags}"


if __name__ == "__main__":
    sys.exit(main())
