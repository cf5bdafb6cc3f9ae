"""The view of one ticket: the single source for desk, phone, pane and print."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from core.process.detail import Entry, Picture, SummaryRow, TrackStep, short_day
from core.templatetags.ui import when
from core.text import Text
from duties.models import GradeCode
from issues.dossier import action_bar, timeline, wording
from issues.dossier.action_bar import Bar
from issues.dossier.panels import Panel, panels_of
from issues.dossier.reading import Dossier, acts, awaited
from issues.dossier.summary import facts_shown
from issues.engine.audiences import AREA_ROLES, owner_of, whose
from issues.engine.clocks import LAMP_WORDS, lamp
from issues.extensions import Link, links_of
from issues.models import Route, Source, Ticket
from issues.workflow import CLOCK_LABELS, IN_HAND, STATES, State
from members.models import Post
from members.roles import Role


@dataclass(frozen=True)
class Countdown:
    """Parameters of `components/due.html`."""

    lamp: str
    lamp_text: Text
    line: str
    due_at: datetime | None = None
    text: Text = ""
    percent: int | None = None


@dataclass(frozen=True)
class Turn:
    """Whose move it is; parameters of `components/ball.html`. `phone` is an office's, never a person's."""

    who: str
    mark: str
    note: str
    phone: str
    is_mine: bool
    """Whether the reader may move it on; what is asked of a reader meanwhile does not make it theirs."""


@dataclass(frozen=True)
class TicketPage:
    """Everything a template says about one ticket."""

    ticket: Ticket
    title: str
    tags: list[Text]
    where: str
    description: str
    is_hidden: bool
    hidden_words: Text
    due: Countdown
    track: list[TrackStep]
    turn: Turn
    entries: list[Entry]
    panels: list[Panel]
    pictures: list[Picture]
    facts: list[SummaryRow]
    why: list[str]
    bar: Bar
    may_reveal: bool
    links: list[Link]
    url: str
    phone_url: str

    @property
    def steps_taken(self) -> int:
        """How many entries tell of something that has happened."""
        return sum(not entry.waiting for entry in self.entries)


def page_of(dossier: Dossier, back: str = "") -> TicketPage:
    """The view of a dossier; `back` is where its steps return to instead of the ticket."""
    ticket, readable = dossier.ticket, dossier.is_readable
    entries = timeline.entries_of(
        ticket,
        dossier.events,
        reader_id=dossier.reader.pk,
        is_readable=readable,
        photo_url=lambda photo: reverse("issues:photo", args=[ticket.number, photo.pk]),
    )
    turn = turn_of(dossier)
    return TicketPage(
        ticket=ticket,
        title=ticket.title if readable else ticket.public_title,
        tags=_tags(ticket),
        where=f"{ticket.village.short_name}·{ticket.area.name}",
        description=ticket.description if readable else "",
        is_hidden=not readable,
        hidden_words=wording.HIDDEN,
        due=due_of(ticket, dossier.now),
        track=steps_of(ticket, dossier.now, is_mine=turn.is_mine),
        turn=turn,
        entries=[*_waiting(ticket, turn), *entries],
        panels=panels_of(dossier),
        pictures=[picture for entry in reversed(entries) for picture in entry.photos if picture.caption != _("前")],
        facts=facts_shown(dossier),
        why=[reason["text"] for reason in ticket.decision.get("why", ())],
        bar=action_bar.bar_of(dossier, turn.who, back),
        may_reveal=dossier.is_entrusted and dossier.has_numbers,
        links=links_of(dossier.reader, ticket),
        url=reverse("issues:ticket", args=[ticket.number]),
        phone_url=reverse("issues:phone_ticket", args=[ticket.number]),
    )


def _tags(ticket: Ticket) -> list[Text]:
    tags: list[Text] = [Route(ticket.route).label] if ticket.route else []
    tags.append(GradeCode(ticket.grade).label)
    if ticket.round > 1:
        tags.append(_("第 %(n)d 轮") % {"n": ticket.round})
    if ticket.returns:
        tags.append(_("退过单"))
    if ticket.is_sensitive:
        tags.append(_("涉敏感"))
    return tags


def due_of(ticket: Ticket, now: datetime) -> Countdown:
    """How long is left, until when, under which limit, and how much of it is used."""
    if not ticket.is_open:
        return Countdown(
            lamp="n", lamp_text=LAMP_WORDS["n"], text=STATES[State(ticket.state)].label, line=wording.ended_line(ticket)
        )
    colour = lamp(ticket, now)
    return Countdown(
        lamp=colour,
        lamp_text=LAMP_WORDS[colour],
        line=wording.deadline_line(ticket, now),
        due_at=ticket.due_at,
        percent=wording.used_percent(ticket, now),
    )


Milestones = Sequence[tuple[Text, datetime | None]]


def milestones_of(ticket: Ticket) -> Milestones:
    """The five steps of a ticket's way with the moment each was reached."""
    if ticket.state == State.DECLINED:
        return ((_("点单"), ticket.placed_at), (_("不予受理"), ticket.closed_at))
    placed = (wording.PLACED[ticket.source], ticket.placed_at)
    done, checked = (_("办结"), ticket.reported_at), (_("核验"), ticket.verified_at)
    if ticket.route == Route.WHISTLE:
        return (placed, (_("吹哨"), ticket.whistled_at), (_("领办"), ticket.claimed_at), done, checked)
    first = _("自办") if ticket.route == Route.SELF else _("受理")
    last = _("回访") if ticket.source == Source.ORDER else _("销号")
    return (placed, (first, ticket.accepted_at), done, checked, (last, ticket.closed_at))


def steps_of(ticket: Ticket, now: datetime, *, is_mine: bool = False) -> list[TrackStep]:
    """The stepper: what is reached with when or how long it took, what is on now, what comes."""
    milestones = milestones_of(ticket)
    reached = [moment is not None for _text, moment in milestones]
    current = reached.index(False) if ticket.is_open and not all(reached) else -1
    steps = []
    for at, (text, moment) in enumerate(milestones):
        if at == current:
            word = _("轮到你") if is_mine else str(STATES[State(ticket.state)].label)
            steps.append(TrackStep(text, word, "now"))
        elif moment is None:
            steps.append(TrackStep(text, "", ""))
        else:
            steps.append(TrackStep(text, _reached(ticket, at, moment, now), "done"))
    return steps


def _reached(ticket: Ticket, at: int, moment: datetime, now: datetime) -> str:
    """Claiming shows how long it took, the other steps show when."""
    is_claim = ticket.route == Route.WHISTLE and at == 2
    if is_claim and ticket.dispatched_at and moment - ticket.dispatched_at < timedelta(days=1):
        return wording.span(ticket.dispatched_at, moment)
    return short_day(moment, now)


def turn_of(dossier: Dossier) -> Turn:
    """Whose move it is: office and person, with what the others last did."""
    ticket = dossier.ticket
    who = _whose(ticket, lambda: dossier.awaited)
    return Turn(
        who=who,
        mark=who[:1],
        note="·".join(_company(dossier)),
        phone=ticket.lead.phone if _is_with_lead(ticket) and ticket.lead else "",
        is_mine=any(step.is_forward and step.moves for step in dossier.offered),
    )


def who_is_next(ticket: Ticket) -> str:
    """Whose move it is, as `turn_of` says it, for a ticket that has just been written. Three queries at most."""
    return _whose(ticket, lambda: awaited(ticket))


def _whose(ticket: Ticket, waiting: Callable[[], Sequence[Post]]) -> str:
    state = State(ticket.state)
    if not ticket.is_open:
        return str(STATES[state].label)
    office = str(ticket.lead) if _is_with_lead(ticket) and ticket.lead else ""
    is_held = ticket.holder is not None and acts(ticket)
    posts = [] if is_held else waiting()
    people = [ticket.holder.name] if ticket.holder and is_held else list(dict.fromkeys(p.user.name for p in posts))
    office = office or _standing_in(ticket, posts)
    if state == State.DISPATCHED:
        names = _("值班 %(name)s") % {"name": people[0]} if people else ""
    else:
        names = "、".join(people[:2]) + (_(" 等") if len(people) > 2 else "")
    return " ".join(filter(None, (office or str(whose(ticket)), names)))


def _standing_in(ticket: Ticket, posts: Sequence[Post]) -> str:
    """Who has the move because nobody is on post below; empty where it is whom the state names."""
    kind = STATES[State(ticket.state)].governed_by
    usual = AREA_ROLES.get(owner_of(ticket, kind), ()) if kind else ()
    return str(Role(posts[0].role).label) if posts and usual and posts[0].role not in usual else ""


def _is_with_lead(ticket: Ticket) -> bool:
    """Whether the department that leads has the next move."""
    state = State(ticket.state)
    return state == State.DISPATCHED or (state in IN_HAND and ticket.route == Route.WHISTLE)


def _company(dossier: Dossier) -> list[str]:
    """Who helps, and when something last happened."""
    parts = []
    if dossier.assisting:
        parts.append(_("配合：%(names)s") % {"names": "、".join(map(str, dossier.assisting))})
    parts.append(_("%(when)s 有动静") % {"when": when(dossier.ticket.last_event_at)})
    return parts


def _waiting(ticket: Ticket, turn: Turn) -> list[Entry]:
    """The dashed entry on top: what is awaited, from whom, until when."""
    if ticket.move_kind is None:
        return []
    verb = CLOCK_LABELS[ticket.move_kind]
    text = _("%(who)s，%(when)s 前") % {"who": turn.who, "when": when(ticket.move_by)}
    return [Entry(title=_("等待%(verb)s") % {"verb": verb}, text=text, waiting=True)]
