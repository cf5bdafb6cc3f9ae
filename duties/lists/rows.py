"""The rows of a list as HTML, punched from `duties/items/_row.html` or `duties/lines/_row.html`.

Reads what `Shape.rows` has loaded; asks the database for nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.utils.safestring import SafeString

from core.web.stencil import Stencil
from duties.lists.addresses import urls_of
from duties.lists.listing import Found, Hit, grouped
from duties.models import DutyItem, DutyLine, FirstLevel, ListVersion
from duties.shapes.items import ItemShape

ITEM = Stencil(
    "duties/items/_row.html",
    *("code", "url", "name", "alias", "first_level", "lead", "assisting", "enforcement_body", "grade", "limit"),
)
LINE = Stencil("duties/lines/_row.html", "code", "url", "name", "group", "lead", "share")
Cut = tuple[dict[str, Any], dict[str, Any]]
"""The flags and the values of a row."""


@dataclass(frozen=True)
class Group:
    """Rows under one heading; empty where a search orders them by how well they fit."""

    heading: str
    rows: SafeString


def groups(version: ListVersion, look: str, found: Found, *, is_search: bool) -> list[Group]:
    """The page of a list under its headings."""
    under = [("", found.hits)] if is_search else grouped(found.hits, lambda hit: hit.skim.heading)
    stencil, cut = (ITEM, _item) if look == ItemShape.look else (LINE, _line)
    url = urls_of("item", version)
    return [
        Group(heading, SafeString("".join(_row(stencil, cut(hit, url)) for hit in hits))) for heading, hits in under
    ]


def _row(stencil: Stencil, cut: Cut) -> str:
    flags, values = cut
    return stencil.cut(**flags)(values)


def _item(hit: Hit, url: Callable[[str], str]) -> Cut:
    item = cast(DutyItem, hit.item)
    assisting = "、".join(map(str, item.assisting.all()))
    flags = {
        "has_alias": bool(hit.alias),
        "has_assisting": bool(assisting),
        "has_enforcement_body": bool(item.enforcement_body),
    }
    return flags, {
        "code": item.code,
        "url": url(item.code),
        "name": item.name,
        "alias": hit.alias,
        "first_level": FirstLevel(item.first_level).label,
        "lead": item.lead,
        "assisting": assisting,
        "enforcement_body": item.enforcement_body,
        "grade": item.grade.name,
        "limit": item.resolve_limit.label,
    }


def _line(hit: Hit, url: Callable[[str], str]) -> Cut:
    line = cast(DutyLine, hit.item)
    flags = {
        "has_share": bool(line.share),
        "closes_at_village": line.closes_at_village,
        "borne_before": line.borne_before,
    }
    return flags, {
        "code": line.code,
        "url": url(line.code),
        "name": line.name,
        "group": line.group or "—",
        "lead": line.lead or "—",
        "share": line.share,
    }
