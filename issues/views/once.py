"""What makes a form that was sent twice count once."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from core.errors import DomainError
from core.forms import IdempotentForm
from core.idempotency import KeyReused
from issues.actions import Once


def once_of(request: HttpRequest, owner: str, key: str) -> Once:
    """The key of a posted form with everything that came with it; files count by their content."""
    return Once(owner, key, {**dict(request.POST.lists()), **dict(request.FILES.lists())})


def open_with(
    request: HttpRequest,
    form: IdempotentForm,
    ask: Callable[..., HttpResponse],
    do: Callable[[Once], Any],
    done: Callable[[Any], HttpResponse],
) -> HttpResponse:
    """Send a bound creating form: `ask(form, status)` again with everything typed where it cannot be taken."""
    if not form.is_valid():
        return ask(form, 422)
    try:
        made = do(once_of(request, f"user:{request.user.pk}", form.key))
    except DomainError as error:
        if isinstance(error, KeyReused):
            form.renew()
        field = getattr(error, "field", "")
        form.add_error(field if field in form.fields else None, error.message)
        return ask(form, error.status)
    return done(made)
