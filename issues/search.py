"""Which tickets a search finds: by number, resident's code, or words anywhere in them. Reads only.

The words of sensitive tickets are found by those who may read them (`issues.dossier`), by nobody else.
"""

import re

from django.db.models import Q, QuerySet

from core.pairs import phrases_of
from core.wordindex import Found
from issues.dossier import ENTRUSTED
from issues.models import Ticket
from issues.queries import NOTHING, my_move_q, places
from issues.sql import KEY, TEXT, by_key
from issues.workflow import ENDED_STATES, OPEN_STATES, TRANSITIONS
from members.access import Scope

CODE = re.compile(r"[A-Z2-9]{8}\Z", re.ASCII)
MOVING = tuple(step for step in TRANSITIONS if step.moves)


def found_q(sought: str, scope: Scope) -> Q:
    """Tickets that the search `sought` finds for the holder of these posts, wherever the tickets lie."""
    phrases = phrases_of(sought)
    if not phrases:
        return NOTHING
    ways = [_holding("issues_ticketwords", phrases)]
    if scope.posts:
        ways.append(_holding("issues_guardedwords", phrases).filter(_readable_q(scope)))
    code = sought.strip().upper()
    if CODE.match(code):
        ways.append(Ticket.objects.filter(code=code))
    first, *others = (way.values("pk") for way in ways)
    return Q(pk__in=first.union(*others, all=True) if others else first)


def _holding(table: str, phrases: list[str]) -> QuerySet[Ticket]:
    return by_key(Ticket.objects.filter(Found("pk", table, phrases, id=KEY, column=TEXT)))


def _readable_q(scope: Scope) -> Q:
    """Sensitive tickets that these posts carry, that their holder placed or holds, or whose move is theirs."""
    found = Q(placed_by=scope.user_id) | Q(holder=scope.user_id)
    found |= my_move_q(scope, OPEN_STATES | ENDED_STATES, MOVING)
    for hat, where in places(scope).items():
        if hat in ENTRUSTED:
            found |= where
    return found
