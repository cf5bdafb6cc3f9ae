"""事项建议: which list items the words of an order point to, each with its reason. Reads only; decides nothing.

An item whose popular name (群众叫法) or name stands in the words comes first, the longest name before others. Then
come those that past tickets with such words ended as: naive Bayes over pairs of neighbouring characters
(`issues.learning.counting`), in which each name of an item counts as one more ticket, so that it works on names
alone while nothing has been learnt.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.rows.bigrams import pairs_of
from core.text import normal
from duties.models import DutyItem
from issues.learning.counting import WHOLE, counted
from issues.models import LearntPair

MOST = 3
LONGEST = 500
"""Characters that are looked at."""
LEAST_SHARE = 0.05
"""Below this probability an item is not named."""
SMOOTHING = 2.0
"""How many tickets' worth the overall share of a pair weighs against what an item's own tickets say."""
SHOWN_WORDS = 2

Counts = Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Suggestion:
    item: DutyItem
    reason: str
    is_named: bool
    """Whether one of the item's own names stands in the words."""

    @property
    def popular(self) -> str:
        """What people call the item, as the tiles do."""
        return names_of(self.item)[0]


def suggest(text: str, items: Sequence[DutyItem]) -> list[Suggestion]:
    """The items that `text` points to among those on offer, best first, three at most. One query."""
    words = normal(text[:LONGEST])
    pairs = pairs_of(words)
    return ranked(words, items, learnt(pairs)) if pairs else []


def learnt(pairs: set[str]) -> Counter[tuple[str, str]]:
    """What has been learnt of these pairs, and of how many tickets of each item. One query."""
    rows = LearntPair.objects.filter(pair__in={*pairs, WHOLE})
    return Counter({(pair, code): n for pair, code, n in rows.values_list("pair", "item_code", "tickets")})


def ranked(words: str, items: Sequence[DutyItem], past: Counts) -> list[Suggestion]:
    """As `suggest`, of words written the normal way, with what past tickets taught. Pure."""
    named = _named(words, items)
    found = [Suggestion(item, _("说法“%(name)s”") % {"name": name}, is_named=True) for item, name in named[:MOST]]
    known = {item.pk for item, _name in named}
    if len(found) < MOST:
        found += [one for one in _likely(words, items, past) if one.item.pk not in known]
    return found[:MOST]


def names_of(item: DutyItem) -> list[str]:
    return [str(alias) for alias in item.aliases] + item.name.split("、")


def _named(words: str, items: Sequence[DutyItem]) -> list[tuple[DutyItem, str]]:
    """Items one of whose names stands in the words, with the longest such name; longest first."""
    found = []
    for item in items:
        held = [name for name in names_of(item) if len(name) > 1 and normal(name) in words]
        if held:
            found.append((item, max(held, key=len)))
    return sorted(found, key=lambda pair: (-len(pair[1]), pair[0].code))


def _likely(words: str, items: Sequence[DutyItem], past: Counts) -> list[Suggestion]:
    """Items by the probability that a ticket with these words ends as one."""
    counts = Counter(past)
    counts.update(counted((item.code, name) for item in items for name in names_of(item)))
    tickets = {item.code: counts[WHOLE, item.code] for item in items}
    everything = sum(tickets.values())
    overall: Counter[str] = Counter()
    for (pair, code), n in counts.items():
        if code in tickets:
            overall[pair] += n
    pairs = [pair for pair in pairs_of(words) if overall[pair]]
    scores, telling = {}, {}
    for code, n in tickets.items():
        lift = {pair: _lift(counts[pair, code], n, overall[pair] / everything) for pair in pairs}
        scores[code] = math.log(n / everything) + sum(lift.values())
        telling[code] = {pair for pair, gain in lift.items() if gain > 0}
    shares = _shares(scores)
    best = sorted((item for item in items if telling[item.code]), key=lambda item: (-shares[item.code], item.code))
    return [
        Suggestion(item, _reason(words, telling[item.code], past.get((WHOLE, item.code), 0)), is_named=False)
        for item in best[:MOST]
        if shares[item.code] >= LEAST_SHARE
    ]


def _lift(hits: int, tickets: int, overall: float) -> float:
    """By how much a pair speaks for an item: the logarithm of its share there against its share everywhere."""
    return math.log((hits + SMOOTHING * overall) / (tickets + SMOOTHING) / overall)


def _shares(scores: Mapping[str, float]) -> dict[str, float]:
    """Probabilities from logarithms."""
    top = max(scores.values(), default=0.0)
    weights = {code: math.exp(score - top) for code, score in scores.items()}
    total = sum(weights.values())
    return {code: weight / total for code, weight in weights.items()}


def _reason(words: str, telling: set[str], tickets: int) -> str:
    """说到“路灯”“不亮”，以前这类件办成过 12 件."""
    said = "".join(f"“{run}”" for run in _runs(words, telling)[:SHOWN_WORDS])
    if tickets:
        return _("说到%(said)s；以前办结过 %(n)d 件这类的") % {"said": said, "n": tickets}
    return _("说到%(said)s") % {"said": said}


def _runs(words: str, telling: set[str]) -> list[str]:
    """The stretches of the words that these pairs cover, longest first."""
    found, start = [], None
    for at in range(len(words)):
        if words[at : at + 2] in telling:
            start = at if start is None else start
        elif start is not None:
            found.append(words[start : at + 1])
            start = None
    return sorted(dict.fromkeys(found), key=lambda run: -len(run))
