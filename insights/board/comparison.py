"""The comparison table of a board: areas or departments side by side, never persons."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from core.templatetags.charts import wilson
from grids.levels import Level
from insights.board.figures import Count, Share, Speed, placed_in_order, speed_of
from insights.board.lists import Lists, board_url
from insights.board.places import Place, Spot
from insights.counting import queries
from insights.counting.live import OVERDUE_UNDONE, UNCLAIMED_LATE
from insights.counting.period import Period
from members.models import Department

DEPARTMENTS, PARTS, TILES = "dept", "parts", "tiles"
NONE: Counter[str] = Counter()


def on_time(lists: Lists, counts: Mapping[str, int], overdue: int) -> Share:
    """按时办结率: done in time ÷ (done in time + done late + overdue and not done)."""
    hits = lists.metric("done_on_time", counts)
    return Share(hits, (hits, lists.metric("done_late", counts), lists.count(overdue, **OVERDUE_UNDONE)))


def own_time(lists: Lists, counts: Mapping[str, int], who: str) -> Share:
    """按时率 of a level: reported done without it having been late ÷ (that + where it held what ran out)."""
    hits = lists.metric(f"{who}_kept", counts)
    return Share(hits, (hits, lists.metric(f"{who}_late", counts)))


def department_time(lists: Lists, code: str, counts: Mapping[str, int]) -> Share:
    """按时率 of a department: what it led and held in time ÷ (that + what ran out with it, whoever leads by now)."""
    hits = lists.narrowed(dept=code).metric("dept_kept", counts)
    return Share(hits, (hits, lists.count(counts["dept_late"], late_of=code, scored="1")))


def satisfied(lists: Lists, counts: Mapping[str, int]) -> Share:
    """群众满意率: satisfied ÷ rated."""
    rated, hits = lists.metric("rated", counts), lists.metric("satisfied", counts)
    return Share(hits, (hits, lists.count(rated.n - hits.n, rated="unsatisfied", scored="1")))


def self_handled(lists: Lists, counts: Mapping[str, int]) -> Share:
    """自办率: kept in the grid ÷ (kept in the grid + whistled)."""
    own = lists.metric("self_routed", counts)
    return Share(own, (own, lists.metric("whistled", counts)))


def claimed_in_time(lists: Lists, counts: Mapping[str, int], unclaimed: int) -> Share:
    """及时领办率: claimed in time ÷ (claimed in time + claimed late + waiting past the limit)."""
    hits = lists.metric("claimed_on_time", counts)
    return Share(hits, (hits, lists.metric("claimed_late", counts), lists.count(unclaimed, **UNCLAIMED_LATE)))


@dataclass
class Row:
    """An area or a department with what it did; `place` is its rank among the first, None for all others."""

    name: str
    url: str
    main: Count
    rate: Share
    second: Share
    households: int = 0
    area: Spot | None = None
    speed: Speed | None = None
    place: int | None = None

    @property
    def per_hundred(self) -> float | None:
        return 100 * self.main.n / self.households if self.households else None


@dataclass
class Table:
    by: str
    name: str
    rows: list[Row]
    tabs: list[dict[str, object]] = field(default_factory=list)

    @property
    def is_of_departments(self) -> bool:
        return self.by == DEPARTMENTS

    @property
    def low(self) -> float:
        """Where the lines of the intervals begin: at a tenth below all of them, at half at most."""
        starts = [wilson(row.rate.hits.n, row.rate.total)[0] for row in self.rows if not row.rate.is_few]
        return min([0.5, *(int(start * 10) / 10 for start in starts)])

    def time(self, speeds: Mapping[int, Counter[int]]) -> None:
        """Add the handling times, which are read for exactly the rows shown."""
        for row in self.rows:
            if row.area is not None:
                row.speed = speed_of(speeds.get(row.area.pk, Counter()))


def table_of(place: Place, period: Period, by: str, areas: Mapping[int, Counter[str]]) -> Table:
    """The table that `by` asks for; without it, or where it does not fit, the parts of the area."""
    choices = _choices(place)
    chosen = by if by in choices else next(iter(choices))
    if chosen == DEPARTMENTS:
        rows = _department_rows(place, period)
    elif chosen == TILES:
        rows = _area_rows([part.area for part in place.parts], period, areas)
    elif place.is_own_block:
        rows = _area_rows(place.leaves, period, areas)
    else:
        rows = _area_rows([block.area for block in place.blocks], period, areas)
    ordered = []
    for rank, row in placed_in_order(rows):
        row.place = rank
        ordered.append(row)
    tabs: list[dict[str, object]] = [
        {"url": board_url(place.area.code, period, by=key) + "#compare", "text": text, "current": key == chosen}
        for key, text in choices.items()
    ]
    return Table(chosen, choices[chosen], ordered, tabs)


def _choices(place: Place) -> dict[str, str]:
    outer, inner = place.levels
    words = {Level.TOWNSHIP: _("乡镇"), Level.VILLAGE: _("村（社区）"), Level.GRID: _("网格")}
    if place.is_own_block or outer == inner:
        return {PARTS: _("网格"), DEPARTMENTS: _("部门")}
    return {PARTS: words[outer], DEPARTMENTS: _("部门"), TILES: words[inner]}


def _area_rows(shown: list[Spot], period: Period, areas: Mapping[int, Counter[str]]) -> list[Row]:
    rows = []
    for area in shown:
        sums = areas.get(area.pk, NONE)
        if area.retired_at is not None and not sums["placed"]:
            continue
        lists = Lists({"area": area.code}).placed(period.first, period.last)
        rows.append(
            Row(
                name=area.short_name,
                url=board_url(area.code, period),
                main=lists.metric("placed", sums),
                rate=own_time(lists, sums, "local" if area.level == Level.TOWNSHIP else "village"),
                second=self_handled(lists, sums),
                households=area.household_count,
                area=area,
            )
        )
    return rows


def _department_rows(place: Place, period: Period) -> list[Row]:
    """Departments that led what was whistled here, or with which a limit of it ran out."""
    sums = queries.by_department(place.sources, period)
    lists = Lists({"area": place.area.code}).placed(period.first, period.last)
    return [_department_row(one, lists, sums.get(one.pk, NONE)) for one in queries.departments(sums.keys())]


def _department_row(department: Department, lists: Lists, sums: Counter[str]) -> Row:
    led = lists.narrowed(dept=department.code)
    main = led.metric("whistled", sums)
    return Row(
        name=str(department),
        url=led.count(0).url,
        main=main,
        rate=department_time(lists, department.code, sums),
        second=satisfied(led, sums),
    )
