"""五权: each township's register of uses, the county's half-yearly review, and the review on A4."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from admission.models import RightUse
from admission.people import reported_choices
from admission.rights import actions, register
from admission.rights.actions import REVIEWERS, TOWN_ROLES
from admission.rights.forms import OutcomeForm, ReviewForm, UseForm
from admission.views.common import form_page
from admission.workflow.rules import half_words
from core.races.idempotency import Once
from core.web.submitting import posted, submit
from members.access import allow, get_scoped_or_404, reader, scope_for
from members.roles import Role

NAV = {"nav": "rights"}
READERS = (*TOWN_ROLES, *REVIEWERS, Role.AUDITOR)


@allow(*READERS)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Uses in sight, newest first, and the reviews."""
    user = reader(request)
    town = register.town_in(user, request.GET.get("town", ""))
    context = NAV | {
        "page": register.page(user, town, request.GET.get("after", "")),
        "reviews": register.reviews(user, town),
        "towns": register.towns(user),
        "town": town,
        "query": f"town={town.code}&" if town else "",
        "may_write": bool(actions.own_townships(user)),
        "may_review": bool(scope_for(user).roles & set(REVIEWERS)),
        "halves": [(half, half_words(half)) for half in register.halves()],
    }
    return render(request, "admission/rights.html", context)


@allow(*TOWN_ROLES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write down a use."""
    user = reader(request)
    town = actions.own_townships(user)[0]
    form = UseForm(reported_choices(None), posted(request))
    words = {"heading": _("登记五权行使"), "submit": _("登记"), "back": reverse("admission:rights")}
    return submit(
        request,
        form,
        lambda form, status: form_page(
            request, "admission/right_form.html", form, NAV | words, status=status, town=town
        ),
        lambda once: actions.record(user=user, township=town, used=form.used, once=once),
        lambda _made: _kept(request, _("已登记")),
    )


def _kept(request: HttpRequest, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("admission:rights")


@allow(*TOWN_ROLES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def outcome(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what came of a use."""
    user = reader(request)
    use = get_scoped_or_404(user, RightUse, pk=pk)
    first = {"outcome": use.outcome, "note": use.outcome_note, "version": use.version}
    form = OutcomeForm(posted(request), initial=first)
    words = {"heading": _("登记结果"), "submit": _("保存"), "back": reverse("admission:rights")}

    def do(once: Once) -> None:
        data = form.cleaned_data
        actions.settle(
            user=user, use=use, outcome=data["outcome"], note=data["note"], version=data["version"], once=once
        )

    return submit(
        request,
        form,
        lambda form, status: form_page(
            request, "admission/right_outcome.html", form, NAV | words, status=status, use=use
        ),
        do,
        lambda _none: _kept(request, _("已登记结果")),
    )


@allow(*REVIEWERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, town: str, half: str) -> HttpResponse:
    """Write the review of one township for one half-year."""
    user = reader(request)
    township = register.town_in(user, town)
    if township is None or half not in register.halves():
        raise Http404
    known = register.review_of(user, township, half)
    form = ReviewForm(known, posted(request))
    words = {
        "heading": f"{township.name} {half_words(half)}“回头看”",
        "submit": _("保存"),
        "back": reverse("admission:rights"),
    }

    def ask(form: ReviewForm, status: int) -> HttpResponse:
        uses = register.uses_of(user, township, half)
        return form_page(request, "admission/right_review.html", form, NAV | words, status=status, uses=uses)

    def do(once: Once) -> None:
        data = form.cleaned_data
        given = {"summary": data["summary"], "version": data["version"], "found": form.found}
        actions.review(user=user, township=township, half=half, once=once, **given)

    return submit(
        request, form, ask, do, lambda _none: redirect("admission:right_paper", town=township.code, half=half)
    )


@allow(*READERS)
@never_cache
@require_safe
def paper(request: HttpRequest, town: str, half: str) -> HttpResponse:
    """The review with the uses of its half-year, to print."""
    user = reader(request)
    township = register.town_in(user, town)
    known = register.review_of(user, township, half) if township else None
    if township is None or known is None:
        raise Http404
    context = {
        "town": township,
        "half": known.half_label,
        "review": known,
        "lines": register.lines_of(known),
        "uses": register.uses_of(user, township, half),
    }
    return render(request, "admission/right_paper.html", context)
