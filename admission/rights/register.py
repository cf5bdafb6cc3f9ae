"""Reads of the five rights: uses and reviews in sight, the half-years to choose from. Writes nothing."""

from admission.models import RightReview, RightUse
from admission.people import townships
from admission.workflow.rules import Kept, Right, half_bounds, half_of
from core import clock
from core.rows.paging import Page, page_of
from grids.models import Area
from members.access import scope_for
from members.models import User

PAGE_SIZE = 30
HALVES_BACK = 4


def towns(user: User) -> list[Area]:
    """The townships one may look at: one's own, or all for the county."""
    scope = scope_for(user)
    if scope.seeing("gate").posts:
        return townships()
    return [post.area for post in scope.seeing("rights").posts if post.area is not None]


def town_in(user: User, code: str) -> Area | None:
    return next((town for town in towns(user) if town.code == code), None)


def page(user: User, town: Area | None, after: str) -> Page[RightUse]:
    rows = RightUse.objects.visible_to(user).select_related("township", "department", "recorded_by")
    if town is not None:
        rows = rows.filter(township=town)
    return page_of(rows, order=("-used_on", "-id"), after=after, size=PAGE_SIZE)


def reviews(user: User, town: Area | None) -> list[RightReview]:
    """The newest reviews in sight, at most one screen of them."""
    rows = RightReview.objects.visible_to(user).select_related("township", "reviewed_by")
    if town is not None:
        rows = rows.filter(township=town)
    return list(rows.order_by("-half", "township__code")[:PAGE_SIZE])


def review_of(user: User, town: Area, half: str) -> RightReview | None:
    rows = RightReview.objects.visible_to(user).filter(township=town, half=half)
    return rows.select_related("reviewed_by").first()


def uses_of(user: User, town: Area, half: str) -> list[RightUse]:
    """The uses of one half-year in the order of time."""
    first, last = half_bounds(half)
    rows = RightUse.objects.visible_to(user).filter(township=town, used_on__range=(first, last))
    return list(rows.select_related("department").order_by("used_on", "pk"))


def lines_of(review: RightReview) -> list[tuple[str, str, str]]:
    """Each right with what was found of it."""
    return [
        (str(right.label), str(Kept(review.found[right]["kept"]).label), review.found[right]["note"])
        for right in Right
        if right in review.found
    ]


def halves() -> list[str]:
    """This half-year and those before it that may still be reviewed, newest first."""
    year, second = clock.today().year, half_of(clock.today()).endswith("2")
    at = year * 2 + int(second)
    return [f"{n // 2}H{n % 2 + 1}" for n in range(at, at - HALVES_BACK, -1)]
