"""One page of a list as somebody narrowed it: by words, by tab, by where they are in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext as _

from core.web.forms import MAX_CHOICE_TEXT
from duties.lists.list_search import Leaf, Match, leaf, matches
from duties.models import ListVersion
from duties.shapes import Entry, Shape, Skim


@dataclass(frozen=True)
class Chosen:
    """What narrows the list; lives in the address."""

    q: str = ""
    tab: str = ""
    changed: bool = False
    after: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> "Chosen":
        def given(name: str) -> str:
            return request.GET.get(name, "")[:MAX_CHOICE_TEXT].replace("\0", "").strip()

        return cls(given("q"), given("cat"), given("changed") == "1", given("after"))

    def address(self, **other: Any) -> str:
        kept = {"q": self.q, "cat": self.tab, "changed": "1" if self.changed else "", **other}
        return urlencode({name: value for name, value in kept.items() if value})

    @property
    def query(self) -> str:
        """For the pager: everything but the page."""
        return f"{given}&" if (given := self.address()) else ""


@dataclass(frozen=True)
class Hit:
    item: Entry
    skim: Skim
    alias: str


@dataclass(frozen=True)
class Found:
    matched: Sequence[Match]
    """What fits the words, whatever the tab."""
    page: Leaf
    hits: list[Hit]


def grouped(rows: Sequence[Any], heading: Any) -> list[tuple[str, list[Any]]]:
    """Rows under their headings, in the order in which the headings come up."""
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(heading(row), []).append(row)
    return list(found.items())


def hits_of(shape: Shape[Any], version: ListVersion, chosen: Chosen) -> Found:
    """The lines of one page in full. At most three queries."""
    matched = matches(shape.skim(version), chosen.q)
    if not chosen.q:
        matched.sort(key=lambda match: shape.tab_order(match.skim.tab))
    kept = {m.skim.code: m for m in matched if not chosen.tab or m.skim.tab == chosen.tab}
    page = leaf(list(kept), chosen.after)
    rows: Mapping[str, Entry] = {row.code: row for row in shape.rows(version).filter(code__in=page.codes)}
    return Found(matched, page, [Hit(rows[code], kept[code].skim, kept[code].alias) for code in page.codes])


def tabs_of(shape: Shape[Any], matched: Sequence[Match], chosen: Chosen) -> list[dict[str, Any]]:
    """All, and one tab for each category or part with how many lines it has."""
    return all_tab(len(matched), chosen) + shape_tabs(shape, [match.skim for match in matched], chosen)


def all_tab(count: int, chosen: Chosen) -> list[dict[str, Any]]:
    current = not chosen.tab and not chosen.changed
    return [{"url": f"?{chosen.address(cat='', changed='')}", "text": _("全部"), "count": count, "current": current}]


def shape_tabs(shape: Shape[Any], lines: Sequence[Skim], chosen: Chosen) -> list[dict[str, Any]]:
    counts: dict[str, int] = {}
    names: dict[str, str] = {}
    for line in lines:
        counts[line.tab] = counts.get(line.tab, 0) + 1
        names.setdefault(line.tab, shape.tab_name(line))
    order = sorted(counts, key=shape.tab_order)
    return [
        {
            "url": f"?{chosen.address(cat=tab, changed='')}",
            "text": names[tab],
            "count": counts[tab],
            "current": tab == chosen.tab,
        }
        for tab in order
    ]
