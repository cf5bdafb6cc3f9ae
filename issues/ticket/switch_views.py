"""系统代办: what the engine does by itself for each item of the list, and the county's word on it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from core.web.forms import CleanForm, LongText
from duties.models.assigned import READERS
from grids.levels import Level
from grids.models import Area
from grids.scope import ancestors
from issues.tending import switches
from issues.workflow import AUTOMATICS, Automatic
from members.access import allow, reader, scope_for
from members.models import User
from members.roles import Role

NO_ITEM = "none"


class SwitchForm(CleanForm):
    """What the engine may do about one item, and why that is changed."""

    reason = LongText(2, label=gettext_lazy("为什么这样设定"), max_length=switches.REASON_MAX)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = {step.value: forms.BooleanField(label=str(label), required=False) for step, label in AUTOMATICS.items()}
        self.fields = {**named, **self.fields}

    @property
    def wanted(self) -> dict[Automatic, bool]:
        return {step: bool(self.cleaned_data[step.value]) for step in Automatic}


@allow(*READERS)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """`/t/engine/`: every item with what the engine does about it."""
    user = reader(request)
    context = {
        "nav": "engine",
        "lines": switches.lines(_county_of(user)),
        "steps": list(AUTOMATICS.values()),
        "may_edit": Role.COUNTY_DISPATCHER in scope_for(user).roles,
        "no_item": NO_ITEM,
    }
    return render(request, "issues/engine.html", context)


@allow(Role.COUNTY_DISPATCHER)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Switch the engine on or off for one item."""
    user = reader(request)
    county = _county_of(user)
    line = next((one for one in switches.lines(county) if (one.code or NO_ITEM) == code), None)
    if line is None:
        raise Http404
    given = {step.value: is_on for step, is_on in line.on.items()}
    form = SwitchForm(request.POST if request.method == "POST" else None, initial=given, auto_id="f_%s")
    if form.is_bound and form.is_valid():
        reason = form.cleaned_data["reason"]
        changed = switches.put(county=county, item_code=line.code, wanted=form.wanted, reason=reason, actor=user)
        messages.success(request, _("已保存，从下一件起照此办") if changed else _("没有改动"))
        return redirect("issues:engine")
    context = {"nav": "engine", "form": form, "line": line}
    return render(request, "issues/engine_form.html", context, status=422 if form.is_bound else 200)


def _county_of(user: User) -> Area:
    """The county in which the reader holds a post that may read the switches."""
    posts = scope_for(user).posts
    area = next((post.area for post in posts if post.role in READERS and post.area is not None), None)
    if area is None:
        raise Http404
    return next(one for one in ancestors(area, include_self=True) if one.level == Level.COUNTY)
