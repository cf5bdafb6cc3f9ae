"""How the pages of a ticket put moments, spans and steps into words. Pure; asks no database."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.days import calendar
from core.days.calendar import Limit
from core.templatetags.ui import span_text, when
from core.text import Text
from issues.engine.clocks import STEP_LABELS
from issues.models import Source, Ticket, TicketEvent
from issues.workflow import BY_NAME, CLOCK_LABELS, STATES, ClockKind, State, Transition

HIDDEN = gettext_lazy("涉敏感信息，仅承办人员可见")
PLACED: Mapping[str, Text] = {
    Source.ORDER: gettext_lazy("点单"),
    Source.WORKER: gettext_lazy("网格上报"),
    Source.COUNTER: gettext_lazy("代录"),
}
TITLES: Mapping[str, Text] = {
    "self_handle": gettext_lazy("网格自办"),
    "return": gettext_lazy("退单"),
    "progress": gettext_lazy("进展"),
    "callback_solved": gettext_lazy("回访"),
    "callback_unsolved": gettext_lazy("回访"),
    "callback_unreachable": gettext_lazy("回访"),
    "relocate": gettext_lazy("随网格调整划转"),
    "recalendar": gettext_lazy("工作日变动，期限重算"),
}
DONE: Mapping[str, Text] = {
    "place": gettext_lazy("已登记"),
    "self_handle": gettext_lazy("已转为网格自办"),
    "settle": gettext_lazy("已当场办结"),
    "whistle": gettext_lazy("已吹哨，请村社确认"),
    "whistle_village": gettext_lazy("已吹哨"),
    "whistle_urgent": gettext_lazy("已吹应急哨，直接派到部门"),
    "confirm": gettext_lazy("已确认吹哨"),
    "recall": gettext_lazy("已撤回派哨，请另行派哨"),
    "hand_back": gettext_lazy("已退回网格受理"),
    "arrive": gettext_lazy("报到已记下"),
    "assist_claim": gettext_lazy("已领办配合事项"),
    "assist_report": gettext_lazy("配合情况已记下"),
    "position": gettext_lazy("意见已记下"),
    "decide": gettext_lazy("会商结论已记下并派出"),
    "ask_extension": gettext_lazy("延期申请已提交，批准前时限照走"),
    "ask_suspension": gettext_lazy("挂账申请已提交，批准前时限照走"),
    "suspend": gettext_lazy("已批准挂账"),
    "remind": gettext_lazy("催办已发出"),
    "supervise": gettext_lazy("督办单已发出"),
    "answer_sheet": gettext_lazy("回复已记下"),
    "rate_whistle": gettext_lazy("评哨已记下"),
    "ask_exclusion": gettext_lazy("剔除申请已提交，须两人复核"),
    "merge": gettext_lazy("已并入"),
    "split": gettext_lazy("已拆出一件"),
    "progress": gettext_lazy("进展已记下"),
    "supplement": gettext_lazy("补充已记下"),
    "verify_pass": gettext_lazy("核查已通过"),
    "verify_fail": gettext_lazy("核查不通过，已退回重办"),
    "callback_solved": gettext_lazy("回访结果已记下"),
    "callback_unsolved": gettext_lazy("回访结果已记下，已退回重办"),
    "callback_unreachable": gettext_lazy("已记下一次联系不上"),
    "decline": gettext_lazy("已决定不予受理"),
}
ICONS: Mapping[str, str] = {"order": "qr", "worker": "camera", "counter": "phone"}


def title_of(event: TicketEvent, source: str) -> Text:
    """What happened, in a word or two."""
    if event.action == "place":
        return PLACED[source]
    if event.action == "escalate":
        return STEP_LABELS[event.data["step"]]
    if event.action in TITLES:
        return TITLES[event.action]
    return BY_NAME[event.action].label if event.action in BY_NAME else event.action


def icon_of(event: TicketEvent, source: str) -> str:
    if event.action == "place":
        return ICONS[source]
    return BY_NAME[event.action].icon if event.action in BY_NAME else "info"


def span(start: datetime, end: datetime) -> str:
    return span_text(max(end - start, timedelta(0)))


def limit_label(notation: str) -> str:
    return Limit.parse(notation).label if notation else ""


def used_percent(ticket: Ticket, now: datetime) -> int:
    """The share of the limit that ends first that is used, 0 to 100, counted in the limit's own time."""
    unit = Limit.parse(ticket.limits[ticket.clock_kind]).unit
    whole = calendar.elapsed_minutes(ticket.clock_started_at, ticket.due_at, unit)
    used = calendar.elapsed_minutes(ticket.clock_started_at, min(now, ticket.due_at), unit)
    return 100 if now >= ticket.due_at or not whole else min(99, used * 100 // whole)


def deadline_line(ticket: Ticket, now: datetime) -> str:
    """今天 18:00 前办结·时限 3 个工作日; once it has passed: 应在 11月18日 17:30 前领办.

    Of all limits that count it names the one that ends, or ended, first: that is why the lamp is what it is.
    """
    pattern = (
        _("应在 %(when)s 前%(verb)s·时限 %(limit)s")
        if now >= ticket.due_at
        else _("%(when)s 前%(verb)s·时限 %(limit)s")
    )
    return pattern % {
        "when": when(ticket.due_at),
        "verb": CLOCK_LABELS[ClockKind(ticket.clock_kind)],
        "limit": limit_label(ticket.limits[ticket.clock_kind]),
    }


def ended_line(ticket: Ticket) -> str:
    """When a ticket ended and whether it was done in time."""
    parts = [when(ticket.closed_at)]
    if ticket.done_minutes is not None:
        hours, minutes = divmod(ticket.done_minutes, 60)
        parts.append(_("办结用了 %(hours)d 个工时 %(minutes)d 分") % {"hours": hours, "minutes": minutes})
    if ticket.done_on_time is not None:
        parts.append(_("按时办结") if ticket.done_on_time else _("超期办结"))
    return "·".join(parts)


def press_words(step: Transition) -> Text:
    """What the button says that takes a step from its form."""
    verb = str(step.label)
    return verb if verb.startswith(_("确认")) else _("确认%(verb)s") % {"verb": verb}


def done_label(name: str) -> Text:
    """What a step has done, in a few words."""
    return DONE.get(name) or _("已%(verb)s") % {"verb": BY_NAME[name].label}


def done_words(name: str, ticket: Ticket, whose: Text) -> str:
    """What a step has done and what comes next, for the line after it."""
    label = done_label(name)
    info = STATES[State(ticket.state)]
    if ticket.move_kind is None:
        return _("%(done)s，%(number)s 已结束。") % {"done": label, "number": ticket.number}
    return _("%(done)s。接下来：%(whose)s在 %(when)s 前%(verb)s。") % {
        "done": label,
        "whose": whose or info.whose,
        "when": when(ticket.move_by),
        "verb": CLOCK_LABELS[ticket.move_kind],
    }
