"""Puts a board together: indicators, flow, warnings, heat, comparison, trend and where problems cluster.

Reads through `queries` (tallies) and `live` (open tickets) only; every count carries the address of its tickets.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.rows.composed import composed
from core.text import Text
from duties.models import DutyItem, GradeCode
from insights.board import watch
from insights.board.comparison import Table, claimed_in_time, on_time, own_time, satisfied, self_handled, table_of
from insights.board.figures import Count, Share, Speed, change, difference, speed_of
from insights.board.heat import Heat, heat_of, linked
from insights.board.lists import Lists
from insights.board.places import Place
from insights.board.step_times import StepTime, step_times
from insights.counting import live, queries
from insights.counting.live import Standing
from insights.counting.metrics import BY_NAME
from insights.counting.period import Period
from insights.counting.queries import Totals
from issues.engine.clocks import lamp_at
from issues.models import Ticket
from members.models import User

TOP_ITEMS = 8
LATE_MINUTES = 2
LAMPS = ("r", "y", "b")
LEVELS = {
    "village": gettext_lazy("村社按时率"),
    "township": gettext_lazy("乡镇按时率"),
    "dept": gettext_lazy("部门按时率"),
}
"""What each level answers for: what ran out with others is not its own."""


@dataclass(frozen=True)
class Indicators:
    """The six numbers; shares and counts carry the addresses of their tickets."""

    open: Count
    lamps: dict[str, Count]
    accepted: Count
    accepted_before: Count
    accepted_change: str
    done: Share
    done_change: str
    claimed: Share
    claimed_change: str
    speed: Speed
    satisfied: Share
    satisfied_change: str
    closed: Count


@dataclass(frozen=True)
class Trend:
    """Twelve weeks as the chart and its table take them."""

    labels: list[str]
    accepted: list[Count]
    closed: list[Count]
    names: tuple[str, str]

    @property
    def first(self) -> list[int]:
        return [count.n for count in self.accepted]

    @property
    def second(self) -> list[int]:
        return [count.n for count in self.closed]

    @property
    def urls(self) -> list[str]:
        return [count.url for count in self.accepted]

    @property
    def rows(self) -> list[list[str]]:
        columns = zip(self.labels, self.accepted, self.closed, strict=True)
        return [[label, linked(accepted), linked(closed)] for label, accepted, closed in columns]


@dataclass(frozen=True)
class Board:
    """Everything one board page shows."""

    place: Place
    period: Period
    now: datetime
    lag_minutes: int
    counted_to: datetime
    indicators: Indicators
    placed: Count
    flow: list[dict[str, Any]]
    self_handled: Share
    levels: list[tuple[Text, Share]]
    aside: list[tuple[str, Count]]
    matrix: list[dict[str, Any]]
    warned: list[tuple[str, Count]]
    urgent: list[tuple[str, Ticket]]
    heat: Heat
    table: Table
    trend: Trend
    items: list[dict[str, Any]]
    found_true: Share
    steps: list[StepTime]
    bounds: watch.Bounds
    hints: list[watch.Hint]


def board_of(user: User, place: Place, period: Period, by: str) -> Board:
    """The board of `place` over `period`; `by` chooses the comparison table."""
    now, sources = clock.now(), place.sources
    lists = Lists({"area": place.area.code})
    cohort = lists.placed(period.first, period.last)
    totals = queries.totals(sources, period)
    standing = live.standing(user, place.area, place.keys, period, now)
    areas = queries.by_area(place.counted, period)
    table = table_of(place, period, by, areas)
    speeds = queries.speeds({*sources, *(row.area.pk for row in table.rows if row.area)}, period)
    table.time(speeds)
    own_speed = speed_of(sum((speeds[pk] for pk in sources), Counter[int]()))
    waiting, bounds = queries.uncounted_since(), watch.bounds_in_force()
    return Board(
        place=place,
        period=period,
        now=now,
        lag_minutes=_lag(waiting, now),
        counted_to=waiting or now,
        indicators=_indicators(lists, period, totals, standing, own_speed),
        placed=cohort.metric("placed", totals.now),
        flow=_flow(cohort, totals.now),
        self_handled=self_handled(cohort, totals.now),
        levels=[(word, own_time(cohort, totals.now, who)) for who, word in LEVELS.items()],
        aside=[
            (str(BY_NAME[name].label), cohort.metric(name, totals.now)) for name in ("returned", "reworked", "declined")
        ],
        matrix=_matrix(lists, standing),
        warned=[(key, lists.count(standing.all[key], lamp=key)) for key in ("r", "y")],
        urgent=[(lamp_at(t.warn_at, t.due_at, now), t) for t in live.most_urgent(user, place.area, now)],
        heat=heat_of(place, period, areas, standing),
        table=table,
        trend=_trend(lists, place, now),
        items=_items(cohort, totals),
        found_true=_found_true(cohort, totals.now),
        steps=step_times(queries.steps(sources, period)),
        bounds=bounds,
        hints=watch.hints(place, period, totals.now, areas, bounds),
    )


def _lag(waiting: datetime | None, now: datetime) -> int:
    """Whole minutes that the tallies are behind; 0 while that is within what the fold always takes."""
    minutes = int((now - waiting).total_seconds() // 60) if waiting else 0
    return minutes if minutes >= LATE_MINUTES else 0


def _found_true(lists: Lists, counts: Mapping[str, int]) -> Share:
    """真实率: found true by a second look ÷ all that were looked at again."""
    hits = lists.metric("found_true", counts)
    return Share(hits, (hits, lists.metric("found_false", counts)))


def _indicators(lists: Lists, period: Period, totals: Totals, standing: Standing, speed: Speed) -> Indicators:
    cohort, before = lists.placed(period.first, period.last), lists.placed(period.before_first, period.before_last)
    open_now = standing.all
    done = on_time(cohort, totals.now, open_now["overdue"])
    claimed = claimed_in_time(cohort, totals.now, open_now["unclaimed"])
    happy = satisfied(cohort, totals.now)
    return Indicators(
        open=lists.count(sum(open_now[key] for key in LAMPS), open="1"),
        lamps={key: lists.count(open_now[key], lamp=key) for key in LAMPS},
        accepted=cohort.metric("accepted", totals.now),
        accepted_before=before.metric("accepted", totals.before),
        accepted_change=change(totals.now["accepted"], totals.before["accepted"]),
        done=done,
        done_change=done.change_from(on_time(before, totals.before, open_now["overdue_before"])),
        claimed=claimed,
        claimed_change=claimed.change_from(claimed_in_time(before, totals.before, open_now["unclaimed_before"])),
        speed=speed,
        satisfied=happy,
        satisfied_change=happy.change_from(satisfied(before, totals.before)),
        closed=cohort.metric("closed", totals.now),
    )


def _part(count: Count, label: str, tone: str) -> dict[str, Any]:
    return {"n": count.n, "url": count.url, "label": label, "tone": tone}


def _share_text(label: str, n: int, whole: int) -> str:
    return f"{label} {n / whole:.0%}" if whole else label


def _flow(lists: Lists, sums: Mapping[str, int]) -> list[dict[str, Any]]:
    """Four bars on the scale of all tickets placed; each is cut into everything its tickets can be."""
    m = {name: lists.metric(name, sums) for name in queries.NAMES}
    placed, whistled = sums["placed"], sums["whistled"]
    claimed = sums["in_hand_on_time"] + sums["in_hand_late"]
    still_open = lists.count(placed - sums["closed"] - sums["declined"], open="1")
    return [
        {"title": _("点单"), "total": placed, "parts": [
            _part(m["logged"], _("网格上报"), "a"),
            _part(m["orders"], _("居民扫码"), "b2"),
            _part(m["counter"], _("代录"), "c2"),
        ]},
        {"title": _("吹哨"), "total": whistled, "parts": [
            _part(m["whistled"], _share_text(_("吹哨"), whistled, placed), "a"),
            _part(m["self_routed"], _share_text(_("网格自办"), sums["self_routed"], placed), "hatch"),
            _part(m["undecided"], _("未定"), "c2"),
        ]},
        {"title": _("领办"), "total": claimed, "note": _("其余由网格自办或未定去向"), "parts": [
            _part(m["in_hand_on_time"], _("已领办"), "a"),
            _part(m["in_hand_late"], _("超时"), "b2"),
            _part(m["awaiting_claim"], _("待领"), "c2"),
            _part(m["awaiting_dispatch"], _("待派"), "c2"),
            _part(m["awaiting_confirm"], _("确认"), "c2"),
            _part(m["sent_back"], _("退回"), "c2"),
            _part(m["consulting"], _("会商"), "c2"),
        ]},
        {"title": _("办结"), "total": sums["closed"], "parts": [
            _part(m["closed_whistled"], _("部门办结"), "a"),
            _part(m["closed_self"], _("网格自办办结"), "hatch"),
            _part(still_open, _("在办"), "b2"),
            _part(m["declined"], _("不予"), "c2"),
        ]},
    ]  # fmt: skip


def _matrix(lists: Lists, standing: Standing) -> list[dict[str, Any]]:
    names = {"r": "red", "y": "yellow", "b": "blue"}
    return [
        {"name": grade.label}
        | {
            names[key]: lists.count(standing.grades.get(grade.value, Counter())[key], grade=grade.value, lamp=key)
            for key in LAMPS
        }
        for grade in GradeCode
    ]


def _trend(lists: Lists, place: Place, now: datetime) -> Trend:
    weeks = queries.weeks(place.sources, clock.local(now).date())
    within = [lists.placed(week.first, week.last) for week in weeks]
    return Trend(
        labels=[f"{week.first.month}月{week.first.day}日" for week in weeks],
        accepted=[days.count(week.accepted, accepted="1") for days, week in zip(within, weeks, strict=True)],
        closed=[days.count(week.closed, state="closed") for days, week in zip(within, weeks, strict=True)],
        names=(_("受理"), _("已销号")),
    )


def _items(lists: Lists, totals: Totals) -> list[dict[str, Any]]:
    """The items with most tickets, each with its change against the days before."""
    top = sorted(totals.items.items(), key=lambda pair: (-pair[1], pair[0]))[:TOP_ITEMS]
    top = [(code, n) for code, n in top if n]
    names = _names_of([code for code, _n in top])
    found = []
    for code, n in top:
        count, before = lists.count(n, item=code or "none"), totals.items_before.get(code, 0)
        text = names.get(code, code) or _("未定事项")
        percent = 100 * n / top[0][1]
        found.append({"text": text, "url": count.url, "n": n, "percent": percent, "note": difference(n, before)})
    return found


def _names_of(codes: list[str]) -> dict[str, str]:
    """What the newest list calls these items."""
    padded = dict(zip(CODES, [*codes, *[""] * TOP_ITEMS], strict=False))
    return dict(_named(**padded)) if codes else {}


CODES = tuple(f"code_{n}" for n in range(TOP_ITEMS))


@composed(**dict.fromkeys(CODES, CharField()))
def _named(**codes: Any) -> QuerySet[DutyItem, tuple[Any, ...]]:
    return DutyItem.objects.filter(code__in=list(codes.values())).order_by("version_id").values_list("code", "name")
