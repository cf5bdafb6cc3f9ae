"""The transition table itself: every state x transition x hat, guards, and what the table may not contain."""

import dataclasses
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from issues import workflow
from issues.engine.actions import FOLLOWS
from issues.engine.effects import EFFECTS
from issues.stepping.step_fields import ORDER
from issues.workflow import (
    BY_NAME,
    OPEN_STATES,
    STATES,
    TRANSITIONS,
    Act,
    ClockKind,
    GuardContext,
    Hat,
    Relation,
    Share,
    State,
    Transition,
    missing,
    offers,
    refusal,
)
from members.roles import Role

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
LEAD, HELPER = 31, 32
HATS = sorted(
    {(role.value, relation) for role, relation in product(Role, set(Relation) - {Relation.REPORTER, Relation.SYSTEM})}
    | {workflow.RESIDENT, workflow.SYSTEM}
)


def case(state: State = State.PLACED, **changes) -> GuardContext:
    """A ticket on which no guard objects unless a test makes it."""
    base = GuardContext(
        state=state,
        source="order",
        urgent=False,
        has_item=True,
        needs_photo=False,
        lead_id=1,
        route="",
        holder_id=7,
        handled_by_id=8,
        reported_by_id=8,
        returns=0,
        return_until=NOW + timedelta(hours=4),
        unreachable_calls=0,
        closed_at=NOW - timedelta(days=1) if state not in OPEN_STATES else None,
        now=NOW,
        move_by=NOW + timedelta(days=1),
        today=NOW.date(),
        day_part="morning",
        is_complex=True,
        convener="township",
        shares=(Share(LEAD, True), Share(HELPER, False, has_reported=True)),
    )
    return dataclasses.replace(base, **changes)


OBLIGING = {
    "whistle_urgent": {"urgent": True},
    "send_whistle_back": {"is_complete": False},
    "write_up": {"is_complete": False},
    "hand_up": {"move_by": NOW},
    "supervise": {"move_by": NOW},
    "remind": {"move_by": NOW},
    "settle": {"source": "worker", "placed_by_id": 7},
    "hand_back": {"raised": "village", "recall_until": NOW},
    "recall": {"recall_until": NOW},
    "take_over": {"holder_id": 9, "route": ""},
    "close": {"source": "worker"},
    "whistle_law": {"is_local": True},
    "dispute": {"returns": 1},
    "assist_claim": {"shares": (Share(LEAD, True), Share(HELPER, False))},
    "assist_report": {"shares": (Share(LEAD, True), Share(HELPER, False, is_claimed=True))},
    "agree_extension": {"extension": "township"},
    "grant_extension": {"extension": "county"},
    "suspend": {"suspension": "asked"},
    "refuse_suspension": {"suspension": "asked"},
    "answer_sheet": {"sheets": 1},
    "answer_sheet_grid": {"sheets": 1},
    "answer_sheet_share": {"shares": (Share(LEAD, True), Share(HELPER, False, sheets=1))},
    "review_true": {"reviews": 1},
    "review_false": {"reviews": 1},
    "answer_sheet_town": {"sheets": 1},
    "rate_whistle": {"route": "whistle"},
    "agree_exclusion": {"exclusion": "asked"},
    "refuse_exclusion": {"exclusion": "asked"},
}
BY_HAT = {
    "take_over": lambda hat: {"route": "whistle"} if hat[1] == Relation.LEAD else {},
    "refuse_extension": lambda hat: {"extension": "county" if hat in workflow.COUNTY else "township"},
}
"""What differs by who acts."""


def obliging(transition: Transition, state: State, hat: Hat | None = None) -> GuardContext:
    """A case in `state` in which no guard of `transition` refuses actor 7 in `hat`."""
    changes = dict(OBLIGING.get(transition.name, {}))
    if hat is not None and transition.name in BY_HAT:
        changes |= BY_HAT[transition.name](hat)
    return case(state, **changes)


def act(hat: Hat) -> Act:
    departments = {Relation.LEAD: {LEAD}, Relation.ASSIST: {HELPER}}.get(hat[1], set())
    return Act(7, frozenset({hat}), departments=frozenset(departments))


@pytest.mark.parametrize("transition", TRANSITIONS, ids=lambda t: t.name)
@pytest.mark.parametrize("state", State)
def test_a_step_is_allowed_exactly_where_the_table_says(transition, state):
    for hat in HATS:
        answer = refusal(transition, obliging(transition, state, hat), act(hat))
        allowed = state in transition.sources and hat in transition.who
        assert (answer is None) == allowed, (state, transition.name, hat, str(answer))


@pytest.mark.parametrize("transition", TRANSITIONS, ids=lambda t: t.name)
def test_without_a_hat_nothing_is_allowed(transition):
    for state in transition.sources:
        assert refusal(transition, obliging(transition, state), Act(7, frozenset())) is not None


def test_the_table_is_well_formed():
    assert len(BY_NAME) == len(TRANSITIONS)
    for t in TRANSITIONS:
        assert t.sources, t.name
        assert t.who, t.name
        assert set(t.effects) <= set(EFFECTS), t.name
        assert not set(t.needs) & set(t.takes), t.name
        assert all(name in FOLLOWS for name in t.after), t.name
        fields = {*t.needs, *t.takes} - {"clock", "to", "merged", "kind", "why", "gone", "heir"}  # the engine's own
        assert fields <= set(ORDER), t.name
        if t.target in STATES and not STATES[t.target].is_open:
            assert not t.starts, f"{t.name} starts a clock on an ended ticket"
    assert set(EFFECTS) == {e for t in TRANSITIONS for e in t.effects}
    assert {follow.__name__ for follow in FOLLOWS} == {e for t in TRANSITIONS for e in t.after}


def test_every_open_state_says_whose_move_it_is_and_can_be_left_and_reached():
    reached = {State.PLACED} | {t.target for t in TRANSITIONS if t.target}
    assert reached == set(State)
    for state in OPEN_STATES:
        info = STATES[state]
        assert str(info.whose) != "无"
        assert info.governed_by in ClockKind
        assert any(state in t.sources and t.target for t in TRANSITIONS), state


def test_a_governing_clock_runs_in_every_open_state():
    """Walk the table: whatever path is taken, the clock that governs the state has been started."""
    seen: set[tuple[State, frozenset[ClockKind]]] = set()
    todo = [(State.PLACED, frozenset({ClockKind.ACCEPT}))]
    while todo:
        state, running = todo.pop()
        if (state, running) in seen:
            continue
        seen.add((state, running))
        governed_by = STATES[state].governed_by
        if governed_by is None:
            assert not running, f"{state} keeps {running} running"
        else:
            assert governed_by in running, f"{state} is not governed: {running}"
        todo += [
            (t.target, (running - set(t.stops)) | set(t.starts)) for t in TRANSITIONS if t.target and state in t.sources
        ]


def test_every_open_ticket_can_still_end():
    ends = {s for s in State if not STATES[s].is_open}
    while True:
        more = {s for t in TRANSITIONS if t.target in ends for s in t.sources} | ends
        if more == ends:
            break
        ends = more
    assert ends == set(State)


def test_nobody_verifies_what_they_handled_or_reported():
    hats = frozenset({(Role.GRID_CHIEF.value, Relation.AREA)})
    for mine in ({"handled_by_id": 7}, {"reported_by_id": 7}):
        facts = case(State.REPORTED, **mine)
        assert refusal(BY_NAME["verify_pass"], facts, Act(7, hats))
        assert refusal(BY_NAME["verify_fail"], facts, Act(7, hats))
    assert refusal(BY_NAME["verify_pass"], case(State.REPORTED), Act(7, hats)) is None


def test_a_return_is_taken_once_and_in_time():
    hats = frozenset({(Role.DEPARTMENT_HANDLER.value, Relation.LEAD)})
    back = BY_NAME["return"]
    assert refusal(back, case(State.DISPATCHED), Act(7, hats)) is None
    assert "一次" in str(refusal(back, case(State.DISPATCHED, returns=1), Act(7, hats)))
    late = case(State.DISPATCHED, return_until=NOW - timedelta(seconds=1))
    assert "时限" in str(refusal(back, late, Act(7, hats)))
    lacking = missing(back, case(State.DISPATCHED), Act(7, hats))
    assert set(lacking) == {"evidence", "suggested", "note"}


def test_a_residents_order_closes_on_their_word_or_after_three_calls():
    close, system = BY_NAME["close"], Act(None, frozenset({workflow.SYSTEM}))
    assert refusal(close, case(State.VERIFIED), system)
    assert refusal(close, case(State.VERIFIED, unreachable_calls=2), system)
    assert refusal(close, case(State.VERIFIED, unreachable_calls=3), system) is None
    assert refusal(close, case(State.VERIFIED, source="worker"), system) is None


def test_reopening_ends_after_fifteen_days():
    reopen, resident = BY_NAME["reopen"], Act(None, frozenset({workflow.RESIDENT}))
    assert refusal(reopen, case(State.CLOSED, closed_at=NOW - timedelta(days=15)), resident) is None
    assert refusal(reopen, case(State.CLOSED, closed_at=NOW - timedelta(days=15, seconds=1)), resident)


def test_an_item_that_needs_a_photo_is_not_done_without_one():
    done = BY_NAME["report_done"]
    hats = frozenset({(Role.GRID_WORKER.value, Relation.AREA)})
    facts = case(State.SELF_HANDLING, needs_photo=True)
    assert "photos" in missing(done, facts, Act(7, hats, {"note": "好了"}))
    assert not missing(done, facts, Act(7, hats, {"note": "好了"}, photos=1))


def test_offers_put_the_primary_action_first():
    hats = frozenset({(Role.DEPARTMENT_HANDLER.value, Relation.LEAD)})
    names = [t.name for t in offers(case(State.DISPATCHED), Act(7, hats))]
    assert names[0] == "claim"
    assert "return" in names
