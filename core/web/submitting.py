"""How a creating form is shown, sent, refused and sent again: the same for every form with an idempotency key.

Knows no form and no verb: a view brings how it asks, what is done and where that leads.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, QueryDict

from core.errors import DomainError
from core.races.doors import MustAnswer
from core.races.idempotency import KeyReused, Once, once_of
from core.web.forms import IdempotentForm

F = TypeVar("F", bound=IdempotentForm)
T = TypeVar("T")


def posted(request: HttpRequest) -> QueryDict | None:
    """What binds a form: the body of a POST, also an empty one."""
    return request.POST if request.method == "POST" else None


def submit(
    request: HttpRequest,
    form: F,
    ask: Callable[[F, int], HttpResponse],
    do: Callable[[Once], T],
    done: Callable[[T], HttpResponse],
    *,
    owner: str = "",
) -> HttpResponse:
    """Ask with an unbound form, do what a valid one says and answer with `done`.

    What cannot be taken is asked again with everything typed and the reason beside its field or above the form. A key
    belongs to the user, or to `owner` where nobody is signed in.
    """
    if not form.is_bound:
        return ask(form, 200)
    if not form.is_valid():
        return ask(form, 422)
    try:
        made = do(once_of(request, owner or f"user:{request.user.pk}", form.key))
    except DomainError as error:
        _make_ready(form, error)
        field = getattr(error, "field", "")
        form.add_error(field if field in form.fields else None, error.message)
        return ask(form, error.status)
    return done(made)


def _make_ready(form: Any, error: DomainError) -> None:
    """What a form needs besides what was typed, to be sent again."""
    if isinstance(error, KeyReused):
        form.renew()
    if isinstance(error, MustAnswer):
        form.ask()
