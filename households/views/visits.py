"""走访: who is due, one visit in three taps, what it found, the journal on screen and on paper."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import Refused
from core.web.submitting import posted, submit
from duties.lists.queries import current
from grids.models import Household
from households.contact import queries
from households.contact.visits import visit
from households.forms import MatterForm, SpanForm, VisitForm
from households.models import Visit
from households.page import home_of
from households.people import READERS, VISITORS
from households.registers import search
from households.registers.search import Wanted
from households.rules import VISIT_EVERY, Outcome, Reason
from issues.ticket.photo_views import told
from members.access import allow, reader
from members.models import User

NAV = {"nav": "visits"}
PRINTED = 1000


@allow(*VISITORS)
@never_cache
@require_safe
def due(request: HttpRequest) -> HttpResponse:
    """Households whose labels ask for a visit by now."""
    user = reader(request)
    spans = [(tag, span.days) for tag, span in VISIT_EVERY.items() if span is not None]
    return render(request, "households/due.html", NAV | {"rows": queries.due_for(user), "spans": spans})


@allow(*VISITORS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def visit_one(request: HttpRequest, code: str) -> HttpResponse:
    """平安 and 没人 are one press; 有事 leads to its form."""
    user = reader(request)
    home = home_of(user, code)

    def ask(form: VisitForm, status: int) -> HttpResponse:
        context = NAV | {"household": home, "form": form}
        return render(request, "households/visit.html", context, status=status)

    form = VisitForm(posted(request))
    return submit(
        request,
        form,
        ask,
        lambda once: visit(
            household=home,
            outcome=form.cleaned_data["outcome"],
            reason=form.cleaned_data["reason"] or Reason.ROUTINE,
            note=form.cleaned_data["note"],
            user=user,
            once=once,
        ),
        lambda made: _visited(request, home, str(made.get_outcome_display())),
        tell=_told,
    )


def _visited(request: HttpRequest, home: Household, outcome: str) -> HttpResponse:
    messages.success(request, _("“%(name)s”已记下：%(outcome)s") % {"name": home.address, "outcome": outcome})
    return redirect("households:due")


@allow(*VISITORS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def matter(request: HttpRequest, code: str) -> HttpResponse:
    """有事: one sentence, and the ticket is placed with everything else filled in."""
    user = reader(request)
    home = home_of(user, code)
    version = current()
    if version is None:
        raise Refused(_("责任清单还没有施行，暂时不能转为工单；请先记一件急难愁盼"))

    def ask(form: MatterForm, status: int) -> HttpResponse:
        return render(request, "households/matter.html", NAV | {"household": home, "form": form}, status=status)

    form = MatterForm(version, posted(request), request.FILES or None)

    def done(made: object) -> HttpResponse:
        number = made.need.ticket.number  # type: ignore[attr-defined]  # 有事 always has both
        return _visited(request, home, _("有事，已转为工单 %(number)s") % {"number": number})

    return submit(
        request,
        form,
        ask,
        lambda once: visit(
            household=home,
            outcome=Outcome.MATTER,
            user=user,
            once=once,
            note=form.cleaned_data["note"],
            reason=form.cleaned_data["reason"],
            item=form.cleaned_data["item"],
            pictures=form.cleaned_data["photos"],
        ),
        done,
        tell=_told,
    )


def _told(made: Visit) -> dict[str, str]:
    """What a phone is told of a visit that it kept: of the ticket, where it found something."""
    return told(made.need.ticket) if made.need and made.need.ticket else {}


@allow(*READERS)
@never_cache
@require_safe
def journal(request: HttpRequest) -> HttpResponse:
    """走访纪实: what visits found in these days, and how much of it is solved."""
    user = reader(request)
    span, form = _span(request, user)
    page = queries.journal(user, span, request.GET.get("after", ""))
    context = {"nav": "households", "span": span, "filter": form, "page": page, "tally": queries.tally(user, span)}
    return render(request, "households/journal.html", context | {"query": span.query})


@allow(*READERS)
@never_cache
@require_safe
def journal_print(request: HttpRequest) -> HttpResponse:
    """The same on paper, without names."""
    user = reader(request)
    span, _form = _span(request, user)
    page = queries.journal(user, span, "", PRINTED)
    back = f"{reverse('households:journal')}?{span.query}"
    context = {"span": span, "page": page, "tally": queries.tally(user, span), "back": back, "most": PRINTED}
    return render(request, "households/journal_print.html", context)


def _span(request: HttpRequest, user: User) -> tuple[queries.Span, SpanForm]:
    form = SpanForm(request.GET or None)
    given = form.cleaned_data if form.is_bound and form.is_valid() else {}
    wanted = Wanted.parse(request.GET, user)
    area = search.area_of(user, wanted)
    if wanted.area and area is None:
        raise Http404
    span = queries.Span.of(given.get("first"), given.get("last"), area)
    return span, SpanForm(initial={"first": span.first, "last": span.last})
