"""What higher floors put beside a ticket: links on its page, and words with which a report of done may begin;
what they add to the phone's first page and to a grid's order page, and which of their pages a phone keeps; and how
long lists are that they have counted.

Each source is asked for one reader (and one ticket or area), and must not show a reader what lies out of their scope.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from core.registry import Registry
from core.text import Text
from grids.models import Area
from issues.finding.filters import TicketFilter
from issues.finding.queries import Counted
from issues.models import Ticket
from members.models import User


@dataclass(frozen=True)
class Link:
    """One thing that hangs together with a ticket; `offer` ones are buttons for what could be opened from it."""

    text: Text
    url: str
    action: Text
    icon: str = "doc"
    offer: bool = False


TICKET_LINKS: Registry[Callable[[User, Ticket], Iterable[Link]]] = Registry("links on a ticket's page")
OUTCOMES: Registry[Callable[[User, Ticket], str]] = Registry("words with which a report of done may begin")
PHONE_LINKS: Registry[Callable[[User], Iterable[Link]]] = Registry("links on the phone's first page")
TOTALS: Registry[Callable[[User, TicketFilter], int | None]] = Registry("who knows how long a list is")
DOORS: Registry[Callable[[Area], Iterable[Link]]] = Registry("links on a grid's order page")

KEPT_PAGES: Registry[Callable[[User], Iterable[str]]] = Registry("addresses that a phone keeps")


def total_of(user: User, chosen: TicketFilter, counted: Counted) -> Counted:
    """How long a list is: as counted, or exactly where it is longer than is counted and somebody knows it."""
    if not counted.is_cut:
        return counted
    known = (n for source in TOTALS if (n := source(user, chosen)) is not None)
    return next((Counted(n, most=n) for n in known), counted)


def links_of(user: User, ticket: Ticket) -> list[Link]:
    """What the ticket's page links to for this reader."""
    return [link for source in TICKET_LINKS for link in source(user, ticket)]


def outcome_of(user: User, ticket: Ticket) -> str:
    """Words on what came of the ticket elsewhere; empty when nothing did."""
    return "\n".join(filter(None, (source(user, ticket) for source in OUTCOMES)))


def phone_links(user: User) -> list[Link]:
    """What waits for this reader beside tickets."""
    return [link for source in PHONE_LINKS for link in source(user)]


def doors_of(area: Area) -> list[Link]:
    """What else residents may do with the code of a grid."""
    return [link for source in DOORS for link in source(area)]


def kept_pages(user: User) -> list[str]:
    """The addresses under `/m/` that this reader's phone keeps, each once, the most useful first."""
    return list(dict.fromkeys(url for source in KEPT_PAGES for url in source(user)))
