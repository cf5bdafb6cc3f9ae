"""The board of an area and the page that says how each of its numbers is counted."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import clock
from insights.board import explained, places
from insights.board import whistles as scores
from insights.board.assembling import Board, board_of
from insights.board.lists import board_url
from insights.board.places import Place
from insights.counting import period
from insights.counting.period import CUSTOM, KINDS, Period
from members.access import allow, reader
from members.models import User
from members.roles import who_sees

READERS = who_sees("board")


@allow(*READERS)
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    user = reader(request)
    area = places.seat_of(user, request.GET.get("area"))
    chosen = period.read(request.GET, clock.today())
    by = request.GET.get("by", "")
    shown = board_of(user, places.place_of(area), chosen, by)
    return render(request, "insights/board.html", _context(user, shown))


@allow(*READERS)
@require_safe
def whistles(request: HttpRequest) -> HttpResponse:
    """`/board/whistles/`: 评哨, department by department."""
    user = reader(request)
    area = places.seat_of(user, request.GET.get("area"))
    chosen = period.read(request.GET, clock.today())
    place = places.place_of(area)
    base = reverse("insights:whistles")
    context = {
        "nav": "whistles",
        "place": place,
        "chosen": chosen,
        "rows": scores.rows_of(place, chosen),
        "weights": scores.weights_in_force(),
        "periods": [
            {
                "url": f"{base}?{urlencode({'area': area.code, 'period': kind})}",
                "text": word,
                "current": kind == chosen.kind,
            }
            for kind, (word, _before) in KINDS.items()
            if kind != CUSTOM
        ],
    }
    return render(request, "insights/whistles.html", context)


@allow(*READERS)
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    context = {"nav": "board", "formulas": explained.FORMULAS, "metrics": explained.metrics()}
    return render(request, "insights/metrics.html", context)


def _context(user: User, shown: Board) -> dict[str, Any]:
    place, chosen = shown.place, shown.period
    seats = places.seats(user)
    return {
        "nav": "board",
        "board": shown,
        "title": _("%(name)s总览") % {"name": place.area.short_name},
        "scope_trail": _trail(place, chosen, {seat.pk for seat in seats}),
        "seats": [{"name": s.short_name, "url": board_url(s.code, chosen)} for s in seats if s.pk != place.area.pk],
        "periods": _periods(shown),
        "wider": _wider(shown),
        "is_custom": chosen.kind == CUSTOM,
        "today": clock.today(),
    }


def _trail(place: Place, chosen: Period, seats: set[int]) -> list[dict[str, str]]:
    """From the county down; what lies above the reader's own areas is text, not a link."""
    found, inside = [], False
    for area in place.trail:
        inside = inside or area.pk in seats
        found.append({"name": area.short_name, "url": board_url(area.code, chosen) if inside else ""})
    return found


def _periods(shown: Board) -> list[dict[str, object]]:
    code, chosen = shown.place.area.code, shown.period
    own = period.read({"period": CUSTOM, "from": str(chosen.first), "to": str(chosen.last)}, clock.today())
    options = {kind: period.read({"period": kind}, clock.today()) for kind in KINDS if kind != CUSTOM} | {CUSTOM: own}
    return [
        {
            "url": board_url(code, options[kind], by=shown.table.by),
            "text": word,
            "current": kind == chosen.kind,
        }
        for kind, (word, _before) in KINDS.items()
    ]


def _wider(shown: Board) -> dict[str, str]:
    """The next step of a board that shows nothing: a longer period."""
    longer = period.wider(shown.period, clock.today())
    word = _("近一年") if longer.kind == CUSTOM else longer.label
    return {
        "url": board_url(shown.place.area.code, longer, by=shown.table.by),
        "text": _("看%(when)s") % {"when": word},
    }
