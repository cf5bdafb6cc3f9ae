"""Which tickets a search finds: by number, resident's code, words anywhere in them, or what the
words name (`issues.finding.naming`). Reads only.

The words of sensitive tickets are found by those who may read them (`issues.dossier.reading`), by nobody else.
There are two ways to look, which find the same. A list of open tickets, or of a village, is short: each of its rows is
asked (`told_q`). History is long: the index of words answers (`found_q`), at first of the last days only, and
of more until a page is full (`spans`), so that the price does not grow with history.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery

from core.rows import wordindex
from core.rows.bigrams import FIRST, phrases_of
from core.text import code_of, normal
from grids.levels import GRID_LEVELS, Level
from issues.engine.actors import ENTRUSTED
from issues.engine.words import marks_between
from issues.finding.naming import Found
from issues.finding.queries import NOTHING, day_start, my_move_q, places
from issues.finding.sql import KEY, TEXT, by_key
from issues.models import GuardedWords, Ticket, TicketWords
from issues.workflow import ENDED_STATES, OPEN_STATES, TRANSITIONS
from members.access import Scope

CODE = re.compile(r"[A-Z2-9]{8}\Z", re.ASCII)
MOVING = tuple(step for step in TRANSITIONS if step.moves)
SPANS = (14, 92, 366)
"""How many days back a search looks at first, then, and at last before it looks at everything."""
SHORT = 10_000
"""Rows of a list that are asked one by one at most: more than a village has in two years."""
Days = tuple[date, date]


def spans(until: date) -> Iterator[Days | None]:
    """Longer and longer times before a day; None is all of history."""
    for days in SPANS:
        yield until - timedelta(days=days), until
    yield None


def is_short(rows: QuerySet[Ticket], scope: Scope) -> bool:
    """Whether `rows`, all that whoever holds these posts sees, are so few that each can be asked.

    That is looked up only for posts in villages and grids, in one query that stops at SHORT.
    """
    posts = scope.seeing("tickets").posts
    levels = {post.area.level if post.area else "" for post in posts}
    if not posts or not levels <= {Level.VILLAGE, *GRID_LEVELS}:
        return False
    return rows.select_related(None).order_by()[: SHORT + 1].count() <= SHORT


def found_q(sought: str, scope: Scope, days: Days | None = None, named: Iterable[Found] = ()) -> Q:
    """Tickets that the search `sought` finds for the holder of these posts, wherever they lie: by the index of words,
    or because some of its words are `named` (`issues.finding.naming.ways`) and the others stand there.

    With `days` all of those placed on these days, and perhaps some more.
    """
    if not phrases_of(sought):
        return NOTHING
    ways = _written(sought, scope, days)
    for words, meant in named:
        rest = _without(sought, words)
        rows = Ticket.objects.filter(meant, *([_any_of(_written(rest, scope, days))] if rest else []))
        if days:
            first, last = (day_start(day + timedelta(days=more)) for day, more in zip(days, (0, 1), strict=True))
            rows = rows.filter(placed_at__gte=first, placed_at__lt=last)
        ways.append(rows)
    return _any_of(ways)


def _any_of(ways: Sequence[QuerySet[Any]]) -> Q:
    first, *others = (way.values("pk") for way in ways)
    return Q(pk__in=first.union(*others, all=True) if others else first)


def _without(sought: str, words: Collection[str]) -> str:
    return " ".join(word for word in normal(sought).split() if word not in words)


def _written(sought: str, scope: Scope, days: Days | None) -> list[QuerySet[Any]]:
    """Tickets in which every word of a search stands, or whose code it is."""
    phrases = phrases_of(sought)
    among = tuple(marks_between(*days)) if days else ()
    plain = wordindex.Found("pk", TicketWords._meta.db_table, phrases, id=KEY, column=TEXT, own=True, among=among)
    ways: list[QuerySet[Any]] = [TicketWords.objects.filter(plain)]
    if scope.posts:
        guarded = wordindex.Found("pk", GuardedWords._meta.db_table, phrases, id=KEY, column=TEXT, among=among)
        ways.append(by_key(Ticket.objects.filter(guarded)).filter(_readable_q(scope)))
    by_code = _of_code(sought)
    return ways if by_code is None else [*ways, by_code]


def told_q(sought: str, scope: Scope, named: Iterable[Found] = ()) -> Q:
    """The same tickets, by a look at the words of each row of the list."""
    told = _told(sought, scope)
    for words, meant in named:
        rest = _without(sought, words)
        told |= meant & _told(rest, scope) if rest else meant
    return told


def _told(sought: str, scope: Scope) -> Q:
    phrases = phrases_of(sought)
    if not phrases:
        return NOTHING
    told = _says(TicketWords, phrases)
    if scope.posts:
        told |= Q(is_sensitive=True) & _says(GuardedWords, phrases) & _readable_q(scope)
    by_code = _of_code(sought)
    return told | Q(pk__in=by_code.values("pk")) if by_code else told


def _of_code(sought: str) -> "QuerySet[Ticket] | None":
    code = code_of(sought).replace("-", "")
    return Ticket.objects.filter(code=code) if CODE.match(code) else None


def _says(model: type[TicketWords | GuardedWords], phrases: list[str]) -> Q:
    """Whether the row of words of the ticket at hand holds the phrases: asked of that one row, by its key.

    A value and not EXISTS, of which PostgreSQL would make a join that starts from all the words.
    """
    held = Q()
    for phrase in phrases:
        # whole pairs: every word but the very first follows a blank, and the marks of the day come after all of them
        held &= Q(text__contains=f"{phrase} " if phrase.startswith(FIRST) else f" {phrase} ")
    holds = ExpressionWrapper(held, output_field=BooleanField())
    said = model.objects.filter(pk=OuterRef("pk")).values(holds=holds)
    return Q(Subquery(said, output_field=BooleanField()))


def _readable_q(scope: Scope) -> Q:
    """Sensitive tickets that these posts carry, that their holder placed or holds, or whose move is theirs."""
    found = Q(placed_by=scope.user_id) | Q(holder=scope.user_id)
    found |= my_move_q(scope, OPEN_STATES | ENDED_STATES, MOVING)
    for hat, where in places(scope).items():
        if hat in ENTRUSTED:
            found |= where
    return found
