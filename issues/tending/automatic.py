"""系统代办: what the engine does by itself within seconds, with its reasons in the log of the ticket.

A confirmed whistle goes to whom the list names where nothing speaks against it; an order that the grid leaves
unanswered goes to the village; a verified order is put into the hands of who calls the resident, whose rating it opens
and never writes. The county may switch each off for an item (`issues.tending.switches`); what was passed on may be
taken back by a dispatcher for a while.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import structlog
from django.utils.translation import gettext as _

from core import clock
from core.errors import NotNow
from core.rows.prepared import Read
from core.templatetags.ui import when
from core.text import Text
from duties.routing.certainty import Settled, settle
from duties.routing.deciding import NoListInForceError, item_by_code
from issues.engine.actions import apply
from issues.engine.actors import path_ids, system
from issues.engine.audiences import AREA_ROLES, barred
from issues.engine.errors import StaleTicket
from issues.models import OPEN, Ticket, TicketEvent
from issues.tending import switches
from issues.workflow import Audience, Automatic, State
from members import leaves
from members.models import Post, User

BATCH = 200
COVERED_FOR = timedelta(minutes=30)
"""How long the other side of a post that was handed an order has it for itself."""
_WITH_PLACE = Read(Ticket.objects.select_related("area", "township"), "pk")
logger = structlog.get_logger()


# ---- dispatching --------------------------------------------------------------------------------------------
def dispatch(ticket_id: int, version: int) -> bool:
    """Send a confirmed whistle, as `version` left it, to whom the list names; else say why it waits for a person."""
    ticket = _WITH_PLACE.get(ticket_id)
    if ticket.moved_version != version or ticket.state != State.WHISTLED:
        return False
    settled, doubts = _settled(ticket)
    if settled is None or doubts:
        _take(ticket, "leave_whistle", version, why=doubts)
        return False
    sent = {"lead": settled.lead, "assisting": list(settled.assisting), "why": settled.why}
    return _take(ticket, "dispatch_listed", version, **sent)


def _settled(ticket: Ticket) -> tuple[Settled | None, list[Text]]:
    """Whom the list in force names for this ticket, and why the engine does not send it there."""
    if not switches.is_on(ticket, Automatic.DISPATCH):
        return None, [_("县里设定此事项由人工派哨")]
    try:
        item = item_by_code(ticket.item_code, county=ticket.county_id)
    except NoListInForceError as gone:
        return None, [gone.message]
    settled = settle(item, ticket.area, ticket.township)
    return settled, [*settled.doubts, *_disputes(ticket, settled)]


def _disputes(ticket: Ticket, settled: Settled) -> Iterator[Text]:
    """What people have said against the list: of this ticket, or about its item in the township at this moment."""
    kept = ticket.decision.get("lead", {}).get("id")
    if kept is not None and kept != settled.lead.pk:
        yield _("受理以后清单或分工已变，原定由%(lead)s办") % {"lead": ticket.decision["lead"]["name"]}
    if ticket.returns:
        yield _("此件退过单")
    if TicketEvent.objects.filter(ticket=ticket, action="recall").exists():
        yield _("此件的自动派哨曾被撤回")
    argued = Ticket.objects.filter(OPEN, item_code=ticket.item_code, township=ticket.township_id)
    argued = argued.filter(state__in=(State.RETURNED, State.CONSULTING)).exclude(pk=ticket.pk)
    for number in argued.order_by("pk").values_list("number", flat=True)[:1]:
        yield _("同类的 %(number)s 正在争议由谁办") % {"number": number}


# ---- handing up ---------------------------------------------------------------------------------------------
def hand_up_unanswered() -> int:
    """Give to the village what its grid has not accepted in time; returns how many that were in this turn."""
    now = clock.now()
    late = Ticket.objects.filter(OPEN, state=State.PLACED, raised="", move_by__lte=now)
    ours = switches.allowed(late, Automatic.HAND_UP).exclude(handovers__at__gt=now - COVERED_FOR)
    return sum(_handed_up(ticket) for ticket in ours.order_by("move_by", "pk")[:BATCH])


def _handed_up(ticket: Ticket) -> bool:
    why = _("网格应在 %(when)s 前受理，到期无人受理") % {"when": when(ticket.move_by)}
    return _take(ticket, "hand_up", None, why=[why])


# ---- calling back -------------------------------------------------------------------------------------------
def open_callback(ticket_id: int, version: int) -> bool:
    """Open the resident's rating of a verified order and put it into the hands of who calls."""
    ticket = Ticket.objects.get(pk=ticket_id)
    if ticket.moved_version != version or not switches.is_on(ticket, Automatic.CALLBACK):
        return False
    caller = caller_of(ticket)
    why = _("核查已通过，%(when)s 前回访") % {"when": when(ticket.move_by)}
    return _take(ticket, "open_callback", version, why=[why], to=caller)


def caller_of(ticket: Ticket, *, but: User | None = None) -> User | None:
    """Who calls the resident: nobody who handled, reported or verified it; the nearest place and the A side first."""
    posts = Post.objects.held().filter(
        role__in=AREA_ROLES[Audience.CALLER], area__in=path_ids(ticket), user__is_active=True
    )
    others = posts.exclude(user__in=barred(ticket) | leaves.away() | ({but.pk} if but else set()))
    first = others.select_related("user").order_by("-area__depth", "side", "pk").first()
    return first.user if first is not None else None


def _take(ticket: Ticket, name: str, version: int | None, **fields: User | Sequence[object] | object | None) -> bool:
    """One step of the engine; False when somebody was faster."""
    try:
        apply(ticket.pk, name, actor=system(), version=version, fields=fields)
    except (NotNow, StaleTicket):
        return False
    return True
