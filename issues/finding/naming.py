"""What words of a search name beside what tickets say: places, departments, who handles, residents. Reads only.

Names are looked up before tickets are, in one query, so that renaming rewrites no ticket and a word
that names nothing costs no more. A place, a department and who handles are on every row that one sees; a resident's
whole name or number finds the tickets whose residents one may be told of (`issues.dossier.reading`), and those of
households in sight.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import combinations
from operator import and_, or_
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, CharField, Q, QuerySet, Value
from django.db.models.functions import Cast

from core.text import DOTS, code_of, is_clean, normal, plain
from core.trust.keys import name_key, phone_key
from grids.finding import lives_q
from grids.levels import Level
from grids.models import Area, Household
from grids.scope import PATH_KEYS
from issues.engine.actors import ENTRUSTED
from issues.finding.queries import NOTHING, places
from issues.models import Call, Reporter
from members.access import Scope
from members.models import Department, User

MOST = 500
"""Places, departments, people, tickets and households that all words of a search may name together."""
LEAST = 2
MOST_WORDS = 4
"""Words of a search that are looked up as names; what is said beyond stands in the tickets."""
AREA_CODE = re.compile(r"[1-9][0-9]{5,14}\Z", re.ASCII)
DOT = re.compile(f"[{re.escape(DOTS)}]")
Found = tuple[tuple[str, ...], Q]
"""Words, and the tickets that what they name has to do with."""


class Row(NamedTuple):
    """Something with a name: which kind of thing, its key, and what it is known by."""

    kind: str
    key: int
    name: str
    other: str
    code: str


def ways(sought: str, scope: Scope) -> list[Found]:
    """How the words of a search can be read as names: each way some of its words, and where their tickets are."""
    words = list(dict.fromkeys(normal(sought).split()))[:MOST_WORDS] if is_clean(sought) else []
    whole = " ".join(words)
    texts = [text for text in dict.fromkeys((*words, whole)) if len(text) >= LEAST]
    if not texts:
        return []
    rows = _named(texts, words, scope)
    meant = {text: condition for text in texts if (condition := _meant(text, rows, scope)) is not None}
    return list(_readings(words, meant))


def _readings(words: Sequence[str], meant: Mapping[str, Q]) -> Iterator[Found]:
    known = [word for word in words if word in meant]
    for n in range(1, len(known) + 1):
        for some in combinations(known, n):
            yield some, reduce(and_, (meant[word] for word in some))
    if (whole := " ".join(words)) in meant and len(words) > 1:
        yield tuple(words), meant[whole]


def _meant(text: str, rows: Sequence[Row], scope: Scope) -> Q | None:
    """The tickets that things of this name have to do with; None when there are none."""
    found = []
    keys = _keys_of(text, rows)
    found += [Q(**{f"{column}__in": keys[level]}) for level, column in PATH_KEYS.items() if level in keys]
    if departments := keys.get("department"):
        called = Call.objects.filter(department__in=departments, ended_at=None).values("ticket")
        found.append(Q(lead__in=departments) | Q(pk__in=called))
    if people := keys.get("person"):
        found.append(Q(holder__in=people) | Q(handled_by__in=people))
    if placed := keys.get("resident"):
        found.append(Q(pk__in=placed) & _told_of_q(scope))
    if homes := keys.get("home"):
        found.append(Q(household__in=homes))
    return reduce(or_, found) if found else None


def _keys_of(text: str, rows: Iterable[Row]) -> dict[str, list[int]]:
    """The keys of what bears this name, by kind."""
    known = {name_key(text), phone_key(text)} - {""}
    code, keys = code_of(text), dict[str, list[int]]()
    for row in rows:
        if row.kind == "resident":
            fits = row.name in known or row.other in known
        elif row.kind == "home":
            fits = row.name == text
        else:
            fits = text in normal(row.name) or text in normal(row.other) or (code_of(row.code) == code != "")
        if fits:
            keys.setdefault(row.kind, []).append(row.key)
    return keys


# ---- looked up together ---------------------------------------------------------------------------------------
def _named(texts: Sequence[str], words: Sequence[str], scope: Scope) -> list[Row]:
    """What the texts name, and perhaps some more: words of a search any of them, the whole a resident only."""
    named = [plain(word) for word in words if len(word) >= LEAST]
    parts = [_of_areas(named), _of_departments(named), _of_people(named)] if named else []
    if scope.posts:
        parts += [_of_residents(texts), *(_of_homes(text, scope) for text in texts)]
    parts = [part for part in parts if part is not None]
    if not parts:
        return []
    first, *others = parts
    return [Row(*row) for row in (first.union(*others, all=True) if others else first)[:MOST]]


def _of_areas(words: Sequence[str]) -> QuerySet[Any]:
    """Areas that tickets have a key of, but the county, which all of them lie in."""
    named = Q(code__in=[word for word in words if AREA_CODE.match(word)]) | _any(
        _in_name("name", word) for word in words
    )
    levels = [level for level in PATH_KEYS if level != Level.COUNTY]
    return _columns(Area.objects.filter(named, level__in=levels), "level", "name", Value(""), "code")


def _of_departments(words: Sequence[str]) -> QuerySet[Any]:
    named = Q(code__in=[code_of(word) for word in words])
    for word in words:
        named |= _in_name("name", word) | _in_name("short_name", word)
    return _columns(Department.objects.filter(named), Value("department"), "name", "short_name", "code")


def _of_people(words: Sequence[str]) -> QuerySet[Any]:
    named = Q(username__in=words) | _any(_in_name("name", word) for word in words)
    return _columns(User.objects.filter(named), Value("person"), "name", Value(""), "username")


def _of_residents(texts: Sequence[str]) -> QuerySet[Any]:
    names, phones = [name_key(text) for text in texts], [key for text in texts if (key := phone_key(text))]
    known = Reporter.objects.filter(Q(name_index__in=names) | Q(phone_index__in=phones))
    return _columns(known, Value("resident"), "name_index", "phone_index", Value(""), key="ticket_id")


def _of_homes(text: str, scope: Scope) -> QuerySet[Any]:
    return _columns(
        Household.objects.within(scope).filter(lives_q(text)), Value("home"), Value(text), Value(""), Value("")
    )


def _columns(rows: QuerySet[Any], kind: Any, *known: Any, key: str = "pk") -> QuerySet[Any]:
    """One thing a row, the same columns for all; `known` is by which names and codes it is known."""
    said = {f"_{n}": Cast(column, CharField()) for n, column in enumerate((kind, *known))}
    found: QuerySet[Any] = rows.order_by().annotate(_key=Cast(key, BigIntegerField()), **said)
    return found.values_list("_0", "_key", "_1", "_2", "_3")


def _any(conditions: Iterable[Q]) -> Q:
    return reduce(or_, conditions, NOTHING)


def _in_name(field: str, word: str) -> Q:
    """Names that hold a word, whichever middle dot and case they are written with, and perhaps some more."""
    parts = [part for part in DOT.split(word) if part]
    return reduce(and_, (Q(**{f"{field}__icontains": part}) for part in parts)) if parts else NOTHING


# ---- residents ------------------------------------------------------------------------------------------------
def _told_of_q(scope: Scope) -> Q:
    """Tickets whose resident these posts may be told of at any time, or because their holder carries them."""
    found = Q(holder=scope.user_id) if scope.user_id else NOTHING
    for hat, where in places(scope).items():
        if hat in ENTRUSTED:
            found |= where
    return found
