"""Lists of disputes: the tabs with their counts, the conditions in the address, the rows. Writes nothing.

Every queryset starts from `visible_to`; no list shows who a dispute is between.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core import clock
from core.rows.list_address import ListAddress, one_of
from core.rows.paging import Page, page_of
from core.rows.tabs import Tab, counted_tabs
from core.text import Text
from mediation.models import Dispute, Mediator
from mediation.workflow.rules import FOLLOW_UP_SOON, RISK_LAMPS, Kind, Risk
from mediation.workflow.table import IN_MEDIATION, OPEN_STATES, STATES, State
from members.models import User

PAGE_SIZE = 50
NEWEST = ("-opened_at", "-id")
VIEWS: dict[str, Text] = {
    "open": _("在调"),
    "mine": _("我负责的"),
    "due": _("回访到期"),
    "agreed": _("待回访"),
    "all": _("全部"),
}
ORDERS = {"due": ("follow_up_on", "id"), "agreed": ("follow_up_on", "id")}
KINDS, STATE_NAMES = set(Kind.values), {state.value for state in State}


@dataclass(frozen=True)
class Chosen(ListAddress):
    """What an address asks for; anything it does not understand counts as not asked."""

    view: str = "open"
    kind: str = ""
    state: str = ""

    @classmethod
    def parse(cls, given: Mapping[str, str]) -> "Chosen":
        view, state = one_of(given, "view", VIEWS, "open"), one_of(given, "state", STATE_NAMES)
        # A state stands in no tab but one's own: asked for it, the list looks among all.
        return cls("all" if state and view != "mine" else view, one_of(given, "kind", KINDS), state)


@dataclass(frozen=True)
class Row:
    """One dispute of a list."""

    dispute: Dispute
    lamp: str
    principal: str
    when: date | None
    when_lamp: str


def view_q(view: str, user: User, today: date) -> Q:
    """Which disputes a tab holds."""
    if view == "open":
        return Q(state__in=sorted(IN_MEDIATION))
    if view == "mine":
        mine = Mediator.objects.filter(user=user, is_principal=True)
        return Q(state__in=sorted(OPEN_STATES), pk__in=mine.values("dispute_id"))
    if view == "due":
        return Q(state=State.AGREED, follow_up_on__lte=today)
    return Q(state=State.AGREED) if view == "agreed" else Q()


def tabs(user: User, chosen: Chosen) -> list[Tab]:
    """The tabs with their counts: one query."""
    today, home = clock.today(), reverse("mediation:index")
    return counted_tabs(
        Dispute.objects.visible_to(user),
        VIEWS,
        lambda key: view_q(key, user, today),
        url=lambda key: f"{home}?view={key}",
        current=chosen.view,
    )


def page(user: User, chosen: Chosen, after: str) -> tuple[Page[Dispute], list[Row]]:
    """One page of a list with its rows: two queries, however long it is."""
    rows = Dispute.objects.visible_to(user).filter(view_q(chosen.view, user, clock.today()))
    if chosen.kind:
        rows = rows.filter(kind=chosen.kind)
    if chosen.state:
        rows = rows.filter(state=chosen.state)
    principal = Prefetch("mediators", Mediator.objects.filter(is_principal=True).select_related("user"))
    found = page_of(
        _light(rows).prefetch_related(principal), order=ORDERS.get(chosen.view, NEWEST), after=after, size=PAGE_SIZE
    )
    today = clock.today()
    return found, [_row(dispute, today) for dispute in found.rows]


def _light(rows: "QuerySet[Dispute]") -> "QuerySet[Dispute]":
    """Without the words that no list shows, which would be decrypted for nothing."""
    return rows.select_related("area", "village").defer("brief", "where", "next_place")


def _row(dispute: Dispute, today: date) -> Row:
    mediators = list(dispute.mediators.all())
    next_day = clock.local(dispute.next_at).date() if dispute.next_at else None
    return Row(
        dispute=dispute,
        lamp=RISK_LAMPS[Risk(dispute.risk)],
        principal=mediators[0].shown_name if mediators else "",
        when=dispute.follow_up_on or next_day,
        when_lamp=follow_up_lamp(dispute.follow_up_on, today) if dispute.follow_up_on else "",
    )


def follow_up_lamp(day: date, today: date) -> str:
    """Red from its day on, yellow in the days before it."""
    if day <= today:
        return "r"
    return "y" if day - today <= FOLLOW_UP_SOON else "b"


def state_choices() -> list[tuple[str, Text]]:
    return [("", _("全部状态")), *((state.value, info.label) for state, info in STATES.items())]
