"""The page of the trail: what narrows it, what is told of a person. Its words are `core.trust.acts`."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.clock import COUNTY_TIME
from core.models import AuditEntry
from core.rows.paging import Page, page_of
from core.trust.acts import ACTS, NAMINGS, Told, kind_of, tell
from core.web.forms import CleanForm, DayField
from members.models import User

PAGE_SIZE = 50
LAST = 20
MOST_ACTORS = 200
DAILY = ("signin.done", "signin.left", "signin.expired")
"""What happens every day and would push everything else off the page of a person."""


def _acts() -> list[tuple[str, str]]:
    return [("", _("全部动作")), *((act.verb, str(act.label)) for act in ACTS)]


def _kinds() -> list[tuple[str, str]]:
    """What entries are about: kinds of rows that have names."""
    return [("", _("全部对象")), *((one.key, kind_of(one.key)) for one in NAMINGS if one.key.count(".") == 1)]


class TrailForm(CleanForm):
    """What narrows the trail; lives in the address."""

    verb = forms.ChoiceField(label=gettext_lazy("动作"), required=False, choices=_acts)
    person = forms.CharField(label=gettext_lazy("谁做的（姓名或账号）"), max_length=40, required=False)
    object = forms.ChoiceField(label=gettext_lazy("对象"), required=False, choices=_kinds)
    since = DayField(label=gettext_lazy("从"), required=False)
    until = DayField(label=gettext_lazy("到"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", _("结束日不能早于开始日"))
        return data


@dataclass(frozen=True)
class Line:
    """One entry in words."""

    told: Told
    username: str = ""
    """Of the person it is about, when it is about one."""


def entries(form: TrailForm, after: str) -> tuple[Page[AuditEntry], list[Line]]:
    """The newest first; a malformed filter is left out and said beside its field."""
    form.is_valid()
    data = {**dict.fromkeys(form.fields), **form.cleaned_data}
    rows = AuditEntry.objects.all()
    if data["verb"]:
        rows = rows.filter(verb=data["verb"])
    if data["object"]:
        rows = rows.filter(object_type=data["object"])
    if data["person"]:
        rows = rows.filter(actor_id__in=_actors(form, data["person"]))
    if data["since"]:
        rows = rows.filter(at__gte=_morning(data["since"]))
    if data["until"]:
        rows = rows.filter(at__lt=_morning(data["until"] + timedelta(days=1)))
    page = page_of(rows, order=("-id",), after=after, size=PAGE_SIZE)
    return page, lines(page.rows)


def about(person: User) -> list[Line]:
    """The last entries about a person's account and posts."""
    posts = [str(pk) for pk in person.posts.values_list("pk", flat=True)]
    q = Q(object_type="members.user", object_id=str(person.pk)) | Q(object_type="members.post", object_id__in=posts)
    rows = AuditEntry.objects.filter(q).exclude(verb__in=DAILY)
    return lines(list(rows.order_by("-id")[:LAST]))


def lines(rows: list[AuditEntry]) -> list[Line]:
    ids = {int(row.object_id) for row in rows if row.object_type == "members.user" and row.object_id.isdecimal()}
    accounts = {str(pk): name for pk, name in User.objects.filter(pk__in=ids).values_list("pk", "username")}
    return [
        Line(told, accounts.get(row.object_id, "") if row.object_type == "members.user" else "")
        for row, told in zip(rows, tell(rows), strict=True)
    ]


def _actors(form: TrailForm, words: str) -> list[int]:
    found = User.objects.filter(Q(name__contains=words) | Q(username=words.lower())).order_by("pk")
    ids = list(found.values_list("pk", flat=True)[:MOST_ACTORS])
    if not ids:
        form.add_error("person", _("没有叫“%(words)s”的人员") % {"words": words})
    return ids


def _morning(day: date) -> datetime:
    return datetime.combine(day, time.min, COUNTY_TIME)
