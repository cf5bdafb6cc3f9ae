"""The list of households: what of them the reader asks for, within what the reader may see. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet

from core.rows.jsonlists import has_any
from core.rows.paging import Page, page_of
from grids.finding import found_q
from grids.models import Area, Household, HouseholdKind
from grids.scope import area_by_code, lies_in
from households.file.tags import having, kinds_known_to
from households.rules import TAGS
from members.models import User

PAGE_SIZE = 50


@dataclass(frozen=True)
class Wanted:
    """What is asked for, as far as it makes sense; `guarded` only for who may know of such labels."""

    words: str = ""
    tag: str = ""
    kind: str = ""
    guarded: str = ""
    area: str = ""

    @classmethod
    def parse(cls, given: Mapping[str, str], user: User) -> "Wanted":
        tag, kind, guarded = (given.get(name, "") for name in ("tag", "kind", "guarded"))
        return cls(
            words=given.get("q", "").strip()[:60],
            tag=tag if tag in TAGS else "",
            kind=kind if kind in HouseholdKind.values else "",
            guarded=guarded if guarded in kinds_known_to(user) else "",
            area=given.get("area", "")[:15],
        )

    @property
    def query(self) -> str:
        given = {"q": self.words, "tag": self.tag, "kind": self.kind, "guarded": self.guarded, "area": self.area}
        text = urlencode({name: value for name, value in given.items() if value})
        return f"{text}&" if text else ""

    @property
    def is_any(self) -> bool:
        return bool(self.words or self.tag or self.kind or self.guarded)


def area_of(user: User, wanted: Wanted) -> Area | None:
    """The area that is asked for, when it lies in sight."""
    area = area_by_code(wanted.area) if wanted.area else None
    return Area.objects.visible_to(user).filter(pk=area.pk).first() if area else None


def rows_of(user: User, wanted: Wanted, area: Area | None) -> QuerySet[Household]:
    rows = Household.objects.visible_to(user).filter(retired_at=None)
    if area is not None:
        rows = rows.filter(lies_in(area))
    if wanted.words:
        rows = rows.filter(found_q(wanted.words))
    if wanted.tag:
        rows = rows.filter(has_any("tags", [wanted.tag]))
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    return having(rows, user, wanted.guarded) if wanted.guarded else rows


def page(user: User, wanted: Wanted, area: Area | None, after: str) -> Page[Household]:
    rows = rows_of(user, wanted, area).select_related("area")
    return page_of(rows, order=("code",), after=after, size=PAGE_SIZE)
