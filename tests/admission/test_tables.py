"""The two tables of steps, exhaustively, and the pure parts: likeness and hard rules."""

from datetime import UTC, date, datetime, timedelta

import pytest

from admission.applications.effects import EFFECTS
from admission.applications.findings import findings
from admission.forms.step_fields import ORDER, GateFields
from admission.likeness import likeness, pairs
from admission.workflow import application_table, pushed_table
from admission.workflow.facts import GuardContext
from admission.workflow.rules import DECLARED, PASS_MOST, SUNSET_MOST, SYSTEM_FIELDS, HardRule, half_bounds, half_of
from core.process.steps import missing

NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)
TODAY = date(2026, 11, 25)
TABLES = [
    pytest.param(application_table.TABLE, application_table.Hat, id="gate"),
    pytest.param(pushed_table.TABLE, pushed_table.Hat, id="ledger"),
]
CASES = [
    pytest.param(found.values[0], step, state, found.values[1], id=f"{found.id}-{step.name}-{state.value}")
    for found in TABLES
    for step in found.values[0].steps
    for state in found.values[0].states
]


def facts(state, **changes) -> GuardContext:
    """A thing on which no guard objects unless a test makes it."""
    given = {"state": state, "now": NOW, "today": TODAY, "towns_said": 3, "workers_said": 6}
    return GuardContext(**(given | changes))


@pytest.mark.parametrize(("ways", "step", "state", "hats"), CASES)
def test_a_step_is_allowed_exactly_where_the_table_says(ways, step, state, hats):
    for hat in hats:
        answer = ways.refusal(step, facts(state), frozenset({hat}), {})
        assert (answer is None) == (state in step.sources and hat in step.who), (hat, str(answer))
    assert ways.refusal(step, facts(state), frozenset(), {}) is not None


@pytest.mark.parametrize(("ways", "hats"), TABLES)
def test_the_tables_are_well_formed(ways, hats):
    states, steps = ways.states, ways.steps
    assert len({step.name for step in steps}) == len(steps)
    for step in steps:
        assert step.sources, step.name
        assert step.who, step.name
        assert len(step.name) <= 16
        assert {*step.needs, *step.takes} <= set(ORDER), step.name
    assert {hat for step in steps for hat in step.who} == set(hats)
    ends = set(ways.ended_states)
    while more := {s for step in steps if {step.target, step.onward} & ends for s in step.sources} - ends:
        ends |= more
    assert ends == set(states)


def test_effects_belong_to_steps_and_every_field_can_be_made():
    assert set(EFFECTS) <= set(application_table.TABLE.by_name)
    asked = {
        name for steps in (application_table.STEPS, pushed_table.STEPS) for s in steps for name in (*s.needs, *s.takes)
    }
    assert set(ORDER) == asked
    assert all(callable(getattr(GateFields, name)) for name in ORDER)


S, P = application_table.State, pushed_table.State


@pytest.mark.parametrize(
    ("name", "state", "changes", "fields", "words"),
    [
        ("consult", S.CHECKED, {"hits_open": 2}, {}, "2 处查重"),
        ("consult", S.CHECKED, {}, {"townships": [1, 2]}, "至少选 3"),
        ("review", S.CONSULTING, {"towns_said": 2}, {}, "法定人数"),
        ("review", S.CONSULTING, {"workers_said": 5}, {}, "法定人数"),
        ("opine", S.CONSULTING, {}, {"stance": "against"}, "写明理由"),
        ("pass_law", S.REVIEWING, {"has_said": True}, {}, "已经表态"),
        ("agree", S.JOINT, {"has_said": True}, {}, "已经表态"),
        ("publish", S.APPROVED, {}, {"ends_on": TODAY}, "之后"),
        ("publish", S.APPROVED, {}, {"ends_on": TODAY + SUNSET_MOST + timedelta(days=1)}, "之内"),
        ("grant_pass", S.WAITING, {}, {"ends_on": TODAY + PASS_MOST + timedelta(days=1)}, "最长 30 天"),
        ("record_use", S.IN_FORCE, {}, {"used_on": TODAY + timedelta(days=1)}, "晚于今天"),
    ],
)
def test_what_stands_in_the_way(name, state, changes, fields, words):
    step = application_table.TABLE.by_name[name]
    assert words in str(application_table.TABLE.refusal(step, facts(state, **changes), step.who, fields))


def test_guards_of_the_ledger():
    answer, again = pushed_table.TABLE.by_name["answer"], pushed_table.TABLE.by_name["object"]
    given = {"answer": "grounded"}
    assert "哪一条" in str(pushed_table.TABLE.refusal(answer, facts(P.REPORTED), answer.who, given))
    assert pushed_table.TABLE.refusal(answer, facts(P.REPORTED), answer.who, given | {"line": "C02"}) is None
    said = pushed_table.TABLE.refusal(again, facts(P.ANSWERED, has_objected=True), again.who, {})
    assert "一次" in str(said)


def test_the_main_step_comes_first_and_what_is_needed_is_asked():
    first = application_table.TABLE.offers(facts(S.CONSULTING), frozenset({application_table.Hat.OFFICE}))
    assert first[0].name == "review"
    assert set(missing(application_table.TABLE.by_name["publish"], {})) == {"ends_on", "minutes"}


# ---- likeness and hard rules ---------------------------------------------------------------------------------------
def test_likeness_is_by_pairs_and_knows_no_signs():
    assert likeness(pairs("秋冬种面积"), pairs("秋冬种，面积！")) == 100
    assert likeness(pairs("路灯不亮"), pairs("路灯损坏")) == 33
    assert likeness(pairs(""), pairs("路灯")) == 0
    assert likeness(pairs("表"), pairs("表")) == 100


@pytest.mark.parametrize("rule", list(HardRule))
def test_each_declaration_alone_refuses(rule):
    found = findings(declared={rule: True}, texts=(), fields=(), known=(), has_basis=True)
    assert [finding.rule for finding in found] == [rule]
    assert set(DECLARED) == set(HardRule)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("由网格员对商户处罚", HardRule.ENFORCES),
        ("每日打卡", HardRule.CHECK_IN),
        ("统计在线时长", HardRule.CHECK_IN),
        ("按属地管理原则由村社完成", HardRule.SHIFTS),
        ("未完成的一票否决", HardRule.VETO),
    ],
)
def test_words_that_break_a_rule_are_found(text, rule):
    found = findings(declared={}, texts=("名称", f"每周一次，{text}。"), fields=(), known=(), has_basis=False)
    assert [finding.rule for finding in found] == [rule]
    assert text[2:6] in found[0].why or text[:4] in found[0].why


@pytest.mark.parametrize(
    "text", ["不要求打卡、签到", "发现后报执法部门处罚", "不设一票否决", "严禁统计在线时长", "无需打卡，看到就报"]
)
def test_what_is_denied_or_somebody_elses_is_no_finding(text):
    assert findings(declared={}, texts=(text,), fields=(), known=(), has_basis=False) == []


def test_a_veto_with_a_valid_document_is_not_without_basis():
    given = {"declared": {}, "texts": ("年度考核一票否决",), "fields": (), "known": ()}
    assert findings(**given, has_basis=True) == []
    assert findings(**given, has_basis=False)


@pytest.mark.parametrize("text", ["由网格员对商户处罚", "每日打卡", "按属地管理原则由村社完成"])
def test_a_valid_document_excuses_no_other_rule(text):
    assert findings(declared={}, texts=(text,), fields=(), known=(), has_basis=True)


def test_a_field_that_the_system_has_is_not_asked_again():
    found = findings(declared={}, texts=(), fields=("户主姓名", "秋冬种亩数"), known=SYSTEM_FIELDS, has_basis=True)
    assert [finding.rule for finding in found] == [HardRule.REPEATS]
    assert found[0].why.endswith("户主姓名")


def test_half_years():
    assert [half_of(date(2026, month, 1)) for month in (1, 6, 7, 12)] == ["2026H1", "2026H1", "2026H2", "2026H2"]
    assert half_bounds("2026H2") == (date(2026, 7, 1), date(2026, 12, 31))
    for wrong in ("2026", "2026H3", "26H1", ""):
        with pytest.raises(ValueError, match="half-year"):
            half_bounds(wrong)
