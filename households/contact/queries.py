"""Reads behind the pages of visits and liaisons; everything starts from what the reader may see."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Subquery

from core import clock
from core.rows.jsonlists import has_any
from core.rows.paging import Page, page_of
from grids.levels import Level
from grids.models import Area, Household
from grids.scope import at_or_below, lies_in
from households.models import Helper, Liaison, Need, Visit
from households.people import KEEPERS, places_of
from households.rules import (
    DUE_SHOWN,
    JOURNAL_DAYS,
    LEAST_LIAISONS,
    MOST_LIAISONS,
    VISIT_EVERY,
    Outcome,
    due_after,
    rate,
)
from issues.workflow import State as TicketState
from members.access import get_scoped_or_404
from members.models import Post, User

PAGE_SIZE = 50
SOLVED = Q(need__ticket__state=TicketState.CLOSED) | Q(need__state=Need.State.SOLVED)


# ---- who is due ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Due:
    """A household that one should look after, and since when."""

    household: Household
    tags: list[str]
    last: datetime | None
    days: int | None


def due_for(user: User) -> list[Due]:
    """Households in sight whose labels ask for a visit by now, the longest unvisited first; nobody counts them up."""
    now = clock.now()
    last = Visit.objects.filter(household=OuterRef("pk"), outcome__in=(Outcome.WELL, Outcome.MATTER)).order_by("-at")
    due = Q(pk__in=())
    for span in {span for span in VISIT_EVERY.values() if span is not None}:
        labels = [tag for tag, every in VISIT_EVERY.items() if every == span]
        due |= has_any("tags", labels) & (Q(last=None) | Q(last__lt=now - span))
    rows = Household.objects.visible_to(user).filter(retired_at=None).defer("head_name", "phone")
    rows = rows.annotate(last=Subquery(last.values("at")[:1], output_field=DateTimeField())).filter(due)
    rows = rows.order_by(F("last").asc(nulls_first=True), "code").select_related("area")
    return [_due(row, now) for row in rows[:DUE_SHOWN]]


def _due(row: Any, now: datetime) -> Due:
    tags = [tag for tag in row.tags if VISIT_EVERY.get(tag)]
    return Due(row, tags, row.last, (now - row.last).days if row.last else None)


def next_visit(household: Household, last: datetime | None) -> datetime | None:
    """From when a household is due again; None when no label of it asks for visits."""
    span = due_after(household.tags)
    return None if span is None else (last + span if last else clock.now())


# ---- the journal -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Span:
    """The days and the place of a journal."""

    first: date
    last: date
    area: Area | None = None

    @classmethod
    def of(cls, first: date | None, last: date | None, area: Area | None) -> "Span":
        until = last or clock.today()
        since = first or until - timedelta(days=JOURNAL_DAYS - 1)
        return cls(min(since, until), until, area)

    @property
    def query(self) -> str:
        area = f"area={self.area.code}&" if self.area else ""
        return f"first={self.first}&last={self.last}&{area}"


@dataclass(frozen=True)
class Tally:
    visits: int
    homes: int
    found: int
    solved: int

    @property
    def rate(self) -> str:
        return rate(self.found, self.solved)


def journal_rows(user: User, span: Span) -> QuerySet[Visit]:
    begin, end = (datetime.combine(day, time.min, clock.COUNTY_TIME) for day in (span.first, span.last))
    rows = Visit.objects.visible_to(user).filter(at__gte=begin, at__lt=end + timedelta(days=1))
    if span.area is not None:
        homes = Household.objects.filter(lies_in(span.area))
        rows = rows.filter(household__in=homes)
    return rows


def tally(user: User, span: Span) -> Tally:
    """What visits found and what of it is solved by now: one query."""
    counted = journal_rows(user, span).aggregate(
        visits=Count("pk"),
        homes=Count("household", distinct=True),
        found=Count("pk", filter=Q(outcome=Outcome.MATTER)),
        solved=Count("pk", filter=Q(outcome=Outcome.MATTER) & SOLVED),
    )
    return Tally(**counted)


def journal(user: User, span: Span, after: str, size: int = PAGE_SIZE) -> Page[Visit]:
    rows = journal_rows(user, span).select_related("household__area", "household__village", "by", "need__ticket")
    return page_of(rows, order=("-at", "-id"), after=after, size=size)


# ---- liaison ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Coverage:
    """How many households somebody keeps in touch with, and how many helpers have too few or too many."""

    households: int
    covered: int
    helpers: int
    few: int
    many: int

    @property
    def percent(self) -> int:
        return self.covered * 100 // self.households if self.households else 0

    @property
    def gap(self) -> int:
        return self.households - self.covered


def uncovered(user: User, area: Area | None) -> QuerySet[Household]:
    rows = Household.objects.visible_to(user).filter(retired_at=None)
    if area is not None:
        rows = rows.filter(lies_in(area))
    kept = Liaison.objects.filter(household=OuterRef("pk"), ended_on=None)
    return rows.filter(~Exists(kept))


def helpers_of(user: User, area: Area | None) -> QuerySet[Any]:
    """Helpers in sight, each with `n`, the households of theirs."""
    rows: QuerySet[Any] = Helper.objects.visible_to(user).filter(retired_at=None)
    if area is not None:
        rows = rows.filter(Q(village=area) | Q(township=area))
    counted: QuerySet[Any] = rows.annotate(n=Count("liaisons", filter=Q(liaisons__ended_on=None)))
    return counted.select_related("village", "user")


def coverage(user: User, area: Area | None) -> Coverage:
    """Three queries, whatever the size of the place."""
    rows = Household.objects.visible_to(user).filter(retired_at=None)
    whole = (rows.filter(lies_in(area)) if area else rows).count()
    sizes = list(helpers_of(user, area).values_list("n", flat=True))
    few = sum(n < LEAST_LIAISONS for n in sizes)
    many = sum(n > MOST_LIAISONS for n in sizes)
    return Coverage(whole, whole - uncovered(user, area).count(), len(sizes), few, many)


def gaps(user: User, area: Area | None, after: str) -> Page[Household]:
    rows = uncovered(user, area).defer("head_name", "phone").select_related("area")
    return page_of(rows, order=("code",), after=after, size=PAGE_SIZE)


def helper_page(user: User, area: Area | None, after: str) -> Page[Helper]:
    return page_of(helpers_of(user, area), order=("village__code", "id"), after=after, size=PAGE_SIZE)


def helper_of(user: User, pk: int) -> Helper:
    get_scoped_or_404(user, Helper, pk=pk)
    return Helper.objects.select_related("village__parent__parent", "user").get(pk=pk)


def liaisons_of(user: User, helper: Helper) -> list[Liaison]:
    """The households of a helper that the reader sees."""
    rows = Liaison.objects.visible_to(user).filter(helper=helper, ended_on=None)
    return list(rows.select_related("household__area").order_by("household__code"))


def liaison_of(user: User, pk: int) -> Liaison:
    get_scoped_or_404(user, Liaison, pk=pk)
    return Liaison.objects.select_related("helper__village__parent__parent").get(pk=pk)


def keeping_villages(user: User) -> list[Area]:
    """The villages in which the reader arranges who keeps in touch with whom."""
    places = places_of(user, KEEPERS)
    if not places:
        return []
    rows = Area.objects.in_use().filter(at_or_below(places), level=Level.VILLAGE)
    return list(rows.select_related("parent__parent").order_by("code"))


def accounts_in(villages: list[Area]) -> list[User]:
    """People who hold a post in these villages or in their township."""
    above = [village.parent for village in villages if village.parent is not None]
    posts = Post.objects.held().filter(at_or_below(villages, "area__") | Q(area__in=above))
    return list(User.objects.filter(is_active=True, pk__in=posts.values("user")).order_by("name", "pk"))
