"""评哨: what each lead department did of what was whistled, and the score that the county's weights make of it.

Departments only, in the order of their codes: a score is a reason to talk, never a place.
"""

from collections import Counter
from dataclasses import dataclass

from core import clock
from duties.lists.queries import rules_in_force
from insights.board.comparison import NONE, on_time
from insights.board.figures import FEWEST, Count, Share
from insights.board.lists import Lists
from insights.board.places import Place
from insights.counting import live, queries
from insights.counting.period import Period
from issues.workflow import STARS
from members.models import Department, User

NEEDED = ("on_time_arrival", "on_time_resolve")
"""Parts without which there is no score."""


@dataclass(frozen=True)
class Row:
    name: str
    whistled: Count
    arrived: Share
    done: Share
    starred: int
    stars: float | None  # 1 to 5; None while too few were rated
    satisfied: Share
    score: float | None  # 0 to 100; None while too few cases


def rows_of(user: User, place: Place, period: Period) -> list[Row]:
    """One row for each department that led something here in the period. Four queries."""
    sums = queries.by_department(place.sources, period)
    standing = live.standing(user, place.area, place.keys, period, clock.now())
    lists = Lists({"area": place.area.code}).placed(period.first, period.last)
    weights = weights_in_force()
    return [
        _row(one, lists.narrowed(dept=one.code), sums[one.pk], standing.leads.get(one.pk, NONE), weights)
        for one in queries.departments(sums.keys())
    ]


def weights_in_force() -> dict[str, int]:
    """What each part weighs, by the list in force."""
    return rules_in_force().whistle_weights


def _row(
    department: Department, lists: Lists, sums: Counter[str], standing: Counter[str], weights: dict[str, int]
) -> Row:
    arrived = _share(lists, sums, "arrived_on_time", "arrived_late")
    done = on_time(lists, sums, standing["overdue"])
    rated = lists.metric("rated", sums)
    hits = lists.metric("satisfied", sums)
    satisfied = Share(hits, (hits, Count(rated.n - hits.n, lists.count(0, rated="unsatisfied", scored="1").url)))
    given = sum(sums[f"stars_{n}"] for n in STARS)
    stars = sum(n * sums[f"stars_{n}"] for n in STARS) / given if given >= FEWEST else None
    parts = {
        "on_time_arrival": arrived.value,
        "on_time_resolve": done.value,
        "quality": stars / max(STARS) if stars is not None else None,
        "public": satisfied.value,
    }
    whistled = lists.metric("whistled", sums)
    return Row(str(department), whistled, arrived, done, given, stars, satisfied, score_of(parts, weights))


def _share(lists: Lists, sums: Counter[str], hit: str, miss: str) -> Share:
    hits = lists.metric(hit, sums)
    return Share(hits, (hits, lists.metric(miss, sums)))


def score_of(parts: dict[str, float | None], weights: dict[str, int]) -> float | None:
    """The weighted mean of the parts that are known, of 100; None where a needed part is missing."""
    if any(parts.get(name) is None for name in NEEDED):
        return None
    known = {name: value for name, value in parts.items() if value is not None and weights.get(name)}
    total = sum(weights[name] for name in known)
    return 100 * sum(value * weights[name] for name, value in known.items()) / total if total else None
