"""The tables of steps, exhaustively: who may do what in which state, and what a guard says."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core.process.steps import missing
from ledgers.engine.effects import EFFECTS
from ledgers.rules import lamp_of, remind_times
from ledgers.step_fields import ORDER, MatterFields
from ledgers.workflow import ENDED_STATES, OPEN_STATES, STATES, TABLES, GuardContext, Hat, Kind
from ledgers.workflow.campaign import LOOK_TABLE, STAFF, Result
from ledgers.workflow.campaign import State as CampaignState
from ledgers.workflow.project import PROPOSAL_TABLE, Proposal
from ledgers.workflow.project import State as ProjectState
from ledgers.workflow.rectification import State as ProblemState

TODAY = date(2026, 11, 25)
STEPS = [(kind, step) for kind, table in TABLES.items() for step in table.steps]
FIRST = {
    Kind.RECTIFICATION: ProblemState.FIXING,
    Kind.PROJECT: ProjectState.MOVING,
    Kind.CAMPAIGN: CampaignState.RUNNING,
}


def calm(step, state, **changes) -> GuardContext:
    """Facts to which no guard objects unless a test makes it."""
    some = 1 if step.name in ("reach", "move_milestone") else 0
    given = {"state": state, "today": TODAY, "user_id": 1, "milestones_open": some, "due_on": TODAY}
    return GuardContext(**(given | changes))


@pytest.mark.parametrize(("kind", "step"), STEPS, ids=lambda one: getattr(one, "name", str(one)))
def test_a_step_is_allowed_exactly_where_the_table_says(kind, step):
    table = TABLES[kind]
    for state in table.states:
        for hat in Hat:
            answer = table.refusal(step, calm(step, state), frozenset({hat}), {})
            assert (answer is None) == (state in step.sources and hat in step.who), (state, hat, str(answer))
        assert table.refusal(step, calm(step, state), frozenset(), {}) is not None


@pytest.mark.parametrize("kind", Kind)
def test_every_state_is_reached_and_every_open_one_can_end(kind):
    table = TABLES[kind]
    assert {FIRST[kind]} | {step.target for step in table.steps if step.target} == set(table.states)
    ends = set(table.ended_states)
    while more := {s for step in table.steps if step.target in ends for s in step.sources} - ends:
        ends |= more
    assert ends == set(table.states)
    assert all(not step.sources & table.ended_states for step in table.steps)


def test_the_tables_are_well_formed():
    names = [step.name for _kind, step in STEPS]
    assert set(EFFECTS) <= set(names)
    assert {name for _kind, step in STEPS for name in (*step.needs, *step.takes)} == set(ORDER)
    assert all(callable(getattr(MatterFields, name)) for name in ORDER)
    for _kind, step in STEPS:
        assert step.sources, step.name
        assert step.who, step.name
        assert not set(step.needs) & set(step.takes), step.name


def test_no_state_is_open_in_one_ledger_and_ended_in_another():
    """One column and one rule of the database hold the states of all kinds."""
    assert len(STATES) == sum(len(table.states) for table in TABLES.values())
    assert set(STATES) == OPEN_STATES | ENDED_STATES


@pytest.mark.parametrize(
    ("kind", "name", "state", "changes", "fields", "words"),
    [
        (Kind.RECTIFICATION, "strike", ProblemState.APPLIED, {"applicant_id": 1}, {}, "不能核验自己的件"),
        (Kind.RECTIFICATION, "apply", ProblemState.FIXING, {"has_evidence": False}, {"note": "好了"}, "要有佐证"),
        (Kind.RECTIFICATION, "extend", ProblemState.FIXING, {}, {"due_on": TODAY}, "今天之后"),
        (
            Kind.RECTIFICATION, "extend", ProblemState.FIXING, {"due_on": TODAY + timedelta(9)},
            {"due_on": TODAY + timedelta(9)}, "晚于原期限",
        ),
        (Kind.PROJECT, "finish", ProjectState.MOVING, {"milestones_open": 2}, {}, "还有 2 个节点"),
        (Kind.PROJECT, "finish", ProjectState.MOVING, {"has_evidence": False}, {"note": "好了"}, "佐证"),
        (Kind.PROJECT, "reach", ProjectState.MOVING, {"milestones_open": 0}, {}, "没有未完成"),
        (Kind.PROJECT, "reach", ProjectState.MOVING, {}, {"done_on": TODAY + timedelta(1)}, "不能晚于今天"),
        (Kind.PROJECT, "add_milestone", ProjectState.MOVING, {}, {"planned_on": TODAY}, "今天之后"),
        (Kind.CAMPAIGN, "end", CampaignState.RUNNING, {"is_built": False}, {}, "名单还在生成"),
        (Kind.CAMPAIGN, "prolong", CampaignState.RUNNING, {}, {"ends_on": TODAY}, "晚于原来的"),
    ],
)  # fmt: skip
def test_what_stands_in_the_way(kind, name, state, changes, fields, words):
    step = TABLES[kind].by_name[name]
    assert words in str(TABLES[kind].refusal(step, calm(step, state, **changes), step.who, fields))


def test_guards_let_pass_what_is_in_order():
    table = TABLES[Kind.RECTIFICATION]
    for name, state, changes, fields in [
        ("apply", ProblemState.FIXING, {"has_evidence": False}, {"photos": ["x"]}),
        ("strike", ProblemState.APPLIED, {"applicant_id": 2}, {"note": "x"}),
        ("extend", ProblemState.FIXING, {}, {"due_on": TODAY + timedelta(1)}),
    ]:
        step = table.by_name[name]
        assert table.refusal(step, calm(step, state, **changes), step.who, fields) is None, name


@pytest.mark.parametrize("result", Result)
def test_what_may_be_written_of_a_target(result):
    may = {step.name for step in LOOK_TABLE.offers(GuardContext(state=result, today=TODAY), STAFF)}
    expected = {
        Result.WAITING: {"normal", "found", "absent"},
        Result.ABSENT: {"normal", "found", "absent"},
        Result.NORMAL: {"found"},
        Result.FOUND: set(),
    }
    assert may == expected[result]
    assert LOOK_TABLE.offers(GuardContext(state=result, today=TODAY), frozenset()) == []


@pytest.mark.parametrize("state", Proposal)
def test_a_proposal_is_answered_once_and_by_the_township(state):
    facts = GuardContext(state=state, today=TODAY)
    names = {step.name for step in PROPOSAL_TABLE.offers(facts, frozenset({Hat.KEEPER}))}
    assert names == ({"adopt", "decline"} if state == Proposal.WAITING else set())
    assert PROPOSAL_TABLE.offers(facts, frozenset({Hat.SECRETARY})) == []
    assert missing(PROPOSAL_TABLE.by_name["decline"], {})


def test_lamps_and_reminders():
    assert [lamp_of(TODAY + timedelta(n), TODAY) for n in (-1, 0, 3, 4)] == ["r", "y", "y", "b"]
    assert lamp_of(None, TODAY) == "n"
    now = datetime(2026, 11, 25, 2, tzinfo=UTC)
    assert [f"{at:%m-%d %H:%M}" for at in remind_times(TODAY + timedelta(10), now)] == ["12-02 08:30", "12-05 08:30"]
    assert [f"{at:%m-%d}" for at in remind_times(TODAY + timedelta(2), now)] == ["11-27"]
    assert remind_times(TODAY, now) == []
