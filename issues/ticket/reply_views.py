"""The pages of standard replies: the county's for its list admins, their own for everybody else."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import Refused
from core.web.forms import CleanForm, IdempotentForm, LongText
from core.web.submitting import submit
from issues.engine.actors import KEEPERS
from issues.models import Reply
from issues.stepping import replies
from members.access import allow, get_scoped_or_404, reader
from members.roles import Role

REPLIERS = (*KEEPERS, Role.LIST_ADMIN)


class ReplyForm(CleanForm):
    """One reply: its words, and where they are offered."""

    text = LongText(3, label=gettext_lazy("内容"), max_length=300)
    step = forms.ChoiceField(label=gettext_lazy("用在哪一步"), choices=list(replies.STEPS.items()))
    item_code = forms.ChoiceField(label=gettext_lazy("用在哪个事项"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["item_code"]).choices = [
            ("", _("所有事项")),
            *replies.items(kept=self.initial.get("item_code", "")),
        ]


class NewReplyForm(ReplyForm, IdempotentForm):
    """A reply that is not there yet."""


@allow(*REPLIERS)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """`/t/replies/`: what the reader keeps."""
    user = reader(request)
    rows = [{"reply": reply, "step": replies.STEPS.get(reply.step, reply.step)} for reply in replies.kept_by(user)]
    context = {"nav": "replies", "rows": rows, "is_county": replies.county_of(user) is not None, "most": replies.MOST}
    return render(request, "issues/replies.html", context)


@allow(*REPLIERS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    user = reader(request)
    form = NewReplyForm(request.POST or None, initial={"step": request.GET.get("step", "")}, auto_id="f_%s")
    return submit(
        request,
        form,
        lambda form, _status: _form_page(request, form, _("加一条常用语"), None),
        lambda once: replies.keep(
            user, **{name: form.cleaned_data[name] for name in ("step", "item_code", "text")}, once=once
        ),
        lambda _made: _kept(request),
    )


def _kept(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("已加一条常用语"))
    return redirect("issues:replies")


@allow(*REPLIERS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    reply = get_scoped_or_404(reader(request), Reply, pk=pk)
    given = {"text": reply.text, "step": reply.step, "item_code": reply.item_code}
    form = ReplyForm(request.POST or None, initial=given, auto_id="f_%s")
    if request.method == "POST" and form.is_valid():
        try:
            replies.change(reply, **form.cleaned_data)
        except Refused as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("已保存"))
            return redirect("issues:replies")
    return _form_page(request, form, _("修改常用语"), reply)


@allow(*REPLIERS)
@require_POST
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    replies.forget(get_scoped_or_404(reader(request), Reply, pk=pk))
    messages.success(request, _("已删除一条常用语"))
    return redirect("issues:replies")


def _form_page(request: HttpRequest, form: ReplyForm, heading: str, reply: Reply | None) -> HttpResponse:
    context = {"nav": "replies", "form": form, "heading": heading, "reply": reply}
    return render(request, "issues/reply_form.html", context, status=422 if form.is_bound else 200)
