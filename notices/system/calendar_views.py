"""The page of the working calendar: the official days of a whole year, entered at once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import clock
from core.days import statutory, workdays
from core.errors import DomainError
from members.access import allow, reader
from members.people.forms import show_refusal
from members.roles import Role
from notices.system import queries
from notices.system.calendar_form import YearForm


@allow(Role.SYSTEM_ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def days(request: HttpRequest) -> HttpResponse:
    """`/system/calendar/`: what was entered, what is missing, and the form for a year."""
    form = YearForm(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid():
        given = form.cleaned_data
        try:
            workdays.enter(
                year=given["year"],
                off=given["off"],
                worked=given["worked"],
                document=given["document"],
                actor=reader(request),
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
            return _page(request, form, refusal.status)
        messages.success(request, _("已录入 %(year)d 年，在走的期限正在重算") % {"year": given["year"]})
        return redirect("system:calendar")
    return _page(request, form, 422 if form else 200)


def _page(request: HttpRequest, form: YearForm | None, status: int) -> HttpResponse:
    today = clock.today()
    missing = workdays.missing_year(today)
    year = missing or today.year + 1
    context = {
        "nav": "system",
        "sections": queries.sections("calendar"),
        "form": form or YearForm(initial={"year": year}),
        "missing": missing,
        "statutory": sorted(statutory.days_of(year)),
        "year": year,
        "years": workdays.years_entered(10),
        "own": workdays.own_exceptions(today, 20),
    }
    return render(request, "notices/system/calendar.html", context, status=status)
