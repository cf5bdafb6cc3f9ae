"""Error answers in Chinese, in the form the asker can read: page, htmx fragment or JSON.

The templates `errors/<status>.html` belong to the UI; without them a plain sentence is sent, so that
an error page can never be the cause of another error.
"""

import json
from collections.abc import Mapping
from types import MappingProxyType

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext as _


def default_message(status: int) -> str:
    """The sentence for `status` when nobody knows better."""
    known = {
        400: _("请求的内容有误，请检查后重试。"),
        403: _("您没有进行这项操作的权限。"),
        404: _("没有找到这个页面，或者它不在您的管辖范围内。"),
        409: _("别人刚刚处理过，请刷新后再看。"),
        413: _("提交的内容过大，请减少照片或文字后重试。"),
        422: _("提交的内容有误，请检查后重试。"),
        429: _("操作过于频繁，请稍后再试。"),
        503: _("系统正忙，请稍后再试。"),
        500: _("系统出了问题，已经记录下来。请稍后再试。"),
    }
    return known.get(status, known[400] if status < 500 else known[500])


def error_page(
    request: HttpRequest,
    status: int,
    message: str = "",
    *,
    code: str = "",
    advice: str = "",
    more: Mapping[str, object] = MappingProxyType({}),
) -> HttpResponse:
    """Answer `request` with `status` and a Chinese sentence; `more` is for the page's own template."""
    sentence = message or default_message(status)
    if _wants_json(request):
        return JsonResponse({"code": code or "error", "message": sentence}, status=status)
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(format_html('<p class="alert" role="alert">{}</p>', sentence), status=status)
        response["HX-Trigger"] = json.dumps({"shanzhi:error": {"status": status, "message": sentence}})
        return response
    # The templates have longer words of their own for an error without a message.
    context: dict[str, object] = {"status": status, "message": message, "code": code, "advice": advice, **more}
    return HttpResponse(_rendered(request, status, context), status=status)


def _wants_json(request: HttpRequest) -> bool:
    accept = request.headers.get("Accept", "")
    return "application/json" in accept and "text/html" not in accept


def _rendered(request: HttpRequest, status: int, context: dict[str, object]) -> str:
    # A 500 is rendered without the request: its context processors may be what failed.
    for name in (f"errors/{status}.html", "errors/400.html"):
        try:
            return render_to_string(name, context, None if status >= 500 else request)
        except TemplateDoesNotExist:
            continue
    return format_html(
        '<!doctype html><html lang="zh-Hans"><meta charset="utf-8"><title>{0}</title><h1>{0}</h1><p>{1}</p><p>{2}</p>',
        status,
        context["message"] or default_message(status),
        context["advice"],
    )
