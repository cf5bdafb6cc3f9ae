"""Doctor checks of the tickets: what must be true of every row whoever wrote it."""

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery

from core.doctor import check
from issues import words
from issues.models import Clock, Ticket, TicketEvent
from issues.workflow import ENDED_STATES

SHOWN = 20


@check("tickets: the log replays to the state")
def log_replays(fix: bool) -> list[str]:
    """The newest event of each ticket carries its version and its state."""
    newest = TicketEvent.objects.filter(ticket=OuterRef("pk")).order_by("-version")
    rows = (
        Ticket.objects.annotate(
            logged=Subquery(newest.values("to_state")[:1]), seen=Subquery(newest.values("version")[:1])
        )
        .filter(~Q(logged=F("state")) | ~Q(seen=F("version")) | Q(logged__isnull=True))
        .values_list("number", "state", "version", "logged", "seen")
    )
    return [
        f"{number}: {state} v{version}, log says {logged} v{seen}"
        for number, state, version, logged, seen in rows[:SHOWN]
    ]


@check("tickets: no clock runs on an ended ticket")
def no_clock_after_the_end(fix: bool) -> list[str]:
    rows = Clock.objects.filter(stopped_at__isnull=True, ticket__state__in=sorted(ENDED_STATES))
    return [f"{c.ticket.number}: {c.kind}" for c in rows.select_related("ticket")[:SHOWN]]


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
