"""Several at once at the gate, on PostgreSQL: every voice counts once, the last one carries it on, nothing twice."""

import pytest

from admission.applications import actions
from admission.doctor import ledger_replays, log_replays
from admission.models import AdmissionEvent, Verdict
from admission.pushed import actions as ledger
from admission.workflow.application_table import State
from core.errors import NotNow
from core.process.transitions import StaleStep
from tests.admission.conftest import build_gate
from tests.concurrency.crowd import at_once

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def test_three_approvals_at_once_carry_it_on_exactly_once(cast) -> None:
    g = build_gate(cast)
    row = g.at(State.JOINT)
    codes = ("ZZB", "SGB", "ZFW")

    def agree(n: int) -> str:
        return actions.PROCESS.apply(row.pk, "agree", user=g.of(codes[n]), version=row.version, fields={}).state

    results = at_once(3, agree)
    assert sorted(map(str, results)) == ["approved", "joint", "joint"]
    assert Verdict.objects.filter(admission=row).count() == 5  # two of the legality review
    assert AdmissionEvent.objects.filter(admission=row, to_state="approved").count() == 1
    assert log_replays(False) == []


def test_a_yes_and_a_no_at_once_end_in_a_no(cast) -> None:
    g = build_gate(cast)
    row = g.at(State.JOINT)
    steps = (("ZZB", "agree"), ("SGB", "agree"), ("ZFW", "disagree"))

    def say(n: int) -> str:
        code, name = steps[n]
        return actions.PROCESS.apply(row.pk, name, user=g.of(code), version=row.version, fields={"note": "意见"}).state

    results = at_once(3, say)
    assert all(isinstance(r, str | NotNow | StaleStep) for r in results)
    row.refresh_from_db()
    assert row.state == State.REFUSED
    assert log_replays(False) == []


def test_two_of_one_department_speak_once(cast) -> None:
    g = build_gate(cast)
    row = g.at(State.REVIEWING)
    results = at_once(
        6, lambda _n: actions.PROCESS.apply(row.pk, "pass_law", user=g.of("BB"), fields={"note": "可"}).state
    )
    assert results.count("reviewing") == 1
    assert sum(isinstance(r, NotNow) for r in results) == 5
    assert Verdict.objects.filter(admission=row, stage="legal").count() == 1


def test_everybody_asked_answers_at_once(cast) -> None:
    g = build_gate(cast)
    row = g.at(State.CONSULTING)
    people = [user for _asked, user in g.asked(row)]

    def opine(n: int) -> str:
        return g.do(row, "opine", people[n], stance="for", estimate=20).state

    assert at_once(len(people), opine) == ["consulting"] * len(people)
    facts = actions.facts_of(row, None, row.opened_at)
    assert (facts.towns_said, facts.workers_said) == (3, 6)
    assert log_replays(False) == []


def test_numbers_of_applications_made_at_once_are_all_different(cast) -> None:
    g = build_gate(cast)
    results = at_once(6, lambda n: g.ask(title=f"{'甲乙丙丁戊己'[n]}台账").number)
    assert sorted(str(r)[-4:-1] for r in results) == [f"{n:03d}" for n in range(1, 7)]


def test_one_answer_to_a_report_stands(cast) -> None:
    g = build_gate(cast)
    task = g.report()

    def answer(n: int) -> str:
        user, given = g.of(("SGB", "BB")[n % 2]), {"answer": "withdrawn", "note": f"第 {n} 份"}
        return ledger.PROCESS.apply(task.pk, "answer", user=user, version=task.version, fields=given).state

    results = at_once(6, answer)
    assert results.count("answered") == 1
    assert sum(isinstance(r, StaleStep) for r in results) == 5
    assert ledger_replays(False) == []
