"""Every kind of message says what happened, where, and what to do: a test walks all that can be told."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.translation import gettext

from admission.workflow import application_table, pushed_table
from core import clock
from core.jobs import outbox
from duties.kinds import PROGRESS, TODO, TURNS
from issues import kinds as ticket_kinds
from issues import telling
from issues.engine import clocks
from issues.engine.actors import staff
from issues.engine.audiences import OWNERS
from issues.models import Clock, Ticket, TicketEvent
from issues.workflow import BY_NAME, STATES, ClockKind, State
from ledgers.workflow import TABLES
from mediation.workflow.table import STATES as DISPUTE_STATES
from notices import kinds
from notices.extensions import KINDS
from notices.models import Notice
from tests.tickets import act, at_state, placed

LATIN = re.compile(r"[A-Za-z_]{3,}")
STEPS = [name for group in ticket_kinds.STEPS.values() for name in group]
OF_STATES = [
    *((f"ledgers.{kind}", table.states) for kind, table in TABLES.items()),
    ("mediation", DISPUTE_STATES),
    ("admission", application_table.STATES),
    ("pushed", pushed_table.STATES),
]
EACH_STATE = [(table, state, info) for table, states in OF_STATES for state, info in states.items()]
AT_REST = {application_table.State.IN_FORCE, application_table.State.PASSING}
"""Open, and nothing to do until its last day comes near."""


def sentences(event: TicketEvent, ticket: Ticket) -> tuple[str, str, str]:
    return telling.what(event, ticket), telling.where(ticket), telling.todo(event, ticket)


def state_after(name: str) -> State:
    step = BY_NAME[name]
    return State(step.target or sorted(step.sources)[0])


@pytest.mark.parametrize("name", [ticket_kinds.PLACED, *STEPS])
def test_each_step_of_a_ticket_that_is_told(cast, name):
    ticket = placed(cast)
    if name in BY_NAME:
        ticket.state = state_after(name)
    what, where, todo = sentences(TicketEvent(ticket=ticket, action=name, data={}), ticket)
    assert ticket.title in what
    assert str(BY_NAME[name].label if name in BY_NAME else gettext("新点单")) in what
    for part in (ticket.number, ticket.village.short_name, str(STATES[State(ticket.state)].label)):
        assert part in where
    assert todo
    assert not LATIN.search(f"{what}{where.replace(ticket.number, '')}{todo}")
    if name in telling.BY_THE_LIMIT or (name in ticket_kinds.TURN and name not in telling.ASKED):
        assert f"{clock.local(ticket.move_by):%-m月%-d日 %H:%M}" in todo
    if name in (*ticket_kinds.TURN, *ticket_kinds.SUPERVISION):
        assert todo != str(kinds.NOTHING_TO_DO)


@pytest.mark.parametrize("step", clocks.STEPS)
@pytest.mark.parametrize("kind", list(ClockKind))
def test_each_reminder_of_a_limit_names_who_and_until_when(cast, kind, step):
    ticket = placed(cast)
    limit = Clock.objects.filter(ticket=ticket).first()
    event = TicketEvent(ticket=ticket, action="escalate", data={"kind": kind, "step": step, "clock": limit.pk})
    what, _where, todo = sentences(event, ticket)
    assert str(clocks.STEP_LABELS[step]) in what
    assert ticket.title in what
    assert str(telling.OWNERS[OWNERS[kind]]) in todo
    assert str(telling.DOES[kind]) in todo
    assert f"{clock.local(limit.due_at):%-m月%-d日 %H:%M}" in todo
    with clock.at(limit.due_at + timedelta(hours=1)):
        assert "已过" in telling.todo(event, ticket)
    Clock.objects.filter(pk=limit.pk).update(stopped_at=clock.now(), next_at=None)
    assert telling.todo(event, ticket) == str(kinds.NOTHING_TO_DO)


@pytest.mark.parametrize(("table", "state", "info"), EACH_STATE)
def test_each_open_state_of_what_else_moves_says_what_comes_next(table, state, info):
    assert bool(str(info.todo)) == (info.is_open and state not in AT_REST), f"{table} {state}"


def test_who_is_supervised_reads_until_when_to_answer(cast):
    ticket = at_state(cast, State.HANDLING)
    act(ticket, "supervise", staff(cast.town_dispatcher), note="请尽快办")
    outbox.drain_inline()
    sheet = ticket.sheet_papers.get()
    notice = Notice.objects.filter(kind="supervise").first()
    assert notice.todo == f"请回复督办单，{clock.local(sheet.due_at):%-m月%-d日 %H:%M}前"


def test_each_turn_of_a_list_says_what_to_do():
    assert set(TURNS) <= set(TODO) <= set(TURNS) | set(PROGRESS)


def test_no_kind_is_without_a_test_of_its_words():
    """What is not walked above is sent by a test of its own app; whoever adds a kind adds its words there."""
    walked = {ticket_kinds.PLACED, *STEPS, *(ticket_kinds.escalation(step) for step in clocks.STEP_LABELS)}
    walked |= {kind.name for kind in KINDS if kind.name.partition("_")[0] in ("list", "dispute", "adm", "push")}
    walked |= {kind.name for kind in KINDS if kind.name.partition("_")[0] in {key[:7] for key in TABLES}}
    single = {"child_ended", "trail_head", "trail_broken", "endpoint_paused", "test", "grid_plan", "household_request"}
    assert {kind.name for kind in KINDS} - walked == single


def test_the_inbox_shows_the_three_under_each_other(cast, login):
    ticket = at_state(cast, State.DISPATCHED)
    outbox.drain_inline()
    notice = Notice.objects.get(user=cast.handler, kind="dispatch")
    assert notice.text == f"派哨：{ticket.title}"
    assert ticket.number in notice.place
    assert "牵头部门请在" in notice.todo
    assert notice.url == f"/t/{ticket.number}/"
    page = login(cast.handler).get(reverse("notices:inbox")).content.decode()
    for words in (notice.text, notice.place, notice.todo):
        assert words in page
