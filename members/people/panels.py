"""The side form of the people pages: one change at a time beside the table it changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from members.access import reader
from members.extensions import Held
from members.models import User
from members.people import queries, trail
from members.signing_in import second_factor


@dataclass(frozen=True)
class Panel:
    """One change. With `refusal` it says why the change cannot be made instead of asking for it."""

    title: str
    button: str
    back: str
    form: forms.Form | None = None
    text: str = ""
    refusal: str = ""
    danger: bool = False
    held: Sequence[Held] = ()
    """What is in hand and passes on with it."""

    @property
    def status(self) -> int:
        return 422 if self.form is not None and self.form.errors else 200


def person_page(request: HttpRequest, person: User, panel: Panel | None = None, *, status: int = 0) -> HttpResponse:
    context: dict[str, Any] = {
        "nav": "people",
        "sections": queries.sections(reader(request), "index"),
        "person": person,
        "is_self": person.pk == reader(request).pk,
        "may_change": person.pk != reader(request).pk,
        "may_open_people": True,
        "is_locked": queries.is_locked(person),
        "has_factor": second_factor.of(person) is not None,
        "posts": queries.posts_of(person),
        "facts": queries.facts(person),
        "trail": trail.about(person),
        "panel": panel,
    }
    return render(request, "members/people/person.html", context, status=status or (panel.status if panel else 200))
