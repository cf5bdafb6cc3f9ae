"""How a creating form is shown, sent, refused and sent again: the same for every form with an idempotency key.

Knows no form and no verb: a view brings how it asks, what is done and where that leads.

A phone that kept a form sends it by itself, to the same address (`static/js/sender.js`); it says so by naming whose
form it is, and is answered by a status and JSON instead of a page: 200 with where it leads, 401 for who is not that
person or not quite signed in, 422 with the errors by field. Other errors are JSON by `core.web.pages`.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils.translation import gettext as _

from core.errors import DomainError
from core.races.doors import MustAnswer
from core.races.idempotency import KeyReused, Once, once_of
from core.web.forms import IdempotentForm

F = TypeVar("F", bound=IdempotentForm)
T = TypeVar("T")
Told = Mapping[str, str]
OWNER = "Draft-Owner"
"""The header that names whose kept form it is: a key of an account, empty for a resident's."""


def is_from_phone(request: HttpRequest) -> bool:
    """Whether a phone sends what it has kept, and nobody sees the page that would be answered."""
    return OWNER in request.headers


def is_foreign(request: HttpRequest) -> bool:
    """Whether the form was kept for somebody else than who is signed in now."""
    owner = request.headers.get(OWNER, "")
    return bool(owner) and owner != str(request.user.pk)


def must_sign_in() -> HttpResponse:
    """The phone keeps the form and asks its owner to sign in."""
    return JsonResponse({"code": "sign_in", "message": _("请登录后再交")}, status=401)


def taken(request: HttpRequest, response: HttpResponse, told: Told | None = None) -> HttpResponse:
    """`response` leads on after a form was taken; a phone gets its address, and what it is `told` besides."""
    if not is_from_phone(request):
        return response
    answer = JsonResponse({"to": response.headers.get("Location", ""), **(told or {})})
    answer.cookies = response.cookies
    return answer


def asked_again(
    request: HttpRequest, response: HttpResponse, form: Any, message: str = "", code: str = ""
) -> HttpResponse:
    """`response` shows the form again with its errors; a phone gets them by field."""
    if not is_from_phone(request):
        return response
    errors = {name: [str(one) for one in said] for name, said in form.errors.items()}
    said = message or next((one for lines in errors.values() for one in lines), "")
    found = {"code": code or "refused", "message": said, "errors": errors}
    return JsonResponse(found, status=response.status_code)


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
    tell: Callable[[T], Told] | None = None,
) -> HttpResponse:
    """Ask with an unbound form, do what a valid one says and answer with `done`.

    What cannot be taken is asked again with everything typed and the reason beside its field or above the form. A key
    belongs to the user, or to `owner` where nobody is signed in. A phone that sends what it kept is told what `tell`
    says of what was made.
    """
    if not form.is_bound:
        return ask(form, 200)
    if not form.is_valid():
        return asked_again(request, ask(form, 422), form)
    try:
        made = do(once_of(request, owner or f"user:{request.user.pk}", form.key))
    except DomainError as error:
        _make_ready(form, error)
        field = getattr(error, "field", "")
        form.add_error(field if field in form.fields else None, error.message)
        return asked_again(request, ask(form, error.status), form, code=error.code)
    return taken(request, done(made), tell(made) if tell else None)


def _make_ready(form: Any, error: DomainError) -> None:
    """What a form needs besides what was typed, to be sent again."""
    if isinstance(error, KeyReused):
        form.renew()
    if isinstance(error, MustAnswer):
        form.ask()
