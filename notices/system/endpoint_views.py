"""Pages of the endpoints outside: add, try, pause, resume, a new secret, remove. The secret is shown once."""

from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import DomainError
from core.races import idempotency
from core.web import safe_http
from members.access import allow, reader
from members.people.forms import EmptyForm, show_refusal
from members.people.panels import Panel
from members.roles import Role
from notices import endpoints
from notices.models import Endpoint
from notices.system import queries
from notices.system.forms import EndpointForm, NewEndpointForm


@allow(Role.SYSTEM_ADMIN)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return _list_page(request)


@allow(Role.SYSTEM_ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Add an endpoint; its secret is in the answer to this request only."""
    form = NewEndpointForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            row, secret = _add_once(request, form)
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            if secret is None:
                messages.warning(request, _("这份表单已提交过，接收端已添加。密钥只显示一次；没记下就换一个。"))
                return redirect("system:endpoint", pk=row.pk)
            return _secret_page(request, row, secret)
    panel = Panel(_("添加接收端"), _("添加"), reverse("system:endpoints"), form)
    return _list_page(request, panel)


@allow(Role.SYSTEM_ADMIN)
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, queries.endpoint_or_404(pk))


@allow(Role.SYSTEM_ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    row = queries.endpoint_or_404(pk)
    known = {"name": row.name, "groups": row.groups}
    form = EndpointForm(request.POST if request.method == "POST" else None, initial=known)
    if form.is_bound and form.is_valid():
        try:
            endpoints.change(endpoint=row, actor=reader(request), **form.cleaned_data)
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("已保存"))
            return redirect("system:endpoint", pk=row.pk)
    return _page(request, row, Panel(_("改名称和内容"), _("保存"), _url(row), form))


@allow(Role.SYSTEM_ADMIN)
@require_POST
def test(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue one test message; its outcome shows among the deliveries."""
    return _step(request, pk, endpoints.test, _("测试消息已排队，几秒后刷新，看下面的发送记录"))


@allow(Role.SYSTEM_ADMIN)
@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, endpoints.pause, _("已暂停"))


@allow(Role.SYSTEM_ADMIN)
@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, endpoints.resume, _("已恢复。暂停期间搁置的消息在“搁置事项”里重发。"))


@allow(Role.SYSTEM_ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def secret(request: HttpRequest, pk: int) -> HttpResponse:
    """A new secret, in the answer to this request only; sent again, it is another one."""
    row = queries.endpoint_or_404(pk)
    if request.method == "POST":
        return _secret_page(request, row, endpoints.renew_secret(endpoint=row, actor=reader(request)))
    text = _("原来的密钥立即作废，对方换上新密钥之前会拒收。")
    return _page(request, row, Panel(_("换密钥"), _("换密钥"), _url(row), EmptyForm(), text, danger=True))


@allow(Role.SYSTEM_ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    row = queries.endpoint_or_404(pk)
    if request.method == "POST":
        endpoints.remove(endpoint=row, actor=reader(request))
        messages.success(request, _("已删除“%(name)s”") % {"name": row.name})
        return redirect("system:endpoints")
    text = _("删除后不再发送，还没发出的消息一并作罢，不能恢复。只想停一阵，用“暂停”。")
    return _page(request, row, Panel(_("删除接收端"), _("删除"), _url(row), EmptyForm(), text, danger=True))


def _step(request: HttpRequest, pk: int, verb: Callable[..., None], done: str) -> HttpResponse:
    row = queries.endpoint_or_404(pk)
    try:
        verb(endpoint=row, actor=reader(request))
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return redirect("system:endpoint", pk=pk)


def _add_once(request: HttpRequest, form: NewEndpointForm) -> tuple[Endpoint, str | None]:
    """The endpoint of a valid form and its secret; None instead of it for a submission already carried out."""
    data = form.cleaned_data
    endpoints.check(data["url"])  # asks the name servers, which is nothing to wait for in a transaction
    with transaction.atomic():
        slot = idempotency.claim(f"user:{reader(request).pk}", form.key, form.data)
        if slot.result is not None:
            return queries.endpoint_or_404(int(slot.result)), None
        row = endpoints.add(name=data["name"], url=data["url"], groups=data["groups"], actor=reader(request))
        slot.finish(str(row.pk))
        return row, row.secret


def _list_page(request: HttpRequest, panel: Panel | None = None) -> HttpResponse:
    context = {
        "nav": "system",
        "sections": queries.sections("endpoints"),
        "rows": [(row, queries.group_words(row)) for row in queries.endpoints()],
        "panel": panel,
    }
    return render(request, "notices/system/endpoints.html", context, status=panel.status if panel else 200)


def _page(request: HttpRequest, row: Endpoint, panel: Panel | None = None) -> HttpResponse:
    page = queries.deliveries(row, request.GET.get("after", ""))
    target = safe_http.target_of(row.url)
    context = {
        "nav": "system",
        "sections": queries.sections("endpoints"),
        "endpoint": row,
        "where": f"https://{target.host}{':' + str(target.port) if target.port != 443 else ''}",
        "groups": queries.group_words(row),
        "page": page,
        "lines": [(delivery, queries.about(delivery)) for delivery in page.rows],
        "most_failures": endpoints.PAUSE_AFTER,
        "panel": panel,
    }
    return render(request, "notices/system/endpoint.html", context, status=panel.status if panel else 200)


def _secret_page(request: HttpRequest, row: Endpoint, secret: str) -> HttpResponse:
    """The one answer that shows a secret; nothing shows it again."""
    context = {"nav": "system", "sections": queries.sections("endpoints"), "endpoint": row, "secret": secret}
    response = render(request, "notices/system/secret.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _url(row: Endpoint) -> str:
    return reverse("system:endpoint", args=[row.pk])
