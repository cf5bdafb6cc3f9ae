"""Pages of disputes: the list, opening one, one dispute with its steps, the agreement to print. They hold no rule."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import Refused
from core.process.transition_views import Desk, show, take_step
from core.races.idempotency import Once
from core.web.reveal import RevealForm
from core.web.submitting import posted, submit
from issues.models import Ticket
from mediation import queries
from mediation.dispute.agreement import sheet_of
from mediation.dispute.page import DisputePage, PartyLine, agreement_of, may_look, open_page, parties_of
from mediation.dispute.page import reveal as reveal_parties
from mediation.engine.actions import OpenedAlready, open_dispute
from mediation.forms import FilterForm, OpenForm, form_for
from mediation.models import Dispute
from mediation.people import OPENERS, READERS, WRITERS, opening_areas
from mediation.workflow.rules import FOLLOW_UP_AFTER
from members.access import allow, get_scoped_or_404, reader, scope_for
from members.models import User
from members.signing_in.stepping_up import proved_to_send

NAV = {"nav": "mediation"}


@allow(*READERS)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The disputes in sight, without a party's name."""
    user = reader(request)
    chosen = queries.Chosen.parse(request.GET)
    page, rows = queries.page(user, chosen, request.GET.get("after", ""))
    context = NAV | {
        "chosen": chosen,
        "views": queries.tabs(user, chosen),
        "page": page,
        "rows": rows,
        "query": chosen.query,
        "filter": FilterForm(chosen),
        "follow_up_days": FOLLOW_UP_AFTER.days,
        "may_open": bool(scope_for(user).roles & set(OPENERS)) and bool(opening_areas(user)),
    }
    return render(request, "mediation/list.html", context)


@allow(*OPENERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Open a dispute, from a ticket or without one."""
    user = reader(request)
    ticket = _ticket(request, user)
    areas = opening_areas(user)
    if not areas:
        raise Refused(_("您管的范围里没有可以立案的网格"))
    form = OpenForm(user, areas, ticket, posted(request))
    return submit(
        request,
        form,
        lambda form, status: _new_page(request, form, ticket, status),
        lambda once: _open(user, form, ticket, once),
        lambda opened: _opened(request, *opened),
    )


@allow(*READERS)
@never_cache
@require_safe
def dispute(request: HttpRequest, pk: int) -> HttpResponse:
    return _dispute_page(request, open_page(reader(request), pk))


@allow(*WRITERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """The form of one step; POST takes it."""
    desk = Desk(lambda: open_page(reader(request), pk), form_for, _dispute_page)
    return take_step(request, desk, action)


@allow(*WRITERS)
@never_cache
@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the parties in full on this one answer; the look is on record."""
    page = open_page(reader(request), pk)
    may_look(page)
    form = RevealForm(request.POST)
    if not form.is_valid():
        return _dispute_page(request, page, reveal=form, status=422)
    return _dispute_page(request, page, shown=reveal_parties(page, reason=form.cleaned_data["reason"]))


@allow(*WRITERS)
@proved_to_send
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """The agreement on A4: masked to look at; POST shows the full names for signing and records that."""
    page = open_page(reader(request), pk)
    text = agreement_of(page)
    if request.method == "POST":
        shown = reveal_parties(page, reason=_("打印调解协议"), verb="mediation.printed")
    else:
        page.note_reading()
        shown = parties_of(page.disputants)
    context = {"page": page, "sheet": sheet_of(page, text, shown), "in_full": request.method == "POST"}
    return render(request, "mediation/agreement.html", context)


def _ticket(request: HttpRequest, user: User) -> Ticket | None:
    """The ticket a dispute is opened from, if the page was opened from one."""
    number = request.POST.get("ticket") or request.GET.get("ticket")
    return get_scoped_or_404(user, Ticket, number=number) if number else None


def _new_page(request: HttpRequest, form: OpenForm, ticket: Ticket | None, status: int) -> HttpResponse:
    return render(request, "mediation/new.html", NAV | {"form": form, "ticket": ticket}, status=status)


def _open(user: User, form: OpenForm, ticket: Ticket | None, once: Once) -> tuple[Dispute, bool]:
    """The dispute, and whether it is new: a ticket's first one is shown to who may see it, else they are refused."""
    try:
        return open_dispute(form.new_dispute(ticket), user=user, once=once), True
    except OpenedAlready as error:
        if Dispute.objects.visible_to(user).filter(pk=error.dispute.pk).exists():
            return error.dispute, False
        raise


def _opened(request: HttpRequest, dispute: Dispute, is_new: bool) -> HttpResponse:
    if is_new:
        messages.success(request, _("已立案：%(number)s，您是负责调解员，可以改派") % {"number": dispute.number})
    else:
        messages.info(request, OpenedAlready(dispute).message)
    return redirect("mediation:dispute", pk=dispute.pk)


def _dispute_page(
    request: HttpRequest,
    page: DisputePage,
    *,
    reveal: RevealForm | None = None,
    shown: list[PartyLine] | None = None,
    overtaken: str = "",
    typed: str = "",
    status: int = 200,
) -> HttpResponse:
    more = {"reveal": reveal or RevealForm(), "shown": shown}
    return show(request, page, overtaken=overtaken, typed=typed, status=status, **more)
