"""The list an address means: its page and how long it is.

The first page of a list, which is what is read most, is read by statements composed once for the viewer's posts and
the address's conditions; further pages and searches are composed as they come.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet, Value

from core import clock
from core.rows.composed import Counting, composed, counting
from core.rows.paging import Page, first_page, in_page_order, page_of, page_of_runs, position
from issues.finding import queries
from issues.finding.filters import Terms, TicketFilter
from issues.finding.queries import (
    LAMPS,
    MOMENT,
    Counted,
    Moment,
    as_rows,
    count_to,
    lamp_counts,
    lamp_q,
    queue,
    under_lamps,
)
from issues.finding.search import Days, is_short, spans
from issues.models import Ticket
from members.access import Scope, scope_for
from members.models import User

PAGE_SIZE = 50
Counts = dict[str, Counted]
"""How long a list is: "all", and under each lamp where lamps group it."""


def page_and_counts(user: User, chosen: TicketFilter, now: datetime, after: str) -> tuple[Page[Ticket], Counts]:
    """The page of the list that the cursor `after` names, the first without one."""
    if chosen.is_search_of_history:
        return _searched(user, chosen, now, after)
    if chosen.q or position(after, len(_order(chosen)))[1] is not None:
        return _further(user, chosen, now, after)
    return _first(scope_for(user).bare, chosen.terms, Moment.of(now))


def _order(chosen: TicketFilter) -> tuple[str, ...]:
    return ("lamp_rank", *chosen.order) if chosen.is_by_lamp else chosen.order


# ---- the first page -----------------------------------------------------------------------------------------


def _first(scope: Scope, terms: Terms, moment: Moment) -> tuple[Page[Ticket], Counts]:
    at, order = vars(moment), _order(terms.chosen)
    if not terms.chosen.is_by_lamp:
        found, counts = first_rows(scope, terms, "", PAGE_SIZE + 1, **at), _whole(scope, terms, at)
        return first_page(found, order, PAGE_SIZE), counts
    counts = _by_lamp(scope, terms, at)
    found = []
    for lamp in LAMPS:
        if counts[lamp] and len(found) <= PAGE_SIZE:
            found += first_rows(scope, terms, lamp, PAGE_SIZE + 1, **at)
    return first_page(found[: PAGE_SIZE + 1], order, PAGE_SIZE), counts


def _whole(scope: Scope, terms: Terms, at: dict[str, Any]) -> Counts:
    return {"all": Counted(some(scope, terms, "", queries.MOST_COUNTED + 1, **at)["all"])}


def _by_lamp(scope: Scope, terms: Terms, at: dict[str, Any]) -> Counts:
    most = queries.MOST_COUNTED
    counts = some_by_lamp(scope, terms, most + 1, **at)
    if counts["all"] > most:  # each lamp's own list is as short
        counts |= {lamp: some(scope, terms, lamp, most + 1, **at)["all"] for lamp in LAMPS}
    return {key: Counted(n) for key, n in counts.items()}


def _tickets(scope: Scope, terms: Terms, lamp: str, at: Moment) -> QuerySet[Ticket]:
    rows = terms.narrow(Ticket.objects.within(scope), scope, at)
    return rows.filter(lamp_q(lamp, at.now)) if lamp else rows


@composed(**MOMENT)
def first_rows(scope: Scope, terms: Terms, lamp: str, most: int, **moment: Any) -> QuerySet[Ticket]:
    """The front of a list, or of what is under one of its lamps, with `lamp_rank`."""
    rows = as_rows(_tickets(scope, terms, lamp, Moment(**moment)))
    if lamp:
        rows = rows.annotate(lamp_rank=Value(LAMPS.index(lamp)))
    return in_page_order(rows, _order(terms.chosen))[:most]


@counting(**MOMENT)
def some(scope: Scope, terms: Terms, lamp: str, most: int, **moment: Any) -> Counting:
    """How long a list is, or what is under one of its lamps, counted no further than `most`."""
    return _tickets(scope, terms, lamp, Moment(**moment)).order_by()[:most], {"all": Count("pk")}


@counting(**MOMENT)
def some_by_lamp(scope: Scope, terms: Terms, most: int, **moment: Any) -> Counting:
    """A list that is grouped by lamps, whole and by lamp; right for each if the whole is shorter than `most`."""
    at = Moment(**moment)
    counts = {"all": Count("pk")} | {lamp: Count("pk", filter=lamp_q(lamp, at.now)) for lamp in LAMPS}
    return _tickets(scope, terms, "", at).order_by()[:most], counts


# ---- further pages, and searches ------------------------------------------------------------------------------


def _further(user: User, chosen: TicketFilter, now: datetime, after: str) -> tuple[Page[Ticket], Counts]:
    rows = chosen.apply(queue(user), now, user)
    if chosen.is_by_lamp:
        counts = lamp_counts(rows, now)
        return page_of_runs(under_lamps(rows, counts, now), _order(chosen), after, PAGE_SIZE), counts
    return page_of(rows, order=chosen.order, after=after, size=PAGE_SIZE), {"all": count_to(rows)}


def _searched(user: User, chosen: TicketFilter, now: datetime, after: str) -> tuple[Page[Ticket], Counts]:
    """What is found in history: of the last days, of more days, until a page is full. How many only if it is not."""
    if is_short(queue(user), scope_for(user)):
        rows = chosen.apply(queue(user), now, user, is_short=True)
        return page_of(rows, order=chosen.order, after=after, size=PAGE_SIZE), {"all": count_to(rows)}
    page: Page[Ticket] = Page([], None, None)
    for days in _times(after, chosen, now):
        rows = chosen.apply(queue(user), now, user, days=days)
        page = page_of(rows, order=chosen.order, after=after, size=PAGE_SIZE)
        if page.next:
            break
    is_all = page.next is None and page.previous is None
    return page, {"all": Counted(len(page.rows) if is_all else PAGE_SIZE + 1, PAGE_SIZE)}


def _times(after: str, chosen: TicketFilter, now: datetime) -> Iterable[Days | None]:
    """The times to look at for the page that the cursor `after` names."""
    today = clock.local(now).date()
    backwards, values = position(after, len(chosen.order))
    if values is None or not isinstance(values[0], datetime):
        return spans(today)
    passed = clock.local(values[0]).date()
    return [(passed, today)] if backwards else spans(passed)
