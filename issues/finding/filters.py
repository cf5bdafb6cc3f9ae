"""What the address of a ticket list means, said once.

`TicketFilter.parse` reads a query string, `apply` narrows a queryset, `chips` names each condition with the
address without it, and `url` writes the address that lists exactly these tickets. A filter only ever
narrows: who may see what is the business of `visible_to`.

An address without `view` lists every ticket that meets its conditions, open and ended; without any
condition it is the tab of open tickets. Merged tickets are listed only where their state or their words are asked
for: the ticket they went into speaks for them. What cannot be read is left out and said in a hint, never an error.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext

from core.rows import marks
from core.text import Text, printable
from grids.models import Area
from grids.scope import area_by_code, lies_in
from issues.engine.snapshots import COUNTED
from issues.finding import naming
from issues.finding.conditions import CHOICES, LABELS, NONE, SORTS, Asker, read_value
from issues.finding.queries import NOTHING, Moment, day_start, view_q
from issues.finding.search import Days, found_q, told_q
from issues.finding.sql import by_key
from issues.models import Ticket
from issues.workflow import STATES, State
from members.access import BareArea, Scope, scope_for
from members.models import Department, User

SHOWN_OF_A_BAD_VALUE = 16
ENDED_VIEWS = frozenset({"after", "all", "done"})
"""Tabs that hold ended tickets too."""


@dataclass(frozen=True)
class Chip:
    """A condition in words; `url` is the list without it. A hint says what could not be read."""

    name: Text
    value: Text
    url: str
    is_hint: bool = False


@dataclass(frozen=True)
class TicketFilter:
    """Conditions on a list of tickets; an empty value is no condition."""

    view: str = ""
    area: str = ""
    dept: str = ""
    late_of: str = ""
    item: str = ""
    category: str = ""
    grade: str = ""
    source: str = ""
    route: str = ""
    state: tuple[State, ...] = ()
    open: str = ""
    lamp: str = ""
    placed_from: date | None = None
    placed_to: date | None = None
    accepted: str = ""
    claimed: str = ""
    done: str = ""
    late: str = ""
    kept: str = ""
    rated: str = ""
    solved: str = ""
    rework: str = ""
    returned: str = ""
    scored: str = ""
    arrived: str = ""
    stars: str = ""
    found: str = ""
    filed: str = ""
    holder: str = ""
    q: str = ""
    sort: str = ""
    unread: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    """Parameters that could not be read, with what they held."""

    def __post_init__(self) -> None:
        if not self.view:
            object.__setattr__(self, "view", self._plain_view)

    @classmethod
    def parse(cls, params: QueryDict) -> "TicketFilter":
        """Read a query string; any bytes are safe."""
        known: dict[str, Any] = {}
        unread: list[tuple[str, str]] = []
        for name in (f.name for f in dataclasses.fields(cls) if f.name != "unread"):
            given = [text for text in params.getlist(name) if text]
            if name != "state":
                given = given[-1:]
            for text in given:
                value = read_value(name, text)
                if value is None:
                    unread.append((name, text))
                elif name == "state":
                    known[name] = (*known.get(name, ()), *(() if value in known.get(name, ()) else (value,)))
                else:
                    known[name] = value
        return cls(**known, unread=tuple(unread[:5]))

    @property
    def conditions(self) -> dict[str, Any]:
        """What narrows the list besides the tab."""
        pairs = ((f.name, getattr(self, f.name)) for f in dataclasses.fields(self))
        return {name: value for name, value in pairs if value and name not in ("view", "sort", "unread")}

    @property
    def _plain_view(self) -> str:
        """The tab of an address that names none."""
        return "all" if self.conditions else "open"

    @property
    def is_open_only(self) -> bool:
        return self.view not in ENDED_VIEWS or self.open == "1" or bool(self.lamp)

    @property
    def sorting(self) -> str:
        """A limit that has ended orders nothing: a list with ended tickets is not sorted by it."""
        if self.is_open_only:
            return self.sort or "due"
        return self.sort if self.sort not in ("", "due") else "new"

    @property
    def order(self) -> tuple[str, ...]:
        return SORTS[self.sorting][1]

    @property
    def is_by_lamp(self) -> bool:
        """Whether the list holds open tickets only, most urgent first, so that lamps group it."""
        return self.sorting == "due" and self.is_open_only

    @property
    def is_search_of_history(self) -> bool:
        """Whether this is a search of ended tickets too, the newest first."""
        return bool(self.q) and not self.is_open_only and self.sorting == "new"

    @cached_property
    def area_row(self) -> Area | None:
        return area_by_code(self.area) if self.area else None

    @cached_property
    def department_row(self) -> Department | None:
        return Department.objects.filter(code=self.dept).first() if self.dept not in ("", NONE) else None

    @cached_property
    def late_row(self) -> Department | None:
        return Department.objects.filter(code=self.late_of).first() if self.late_of else None

    def apply(
        self,
        rows: QuerySet[Ticket],
        now: datetime,
        user: User | None = None,
        *,
        days: Days | None = None,
        is_short: bool = False,
    ) -> QuerySet[Ticket]:
        """Narrow `rows` to the tickets meant; `user` is whom "mine" and "me" stand for.

        Of `days` a search finds all placed on them, and perhaps some more; a short list is asked row by row
        (`issues.finding.search`).
        """
        scope = scope_for(user) if user else Scope(())
        rows = self.terms.narrow(rows, scope, Moment.of(now))
        if not self.q:
            return rows
        if is_short or self.is_open_only:
            return rows.filter(told_q(self.q, scope, self._names(scope)))
        return by_key(rows.filter(found_q(self.q, scope, days, self._names(scope))))

    def _names(self, scope: Scope) -> list[naming.Found]:
        """How the words can be read as names: looked up once, however often the list is asked."""
        known: dict[Scope, list[naming.Found]] = self.__dict__.setdefault("_named", {})
        if scope not in known:
            known[scope] = naming.ways(self.q, scope)
        return known[scope]

    @property
    def terms(self) -> "Terms":
        """The conditions with what the database says of their area and department."""
        area, lead, late = self.area_row, self.department_row, self.late_row
        return Terms(self, BareArea.of(area) if area else None, lead.pk if lead else None, late.pk if late else None)

    def url(self, **changes: Any) -> str:
        """The address of this list with `changes`; the tab stays unless it is among them."""
        query = dataclasses.replace(self, **{"unread": (), **changes}).query()
        return f"{reverse('issues:queue')}{'?' if query else ''}{query}"

    def query(self) -> str:
        """The canonical query string, without what the address means anyway."""
        pairs: list[tuple[str, str]] = [] if self.view == self._plain_view else [("view", self.view)]
        for name, value in self.conditions.items():
            pairs += [(name, str(one)) for one in (value if isinstance(value, tuple) else (value,))]
        if self.sort:
            pairs.append(("sort", self.sort))
        return urlencode(pairs)

    def chips(self) -> list[Chip]:
        """Each condition in words, each with the address without it, then what could not be read."""
        found = []
        for name, value in self.conditions.items():
            if name == "state":
                rest = {one: tuple(s for s in value if s != one) for one in value}
                found += [Chip(LABELS[name], STATES[one].label, self.url(state=rest[one])) for one in value]
            else:
                empty = None if isinstance(value, date) else ""
                found.append(Chip(LABELS[name], self._word(name, value), self.url(**{name: empty})))
        for name, text in self.unread:
            said = gettext("“%(text)s”看不懂，已略过") % {"text": printable(text[:SHOWN_OF_A_BAD_VALUE])}
            found.append(Chip(LABELS[name], said, self.url(), is_hint=True))
        if self.sort and self.sort != self.sorting:
            said = gettext("列表里有已办结的，不按期限排")
            found.append(Chip(LABELS["sort"], said, self.url(sort=""), is_hint=True))
        return found

    def plain_word(self, name: str) -> Text:
        """The value of a condition in words as far as it needs no look at the database."""
        value = getattr(self, name)
        if name == "state":
            return "、".join(str(STATES[one].label) for one in value)
        return "" if name in ("area", "dept", "late_of") and value != NONE else self._word(name, value)

    def _word(self, name: str, value: Any) -> Text:
        if name in CHOICES:
            return CHOICES[name][1][value].word
        if isinstance(value, date):
            return gettext("%(year)d年%(month)d月%(day)d日") % {
                "year": value.year, "month": value.month, "day": value.day
            }  # fmt: skip
        if name == "area":
            return (
                self.area_row.short_name if self.area_row else gettext("没有代码为 %(code)s 的区域") % {"code": value}
            )
        if value == NONE:
            return gettext("未定")
        if name == "dept":
            return str(self.department_row or gettext("没有代码为 %(code)s 的部门") % {"code": value})
        if name == "late_of":
            return str(self.late_row or gettext("没有代码为 %(code)s 的部门") % {"code": value})
        return str(value)


@dataclass(frozen=True)
class Terms:
    """A filter with its area and department as they stand now: all that its condition is made of but the search."""

    chosen: TicketFilter
    area: BareArea | None
    department: int | None
    late: int | None = None

    def narrow(self, rows: QuerySet[Ticket], scope: Scope, at: Moment) -> QuerySet[Ticket]:
        """The tickets meant, for the holder of these posts."""
        chosen, asker = self.chosen, Asker(at.now, scope)
        rows = rows.filter(view_q(chosen.view, scope, at))
        if not (chosen.state or chosen.q or chosen.is_open_only):
            rows = rows.filter(COUNTED)
        for name, value in chosen.conditions.items():
            if name != "q":
                rows = rows.filter(self._narrow(name, value, asker))
        return rows

    def _narrow(self, name: str, value: Any, asker: Asker) -> Q:
        if name in CHOICES:
            return CHOICES[name][1][value].narrow(asker)
        ways: dict[str, Callable[[], Q]] = {
            "area": lambda: lies_in(self.area) if self.area else NOTHING,
            "dept": self._led,
            "late_of": lambda: Q(late_by__contains=marks.within(self.late)) if self.late else NOTHING,
            "item": lambda: Q(item_code="" if value == NONE else value),
            "category": lambda: Q(item_code="") if value == NONE else Q(item_code__startswith=value),
            "state": lambda: Q(state__in=value),
            "placed_from": lambda: Q(placed_at__gte=day_start(value)),
            "placed_to": lambda: Q(placed_at__lt=day_start(value + timedelta(days=1))),
        }
        return ways[name]()

    def _led(self) -> Q:
        if self.chosen.dept == NONE:
            return Q(lead__isnull=True)
        return Q(lead=self.department) if self.department else NOTHING
