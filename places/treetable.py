"""The tree of areas as a table: open branches only, found by name, code or sound; everything within sight."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse

from core.text import is_clean, plain
from grids.models import Area
from grids.scope import ancestors, with_parts
from members.models import User

MOST_OPEN = 40
MOST_PARTS = 400
MOST_FOUND = 50


@dataclass(frozen=True)
class Branch:
    """One row: the area, how deep it is drawn, and where its links lead."""

    area: Area
    indent: int
    parts: int
    is_open: bool
    toggle_url: str
    pick_url: str


@dataclass(frozen=True)
class Found:
    """A hit of the search with the names above it."""

    area: Area
    above: str
    url: str


def opened(text: str) -> tuple[str, ...]:
    """The codes of the branches that the address says are open; what is no code is left out."""
    codes = dict.fromkeys(code for code in text[:1000].split(",") if code.isascii() and code.isdigit())
    return tuple(codes)[:MOST_OPEN]


def address(codes: Iterable[str], at: str = "") -> str:
    query = {name: value for name, value in (("open", ",".join(codes)), ("at", at)) if value}
    return reverse("places:tree") + (f"?{urlencode(query, safe=',')}" if query else "")


def branches(user: User, codes: Sequence[str], at: str) -> list[Branch]:
    """The top areas in sight and, below each that is open, its parts in use: two queries and one per level."""
    seen = Area.objects.visible_to(user).filter(retired_at=None)
    tops = list(with_parts(seen.exclude(parent__in=seen.values("pk"))).order_by("code")[:MOST_PARTS])
    below: dict[int, list[Area]] = {}
    layer = [area for area in tops if area.code in codes]
    while layer:
        rows = with_parts(Area.objects.filter(parent__in=layer, retired_at=None)).order_by("code")[:MOST_PARTS]
        found = list(rows)
        for area in found:
            below.setdefault(area.parent_id or 0, []).append(area)
        layer = [area for area in found if area.code in codes]
    return list(_walk(tops, below, 0, codes, at))


def _walk(
    areas: Iterable[Area], below: dict[int, list[Area]], indent: int, codes: Sequence[str], at: str
) -> Iterable[Branch]:
    for area in areas:
        is_open = area.code in codes
        others = [code for code in codes if code != area.code] if is_open else [*codes, area.code]
        parts: int = area.parts  # annotated by with_parts
        yield Branch(area, indent, parts, is_open, address(others, at), address(codes, area.code))
        if is_open:
            yield from _walk(below.get(area.pk, ()), below, indent + 1, codes, at)


def find(user: User, words: str) -> list[Found]:
    """At most fifty areas in use that the words name; the answer opens the branches above."""
    words = plain(words)
    sound = "".join(words.split()).lower()
    if not sound or not is_clean(words):
        return []
    rows = Area.objects.visible_to(user).filter(retired_at=None)
    named = Q(name__contains=words.strip()) | Q(initials__startswith=sound) | Q(pinyin__startswith=sound)
    named |= Q(code__startswith=sound) | Q(line_codes__code=words.strip())
    hits = list(rows.filter(named).distinct().order_by("depth", "code")[:MOST_FOUND])
    return [_found(user, area, above) for area, above in zip(hits, _above(hits), strict=True)]


def _above(areas: Sequence[Area]) -> list[list[Area]]:
    """What lies above each, from the top: the trees are shallow, so level by level for all of them."""
    known: dict[int, Area] = {}
    wanted = {area.parent_id for area in areas if area.parent_id is not None}
    while wanted:
        found = Area.objects.in_bulk(wanted)
        known |= found
        wanted = {a.parent_id for a in found.values() if a.parent_id is not None} - known.keys()
    chains = []
    for area in areas:
        chain, here = [], area.parent_id
        while here is not None:
            chain.append(known[here])
            here = known[here].parent_id
        chains.append(chain[::-1])
    return chains


def _found(user: User, area: Area, above: Sequence[Area]) -> Found:
    names = " › ".join(one.short_name for one in above[1:])
    return Found(area, names, address([one.code for one in above], area.code))


def path_open(area: Area) -> tuple[str, ...]:
    """The codes that have to be open for the area to show."""
    return tuple(one.code for one in ancestors(area))
