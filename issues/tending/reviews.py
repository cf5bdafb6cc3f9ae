"""复看: what asks for a second look at a reported or closed ticket. It leads to a person looking, never to a penalty.

Alarms follow each report: done within two minutes, many in a row, a picture seen before. Apart from them a share
of what the grid settled itself is drawn every day, so that anybody can draw it again.
"""

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from core import clock
from core.errors import NotNow
from duties.routing.deciding import NoListInForceError, version_in_force
from duties.shapes.rules import Rules
from grids.models import Area
from issues.engine.actions import apply
from issues.engine.actors import system
from issues.engine.errors import AlreadyFired
from issues.finding.queries import day_start
from issues.models import OPEN, Photo, Review, Route, Source, SpotDraw, Ticket
from issues.workflow import State

QUICK = timedelta(minutes=2)
BURST, BURST_WITHIN = 6, timedelta(minutes=10)
SEEN_WITHIN = timedelta(days=90)
ALIKE_BITS = 3
PLAIN_BITS = 6
"""A picture with fewer edges than this, or fewer gaps between them, looks like any other."""
DRAW_BACK = 7
"""For how many days past a missed draw is caught up."""


def ask(ticket_id: int, kind: Review.Kind, detail: str = "") -> bool:
    """Put a question to the checkers; False when it was asked before or the ticket has moved on."""
    try:
        apply(ticket_id, "flag", actor=system(), fields={"kind": kind, "detail": detail})
    except (AlreadyFired, NotNow):
        return False
    return True


# ---- alarms -------------------------------------------------------------------------------------------------
def examine(ticket: Ticket) -> int:
    """Look at one report for what a person should see; returns how much was asked."""
    return sum(ask(ticket.pk, kind, detail) for kind, detail in alarms(ticket)) if ticket.reported_at else 0


def alarms(ticket: Ticket) -> Iterator[tuple[Review.Kind, str]]:
    """What is odd about a reported ticket, with the words for it."""
    if _is_quick(ticket):
        yield Review.Kind.QUICK, _("受理后两分钟内报办结")
    reported = _reported_around(ticket)
    if reported >= BURST:
        yield Review.Kind.BURST, _("同一人十分钟内报办结 %(n)d 件") % {"n": reported}
    earlier = _seen_before(ticket)
    if earlier is not None:
        yield Review.Kind.COPIED, _("与 %(number)s 的照片相同") % {"number": earlier.ticket.number}


def _is_quick(ticket: Ticket) -> bool:
    """What the grid logs and settles on the spot is quick by nature and counts in full."""
    if ticket.source == Source.WORKER and ticket.route == Route.SELF:
        return False
    began = ticket.claimed_at or ticket.accepted_at
    return began is not None and ticket.reported_at is not None and ticket.reported_at - began < QUICK


def _reported_around(ticket: Ticket) -> int:
    """How many tickets of the township the same person reported shortly before, those settled on the spot included."""
    until = ticket.reported_at
    if until is None or ticket.reported_by_id is None:
        return 0
    recent = OPEN | Q(closed_at__gt=until - BURST_WITHIN)
    by_them = Ticket.objects.filter(recent, township=ticket.township_id, reported_by=ticket.reported_by_id)
    return by_them.filter(reported_at__gt=until - BURST_WITHIN, reported_at__lte=until).count()


def _seen_before(ticket: Ticket) -> Photo | None:
    """An earlier picture that looks like one of the report's, on this ticket or another one of the county."""
    report = ticket.events.filter(action="report_done").order_by("-version").first()
    for photo in report.photos.all() if report else ():
        found = next(_copies_of(photo, ticket), None)
        if found is not None:
            return found
    return None


def _copies_of(photo: Photo, ticket: Ticket) -> Iterator[Photo]:
    if not PLAIN_BITS <= bits(photo.look) <= 64 - PLAIN_BITS:
        return
    shared = Q()
    for name in ("look_1", "look_2", "look_3", "look_4"):
        shared |= Q(**{name: getattr(photo, name)})
    rows = Photo.objects.filter(shared, at__lte=photo.at, at__gte=photo.at - SEEN_WITHIN)
    rows = rows.filter(ticket__county=ticket.county_id).exclude(event=photo.event_id).select_related("ticket")
    yield from (one for one in rows.order_by("-at")[:100] if distance(one.look, photo.look) <= ALIKE_BITS)


def bits(look: Sequence[int]) -> int:
    return sum(band.bit_count() for band in look)


def distance(one: Sequence[int], other: Sequence[int]) -> int:
    """In how many of 64 bits two looks differ."""
    return sum((a ^ b).bit_count() for a, b in zip(one, other, strict=True))


# ---- the daily draw -----------------------------------------------------------------------------------------
def draw_missing(today: date | None = None) -> int:
    """Draw for each of the last days and townships where nobody has yet; returns how many tickets were drawn."""
    today = today or clock.local(clock.now()).date()
    since = today - timedelta(days=DRAW_BACK)
    settled = _settled(since, today)
    drawn_before = set(SpotDraw.objects.filter(day__gte=since).values_list("township_id", "day"))
    missing = sorted(settled.keys() - drawn_before)
    townships = Area.objects.in_bulk({township for township, _day in missing})
    return sum(_draw(townships[township], day, settled[township, day]) for township, day in missing)


def _settled(since: date, until: date) -> dict[tuple[int, date], list[str]]:
    """What the grid settled itself and was closed in [since, until), by township and day: one query."""
    rows = Ticket.objects.filter(
        route=Route.SELF, state=State.CLOSED, closed_at__gte=day_start(since), closed_at__lt=day_start(until)
    )
    found: dict[tuple[int, date], list[str]] = defaultdict(list)
    for ticket in rows.only("township", "closed_at", "number"):
        found[ticket.township_id, clock.local(ticket.closed_at or ticket.due_at).date()].append(ticket.number)
    return found


def _draw(township: Area, day: date, numbers: list[str]) -> int:
    """The draw of one township and day with its questions: both or neither."""
    rate = _rate(township)
    with transaction.atomic():
        row, is_new = SpotDraw.objects.get_or_create(
            township=township,
            day=day,
            defaults={
                "population": len(numbers),
                "rate": rate,
                "drawn": drawn(numbers, rate, f"{township.code} {day.isoformat()}"),
                "drawn_at": clock.now(),
            },
        )
        if not is_new:
            return 0
        detail = _("%(day)s 自办 %(n)d 件中抽取") % {"day": day.isoformat(), "n": len(numbers)}
        keys = Ticket.objects.filter(number__in=row.drawn).order_by("number").values_list("pk", flat=True)
        return sum(ask(pk, Review.Kind.SAMPLE, detail) for pk in keys)


def drawn(numbers: Sequence[str], rate: float, seed: str) -> list[str]:
    """The share `rate` of `numbers`, rounded up: those whose SHA-256 of "seed number" comes first.

    `seed` is the township's code and the day, so that anybody can draw again.
    """
    size = math.ceil(len(numbers) * rate)
    ranked = sorted(numbers, key=lambda number: hashlib.sha256(f"{seed} {number}".encode()).hexdigest())
    return sorted(ranked[:size])


def _rate(township: Area) -> float:
    try:
        rules = version_in_force(township.parent_id).rules
    except NoListInForceError:
        rules = {}
    return Rules.from_json(rules).self_handle_sample_rate
