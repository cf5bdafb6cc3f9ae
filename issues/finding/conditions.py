"""The conditions that a ticket list can carry: what each value means, how it is called, how it is read.

Pure of any request and of the address; `issues.finding.filters` makes a filter of them.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from core.days.typed import day_of
from core.rows import marks
from core.text import Text, code_of, is_clean, plain
from issues import workflow
from issues.attributes import ATTRIBUTES, Attribute
from issues.engine.snapshots import SCORED
from issues.finding.queries import NOTHING, VIEWS, lamp_q
from issues.models import OPEN, Route
from issues.workflow import STATES, ClockKind, State, Tier
from members.access import Scope

LONGEST = 100
YEARS = range(2000, 2101)
SORTS: Mapping[str, tuple[Text, tuple[str, ...]]] = {
    "due": (_("期限近的在前（只排在办的）"), ("due_at", "id")),
    "new": (_("新点单在前"), ("-placed_at", "-id")),
    "old": (_("早点单在前"), ("placed_at", "id")),
}
LAMP_GROUPS: Mapping[str, Text] = {"r": _("已超时"), "y": _("快到期"), "b": _("正常")}


@dataclass(frozen=True)
class Asker:
    """Who looks at the list and when."""

    now: Any
    scope: Scope


@dataclass(frozen=True)
class Choice:
    word: Text
    narrow: Callable[[Asker], Q]


PAST_CLAIM = Q(route=Route.WHISTLE) & ~Q(
    state__in=[State.CONFIRMING, State.WHISTLED, State.DISPATCHED, State.RETURNED, State.CONSULTING]
)
CLAIMED_LATE = Q(claimed_on_time__isnull=False, claimed_on_time=False)
"""Said so that its opposite holds what was not claimed, too."""
LATE_BY: Mapping[str, tuple[Text, Q]] = {
    "village": (_("村社"), Q(late_by__contains=marks.within(Tier.VILLAGE))),
    "township": (_("乡镇"), Q(late_by__contains=marks.within(Tier.TOWNSHIP))),
    "local": (
        _("乡镇和村社"),
        Q(late_by__contains=marks.within(Tier.VILLAGE)) | Q(late_by__contains=marks.within(Tier.TOWNSHIP)),
    ),
    "dept": (_("部门"), Q(late_by__regex=r",[0-9]")),
}
"""Who held a limit when it ran out."""
LEAD_LATE = Q(late_by__contains=Concat(Value(","), Cast("lead", CharField()), Value(",")))
UNRESOLVED = LEAD_LATE & Q(lead__isnull=False) & (Q(done_on_time__isnull=True) | Q(done_on_time=False))
NOT_LATE = {name: ~q for name, (_word, q) in LATE_BY.items()} | {"dept": Q(lead__isnull=False) & ~LEAD_LATE}
RESOLVED = Q(lead__isnull=False) & (Q(done_on_time=True) | (Q(done_on_time=False) & ~LEAD_LATE))


def _always(q: Q) -> Callable[[Asker], Q]:
    return lambda asker: q


def unclaimed_late(now: Any) -> Q:
    """Waiting for a department past the limit to claim, the present one's or one that was passed on."""
    return Q(state=State.DISPATCHED) & (Q(move_by__lte=now) | Q(clock_kind=ClockKind.CLAIM.value, due_at__lte=now))


def _lamp(key: str) -> Callable[[Asker], Q]:
    return lambda asker: lamp_q(key, asker.now)


NONE = "none"
Condition = tuple[Text, dict[str, Choice]]


def _each(attribute: Attribute) -> Condition:
    """Each value that an attribute can have; what has none yet comes last."""
    words = attribute.words or {}
    named = {str(value): Choice(word, _always(Q(**{attribute.name: value}))) for value, word in words.items() if value}
    if "" in words:
        named[NONE] = Choice(words[""], _always(Q(**{attribute.name: ""})))
    return attribute.label, named


_NAMED = {attribute.name: _each(attribute) for attribute in ATTRIBUTES if attribute.narrows}
CHOICES: dict[str, Condition] = {
    "grade": _NAMED["grade"],
    "source": _NAMED["source"],
    "route": _NAMED["route"],
    "open": (
        _("办结"),
        {
            "1": Choice(_("未办结"), _always(OPEN)),
            "0": Choice(_("已办结"), _always(Q(state__in=sorted(workflow.ENDED_STATES)))),
        },
    ),
    "lamp": (
        _("灯色"),
        {"r": Choice(_("红灯"), _lamp("r")), "y": Choice(_("黄灯"), _lamp("y")), "b": Choice(_("蓝灯"), _lamp("b"))},
    ),
    "accepted": (
        _("受理"),
        {
            "1": Choice(_("已受理"), _always(Q(accepted_at__isnull=False))),
            "0": Choice(_("未受理"), _always(Q(accepted_at__isnull=True))),
        },
    ),
    "claimed": (
        _("领办"),
        {
            "on_time": Choice(_("及时"), _always(Q(claimed_on_time=True))),
            "late": Choice(_("超时"), _always(Q(claimed_on_time=False))),
            "pending": Choice(_("尚未领办"), _always(Q(claimed_on_time__isnull=True, route=Route.WHISTLE))),
            "overdue": Choice(_("待领办且已超时"), lambda asker: unclaimed_late(asker.now)),
            "kept": Choice(_("已领办，没有超时"), _always(PAST_CLAIM & ~CLAIMED_LATE)),
            "over": Choice(_("已领办，曾超时"), _always(PAST_CLAIM & CLAIMED_LATE)),
        },
    ),
    "arrived": (
        _("报到"),
        {
            "on_time": Choice(_("按时"), _always(Q(arrived_on_time=True))),
            "late": Choice(_("超时"), _always(Q(arrived_on_time=False))),
        },
    ),
    "done": (
        _("办结时限"),
        {
            "on_time": Choice(_("按时"), _always(Q(done_on_time=True))),
            "late": Choice(_("超时"), _always(Q(done_on_time=False))),
            "pending": Choice(_("尚未办结"), _always(OPEN & Q(done_on_time__isnull=True))),
        },
    ),
    "late": (
        _("超时归"),
        {name: Choice(word, _always(q)) for name, (word, q) in LATE_BY.items()}
        | {"resolve": Choice(_("牵头部门，没有按期办结"), _always(UNRESOLVED))},
    ),
    "kept": (
        _("已报办结且没有超时的"),
        {n: Choice(w, _always(Q(done_on_time__isnull=False) & NOT_LATE[n])) for n, (w, _q) in LATE_BY.items()}
        | {"resolve": Choice(_("牵头部门，按期办结"), _always(RESOLVED))},
    ),
    "rated": (
        _("评价"),
        {
            "any": Choice(_("已评价"), _always(Q(satisfaction__isnull=False))),
            "satisfied": Choice(_("满意"), _always(Q(satisfaction__gte=2))),
            "unsatisfied": Choice(_("不满意"), _always(Q(satisfaction__lt=2))),
        },
    ),
    "solved": _NAMED["solved"],
    "stars": _NAMED["stars"],
    "found": (
        _("抽查"),
        {
            "true": Choice(_("属实"), _always(Q(found_true=True))),
            "false": Choice(_("不属实"), _always(Q(found_true=False))),
        },
    ),
    "rework": (_("重办"), {"1": Choice(_("重办过"), _always(Q(round__gt=1)))}),
    "returned": (_("退单"), {"1": Choice(_("退过单"), _always(Q(returns__gt=0)))}),
    "scored": (
        _("考核"),
        {"1": Choice(_("计入考核"), _always(SCORED)), "0": Choice(_("不计入考核"), _always(~SCORED))},
    ),
    "filed": (_("报在"), {"grid": Choice(_("网格本身"), _always(Q(area=F("grid"))))}),
    "holder": (
        _("承办人"),
        {"me": Choice(_("我"), lambda asker: Q(holder=asker.scope.user_id) if asker.scope.user_id else NOTHING)},
    ),
} | _NAMED
"""Conditions with a fixed set of values, in the order of their form: label, and what each value means."""

LABELS: dict[str, Text] = {
    "area": _("辖区"),
    "dept": _("牵头部门"),
    "late_of": _("超时归部门"),
    "item": _("事项"),
    "category": _("类别"),
    "state": _("状态"),
    "placed_from": _("点单自"),
    "placed_to": _("点单至"),
    "q": _("搜索"),
    "view": _("视图"),
    "sort": _("排序"),
} | {name: label for name, (label, _values) in CHOICES.items()}
PATTERNS = {
    "area": re.compile(r"[1-9]\d{11}(\d{3})?\Z", re.ASCII),
    "dept": re.compile(r"[A-Za-z0-9_.-]{1,20}\Z", re.ASCII),
    "late_of": re.compile(r"[A-Za-z0-9_.-]{1,20}\Z", re.ASCII),
    "item": re.compile(r"[A-Z][A-Z0-9-]{0,7}\Z|none\Z", re.ASCII),
    "category": re.compile(r"[A-L]\Z|none\Z", re.ASCII),
}


def read_value(name: str, text: str) -> Any:
    """The value of a parameter, or None when it cannot be one."""
    if len(text) > LONGEST or not is_clean(text, multiline=False):
        return None
    text = text.strip()
    if name in CHOICES:
        return text if text in CHOICES[name][1] else None
    if name in PATTERNS:
        text = text if text == NONE else code_of(text) if name not in ("dept", "late_of") else plain(text)
        return text if PATTERNS[name].match(text) else None
    if name == "view":
        return text if text in VIEWS else None
    if name == "sort":
        return text if text in SORTS else None
    if name == "state":
        return State(text) if text in STATES else None
    if name == "q":
        return text or None
    return read_day(text)


def read_day(text: str) -> date | None:
    day = day_of(text)
    return day if day is not None and day.year in YEARS else None
