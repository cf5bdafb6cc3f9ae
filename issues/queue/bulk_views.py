"""Steps on many tickets at once: choose in the queue, say once what all share, see what became of each."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from issues.dossier.reading import Dossier, open_dossier
from issues.dossier.wording import press_words
from issues.engine.actors import KEEPERS
from issues.models import Ticket
from issues.queue import bulk
from issues.ticket.views import next_of
from issues.workflow import BY_NAME, Transition
from members.access import allow, reader, scope_for
from members.models import User


@allow(*KEEPERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def steps(request: HttpRequest, action: str) -> HttpResponse:
    """`/t/bulk/<action>/?n=…&n=…`: the form of a step for the chosen tickets; POST takes it on each."""
    if action not in bulk.SHARED:
        raise Http404
    user, step = reader(request), BY_NAME[action]
    if step not in bulk.steps_for(scope_for(user)):
        raise PermissionDenied
    given = request.POST if request.method == "POST" else request.GET
    keys = given.getlist("n")[: bulk.MOST]
    chosen = bulk.chosen_of(Ticket.objects.visible_to(user), [key.partition(":")[0] for key in keys], step)
    data = request.POST if request.method == "POST" else None
    one_item = len({one.ticket.item_code for one in chosen}) == 1
    form = bulk.form_of(step, _sample(user, chosen), data, one_item=one_item)
    context = {
        "nav": "queue",
        "step": step,
        "next": next_of(request) or "/t/",
        "too_many": len(given.getlist("n")) > bulk.MOST,
        "most": bulk.MOST,
    }
    is_valid = form.is_bound and form.is_valid()
    if "lead" in form.fields:
        chosen = bulk.with_destinations(chosen, form.cleaned_data.get("lead") if is_valid else None)
    if chosen and is_valid and not _departs_unseen(form, chosen):
        return _done(request, context, list(bulk.run(user, step, keys, form)))
    return _ask(request, context, step, chosen, form)


def _departs_unseen(form: bulk.BulkForm, chosen: list[bulk.Chosen]) -> bool:
    """Whether the lead chosen for all is not whom the list names for some, and nobody has been shown which."""
    lead = form.cleaned_data.get("lead")
    if not lead or form.cleaned_data.get("agreed") == lead.code:
        return False
    departing = sum(bool(one.listed) for one in chosen if not one.reason)
    if departing:
        form.data = QueryDict.copy(form.data) if isinstance(form.data, QueryDict) else dict(form.data)
        form.data["agreed"] = lead.code
        form.add_error(
            "lead", _("有 %(n)d 件清单载明由别的单位办，请看右边标出的，没有错就再按一次") % {"n": departing}
        )
    return bool(departing)


def _sample(user: User, chosen: list[bulk.Chosen]) -> Dossier | None:
    """A chosen ticket on which the step can be taken, from which the fields are made."""
    first = next((one for one in chosen if not one.reason), chosen[0] if chosen else None)
    return open_dossier(user, first.ticket.number) if first else None


def _ask(
    request: HttpRequest, context: dict[str, Any], step: Transition, chosen: list[bulk.Chosen], form: bulk.BulkForm
) -> HttpResponse:
    open_ones = [one for one in chosen if not one.reason]
    more = {"chosen": chosen, "open": open_ones, "form": form, "press": press_words(step)}
    return render(request, "issues/bulk.html", context | more, status=422 if form.is_bound else 200)


def _done(request: HttpRequest, context: dict[str, Any], outcomes: list[bulk.Outcome]) -> HttpResponse:
    done = sum(outcome.is_done for outcome in outcomes)
    more = {"outcomes": outcomes, "done": done, "refused": len(outcomes) - done}
    return render(request, "issues/bulk_done.html", context | more)
