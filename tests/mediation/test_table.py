"""The table of steps, exhaustively: who may do what in which state, and what a guard says."""

from datetime import UTC, date, datetime, timedelta

import pytest

from mediation.engine.effects import EFFECTS
from mediation.step_fields import ORDER, DisputeFields
from mediation.workflow.table import (
    BY_NAME,
    ENDED_STATES,
    OPEN_STATES,
    STATES,
    STEPS,
    GuardContext,
    Hat,
    State,
    missing,
    offers,
    refusal,
)

NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)


def facts(state: State, **changes) -> GuardContext:
    """A dispute on which no guard objects unless a test makes it."""
    return GuardContext(**({"state": state, "now": NOW, "today": date(2026, 11, 25), "parties": 3} | changes))


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
@pytest.mark.parametrize("state", State)
def test_a_step_is_allowed_exactly_where_the_table_says(step, state):
    for hat in Hat:
        answer = refusal(step, facts(state), frozenset({hat}), {})
        assert (answer is None) == (state in step.sources and hat in step.who), (hat, str(answer))


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_without_a_hat_nothing_is_allowed(step):
    for state in State:
        assert refusal(step, facts(state), frozenset(), {}) is not None


def test_the_table_is_well_formed():
    assert len(BY_NAME) == len(STEPS)
    assert set(EFFECTS) <= set(BY_NAME)
    for step in STEPS:
        assert step.sources, step.name
        assert step.who, step.name
        assert not set(step.needs) & set(step.takes), step.name
        assert {*step.needs, *step.takes} <= set(ORDER), step.name


def test_every_field_that_a_step_asks_for_can_be_made():
    assert set(ORDER) == {name for step in STEPS for name in (*step.needs, *step.takes)}
    assert all(callable(getattr(DisputeFields, name)) for name in ORDER)


def test_every_state_is_reached_and_every_open_one_can_end():
    assert {State.OPENED} | {step.target for step in STEPS if step.target} == set(State)
    assert set(STATES) == set(State)
    ends = set(ENDED_STATES)
    while more := {s for step in STEPS if step.target in ends for s in step.sources} - ends:
        ends |= more
    assert ends == set(State)


@pytest.mark.parametrize(
    ("name", "state", "changes", "fields", "words"),
    [
        ("agree", State.MEDIATING, {"sessions": 0}, {}, "没有调解记录"),
        ("agree", State.MEDIATING, {"parties": 1}, {}, "不足两方"),
        ("agree", State.MEDIATING, {}, {"agreed_on": date(2026, 11, 26)}, "不能晚于今天"),
        ("fail", State.MEDIATING, {"sessions": 0}, {}, "没有调解记录"),
        ("draft", State.MEDIATING, {"parties": 1}, {}, "不足两方"),
        ("sit", State.OPENED, {"has_principal": False}, {}, "负责的调解员"),
        ("sit", State.OPENED, {}, {"held_at": NOW + timedelta(minutes=1)}, "不能晚于现在"),
        ("sit", State.OPENED, {}, {"next_at": NOW}, "在现在之后"),
        ("arrange", State.OPENED, {}, {"next_at": NOW - timedelta(minutes=1)}, "在现在之后"),
        ("drop_party", State.OPENED, {"parties": 2}, {}, "至少保留两方"),
        ("assess", State.OPENED, {}, {"risk": "plain"}, "没有变化"),
    ],
)
def test_what_stands_in_the_way(name, state, changes, fields, words):
    step = BY_NAME[name]
    answer = refusal(step, facts(state, **changes), step.who, fields)
    assert words in str(answer)


def test_guards_let_pass_what_is_in_order():
    for name, fields in {
        "sit": {"held_at": NOW, "next_at": NOW + timedelta(days=1)},
        "agree": {"agreed_on": date(2026, 11, 25)},
        "assess": {"risk": "volatile"},
    }.items():
        step = BY_NAME[name]
        state = State.MEDIATING
        assert refusal(step, facts(state), step.who, fields) is None, name


def test_what_is_needed_is_asked_for():
    assert set(missing(BY_NAME["sit"], {"where": "村委会"})) == {"held_at", "said"}
    assert missing(BY_NAME["withdraw"], {"note": "和解"}) == {}


def test_the_main_step_comes_first():
    names = [step.name for step in offers(facts(State.OPENED), frozenset({Hat.PRINCIPAL}))]
    assert names[0] == "sit"
    assert offers(facts(State.AGREED), frozenset({Hat.SECRETARY}))[0].name == "visit_kept"
    assert all(step.rank >= 30 for step in offers(facts(State.OPENED), frozenset({Hat.OPENER})))
    assert offers(facts(State.FULFILLED), frozenset(Hat)) == []
    assert all(offers(facts(state), frozenset(Hat)) for state in OPEN_STATES)
