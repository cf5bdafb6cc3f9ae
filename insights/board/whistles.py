"""评哨: what each lead department did of what was whistled, and the score that the county's weights make of it.

Departments only, in the order of their codes: a score is a reason to talk, never a place.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from core.text import Text
from duties.lists.queries import rules_in_force
from insights.board.comparison import satisfied
from insights.board.figures import FEWEST, Count, Share
from insights.board.lists import Lists
from insights.board.places import Place
from insights.counting import queries
from insights.counting.period import Period
from issues.workflow import STARS
from members.models import Department

NEEDED = ("on_time_arrival", "on_time_resolve")
"""Parts without which there is no score."""
PARTS: Mapping[str, Text] = {
    "on_time_arrival": _("按时报到"),
    "on_time_resolve": _("按期办结"),
    "quality": _("乡镇评分"),
    "public": _("群众满意"),
}


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
    has: list[Text]  # the parts it consists of
    lacks: list[Text]  # the parts that count for nothing in it, having too few cases


def rows_of(place: Place, period: Period) -> list[Row]:
    """One row for each department that led something here in the period. Three queries."""
    sums = queries.by_department(place.sources, period)
    lists = Lists({"area": place.area.code}).placed(period.first, period.last)
    weights = weights_in_force()
    return [
        _row(one, lists, sums[one.pk], weights)
        for one in queries.departments([pk for pk, counts in sums.items() if counts["whistled"]])
    ]


def weights_in_force() -> dict[str, int]:
    """What each part weighs, by the list in force."""
    return rules_in_force().whistle_weights


def _row(department: Department, all_of: Lists, sums: Counter[str], weights: dict[str, int]) -> Row:
    lists = all_of.narrowed(dept=department.code)
    arrived = _share(lists, sums, "arrived_on_time", "arrived_late")
    done, happy = _share(lists, sums, "resolved", "unresolved"), satisfied(lists, sums)
    given = sum(sums[f"stars_{n}"] for n in STARS)
    stars = sum(n * sums[f"stars_{n}"] for n in STARS) / given if given >= FEWEST else None
    parts = {
        "on_time_arrival": arrived.value,
        "on_time_resolve": done.value,
        "quality": stars / max(STARS) if stars is not None else None,
        "public": happy.value,
    }
    whistled = lists.metric("whistled", sums)
    score = score_of(parts, weights)
    weighed = [name for name in PARTS if weights.get(name)]
    has, lacks = ([PARTS[n] for n in weighed if (parts[n] is None) is lacking] for lacking in (False, True))
    return Row(str(department), whistled, arrived, done, given, stars, happy, score, has, lacks)


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
