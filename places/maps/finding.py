"""From a point or an address to the area in charge: the boundary that holds it, else what bears such an address."""

import re
from dataclasses import dataclass, field

from core.text import is_clean, plain
from grids.finding import found_q
from grids.models import Area, Household
from grids.scope import ancestors
from members.models import User
from places.maps import locating
from places.maps.coordinates import Datum, to_wgs84

PAIR = re.compile(r"\s*(-?\d{1,3}(?:\.\d+)?)\s*[,，\s]\s*(-?\d{1,2}(?:\.\d+)?)\s*\Z", re.ASCII)
MOST = 20


@dataclass
class Place:
    """Where something lies: the deepest area with what lies above it, or candidates by address."""

    area: Area | None = None
    path: list[Area] = field(default_factory=list)
    outside: bool = False  # the point lies in no area in sight
    areas: list[Area] = field(default_factory=list)
    households: list[Household] = field(default_factory=list)


def find(user: User, text: str, datum: str) -> Place:
    """Look up `text`: a pair of longitude and latitude in `datum`, or words of an address. Only what is in sight."""
    pair = PAIR.match(plain(text))
    if pair is None:
        return by_address(user, text)
    x, y = float(pair.group(1)), float(pair.group(2))
    key = locating.current().deepest(*(to_wgs84(x, y) if datum == Datum.GCJ02 else (x, y)))
    area = Area.objects.visible_to(user).filter(pk=key).first() if key is not None else None
    if area is None:
        return Place(outside=True)
    return Place(area=area, path=ancestors(area, include_self=True))


def by_address(user: User, text: str) -> Place:
    """Areas whose name the words contain or that contain the words, and households that a search for them finds."""
    words = plain(text).strip()
    if len(words) < 2 or not is_clean(words):
        return Place()
    areas = Area.objects.visible_to(user).filter(retired_at=None, name__contains=words)
    homes = Household.objects.visible_to(user).filter(found_q(words), retired_at=None)
    return Place(
        areas=list(areas.select_related("parent").order_by("depth", "code")[:MOST]),
        households=list(homes.select_related("area").order_by("code")[:MOST]),
    )
