"""What residents see of their order: four words, the steps, who is at it until when. Offices, never people.

Whoever has the code sees how far it is; the words and pictures open to who placed it: the device it was
placed from, or the last four digits of the phone that was left.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.process.detail import Entry, TrackStep, short_day
from core.races import throttle
from core.templatetags.ui import when
from core.text import Text
from issues.dossier.reading import events_of
from issues.dossier.summary import reporter_of
from issues.dossier.timeline import public_entries
from issues.dossier.wording import limit_label
from issues.engine.actors import resident
from issues.engine.audiences import on_post
from issues.engine.guard_context import situation
from issues.finding.families import leading
from issues.models import Photo, Sheet, Suspension, Ticket, TicketEvent
from issues.workflow import CLOCK_LABELS, DECLINE_REASONS, HANDED_UP, STATES, Audience, ClockKind, State, offers

COOKIE, COOKIE_SALT, COOKIE_DAYS = "known_{}", "issues.resident", 60
TRIES, TRIES_PER = 5, timedelta(hours=1)
RELATED = ("area", "village", "item", "lead", "reporter")
ICONS: Mapping[State, str] = {State.VERIFIED: "star", State.CLOSED: "check", State.DECLINED: "info"}
LINES: Mapping[State, Text] = {
    State.PLACED: gettext_lazy("%(who)s会在 %(due)s 前受理。"),
    State.ACCEPTED: gettext_lazy("网格员已受理，正在安排，%(due)s 前办结。"),
    State.SELF_HANDLING: gettext_lazy("网格员正在办，%(due)s 前办结。"),
    State.CONFIRMING: gettext_lazy("网格已吹哨请部门来办，等村社确认。"),
    State.WHISTLED: gettext_lazy("网格已吹哨请部门来办，正在派给部门。"),
    State.DISPATCHED: gettext_lazy("已派给%(office)s，等它领办。"),
    State.RETURNED: gettext_lazy("正在重新确定由哪个部门来办。"),
    State.CONSULTING: gettext_lazy("几个部门正在商定由谁来办，%(due)s 前定下。"),
    State.SUSPENDED: gettext_lazy("因%(why)s暂缓办理，县里每 30 天复查一次。"),
    State.HANDLING: gettext_lazy("%(office)s正在办，%(due)s 前办结。"),
    State.REWORK: gettext_lazy("正在重办，%(due)s 前办结。"),
    State.REPORTED: gettext_lazy("已报办结，正在派人到现场核查。"),
    State.VERIFIED: gettext_lazy("已经办完并核查过。事情解决了吗？请您说一句。"),
    State.CLOSED: gettext_lazy("已于 %(closed)s 办结。"),
    State.DECLINED: gettext_lazy("没有受理：%(reason)s。"),
    State.MERGED: "",
}
NOBODY_YET = gettext_lazy("已收到，正在安排人受理。")
WHO: Mapping[Audience, Text] = {
    Audience.GRID: gettext_lazy("网格员"),
    Audience.SECRETARY: gettext_lazy("村（社区）"),
    Audience.TOWN_DISPATCHER: gettext_lazy("乡镇"),
}
"""Who takes up an order: whoever is on post nearest to it."""
PROMISED = frozenset(state for state, line in LINES.items() if "%(due)s" in str(line))
"""States whose line promises a time."""
RAISED_LINE = gettext_lazy("网格没有按时受理，已转给村社书记。")
JOINED_LINES: Mapping[State, Text] = {
    State.VERIFIED: gettext_lazy("已经办完并核查过。"),
    State.DECLINED: gettext_lazy("没有受理。"),
}
"""Where the words to the one who is asked do not fit those who joined."""


@dataclass(frozen=True)
class Tracking:
    """Everything a template says about one order."""

    ticket: Ticket
    title: str
    where: str
    word: Text
    icon: str
    line: str
    steps: list[TrackStep]
    entries: list[Entry]
    is_known: bool
    may_add: bool
    may_rate: bool
    may_reopen: bool


def order_by_code(code: str) -> Ticket | None:
    """One query; the code is the key, so no scope applies."""
    return Ticket.objects.filter(code=code).select_related(*RELATED).first()


def tracking_of(ticket: Ticket, *, is_known: bool) -> Tracking:
    """The view of an order; three queries."""
    now = clock.now()
    lead = leading(ticket)
    state = State(lead.state)
    possible = {step.name for step in offers(*situation(resident(), ticket, now))}
    events = events_of(ticket)
    return Tracking(
        ticket=ticket,
        title=ticket.title if is_known else ticket.item.name if ticket.item else _("居民点单"),
        where=f"{ticket.village.short_name}·{ticket.area.name}",
        word=STATES[state].resident_word,
        icon=ICONS.get(state, "clock"),
        line=_line(lead, _why_declined(events), joined=lead != ticket, now=now),
        steps=_steps(lead, now),
        entries=public_entries(ticket, events, photo_url=lambda p: _photo_url(ticket, p)) if is_known else [],
        is_known=is_known,
        may_add=is_known and "supplement" in possible,
        may_rate=is_known and "callback_solved" in possible,
        may_reopen=is_known and "reopen" in possible,
    )


def _why_declined(events: Iterable[TicketEvent]) -> str:
    return next((event.data["reason"] for event in events if event.action == "decline"), "")


def _photo_url(ticket: Ticket, photo: Photo) -> str:
    return reverse("issues:resident_photo", args=[ticket.code, photo.pk])


def _line(ticket: Ticket, reason: str, *, joined: bool, now: datetime) -> str:
    """What happens next, by when and by whom; of a merged order, what happens to the one it is handled with."""
    state = State(ticket.state)
    is_raised = state == State.PLACED and ticket.raised == HANDED_UP
    first = Audience.SECRETARY if is_raised else Audience.GRID
    who = on_post(ticket, first) if state == State.PLACED else None
    line = JOINED_LINES.get(state, LINES[state]) if joined else LINES[state]
    if state == State.PLACED and who is None:
        line = NOBODY_YET
    said = (str(RAISED_LINE) if is_raised else "") + (_overdue(ticket, now) or _broken(ticket, now) + str(line))
    return (_("和别人反映的是同一件事，已并在一起办。") if joined else "") + said % {
        "who": WHO[who] if who else "",
        "due": when(ticket.move_by),
        "office": str(ticket.lead or _("承办部门")),
        "closed": when(ticket.closed_at),
        "reason": DECLINE_REASONS.get(reason, ""),
        "why": _why_suspended(ticket),
    }


def _overdue(ticket: Ticket, now: datetime) -> str:
    """A promise that has run out is called so, with what is to be expected now; empty while it holds."""
    if State(ticket.state) not in PROMISED or ticket.move_kind is None or now < ticket.move_by:
        return ""
    named = {"due": when(ticket.move_by), "verb": CLOCK_LABELS[ticket.move_kind]}
    sheet = Sheet.objects.filter(ticket=ticket, call=None, answered_at=None, closed_at=None).order_by("due_at").last()
    after = _("已发督办单，要求说明原因和新的办结时间。") if sheet else _("已提醒有关人员抓紧办。")
    return _escaped(_("原定 %(due)s 前%(verb)s，已经超过。") % named + after)


def _broken(ticket: Ticket, now: datetime) -> str:
    """An earlier promise that was not kept, where a new one runs; empty otherwise."""
    if not ticket.is_open or ticket.clock_kind != ClockKind.HANDLE or not ticket.due_at <= now < ticket.move_by:
        return ""
    return _escaped(_("原定 %(due)s 前办结，没有做到。") % {"due": when(ticket.due_at)})


def _escaped(text: str) -> str:
    """For a place in a pattern that is still to be filled."""
    return text.replace("%", "%%")


def _why_suspended(ticket: Ticket) -> str:
    if ticket.state != State.SUSPENDED:
        return ""
    return str(Suspension.objects.filter(ticket=ticket, resumed_at=None).values_list("reason", flat=True).first())


def promise(ticket: Ticket) -> str:
    """What a resident may count on just after ordering: who takes it up by when, and the usual limit."""
    who = on_post(ticket, Audience.GRID)
    if who is None:
        return str(NOBODY_YET)
    return _("%(who)s会在 %(due)s 前受理；这类事一般在 %(limit)s内办结。") % {
        "who": WHO[who],
        "due": when(ticket.move_by),
        "limit": limit_label(ticket.limits[ClockKind.HANDLE]),
    }


def _steps(ticket: Ticket, now: datetime) -> list[TrackStep]:
    """The way in the residents' own words; what is not reached yet has no date."""
    if ticket.state == State.DECLINED:
        ends: list[tuple[Text, datetime | None]] = [(_("已收到"), ticket.placed_at), (_("不予受理"), ticket.closed_at)]
    else:
        ends = [
            (_("已收到"), ticket.placed_at),
            (_("办理中"), ticket.accepted_at),
            (_("已办结"), ticket.verified_at),
            (_("已评价") if ticket.closed_at else _("请评价"), ticket.closed_at),
        ]
    reached = sum(moment is not None for _text, moment in ends)
    current = -1 if ticket.closed_at else max(reached - 1, 0) if ticket.verified_at is None else reached
    return [
        TrackStep(text, short_day(moment, now) if moment else "", _mark(n, current, moment))
        for n, (text, moment) in enumerate(ends)
    ]


def _mark(n: int, current: int, moment: datetime | None) -> str:
    if n == current:
        return "now"
    return "done" if moment else ""


# ---- who placed it ------------------------------------------------------------------------------------------
def is_known(request: HttpRequest, ticket: Ticket) -> bool:
    """Whether the words of the order may be shown: no phone was left, or this device has proved itself."""
    reporter = reporter_of(ticket)
    if reporter is None or not (reporter.phone or reporter.forgotten_at):
        return True
    key = COOKIE.format(ticket.code)
    return request.get_signed_cookie(key, "", salt=COOKIE_SALT, max_age=COOKIE_DAYS * 86400) == "1"


def remember(request: HttpRequest, response: HttpResponse, ticket: Ticket) -> HttpResponse:
    """Let this device read the order from now on."""
    response.set_signed_cookie(
        COOKIE.format(ticket.code),
        "1",
        salt=COOKIE_SALT,
        max_age=COOKIE_DAYS * 86400,
        path=f"/c/{ticket.code}/",
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return response


def fits(ticket: Ticket, tail: str) -> bool:
    """Whether `tail` ends the phone that was left. A wrong one is counted; raises TooMany after five an hour."""
    name = f"tail:{ticket.code}"
    if throttle.is_spent(name, limit=TRIES, per=TRIES_PER):
        raise throttle.TooMany(_("试错次数太多，请一小时后再试，或直接打电话。"))
    reporter = reporter_of(ticket)
    if reporter is not None and reporter.phone and constant_time_compare(reporter.phone[-len(tail) :], tail):
        return True
    throttle.take(name, limit=TRIES, per=TRIES_PER)
    return False
