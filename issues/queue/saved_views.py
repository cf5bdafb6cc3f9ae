"""The pages of saved views: keep the present list under a name, share it, rename it, forget it."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import Refused
from core.races.idempotency import Once
from core.web.forms import CleanForm, IdempotentForm
from core.web.submitting import submit
from issues.engine.actors import KEEPERS
from issues.finding.filters import TicketFilter
from issues.models import SavedView
from issues.queue import saved
from members.access import allow, get_scoped_or_404, reader
from members.models import User

"""Readers that keep something of their own; the auditor writes nothing."""


class ViewForm(CleanForm):
    """Name and audience of a view."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=20, help_text=gettext_lazy("如：圩镇市政、本周超时"))
    share = forms.ChoiceField(
        label=gettext_lazy("谁能看到"),
        required=False,
        help_text=gettext_lazy("共享的只是条件：每个人打开，看到的仍是自己管辖范围内的工单"),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [(key, _("%(name)s的人员") % {"name": place}) for key, place in saved.shares(user).items()]
        cast(forms.ChoiceField, self.fields["share"]).choices = [("", _("只有我")), *places]


class NewViewForm(ViewForm, IdempotentForm):
    """A view of the list whose address stands in `query`."""

    query = forms.CharField(max_length=1000, required=False, widget=forms.HiddenInput)


@allow(*KEEPERS)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """`/t/views/`: one's own views and those shared with one."""
    return render(request, "issues/views.html", {"nav": "queue", "links": saved.links(reader(request))})


@allow(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """`/t/views/new/?…`: keep the list of this address."""
    user = reader(request)
    given = {"query": saved.canonical(TicketFilter.parse(request.GET))}
    form = NewViewForm(user, request.POST or None, initial=given, auto_id="f_%s")

    def ask(form: NewViewForm, _status: int) -> HttpResponse:
        return _form_page(request, form, _("存为常用视图"), None)

    def do(once: Once) -> SavedView:
        data = form.cleaned_data
        return saved.keep(user, name=data["name"], query=data["query"], share=data["share"], once=once)

    return submit(request, form, ask, do, lambda view: _kept(request, view))


def _kept(request: HttpRequest, view: SavedView) -> HttpResponse:
    messages.success(request, _("已存为视图“%(name)s”") % {"name": view.name})
    return redirect(f"/t/?{view.query}")


@allow(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """`/t/views/<pk>/`: rename or share one's own."""
    user = reader(request)
    view = get_scoped_or_404(user, SavedView, pk=pk)
    form = ViewForm(user, request.POST or None, initial=_initial(view), auto_id="f_%s")
    if request.method == "POST" and form.is_valid():
        try:
            saved.change(view, user, **form.cleaned_data)
        except Refused as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("已保存"))
            return redirect("issues:views")
    saved.require_own(view, user)
    return _form_page(request, form, _("修改视图"), view)


@allow(*KEEPERS)
@require_POST
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    user = reader(request)
    view = get_scoped_or_404(user, SavedView, pk=pk)
    saved.forget(view, user)
    messages.success(request, _("已删除视图“%(name)s”") % {"name": view.name})
    return redirect("issues:views")


def _initial(view: SavedView) -> dict[str, str]:
    place = view.area or view.department
    return {"name": view.name, "share": f"{place._meta.model_name}:{place.pk}" if place else ""}


def _form_page(request: HttpRequest, form: ViewForm, heading: str, view: SavedView | None) -> HttpResponse:
    status = 422 if form.is_bound else 200
    context = {"nav": "queue", "form": form, "heading": heading, "view": view}
    return render(request, "issues/view_form.html", context, status=status)
