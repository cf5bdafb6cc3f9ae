"""One household's file: its page, a look at personal data, corrections, residents, guarded labels, needs."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import Denied, DomainError
from core.web.reveal import RevealForm
from grids import households
from grids.models import Household
from households.file import actions, looking
from households.file.looking import Shown
from households.file.tags import shown_to
from households.forms import CorrectForm, EndNeedForm, GuardedForm, NeedForm, ResidentForm
from households.page import home_of, need_of, open_file, resident_of
from households.people import EDITORS, READERS, guarded_kinds, require
from households.rules import GUARDED
from households.views.common import NAV, FormPage, taken
from members.access import allow, reader

GUARDS = tuple(role for role in READERS if any(role in label.readers for label in GUARDED.values()))
FORMS = require_http_methods(["GET", "HEAD", "POST"])


@allow(*READERS)
@never_cache
@require_safe
def detail(request: HttpRequest, code: str) -> HttpResponse:
    return _page(request, home_of(reader(request), code))


@allow(*READERS)
@never_cache
@require_POST
def reveal(request: HttpRequest, code: str) -> HttpResponse:
    """Names and phones on this one answer; the look is on record and counted."""
    user = reader(request)
    home = home_of(user, code)
    form = RevealForm(request.POST)
    if not form.is_valid():
        return _page(request, home, form=form, status=422)
    try:
        shown = looking.look(household=home, reason=form.cleaned_data["reason"], user=user)
    except DomainError as refused:
        form.add_error(None, refused.message)
        return _page(request, home, form=form, status=refused.status)
    return _page(request, home, shown=shown)


def _page(
    request: HttpRequest,
    home: Household,
    *,
    shown: Shown | None = None,
    form: RevealForm | None = None,
    status: int = 200,
) -> HttpResponse:
    page = open_file(reader(request), home, shown)
    looking.note_labels(home, page.guarded, page.reader)
    context = NAV | {"page": page, "household": home, "reveal": form or RevealForm()}
    return render(request, "households/file.html", context, status=status)


def _back(home: Household) -> str:
    return reverse("households:file", args=[home.code])


@allow(*EDITORS)
@never_cache
@FORMS
def edit(request: HttpRequest, code: str) -> HttpResponse:
    user = reader(request)
    home = home_of(user, code)
    form = CorrectForm(home, request.POST or None)
    page = FormPage(_("更正户情"), _("保存更正"), _back(home), home.address, icon="edit")

    def correct() -> None:
        require(user, home, EDITORS, _("您的岗位不能修改这一户的档案"))
        households.correct(household=home, new=form.new, version=form.cleaned_data["version"], actor=user)

    return taken(request, form, page, correct, _("已更正"))


@allow(*EDITORS)
@never_cache
@FORMS
def new_resident(request: HttpRequest, code: str) -> HttpResponse:
    user = reader(request)
    home = home_of(user, code)
    form = ResidentForm(None, request.POST or None)
    page = FormPage(_("添加居民"), _("添加"), _back(home), home.address, icon="plus")
    return taken(
        request, form, page, lambda: actions.add_resident(household=home, person=form.person, user=user), _("已添加")
    )


@allow(*EDITORS)
@never_cache
@FORMS
def resident(request: HttpRequest, pk: int) -> HttpResponse:
    user = reader(request)
    row = resident_of(user, pk)
    form = ResidentForm(row, request.POST or None)
    page = FormPage(_("更正居民"), _("保存更正"), _back(row.household), row.household.address, icon="edit")
    return taken(
        request, form, page, lambda: actions.change_resident(resident=row, person=form.person, user=user), _("已更正")
    )


@allow(*EDITORS)
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    user = reader(request)
    row = resident_of(user, pk)
    actions.remove_resident(resident=row, user=user)
    messages.success(request, _("已删去"))
    return redirect(_back(row.household))


@allow(*GUARDS)
@never_cache
@FORMS
def guarded(request: HttpRequest, code: str) -> HttpResponse:
    user = reader(request)
    home = home_of(user, code)
    allowed = guarded_kinds(user, home)
    if not allowed:
        raise Denied(_("您的岗位不能设置这类标签"))
    if request.method == "POST":
        form = GuardedForm(allowed, [], request.POST)
    else:
        known = shown_to(user, home)
        looking.note_labels(home, known, user)
        form = GuardedForm(allowed, [tag.kind for tag in known], None)
    page = FormPage(_("涉敏感标签"), _("保存"), _back(home), home.address, icon="lock")
    return taken(
        request,
        form,
        page,
        lambda: actions.set_guarded(household=home, kinds=set(form.cleaned_data["kinds"]), user=user),
        _("已保存"),
    )


@allow(*EDITORS)
@never_cache
@FORMS
def new_need(request: HttpRequest, code: str) -> HttpResponse:
    user = reader(request)
    home = home_of(user, code)
    form = NeedForm(request.POST or None)
    intro = _("只记下来、不用派人办的写在这里；要有人来办的，走访时按“有事”，会直接变成工单。")
    page = FormPage(_("记一件急难愁盼"), _("记下"), _back(home), home.address, intro)
    return taken(
        request,
        form,
        page,
        lambda: actions.note_need(household=home, words=form.cleaned_data["text"], user=user),
        _("已记下"),
    )


@allow(*EDITORS)
@never_cache
@FORMS
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """What came of a need without a ticket."""
    user = reader(request)
    need = need_of(user, pk)
    form = EndNeedForm(request.POST or None)
    page = FormPage(_("写明结果"), _("写明结果"), _back(need.household), need.household.address, need.text)
    return taken(request, form, page, lambda: actions.end_need(need=need, user=user, **form.cleaned_data), _("已写明"))
