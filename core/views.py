"""Django's own failures, answered in Chinese: CSRF, bad request, no permission, no page, server error."""

import sys

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core.web.forms import RESUMED
from core.web.pages import error_page
from core.web.unavailable import is_unavailable, typed_of, unavailable_page

NOT_TYPED = frozenset({"csrfmiddlewaretoken", RESUMED})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token does not fit: mostly a page left open over a login, which gets back what was typed.

    What another site sent is not given back: nobody here typed it.
    """
    typed = [one for one in typed_of(request) if one.name not in NOT_TYPED] if _is_from_here(request) else []
    return error_page(
        request,
        403,
        _("这个页面停留得太久或登录状态已变化，提交没有被接收。"),
        code="csrf",
        advice=_("按“回到刚才的表单”，核对后再提交。") if typed else _("请返回上一页，刷新后再提交。"),
        more={"typed": typed, "had_files": bool(typed and request.FILES), "action": request.get_full_path()},
    )


def _is_from_here(request: HttpRequest) -> bool:
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 for what Django finds suspicious; 413 when it is the size."""
    return error_page(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 403, code="denied")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 404, code="not_found")


def server_error(request: HttpRequest) -> HttpResponse:
    """500; 503 where a middleware could not ask the database (a view's own error is answered before it comes here)."""
    if is_unavailable(sys.exc_info()[1]):
        return unavailable_page(request)
    return error_page(request, 500, code="server_error")
