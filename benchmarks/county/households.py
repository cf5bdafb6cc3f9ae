"""`make bench-scale`: imports, reads and writes of the tree at the size of a county (`benchmarks.county.building`
builds it).

What is written is undone. Slow figures never fail it; a measurement that breaks does.
"""

import random
import resource
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.county import building
from benchmarks.machine import header

READS, WRITES = 60, 10
WORDS = ("里3组", "南安", "东升里1组", "12号", "陈志强", "1000000")


def main() -> int:
    building.prepare()
    building.build(building.HOUSEHOLDS)
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)  # pages name their files
    rows = {**_reads(), **_writes(), **_imports()}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    width = max(map(len, rows))
    print("\n".join(header()))
    for name, figure in rows.items():
        print(f"{name:<{width}}  {figure}")
    print(f"{'memory, highest':<{width}}  {peak:.0f} MB")
    return 0


def timed(times: int, act: Callable[[int], object]) -> str:
    _vacuum()
    act(0)  # warm
    return spread([seconds(lambda n=n: act(n)) for n in range(times)])


def seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def spread(taken: list[float]) -> str:
    cuts = statistics.quantiles(taken, n=20)
    return f"p50 {statistics.median(taken) * 1000:7.1f} ms   p95 {cuts[-1] * 1000:7.1f} ms"


def _vacuum() -> None:
    """As autovacuum has been round where people work and not a benchmark."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE grids_area")


def _reads() -> dict[str, str]:
    from grids.levels import Level
    from grids.models import Area

    towns = list(Area.objects.filter(level=Level.TOWNSHIP).order_by("code"))
    people = {town.pk: building.dispatcher_of(town) for town in towns}
    return _list_reads(list(people.values())) | _file_reads(people)


def _list_reads(people: list[Any]) -> dict[str, str]:
    """What the dispatchers of townships see of all their households."""
    from django.db.models import Count

    from grids.models import Household
    from households.registers import search

    rng = random.Random(1)

    def person() -> Any:
        user = rng.choice(people)
        user.__dict__.pop("_scope", None)
        return user

    def listed(n: int) -> object:
        user = person()
        return search.page(user, search.Wanted(), None, "").rows

    def counted(n: int) -> object:
        rows = Household.objects.visible_to(person()).filter(retired_at=None).order_by()
        return list(rows.values_list("village").annotate(n=Count("pk")))

    def found(n: int) -> object:
        return search.page(person(), search.Wanted(words=WORDS[n % len(WORDS)]), None, "").rows

    return {
        "households under a township, first page": timed(READS, listed),
        "households of a township, counted by village": timed(READS, counted),
        "search in a township (words, name, phone)": timed(READS, found),
    }


def _file_reads(people: dict[int, Any]) -> dict[str, str]:
    """One household, by the dispatcher of its township."""
    from django.test import Client

    from grids.models import Household
    from households.page import home_of, open_file

    homes = list(Household.objects.order_by("?").values_list("code", "township")[: READS + 1])

    def opened(n: int) -> object:
        code, town = homes[n]
        user = people[town]
        return open_file(user, home_of(user, code))

    clients = {}
    for town, user in people.items():
        clients[town] = Client(HTTP_HOST="localhost")
        clients[town].force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        clients[town].get("/healthz", secure=True)  # each client sets up a stack of its own

    def page(n: int) -> object:
        code, town = homes[n]
        answer = clients[town].get(f"/households/{code}/", secure=True)
        if answer.status_code != 200:
            raise RuntimeError(f"{code}: {answer.status_code} {answer.get('Location', '')}")
        return answer.content

    return {
        "one household's file": timed(READS, opened),
        "household page over the whole stack": timed(READS, page),
    }


def _writes() -> dict[str, str]:
    from django.db import transaction

    from grids import households, tree
    from grids.households import Entry, NewHousehold, columns_of
    from grids.levels import Level
    from grids.models import Area, Household

    grids = list(Area.objects.filter(level=Level.MICROGRID).order_by("?")[: WRITES + 1])

    def undone(act: Callable[[Area], object]) -> Callable[[int], object]:
        def once(n: int) -> None:
            with transaction.atomic():
                act(grids[n % len(grids)])
                transaction.set_rollback(True)

        return once

    def insert(area: Area) -> object:
        code = tree.next_grid_code(area)
        return tree.add(parent=area.parent, level=Level.MICROGRID, code=code, name="新设微网格", actor=None)

    def transfer(area: Area) -> object:
        beside = Area.objects.filter(parent=area.parent_id).exclude(pk=area.pk).first() or area
        return households.transfer(households=Household.objects.filter(area=area)[:50], area=beside, actor=None)

    def register(area: Area) -> object:
        return households.register(area=area, address="新屋1号", actor=None)

    def load(area: Area) -> object:
        new = (NewHousehold(area, f"新屋{n}号", "陈大文", "10000000001") for n in range(200))
        return households.load(rows=[Entry("", area.pk, columns_of(one)) for one in new], actor=None)

    return {
        "area inserted": timed(WRITES, undone(insert)),
        **_splits(grids),
        "50 households moved": timed(WRITES, undone(transfer)),
        "household registered": timed(WRITES, undone(register)),
        "200 households loaded": timed(WRITES, undone(load)),
    }


def _splits(grids: list[Any]) -> dict[str, str]:
    """Microgrids split in two, each of the three acts by itself; the first is not counted."""
    from django.db import transaction

    from places.models import PlanKind
    from places.plans import carrying, drafting
    from places.plans.preview import preview

    taken: dict[str, list[float]] = {"plan drafted": [], "preview": [], "carried out": []}
    _vacuum()
    for area in grids:
        with transaction.atomic():
            began = time.perf_counter()
            plan = drafting.draft(kind=PlanKind.SPLIT, sources=[area], reason="户数过多", actor=None)
            drafting.suggest(plan=plan, parts=2, actor=None)
            drafted = time.perf_counter()
            seen = preview(plan).fingerprint
            previewed = time.perf_counter()
            carrying.apply(plan=plan, fingerprint=seen, actor=None)
            ends = (began, drafted, previewed, time.perf_counter())
            transaction.set_rollback(True)
        for figures, start, end in zip(taken.values(), ends, ends[1:], strict=False):
            figures.append(end - start)
    return {f"microgrid split in two: {act}": spread(figures[1:]) for act, figures in taken.items()}


def _imports() -> dict[str, str]:
    """The largest township once more: every row is known and unchanged."""
    from django.db.models import Count

    from grids.models import Area, Household

    counted = Household.objects.order_by().values("township").annotate(n=Count("pk"))
    largest = max(counted, key=lambda row: int(row["n"]))
    town = Area.objects.get(pk=largest["township"])
    rows = Household.objects.filter(township=town).select_related("area").order_by("code")
    lines = (f"{h.area.code},{h.address},{h.head_name},{h.phone},{h.size},{'、'.join(h.tags)}" for h in rows.iterator())
    seconds = {"read": 0.0, "write": 0.0}
    with building.working():
        done = building.bring_in(town, building.dispatcher_of(town), lines, seconds)
    return {
        f"import again, {done.rows} rows ({done.unchanged} unchanged)": (
            f"{done.rows / sum(seconds.values()):,.0f} rows/s"
        )
    }


if __name__ == "__main__":
    sys.exit(main())
