"""One ticket as people see it: countdown, track, whose move, story, facts, and what the viewer may do.

The single source for the phone, the desk, the peek pane and the resident's page. Reads only; every query a
ticket page costs is in `page_for`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.calendar import Limit
from core.privacy import mask_name, mask_phone
from core.templatetags.ui import span_text, when
from duties.models import GradeCode
from duties.routing import Decision
from issues import clocks
from issues.actions import case_of
from issues.actors import Standing, staff, standing
from issues.models import Assist, Reporter, Source, Ticket, TicketEvent
from issues.workflow import (
    BY_NAME,
    CLOCK_LABELS,
    DECLINE_REASONS,
    IN_HAND,
    SATISFACTION,
    SOLVED,
    STATES,
    Act,
    ClockKind,
    Relation,
    State,
    Transition,
    offers,
)
from members.models import User
from members.roles import Role

Text = str | Promise
REPEATS_WITHIN = timedelta(days=90)
CLERKS = {Role.TOWNSHIP_DISPATCHER, Role.COUNTY_DISPATCHER, Role.VILLAGE_SECRETARY, Role.GRID_WORKER, Role.GRID_CHIEF}


@dataclass(frozen=True)
class Due:
    """The countdown card."""

    lamp: str
    lamp_text: Text
    line: Text
    due_at: datetime | None = None
    text: Text = ""
    percent: float | None = None


@dataclass(frozen=True)
class Ball:
    """Whose move it is."""

    who: Text
    note: Text = ""
    phone: str = ""


@dataclass(frozen=True)
class Offer:
    """Something the viewer may do now; `is_quick` ones are one press."""

    name: str
    text: Text
    icon: str
    url: str
    is_quick: bool


@dataclass
class TicketPage:
    ticket: Ticket
    due: Due
    steps: list[dict[str, Any]]
    ball: Ball | None
    entries: list[dict[str, Any]]
    facts: list[dict[str, Any]]
    why: list[str]
    tags: list[dict[str, Any]]
    primary: Offer | None = None
    others: list[Offer] = field(default_factory=list)
    more: list[Offer] = field(default_factory=list)
    next_line: Text = ""
    may_read: bool = True
    may_reveal: bool = False


def page_for(ticket: Ticket, user: User, now: datetime | None = None) -> TicketPage:
    """Everything a staff page shows of `ticket` (loaded with `queries.one`)."""
    now = now or clock.now()
    stand = standing(staff(user), ticket)
    assisting = [str(a.department) for a in Assist.objects.filter(ticket=ticket).select_related("department")]
    events = list(ticket.events.select_related("department").prefetch_related("photos").order_by("-version"))
    may_read = not ticket.is_sensitive or may_read_sensitive(stand, ticket, user)
    reporter = Reporter.objects.filter(ticket=ticket).first()
    may_reveal = bool(reporter and reporter.phone) and may_handle_contact(stand, ticket, user)
    page = TicketPage(
        ticket=ticket,
        due=due_of(ticket, now),
        steps=steps_of(ticket),
        ball=ball_of(ticket, assisting),
        entries=[waiting_entry(ticket), *(entry_of(e, ticket, may_read) for e in events)],
        facts=facts_for(ticket, reporter, assisting, now),
        why=[reason.text for reason in Decision.from_json(ticket.decision).why] if ticket.decision else [],
        tags=tags_of(ticket),
        may_read=may_read,
        may_reveal=may_reveal,
    )
    _offer(page, [t for t in offers(case_of(ticket, now), Act(user.pk, stand.hats)) if t.name != "escalate"])
    page.entries = [entry for entry in page.entries if entry]
    return page


def may_read_sensitive(stand: Standing, ticket: Ticket, user: User) -> bool:
    """Whether the viewer has a hand in a sensitive matter: holder, department, dispatcher, or the grid's own."""
    by_post = any(relation in (Relation.LEAD, Relation.ASSIST) or Role(role) in CLERKS for role, relation in stand.hats)
    return by_post or ticket.holder_id == user.pk


def may_handle_contact(stand: Standing, ticket: Ticket, user: User) -> bool:
    """Whether the viewer may see how to reach the resident: those who handle, dispatch or call back."""
    return ticket.holder_id == user.pk or any(
        relation == Relation.LEAD or Role(role) in CLERKS | {Role.VERIFIER} for role, relation in stand.hats
    )


# ---- countdown, track, whose move ---------------------------------------------------------------------------


def due_of(ticket: Ticket, now: datetime) -> Due:
    if not ticket.is_open:
        word = STATES[State(ticket.state)].label
        line = _("%(when)s %(word)s") % {"when": when(ticket.closed_at), "word": word}
        if ticket.closed_at:
            line += _("，共用 %(span)s") % {"span": span_text(ticket.closed_at - ticket.placed_at)}
        return Due(clocks.NONE, word, line, text=word)
    lamp = clocks.lamp(ticket, now)
    kind = ClockKind(ticket.clock_kind)
    words = {"due": when(ticket.due_at), "verb": CLOCK_LABELS[kind], "limit": Limit.parse(ticket.limits[kind]).label}
    line = (
        _("应在%(due)s 前%(verb)s · 时限 %(limit)s")
        if now >= ticket.due_at
        else _("%(due)s 前%(verb)s · 时限 %(limit)s")
    )
    whole = (ticket.due_at - ticket.clock_started_at).total_seconds() or 1
    used = 100 * (now - ticket.clock_started_at).total_seconds() / whole
    return Due(lamp, clocks.LAMP_WORDS[lamp], line % words, due_at=ticket.due_at, percent=min(max(used, 0), 100))


def steps_of(ticket: Ticket) -> list[dict[str, Any]]:
    """The five steps with when each was taken; the first one not taken is where the ticket stands."""
    if ticket.route == "whistle":
        names = [
            (_("点单"), ticket.placed_at),
            (_("吹哨"), ticket.whistled_at),
            (_("领办"), ticket.claimed_at),
            (_("办结"), ticket.reported_at),
            (_("核查"), ticket.verified_at),
        ]
    else:
        names = [
            (_("点单"), ticket.placed_at),
            (_("受理"), ticket.accepted_at),
            (_("办结"), ticket.reported_at),
            (_("核查"), ticket.verified_at),
            (_("销号"), ticket.closed_at),
        ]
    steps: list[dict[str, Any]] = []
    standing_here = False
    for text, at in names:
        state = "done" if at and not standing_here else ("" if standing_here or not ticket.is_open else "now")
        standing_here = standing_here or state == "now"
        note = short_day(at) if state == "done" else (STATES[State(ticket.state)].label if state == "now" else "")
        steps.append({"text": text, "note": note, "state": state})
    return steps


def short_day(at: datetime | None) -> str:
    """今天 10:20, 昨天, 16日, 10月3日."""
    if at is None:
        return ""
    day, today = clock.local(at).date(), clock.today()
    if day == today:
        return f"{clock.local(at):%H:%M}"
    return f"{day.day}日" if (day.year, day.month) == (today.year, today.month) else f"{day.month}月{day.day}日"


def ball_of(ticket: Ticket, assisting: Sequence[str]) -> Ball | None:
    if not ticket.is_open:
        return None
    state = State(ticket.state)
    who: Text = STATES[state].whose
    by_lead = ticket.route == "whistle" and (state in IN_HAND or state == State.DISPATCHED)
    if by_lead and ticket.lead:
        who = f"{ticket.lead} {ticket.holder or ''}".strip()
    elif state in IN_HAND or state == State.ACCEPTED:
        who = f"{_('网格')} {ticket.holder or ''}".strip()
    notes = [_("配合：%(names)s") % {"names": "、".join(assisting)}] if assisting else []
    notes.append(_("%(when)s有动静") % {"when": when(ticket.last_event_at)})
    phone = ticket.lead.phone if by_lead and ticket.lead else ""
    return Ball(who, " · ".join(notes), phone)


# ---- the story ----------------------------------------------------------------------------------------------


def waiting_entry(ticket: Ticket) -> dict[str, Any]:
    """The dashed entry on top: what is awaited, from whom."""
    if not ticket.is_open:
        return {}
    info = STATES[State(ticket.state)]
    verb = CLOCK_LABELS[ClockKind(ticket.clock_kind)]
    return {
        "waiting": True,
        "title": _("等待%(verb)s") % {"verb": verb},
        "text": _("轮到%(who)s，%(due)s 前") % {"who": info.whose, "due": when(ticket.due_at)},
    }


def entry_of(event: TicketEvent, ticket: Ticket, may_read: bool) -> dict[str, Any]:
    row = BY_NAME.get(event.action)
    is_resident = event.actor_kind == "resident"
    note = event.note if may_read else (_("涉敏感信息，仅承办人员可见") if event.note else "")
    return {
        "icon": row.icon if row else ("qr" if ticket.source == Source.ORDER else "edit"),
        "title": row.label if row else (_("点单") if ticket.source == Source.ORDER else _("上报")),
        "who": _("居民") if is_resident else " · ".join(part for part in (event.actor_name, event.actor_post) if part),
        "at": event.at,
        "text": "\n".join(part for part in (told_by(event), "" if is_resident else note) if part),
        "quote": note if is_resident else "",
        "photos": [photo_of(ticket, p) for p in event.photos.all()] if may_read else [],
        "system": event.actor_kind == "system",
    }


def photo_of(ticket: Ticket, photo: Any) -> dict[str, Any]:
    return {"url": reverse("issues:photo", args=[ticket.number, photo.pk])}


def told_by(event: TicketEvent) -> str:
    """What an event's data say, in one line."""
    data = event.data
    parts: list[str] = []
    if "lead" in data:
        parts.append(_("由%(name)s牵头") % {"name": data["lead"]["name"]})
    if "suggested" in data:
        parts.append(
            _("依据 %(code)s，建议%(name)s承办") % {"code": data["evidence"], "name": data["suggested"]["name"]}
        )
    if "item" in data:
        parts.append(_("对上清单 %(code)s") % {"code": data["item"]["to"]})
    if "satisfaction" in data:
        parts.append(f"{SATISFACTION[data['satisfaction']]} · {SOLVED[data['solved']]}")
    if "reason" in data:
        parts.append(str(DECLINE_REASONS.get(data["reason"], data["reason"])))
    if "call" in data:
        parts.append(_("第 %(n)d 次") % {"n": data["call"]})
    if "step" in data:
        parts.append(f"{CLOCK_LABELS[ClockKind(data['kind'])]}：{clocks.STEP_LABELS[data['step']]}")
    return "，".join(parts)


# ---- facts --------------------------------------------------------------------------------------------------


def tags_of(ticket: Ticket) -> list[dict[str, Any]]:
    tags: list[dict[str, Any]] = [{"text": ticket.get_source_display(), "tone": "teal"}]
    if ticket.route:
        tags.append({"text": ticket.get_route_display(), "tone": "teal"})
    tags.append({"text": grade_word(ticket), "tone": ""})
    if ticket.round > 1:
        tags.append({"text": _("第 %(n)d 轮重办") % {"n": ticket.round}, "tone": "fill"})
    if ticket.returns:
        tags.append({"text": _("退单 %(n)d 次") % {"n": ticket.returns}, "tone": "fill"})
    return tags


def grade_word(ticket: Ticket) -> Text:
    return GradeCode(ticket.grade).label


def place_of(ticket: Ticket) -> str:
    """村 · 网格, as short as it stays clear."""
    return f"{ticket.village.short_name} · {ticket.area.name.removeprefix(ticket.village.short_name)}"


def facts_for(
    ticket: Ticket, reporter: Reporter | None, assisting: Sequence[str], now: datetime
) -> list[dict[str, Any]]:
    item = ticket.item
    version = ticket.list_version.number
    facts: list[dict[str, Any]] = [
        {"name": _("位置"), "value": f"{place_of(ticket)} {ticket.place}".strip()},
        {"name": _("点单人"), "value": contact_line(reporter)} if ticket.source == Source.ORDER else {},
        {
            "name": _("清单"),
            "value": str(item) if item else _("尚未对上清单"),
            "url": reverse("lists:item", args=[version, item.code]) if item else "",
            "note": _("第 %(n)d 版") % {"n": version} if item else "",
        },
        {"name": _("结案标准"), "value": item.closing_standard if item else ""},
        {"name": _("执法主体"), "value": item.enforcement_body if item else ""},
        {"name": _("牵头"), "value": str(ticket.lead) if ticket.lead and ticket.route == "whistle" else ""},
        {"name": _("配合"), "value": "、".join(assisting)},
        {"name": _("办结时限"), "value": Limit.parse(ticket.limits[ClockKind.HANDLE]).label},
        {"name": _("评价"), "value": SATISFACTION[ticket.satisfaction] if ticket.satisfaction else ""},
        repeats_fact(ticket, now),
    ]
    return [fact for fact in facts if fact]


def contact_line(reporter: Reporter | None) -> str:
    if reporter is None:
        return str(_("未留联系方式"))
    return f"{mask_name(reporter.name)} {mask_phone(reporter.phone)}".strip()


def repeats_fact(ticket: Ticket, now: datetime) -> dict[str, Any]:
    """How often the same item came up in the same grid lately; one indexed count."""
    if not ticket.item_code:
        return {}
    same = Ticket.objects.filter(
        grid=ticket.grid_id, item_code=ticket.item_code, placed_at__gte=now - REPEATS_WITHIN
    ).count()
    if same < 2:
        return {}
    since = clock.local(now - REPEATS_WITHIN).date().isoformat()
    query = f"?area={ticket.grid.code}&item={ticket.item_code}&placed_from={since}"
    return {
        "name": _("同类"),
        "value": _("近 90 天本网格同类 %(n)d 件") % {"n": same},
        "url": reverse("issues:queue") + query,
    }


# ---- what the viewer may do ---------------------------------------------------------------------------------


def is_quick(transition: Transition, ticket: Ticket) -> bool:
    """Whether one press is enough: nothing has to be filled in."""
    if transition.name in ("accept", "self_handle"):
        return ticket.item_id is not None
    photo_due = transition.name == "report_done" and ticket.needs_photo
    return not transition.needs and not photo_due


def _offer(page: TicketPage, allowed: Iterable[Transition]) -> None:
    made = [
        Offer(
            t.name, t.label, t.icon, reverse("issues:act", args=[page.ticket.number, t.name]), is_quick(t, page.ticket)
        )
        for t in allowed
    ]
    page.primary = made[0] if made else None
    page.others, page.more = made[1:3], made[3:]
    if not page.ticket.is_open:
        page.next_line = _("此件已结束")
    elif not made:
        whose = STATES[State(page.ticket.state)].whose
        page.next_line = _("现在轮到%(who)s，轮到您时会有消息") % {"who": whose}
    else:
        page.next_line = NEXT_LINES.get(page.primary.name, "") if page.primary else ""


NEXT_LINES: dict[str, Text] = {
    "accept": gettext_lazy("受理后由您选择自办或吹哨"),
    "whistle_urgent": gettext_lazy("紧急事项直接派到部门，同时告知分拨员"),
    "self_handle": gettext_lazy("自办后报办结，由他人核查"),
    "claim": gettext_lazy("领办后请在时限内报进展、报办结"),
    "report_done": gettext_lazy("报办结后由他人到场核查"),
    "verify_pass": gettext_lazy("通过后回访点单居民"),
    "dispatch": gettext_lazy("派出后由牵头部门领办"),
}
