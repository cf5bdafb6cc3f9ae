"""The page of the county's quiet hours and digest times."""

from datetime import time

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import Conflict, DomainError
from members.access import allow, reader
from members.people.forms import show_refusal
from members.roles import Role
from notices import county
from notices.system import queries
from notices.system.forms import TimesForm


@allow(Role.SYSTEM_ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def times(request: HttpRequest) -> HttpResponse:
    """`/system/times/`: set for the whole county; who keeps hours of their own keeps them."""
    form = TimesForm(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid():
        try:
            county.put(times=form.times(), seen=form.cleaned_data["seen"], actor=reader(request))
        except DomainError as refusal:
            show_refusal(form, refusal)
            return _page(request, form, refusal.status)
        messages.success(request, _("已保存，一分钟内处处生效"))
        return redirect("system:times")
    return _page(request, form, 422 if form else 200)


def _page(request: HttpRequest, form: TimesForm | None, status: int) -> HttpResponse:
    row = county.stored()
    now, seen = (county.times_of(row), row.version) if row else (county.shipped(), 0)
    if status == Conflict.status and form is not None:
        form.look_again(seen)
    context = {
        "nav": "system",
        "sections": queries.sections("times"),
        "form": form or TimesForm(initial=_known(now) | {"seen": seen}),
        "row": row,
        "now": now,
        "shipped": county.shipped(),
    }
    return render(request, "notices/system/times.html", context, status=status)


def _known(times: county.Times) -> dict[str, time | int | None]:
    begin, end = times.quiet or (None, None)
    first, second = (*times.digests, None)[:2]
    return {"quiet_from": begin, "quiet_until": end, "first_digest": first, "second_digest": second}
