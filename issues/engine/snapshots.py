"""The countable standing of a ticket: what tallies count, and what lists filter by, said once.

`facts_of` is stored with every event, so that read models can follow the log (previous facts out, new
facts in) without touching the ticket. Keys are short because there is one such record per event.
"""

from collections.abc import Mapping
from typing import Any, TypedDict

from django.db.models import Q

from core import clock
from issues.models import Ticket
from issues.workflow import State

COUNTED = ~Q(state=State.MERGED)
"""What is counted at all: a merged ticket is the other one told twice."""
SCORED = ~Q(state=State.MERGED) & ~Q(exclusion="granted") & (~Q(state=State.SUSPENDED) | ~Q(late_by=""))
"""What rates are made of: neither excluded nor suspended in time; what had run out before stays in."""


def is_counted(facts: Mapping[str, Any]) -> bool:
    """`COUNTED`, of the facts of a ticket."""
    return bool(facts["state"] != State.MERGED)


def is_scored(ticket: Ticket) -> bool:
    """`SCORED`, of a ticket as it stands in memory."""
    in_time = ticket.state != State.SUSPENDED or bool(ticket.late_by)
    return ticket.state != State.MERGED and ticket.exclusion != "granted" and in_time


LATER: dict[str, Any] = {"scored": True, "arrived_on_time": None, "stars": None, "found_true": None, "late_by": ""}
"""What a record says that was written before this was counted."""


def complete(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Stored facts with what the log did not say yet when they were written."""
    return facts if LATER.keys() <= facts.keys() else LATER | dict(facts)


class Snapshot(TypedDict):
    day: str  # county date of placing, ISO
    area: int
    grid: int
    village: int
    township: int
    county: int
    item: str
    grade: str
    lead: int | None
    source: str
    route: str
    state: str
    round: int
    returns: int
    accepted: bool
    claimed_on_time: bool | None
    done_on_time: bool | None
    done_minutes: int | None
    satisfaction: int | None
    solved: str
    scored: bool
    arrived_on_time: bool | None
    stars: int | None
    found_true: bool | None
    late_by: str


def facts_of(ticket: Ticket) -> dict[str, Any]:
    """The facts of `ticket` as it stands in memory."""
    facts = Snapshot(
        day=clock.local(ticket.placed_at).date().isoformat(),
        area=ticket.area_id,
        grid=ticket.grid_id,
        village=ticket.village_id,
        township=ticket.township_id,
        county=ticket.county_id,
        item=ticket.item_code,
        grade=ticket.grade,
        lead=ticket.lead_id,
        source=ticket.source,
        route=ticket.route,
        state=ticket.state,
        round=ticket.round,
        returns=ticket.returns,
        accepted=ticket.accepted_at is not None,
        claimed_on_time=ticket.claimed_on_time,
        done_on_time=ticket.done_on_time,
        done_minutes=ticket.done_minutes,
        satisfaction=ticket.satisfaction,
        solved=ticket.solved,
        scored=is_scored(ticket),
        arrived_on_time=ticket.arrived_on_time,
        stars=ticket.stars,
        found_true=ticket.found_true,
        late_by=ticket.late_by,
    )
    return dict(facts)
