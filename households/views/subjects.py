"""What a household was told about its data, what it asks for, and the paper with everything that is kept of it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from households.file import actions, subjects
from households.forms import AnswerForm, ConsentForm, RequestForm
from households.page import home_of, request_of
from households.people import EDITORS, KEEPERS, READERS
from households.rules import KEEP_AFTER_LEAVING, NOTICE_VERSION, REPLY_WITHIN
from households.views.common import FormPage, taken
from members.access import allow, reader
from members.signing_in.stepping_up import proved

FORMS = require_http_methods(["GET", "HEAD", "POST"])


@allow(*EDITORS)
@never_cache
@FORMS
def consent(request: HttpRequest, code: str) -> HttpResponse:
    user = reader(request)
    home = home_of(user, code)
    form = ConsentForm(request.POST or None)
    intro = _("告知书现为 %(version)s 版，先把告知书给住户看过。撤回后，姓名电话不再显示，也不进入导出文件。") % {
        "version": NOTICE_VERSION
    }
    page = FormPage(_("告知与同意"), _("记下"), reverse("households:file", args=[code]), home.address, intro)
    return taken(
        request,
        form,
        page,
        lambda: actions.note_consent(household=home, state=form.cleaned_data["state"], user=user),
        _("已记下"),
    )


@allow(*READERS)
@never_cache
@require_safe
def notice(request: HttpRequest, code: str) -> HttpResponse:
    """The notice to hand over."""
    context = {
        "household": home_of(reader(request), code),
        "version": NOTICE_VERSION,
        "reply_days": REPLY_WITHIN.days,
        "keep_years": KEEP_AFTER_LEAVING.days // 365,
    }
    return render(request, "households/notice.html", context)


@allow(*KEEPERS)
@never_cache
@FORMS
def new_request(request: HttpRequest, code: str) -> HttpResponse:
    user = reader(request)
    home = home_of(user, code)
    form = RequestForm(request.POST or None)
    intro = _("住户可以要求查阅、更正或删除自己的信息，%(n)d 日内要答复；到期前会提醒您。") % {"n": REPLY_WITHIN.days}
    page = FormPage(_("登记个人信息请求"), _("登记"), reverse("households:file", args=[code]), home.address, intro)
    return taken(
        request,
        form,
        page,
        lambda: subjects.take_request(household=home, kind=form.cleaned_data["kind"], user=user),
        _("已登记"),
    )


@allow(*KEEPERS)
@never_cache
@FORMS
def answer_one(request: HttpRequest, pk: int) -> HttpResponse:
    user = reader(request)
    row = request_of(user, pk)
    form = AnswerForm(request.POST or None)
    intro = ""
    if row.kind == row.Kind.DELETE:
        intro = _("答复“已办”会立即删去这一户的姓名、电话、居民、标签和走访备注，不能恢复；户编码和门牌保留。")
    back = reverse("households:file", args=[row.household.code])
    page = FormPage(
        _("答复：%(kind)s") % {"kind": row.get_kind_display()}, _("答复"), back, row.household.address, intro
    )
    return taken(
        request,
        form,
        page,
        lambda: subjects.answer(
            request=row, state=form.cleaned_data["state"], words=form.cleaned_data["answer"], user=user
        ),
        _("已答复"),
    )


@allow(*KEEPERS)
@proved
@never_cache
@require_POST
def paper(request: HttpRequest, code: str) -> HttpResponse:
    """Everything kept of a household, to be printed and handed to it; on the trail."""
    user = reader(request)
    found = subjects.paper_of(household=home_of(user, code), user=user)
    return render(request, "households/paper.html", found)
