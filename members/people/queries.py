"""Reads behind the people pages. An installation serves one county, so its system admins see all of its staff."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from axes.models import AccessAttempt
from django import forms
from django.conf import settings
from django.db.models import Count, Prefetch, Q, QuerySet, Sum
from django.http import Http404, HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.rows.paging import Page, page_of
from core.text import DOTS, is_clean, plain
from core.trust.privacy import mask_phone
from core.web.forms import CleanForm
from grids.models import Area
from grids.scope import at_or_below
from members.access import scope_for
from members.models import Department, Post, User, held_q
from members.people import places
from members.roles import Role
from members.signing_in.lockout import counted_as

PAGE_SIZE = 50
MOST_KEPT = 200


class FilterForm(CleanForm):
    """What narrows the list of people; lives in the address."""

    q = forms.CharField(label=gettext_lazy("姓名、拼音或账号"), max_length=40, required=False)
    role = forms.ChoiceField(
        label=gettext_lazy("角色"), choices=[("", gettext_lazy("全部角色")), *Role.choices], required=False
    )
    area = forms.CharField(label=gettext_lazy("区域名称或代码"), max_length=60, required=False)
    department = forms.ChoiceField(label=gettext_lazy("部门"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("状态"),
        choices=[("", gettext_lazy("在用和停用")), ("on", gettext_lazy("在用")), ("off", gettext_lazy("已停用"))],
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["department"]
        rows = Department.objects.order_by("township__code", "code").values_list("code", "name")
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("全部部门")), *rows]


@dataclass(frozen=True)
class Posts:
    """The posts of one person, by whether they are held today."""

    held: list[Post]
    coming: list[Post]
    past: list[Post]


def people(admin: User, form: FilterForm, after: str) -> Page[User]:
    """Accounts by pinyin. A filter that names nothing finds nobody; one that is malformed is left out."""
    data = form.cleaned_data if form.is_valid() else {**dict.fromkeys(form.fields, ""), **form.cleaned_data}
    rows = User.objects.prefetch_related(Prefetch("posts", queryset=held_posts(), to_attr="held"))
    if words := plain(data["q"]).strip():
        rows = rows.filter(_called(words))
    if data["state"]:
        rows = rows.filter(is_active=data["state"] == "on")
    posts = _posts_like(admin, form, data)
    if posts is not None:
        rows = rows.filter(pk__in=posts.values("user"))
    return page_of(rows, order=("pinyin", "username"), after=after, size=PAGE_SIZE)


def _called(words: str) -> Q:
    """Accounts by name, whichever middle dot stands in it, by user name, or by the beginning of the sound."""
    sound = "".join(words.split()).lower()
    named = Q()
    for part in filter(None, re.split(f"[{re.escape(DOTS)}]", words)):
        named &= Q(name__contains=part.strip())
    return named | Q(username__contains=sound) | Q(pinyin__startswith=sound)


def _posts_like(admin: User, form: FilterForm, data: dict[str, Any]) -> QuerySet[Post] | None:
    """Held posts that fit role, area and department together; None when none of them is asked for."""
    if not (data["role"] or data["area"] or data["department"]):
        return None
    posts: QuerySet[Post] = Post.objects.held()
    if data["role"]:
        posts = posts.filter(role=data["role"])
    if data["department"]:
        posts = posts.filter(department__code=data["department"])
    if data["area"]:
        posts = posts.filter(_within(admin, form, data["area"]))
    return posts


def _within(admin: User, form: FilterForm, words: str) -> Q:
    areas = places.named_areas(admin, words)
    if not areas:
        form.add_error("area", _("没有找到“%(words)s”") % {"words": words})
        return Q(pk__in=())
    return at_or_below(areas, "area__")


def held_posts() -> QuerySet[Post]:
    return Post.objects.held().select_related("area", "department").order_by("role", "id")


def query_of(request: HttpRequest) -> str:
    """The filters of this address, encoded for links to other pages of the list."""
    kept = QueryDict(mutable=True)
    for name in request.GET:
        value = request.GET.get(name, "")
        if isinstance(value, str) and name != "after" and 0 < len(value) <= MOST_KEPT and is_clean(name + value):
            kept[name] = value
    return f"{kept.urlencode()}&" if kept else ""


def person_or_404(username: str) -> User:
    if len(username) > 40 or not is_clean(username):
        raise Http404
    try:
        return User.objects.get(username=username)
    except User.DoesNotExist:
        raise Http404 from None


def department_or_404(code: str) -> Department:
    if len(code) > 20 or not is_clean(code):
        raise Http404
    try:
        return Department.objects.select_related("township").get(code=code)
    except Department.DoesNotExist:
        raise Http404 from None


def posts_of(person: User) -> Posts:
    today = clock.today()
    rows = list(person.posts.select_related("area", "department").order_by("-starts_on", "-id"))
    past = [row for row in rows if row.ends_on is not None and row.ends_on <= today]
    coming = [row for row in rows if row.starts_on > today and row not in past]
    return Posts([row for row in rows if row not in past and row not in coming], coming, past)


def facts(person: User) -> list[dict[str, Any]]:
    login = clock.local(person.last_login) if person.last_login else None
    return [
        {"name": _("账号"), "value": person.username},
        {"name": _("电话"), "value": mask_phone(person.phone) if person.phone else _("没有填")},
        {"name": _("开户"), "value": f"{clock.local(person.created_at):%Y-%m-%d}"},
        {"name": _("上次登录"), "value": f"{login:%Y年%-m月%-d日 %H:%M}" if login else _("还没登录过")},
        {"name": _("密码"), "value": _("初始密码，还没改") if person.must_change_password else _("本人已设")},
    ]


def is_locked(person: User) -> bool:
    """Whether wrong passwords keep strangers, or a device of the account, out at this moment."""
    since = timezone.now() - timedelta(hours=settings.AXES_COOLOFF_TIME)
    tries = AccessAttempt.objects.filter(username__in=counted_as(person.username), attempt_time__gte=since)
    counts = tries.values("username").annotate(n=Sum("failures_since_start"))
    return any(count["n"] >= settings.AXES_FAILURE_LIMIT for count in counts)


def departments() -> list[tuple[str, list[Department]]]:
    """All departments: those of the county by kind, then the offices of each township."""
    held = held_q(clock.today(), "posts__")
    rows = Department.objects.select_related("township").annotate(held=Count("posts", filter=held))
    groups: dict[str, list[Department]] = {}
    of_county = rows.filter(township=None).order_by("kind", "code")
    for row in of_county:
        groups.setdefault(_("县级 · %(kind)s") % {"kind": row.get_kind_display()}, []).append(row)
    for row in rows.exclude(township=None).order_by("township__code", "code"):
        groups.setdefault(row.township.name if row.township else "", []).append(row)
    return list(groups.items())


def townships(admin: User) -> QuerySet[Area]:
    return Area.objects.visible_to(admin).filter(level="township", retired_at=None).order_by("code")


def sections(user: User, current: str) -> list[dict[str, Any]]:
    """The tabs above the people pages; the auditor has only the trail."""
    found = [("audit", _("操作记录"))]
    if Role.SYSTEM_ADMIN in scope_for(user).roles:
        found = [("index", _("人员")), ("departments", _("部门")), *found]
    return [{"url": reverse(f"people:{name}"), "text": text, "current": name == current} for name, text in found]
