"""The residents' pages. Public: the token of a grid or the code of an order is all one needs."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import DomainError, NotYours
from core.files import qr
from core.files.handing import handed
from core.files.stored import sent
from core.races import doors
from core.races.doors import Door, Room
from core.races.idempotency import Once, once_of
from core.trust import visitor
from core.trust.visitor import visitor_of
from core.web.submitting import asked_again, is_from_phone, submit, taken
from grids.levels import Level
from grids.models import Area
from grids.scope import ancestor_at, area_by_token
from issues.engine.actions import apply, place
from issues.engine.actors import resident
from issues.engine.follow import join
from issues.engine.photos import awaited_of
from issues.extensions import doors_of
from issues.finding.families import alike_in_public
from issues.learning.suggesting import Suggestion
from issues.models import ActorKind, Photo, Ticket
from issues.resident import offering, tracking
from issues.resident.forms import AdditionForm, CodeForm, OrderForm, RatingForm, ReopenForm, TailForm
from issues.resident.tracking import is_known
from issues.ticket.photo_views import took
from members.access import public

ORDERS = Door("order", device=Room(10, 40), address=Room(40, 4000), place=Room(60, 600))
CODES = Door("code", device=Room(10, 40), address=Room(30, 3000))
"""An hour's orders, and an hour's wrong tracking codes: how many without the small question, and with it."""


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def order(request: HttpRequest, token: str) -> HttpResponse:
    """`/d/<token>`: 点单 in the grid whose code was scanned."""
    area, version = area_by_token(token), offering.list_in_force()
    if area is None or version is None:
        return render(request, "issues/resident/gone.html", {"area": area}, status=404)
    asks = "suggest" in request.POST
    given = request.POST if request.method == "POST" else offering.pressed(request.GET)
    tiles, hints = offering.offer(version, given, asks=asks)
    nearby = partial(alike_in_public, area)
    if request.method != "POST" or asks:
        form = OrderForm(tiles, nearby, initial=offering.typed(given))
        return _order_page(request, area, form, hints=hints)
    form = OrderForm(tiles, nearby, request.POST, request.FILES)
    return submit(
        request,
        form,
        lambda form, status: _order_page(request, area, form, status),
        lambda once: _placed(request, area, form, once),
        lambda ticket: tracking.remember(request, greeted(request, ticket, "issues:ordered"), ticket),
        owner=f"order:{area.code}",
        tell=_told,
    )


def _placed(request: HttpRequest, area: Area, form: OrderForm, once: Once) -> Ticket:
    doors.knock(ORDERS, visitor_of(request), place=area.code, is_answered=form.is_answered)
    ticket = place(form.new_ticket(area), actor=resident(), once=once)
    return join(ticket, form.same, note=_("居民说是同一件事")) if form.same else ticket


def _order_page(
    request: HttpRequest, area: Area, form: OrderForm, status: int = 200, hints: Sequence[Suggestion] | None = None
) -> HttpResponse:
    village = ancestor_at(area, Level.VILLAGE)
    context = {"area": area, "village": village, "form": form, "doors": doors_of(area), "hints": hints}
    return render(request, "issues/resident/order.html", context, status=status)


@public
@never_cache
@require_safe
def ordered(request: HttpRequest, code: str) -> HttpResponse:
    """`/d/done/<code>/`: the code to keep, and what may be counted on."""
    ticket = _order_or_404(request, code)
    address = request.build_absolute_uri(reverse("issues:track", args=[code]))
    context = {"ticket": ticket, "promise": tracking.promise(ticket), "qr": qr.svg(address)}
    return visitor.remember(request, render(request, "issues/resident/ordered.html", context))


@public
@never_cache
@require_safe
def code_picture(request: HttpRequest, code: str) -> HttpResponse:
    """The QR code of the tracking page as a picture to keep."""
    address = request.build_absolute_uri(reverse("issues:track", args=[_order_or_404(request, code).code]))
    return handed(HttpResponse(qr.png(address), content_type="image/png"), f"{code}.png")


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """`/c/`: ask for the code, then show its order."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                ticket = _looked_up(request, form.cleaned_data["code"], is_answered=form.is_answered)
            except doors.MustAnswer as crowded:
                return _asked(request, form, crowded)
            if ticket is not None:
                return greeted(request, ticket, "issues:track")
            form.add_error("code", _("没有这个查询码，请对一对：没有数字 0、1，也没有字母 O、I"))
    return render(request, "issues/resident/find.html", {"form": form}, status=status)


def greeted(request: HttpRequest, ticket: Ticket, route: str) -> HttpResponse:
    """To a page of the order; the device has proved itself by it."""
    return visitor.remember(request, redirect(route, code=ticket.code))


def _asked(request: HttpRequest, form: CodeForm, crowded: doors.MustAnswer) -> HttpResponse:
    """The code as it was given, with the small question."""
    form.ask()
    form.add_error("answer", crowded.message)
    return render(request, "issues/resident/find.html", {"form": form}, status=crowded.status)


@public
@never_cache
@require_safe
def track(request: HttpRequest, code: str) -> HttpResponse:
    """`/c/<code>/`: how far the order is."""
    try:
        ticket = _order_or_404(request, code)
    except doors.MustAnswer as crowded:
        form = CodeForm({"code": code})
        form.full_clean()
        return _asked(request, form, crowded)
    return _track_page(request, ticket)


@public
@never_cache
@require_POST
def open_words(request: HttpRequest, code: str) -> HttpResponse:
    """Show words and pictures to who knows the phone that was left."""
    ticket = _order_or_404(request, code)
    form = TailForm(request.POST)
    if form.is_valid():
        try:
            if tracking.fits(ticket, form.cleaned_data["tail"]):
                return tracking.remember(request, _back_to(ticket), ticket)
        except DomainError as error:
            form.add_error("tail", error.message)
            return _track_page(request, ticket, status=error.status, tail=form)
        form.add_error("tail", _("和点单时留的电话对不上"))
    return _track_page(request, ticket, status=422, tail=form)


@public
@never_cache
@require_POST
def add(request: HttpRequest, code: str) -> HttpResponse:
    """补充 words or photos to an order that is still open."""
    form = AdditionForm(request.POST, request.FILES)
    return _step(request, code, form, "add", lambda: "supplement", _("补充收到了，办理的人会看到。"))


@public
@never_cache
@require_POST
def rate(request: HttpRequest, code: str) -> HttpResponse:
    """The resident's word closes the order or opens the next round."""
    form = RatingForm(request.POST)
    return _step(request, code, form, "rating", lambda: form.step, _("谢谢，您的评价已记下。"))


@public
@never_cache
@require_POST
def reopen(request: HttpRequest, code: str) -> HttpResponse:
    """Not solved after all: within fifteen days the order opens again."""
    form = ReopenForm(request.POST)
    return _step(request, code, form, "again", lambda: form.step, _("已重新打开，会换人核查。"))


def _step(request: HttpRequest, code: str, form: Any, shown_as: str, step: Any, thanks: str) -> HttpResponse:
    """One step of the resident: the page again with everything typed where it cannot be taken."""
    ticket = _order_or_404(request, code)
    if not tracking.is_known(request, ticket):
        return asked_again(request, _track_page(request, ticket, status=403), form, code="denied")
    if not form.is_valid():
        return asked_again(request, _track_page(request, ticket, status=422, **{shown_as: form}), form)
    fields = {name: value for name, value in form.cleaned_data.items() if name in ("note", "satisfaction", "solved")}
    pictures = form.cleaned_data.get("photos") or ()
    try:
        apply(
            ticket.pk,
            step(),
            actor=resident(),
            fields=fields,
            pictures=pictures,
            once=once_of(request, f"resident:{code}", form.key),
        )
    except DomainError as error:
        if not is_from_phone(request):
            messages.error(request, error.message)
        page = _track_page(request, _order_or_404(request, code), status=error.status, **{shown_as: form})
        return asked_again(request, page, form, error.message, error.code)
    messages.success(request, thanks)
    return taken(request, _back_to(ticket), _told(ticket))


def _told(ticket: Ticket) -> dict[str, str]:
    """Where the photos of an order go that its phone announced."""
    return {"photos": f"{reverse('issues:track', args=[ticket.code])}photos/"}


def _track_page(request: HttpRequest, ticket: Ticket, *, status: int = 200, **forms: Any) -> HttpResponse:
    page = tracking.tracking_of(ticket, is_known=tracking.is_known(request, ticket))
    blank = {"tail": TailForm, "add": AdditionForm, "rating": RatingForm, "again": ReopenForm}
    shown = {name: forms.get(name) or make(auto_id=f"{name}_%s") for name, make in blank.items()}
    return visitor.remember(
        request, render(request, "issues/resident/track.html", {"page": page, **shown}, status=status)
    )


def _back_to(ticket: Ticket) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("issues:track", args=[ticket.code]))


def _looked_up(request: HttpRequest, code: str, *, is_answered: bool = False) -> Ticket | None:
    """The order with this code; a wrong one is counted. Raises `MustAnswer`, `TooMany` where too many were wrong."""
    who = visitor_of(request)
    doors.before_a_guess(CODES, who, is_answered=is_answered)
    ticket = tracking.order_by_code(code)
    if ticket is None:
        doors.wrong_guess(CODES, who)
    return ticket


def _order_or_404(request: HttpRequest, code: str) -> Ticket:
    ticket = _looked_up(request, code)
    if ticket is None:
        raise Http404
    return ticket


@public
@require_safe
def resident_photo(request: HttpRequest, code: str, pk: int) -> FileResponse:
    """A photo on the resident's page: of public steps; of a sensitive ticket only the resident's own."""
    found = Photo.objects.filter(ticket=_order_or_404(request, code), pk=pk, event__is_public=True)
    shown = found.select_related("ticket__reporter", "event").first()
    if shown is None or not is_known(request, shown.ticket):
        raise Http404
    if shown.ticket.is_sensitive and shown.event.actor_kind != ActorKind.RESIDENT:
        raise Http404
    return sent(shown)


@public
@never_cache
@require_http_methods(["PUT", "POST"])
def send_photo(request: HttpRequest, code: str, sha256: str) -> HttpResponse:
    """A photo that the resident's device announced with its words; only that device, or who knows the phone left."""
    ticket = _order_or_404(request, code)
    if not tracking.is_known(request, ticket):
        raise NotYours(_("请先填点单电话的后 4 位"))
    return took(request, awaited_of(ticket, None), sha256)
