"""Doctor checks of the tickets: what must be true of every row whoever wrote it."""

from django.db import transaction
from django.db.models import F, Prefetch, Q

from core.doctor import check, unlike_their_log
from issues.engine import clocks, words
from issues.models import Clock, Ticket, TicketEvent
from issues.workflow import ENDED_STATES

SHOWN = 20
COPIED = ("clock_kind", "clock_started_at", "warn_at", "due_at", "move_by")
COUNTING = Clock.objects.filter(clocks.COUNTS)


@check("tickets: the log replays to the state")
def log_replays(fix: bool) -> list[str]:
    return unlike_their_log(Ticket.objects.all(), TicketEvent, "ticket", SHOWN)


@check("tickets: no clock runs on an ended ticket")
def no_clock_after_the_end(fix: bool) -> list[str]:
    rows = Clock.objects.filter(stopped_at__isnull=True, ticket__state__in=sorted(ENDED_STATES))
    return [f"{c.ticket.number}: {c.kind}" for c in rows.select_related("ticket")[:SHOWN]]


@check("tickets: the lamp is the worst of all limits that count")
def lamps_are_the_worst(fix: bool) -> list[str]:
    """`fix` copies the limits of open tickets onto them anew."""
    rows = Ticket.objects.filter(closed_at__isnull=True).order_by("pk").prefetch_related(Prefetch("clocks", COUNTING))
    found = [ticket for ticket in rows.iterator(chunk_size=1000) if _is_unlike_its_clocks(ticket)]
    for ticket in found if fix else ():
        with transaction.atomic():
            locked = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)
            if locked.is_open:
                clocks.copy_governing(locked, clocks.running_on(locked))
                locked.save(update_fields=COPIED)
    return [ticket.number for ticket in found[:SHOWN]]


def _is_unlike_its_clocks(ticket: Ticket) -> bool:
    stored = [getattr(ticket, name) for name in COPIED]
    clocks.copy_governing(ticket, clocks.sorted_out(ticket.clocks.all()))
    return stored != [getattr(ticket, name) for name in COPIED]


@check("tickets: path keys agree with the tree")
def paths_agree(fix: bool) -> list[str]:
    """Open tickets lie under the township their grid belongs to; ended ones keep the path they were filed under."""
    rows = Ticket.objects.filter(closed_at__isnull=True).exclude(
        Q(area__tree_id=F("county__tree_id"))
        & Q(area__lft__gte=F("grid__lft"), area__rght__lte=F("grid__rght"))
        & Q(grid__lft__gt=F("village__lft"), grid__rght__lt=F("village__rght"))
        & Q(village__lft__gt=F("township__lft"), village__rght__lt=F("township__rght"))
    )
    return [t.number for t in rows[:SHOWN]]


@check("tickets: every ticket is found by its words")
def words_are_kept(fix: bool) -> list[str]:
    """Each has a row of words, and a guarded one exactly if it is sensitive; `fix` writes them anew."""
    rows = Ticket.objects.filter(
        Q(words__isnull=True)
        | Q(is_sensitive=True, guarded_words__isnull=True)
        | Q(is_sensitive=False, guarded_words__isnull=False)
    )
    found = list(rows.values_list("number", flat=True)) if fix else list(rows.values_list("number", flat=True)[:SHOWN])
    for number in found if fix else ():
        with transaction.atomic():
            words.rewrite(Ticket.objects.select_for_update(of=("self",)).select_related("item").get(number=number))
    return found[:SHOWN]
