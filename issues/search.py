"""Which tickets a search finds: by number, resident's code, or words anywhere in them. Reads only.

The words of sensitive tickets are found by those who may read them (`issues.dossier`), by nobody else.
What few tickets hold is looked up in the index of words; what many hold is looked for in the rows of the list, the
newest or most urgent first, until a page is full: either way the price does not grow with history.
"""

import re

from django.db.models import BooleanField, Count, ExpressionWrapper, Max, Min, Model, OuterRef, Q, QuerySet, Subquery

from core.pairs import phrases_of
from core.wordindex import Found
from issues.dossier import ENTRUSTED
from issues.models import GuardedWords, Ticket, TicketWords
from issues.queries import NOTHING, my_move_q, places
from issues.sql import KEY, TEXT, by_key
from issues.workflow import ENDED_STATES, OPEN_STATES, TRANSITIONS
from members.access import Scope

CODE = re.compile(r"[A-Z2-9]{8}\Z", re.ASCII)
MOVING = tuple(step for step in TRANSITIONS if step.moves)
FEW = 3_000
"""About how many tickets are looked up by the index of words at most. Of two million that is one in seven hundred, so
that a page of more frequent words is full after some tens of thousands of rows."""
WINDOWS, WIDTH = 8, 500
"""A sample of the words: so many stretches of so many tickets, evenly over all that are kept."""


def is_frequent(sought: str) -> bool:
    """Whether more than FEW tickets hold the words of `sought`, as a sample tells it; exact where there are few."""
    phrases = phrases_of(sought)
    if not phrases:
        return False
    ends = TicketWords.objects.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is None:
        return False
    span = ends["last"] - ends["first"] + 1
    apart, stretches = max(span // WINDOWS, WIDTH), Q()
    for start in range(ends["first"], ends["last"] + 1, apart):
        stretches |= Q(pk__gte=start, pk__lt=start + WIDTH)
    found = TicketWords.objects.filter(stretches).aggregate(held=Count("pk", filter=_hold(phrases)))
    return bool(found["held"] * span > FEW * min(WINDOWS * WIDTH, span))


def _hold(phrases: list[str]) -> Q:
    held = Q()
    for phrase in phrases:
        held &= Q(text__contains=phrase)
    return held


def found_q(sought: str, scope: Scope, *, frequent: bool = False) -> Q:
    """Tickets that the search `sought` finds for the holder of these posts, wherever the tickets lie.

    `frequent`, what `is_frequent` said of it, decides how they are looked for, never which are found.
    """
    phrases = phrases_of(sought)
    if not phrases:
        return NOTHING
    code = sought.strip().upper()
    by_code = Ticket.objects.filter(code=code) if CODE.match(code) else None
    return _row_by_row(phrases, by_code, scope) if frequent else _by_index(phrases, by_code, scope)


def _by_index(phrases: list[str], by_code: QuerySet[Ticket] | None, scope: Scope) -> Q:
    ways = [_holding(TicketWords, phrases)]
    if scope.posts:
        ways.append(_holding(GuardedWords, phrases).filter(_readable_q(scope)))
    if by_code is not None:
        ways.append(by_code)
    first, *others = (way.values("pk") for way in ways)
    return Q(pk__in=first.union(*others, all=True) if others else first)


def _holding(model: type[Model], phrases: list[str]) -> QuerySet[Ticket]:
    return by_key(Ticket.objects.filter(Found("pk", model._meta.db_table, phrases, id=KEY, column=TEXT)))


def _row_by_row(phrases: list[str], by_code: QuerySet[Ticket] | None, scope: Scope) -> Q:
    found = _says(TicketWords, phrases)
    if scope.posts:
        found |= Q(is_sensitive=True) & _says(GuardedWords, phrases) & _readable_q(scope)
    return found if by_code is None else found | Q(pk__in=by_code.values("pk"))


def _says(model: type[TicketWords | GuardedWords], phrases: list[str]) -> Q:
    """Whether the row of words of the ticket at hand holds the phrases: asked of that one row, by its key.

    A value and not EXISTS, of which PostgreSQL would make a join that starts from all the words.
    """
    holds = ExpressionWrapper(_hold(phrases), output_field=BooleanField())
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
