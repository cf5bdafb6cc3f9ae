"""What the pages of households share: the reader, a form on a page of its own, forms that lose nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from core.errors import DomainError
from members.areas.forms import show_refusal

NAV = {"nav": "households"}
Text = Any


@dataclass(frozen=True)
class FormPage:
    """A form on a page of its own: what it is called, what its button says, where one comes from and goes back to."""

    heading: Text
    action: Text
    back: str
    sub: Text = ""
    intro: Text = ""
    icon: str = "check"
    nav: str = "households"

    def show(self, request: HttpRequest, form: forms.Form, status: int = 200, **more: Any) -> HttpResponse:
        context = {"nav": self.nav, "page": self, "form": form, **more}
        return render(request, "households/form_page.html", context, status=status)


def taken(
    request: HttpRequest, form: forms.Form, page: FormPage, do: Callable[[], object], done: Text, to: str = ""
) -> HttpResponse:
    """Ask with the form, or take what it says: a refusal stands beside its field and nothing typed is lost."""
    if request.method != "POST":
        return page.show(request, form)
    if not form.is_valid():
        return page.show(request, form, 422)
    try:
        do()
    except DomainError as refused:
        show_refusal(form, refused)
        return page.show(request, form, refused.status)
    messages.success(request, done)
    return redirect(to or page.back)
