"""Applications through their whole way: refused at once, asked, reviewed, in force, and out again by itself."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection

from admission.applications import actions
from admission.burden import burden_of, of_township
from admission.doctor import duties_held, log_replays, sunsets_kept
from admission.library import actions as policies
from admission.models import Admission, AdmissionEvent, Asked, Verdict
from admission.workflow.application_table import FORCE, STEPS, State
from admission.workflow.rules import Cause, Kind, after
from core import clock
from core.errors import Incomplete, NotNow, NotYours
from core.jobs import outbox
from core.models import AuditEntry, OutboxRow
from core.process.transitions import StaleStep
from core.races.idempotency import KeyReused, Once
from members.models import Department
from notices.models import Notice
from tests.admission.conftest import once

pytestmark = pytest.mark.django_db
LONG = timedelta(days=20)


def later(moment):
    """Everything due up to `moment` happens, each at that time."""
    with clock.at(moment):
        outbox.drain_inline()


def told(user, **given):
    return Notice.objects.filter(user__username=user.username, **given)


@pytest.mark.parametrize("state", State)
def test_every_state_is_reached_by_the_real_steps_and_the_log_replays(g, state):
    row = g.at(state)
    versions = list(row.events.order_by("version").values_list("version", flat=True))
    assert versions == list(range(1, row.version + 1))
    assert log_replays(False) == []
    Admission.objects.filter(pk=row.pk).update(version=row.version + 1)
    assert log_replays(False)


# ---- asking --------------------------------------------------------------------------------------------------------
def test_numbers_count_through_the_year_and_sent_twice_it_is_asked_once(g):
    year = clock.today().year
    same = Once("user:1", "7b8b2a5e-2c4b-4b62-93d4-111111111111", {"title": "a"})
    first = actions.apply_for(user=g.of("NY"), wanted=g.wanted(), once=same)
    assert actions.apply_for(user=g.of("NY"), wanted=g.wanted(), once=same) == first
    assert g.ask(title="池塘清淤台账").number == f"准入〔{year}〕002号"
    with pytest.raises(KeyReused):
        actions.apply_for(user=g.of("NY"), wanted=g.wanted(), once=Once("user:1", same.key, {"title": "b"}))


def test_only_a_county_department_asks_and_only_for_itself(g):
    for user in (g.cast.secretary, g.cast.handler, g.of("WJ")):
        with pytest.raises(NotYours):
            actions.apply_for(user=user, wanted=g.wanted(), once=once())


def test_a_hard_rule_refuses_at_once_and_nobody_can_let_it_pass(g):
    row = g.ask(content="每天在群里打卡", declared={"enforces": True})
    assert (row.state, row.cause) == (State.REFUSED, Cause.HARD)
    assert [one["rule"] for one in row.findings] == ["enforces", "check_in"]
    people = [g.of(code) for code in g.staff] + [g.cast.county_leader, g.cast.system_admin]
    for step in STEPS:
        for user in people:
            with pytest.raises((NotYours, NotNow)):
                actions.PROCESS.apply(row.pk, step.name, user=user, fields={"note": "放行"})
    outbox.drain_inline()
    assert told(g.of("NY"), kind="adm_open").exists() is False  # who asked knows already
    assert told(g.of("SGB"), kind="adm_open").exists()


def test_a_field_the_system_has_refuses_and_an_emergency_does_not_help(g):
    row = g.ask(kind=Kind.CAMPAIGN, emergency="flood", fields=("户主电话",))
    assert row.state == State.REFUSED
    assert row.findings[0]["rule"] == "repeats"


def test_the_check_finds_lines_admissions_and_fields_and_each_hit_is_answered(g):
    g.at(State.IN_FORCE, title="池塘清淤台账", fields=("池塘水面亩数",))
    row = g.ask(title="池塘清淤台帐", fields=("池塘水面面积亩数", "路灯编号"))
    found = {hit.where: hit for hit in row.hits.all()}
    assert found["admitted"].label == "池塘清淤台账"
    assert found["field"].asked == "池塘水面面积亩数"
    lamp = g.ask(title=g.cast.items["C02"].name, fields=())
    assert lamp.hits.get(where="item").code == "C02"
    with pytest.raises(NotNow, match="没有答复"):
        g.do(row, "consult", "SGB", townships=g.towns)
    g.do(row, "answer", "NY", answers={hit.pk: "口径不同" for hit in row.hits.all()})
    assert g.do(row, "consult", "SGB", townships=g.towns).state == State.CONSULTING


# ---- opinions ------------------------------------------------------------------------------------------------------
def test_townships_are_chosen_and_grid_workers_are_drawn(g):
    row = g.at(State.CONSULTING)
    rows = list(Asked.objects.filter(admission=row))
    assert sum(one.user_id is None for one in rows) == 3
    assert sum(one.user_id is not None for one in rows) == 6
    outbox.drain_inline()
    for _asked, user in g.asked(row):
        assert told(user, kind="adm_consult").count() == 1


def test_too_few_townships_or_workers_start_nothing(g):
    row = g.at(State.CHECKED)
    with pytest.raises(NotNow, match="至少选 3"):
        g.do(row, "consult", "SGB", townships=g.towns[:2])
    with pytest.raises(NotYours):
        g.do(row, "consult", "NY", townships=g.towns)
    g.cast.other_worker.is_active = False
    g.cast.other_worker.save()
    g.cast.worker.is_active = False
    g.cast.worker.save()
    with pytest.raises(NotNow, match="网格员不足"):
        g.do(row, "consult", "SGB", townships=g.towns)
    assert not Asked.objects.exists()


def test_below_the_quorum_it_stays_shut_however_late_and_is_reminded_once(g):
    row = g.at(State.CONSULTING)
    g.all_answer(row, but=1)
    silent = next(user for asked, user in g.asked(row) if not asked.answered_at)
    due = row.due_at
    later(due - timedelta(minutes=1))
    later(due + timedelta(minutes=1))
    later(due + LONG)
    assert told(silent, kind="adm_due_soon").count() == 1
    assert told(silent, kind="adm_overdue").count() == 1
    assert told(g.of("SGB"), kind="adm_overdue").count() == 1
    row.refresh_from_db()
    assert row.state == State.CONSULTING
    with clock.at(due + LONG):
        with pytest.raises(NotNow, match="法定人数"):
            g.do(row, "review", "SGB")
        g.do(row, "opine", silent, stance="comment", note="太频繁")
        assert g.do(row, "review", "SGB").state == State.REVIEWING


def test_who_is_not_asked_says_nothing_and_a_no_needs_its_reason(g):
    row = g.at(State.CONSULTING)
    with pytest.raises(NotYours):
        g.do(row, "opine", g.cast.secretary, stance="for")
    with pytest.raises(NotNow, match="写明理由"):
        g.do(row, "opine", g.cast.town_dispatcher, stance="against")
    with pytest.raises(Incomplete):
        g.do(row, "opine", g.cast.town_dispatcher)
    g.do(row, "opine", g.cast.town_leader, stance="against", note="与农情系统重复", estimate=90)
    said = Asked.objects.get(admission=row, township=g.cast.township, user=None)
    assert (said.stance, said.estimate, said.answered_by) == ("against", 90, g.cast.town_leader)


def test_another_township_can_be_asked_in_addition_but_not_the_same_again(g):
    row = g.at(State.CONSULTING)
    with pytest.raises(NotNow):
        g.do(row, "ask_more", "SGB", townships=g.towns)


# ---- departments ---------------------------------------------------------------------------------------------------
def test_both_legal_departments_must_pass_it(g):
    row = g.at(State.REVIEWING)
    assert g.do(row, "pass_law", "BB", note="权责清楚").state == State.REVIEWING
    with pytest.raises(NotNow, match="已经表态"):
        g.do(row, "pass_law", "BB", note="再来")
    assert g.do(row, "pass_law", "SF", note="合法").state == State.JOINT


def test_one_no_refuses_whoever_agreed_before(g):
    row = g.at(State.JOINT)
    g.do(row, "agree", "ZZB")
    g.do(row, "agree", "SGB")
    row = g.do(row, "disagree", "ZFW", note="增加基层负担")
    assert (row.state, row.cause) == (State.REFUSED, Cause.JOINT)
    law = g.at(State.REVIEWING, title="别的报表")
    assert g.do(law, "fail_law", "SF", note="没有依据").cause == Cause.LEGAL


def test_all_three_agree_or_it_waits(g):
    row = g.at(State.JOINT)
    for code, state in (("ZZB", State.JOINT), ("ZFW", State.JOINT), ("SGB", State.APPROVED)):
        row = g.do(row, "agree", code)
        assert row.state == state
    assert Verdict.objects.filter(admission=row, stage="joint", agrees=True).count() == 3


def test_one_department_does_not_make_the_page_of_another_stale_but_a_move_does(g):
    row = g.at(State.JOINT)
    seen = row.version
    g.do(row, "agree", "ZZB")
    actions.PROCESS.apply(row.pk, "agree", user=g.of("SGB"), version=seen, fields={})
    actions.PROCESS.apply(row.pk, "agree", user=g.of("ZFW"), version=seen, fields={})
    with pytest.raises(StaleStep, match="同意入格"):
        actions.PROCESS.apply(row.pk, "publish", user=g.of("SGB"), version=seen, fields={})


def test_silent_departments_are_reminded(g):
    row = g.at(State.JOINT)
    g.do(row, "agree", "ZZB")
    later(row.due_at + timedelta(minutes=1))
    assert told(g.of("ZFW"), kind="adm_overdue").exists()
    assert not told(g.of("ZZB"), kind="adm_overdue").exists()


# ---- in force and out again ----------------------------------------------------------------------------------------
def test_the_minutes_of_a_grid_before_and_after(g):
    g.at(State.IN_FORCE, title="甲表", townships=[g.cast.township])
    g.at(State.IN_FORCE, title="乙台账")
    row = g.ask(title="丙登记册", minutes=50, townships=[g.cast.township, g.cast.other_township])
    burden = burden_of(row)
    assert (burden.before, burden.after) == (70, 120)
    assert {load.township: (load.before, load.after) for load in burden.loads} == {
        "沙塘镇": (70, 120),
        "水口镇": (35, 85),
    }
    assert not burden.is_even
    assert (of_township(g.cast.township.pk), of_township(g.cast.other_township.pk)) == (70, 35)


def test_it_ends_by_itself_on_its_sunset(g):
    row = g.at(State.IN_FORCE)
    later(after(row.ends_on) - timedelta(minutes=1))
    row.refresh_from_db()
    assert row.state == State.IN_FORCE
    assert told(g.of("NY"), kind="adm_sunset_near").count() == 1
    later(after(row.ends_on))
    later(after(row.ends_on) + LONG)
    row.refresh_from_db()
    assert (row.state, row.cause) == (State.EXITED, Cause.SUNSET)
    assert AdmissionEvent.objects.filter(admission=row, action="expire").count() == 1
    assert AdmissionEvent.objects.get(admission=row, action="expire").actor is None


def test_the_register_is_right_even_while_the_engine_stands_still(g):
    row = g.at(State.IN_FORCE)
    with clock.at(after(row.ends_on) + timedelta(days=3)):
        assert not Admission.objects.in_force().exists()
        assert of_township(g.cast.township.pk) == 0
        assert sunsets_kept(False)


def test_a_pass_lasts_its_days_and_can_be_regularised(g):
    row = g.at(State.PASSING)
    assert row.ends_on == clock.today() + timedelta(days=10)
    later(after(row.ends_on))
    row.refresh_from_db()
    assert (row.state, row.cause) == (State.EXITED, Cause.PASS_OVER)


def test_a_pass_is_for_emergencies_only_and_thirty_days_at_most(g):
    with pytest.raises(NotNow, match="临时专项"):
        g.ask(emergency="flood")
    row = g.at(State.WAITING)
    with pytest.raises(NotNow, match="30 天"):
        g.do(row, "grant_pass", g.cast.county_leader, ends_on=clock.today() + timedelta(days=31))
    assert g.do(row, "deny_pass", "SGB", note="险情已过").cause == Cause.NO_PASS


def test_a_renewal_goes_through_the_gate_and_takes_over_on_publication(g):
    old = g.at(State.IN_FORCE)
    new = g.at(State.APPROVED, renews=old, minutes=20)
    assert not new.hits.filter(code=old.number).exists()
    assert (burden_of(new).before, burden_of(new).after) == (35, 20)
    g.do(new, "publish", "SGB", ends_on=clock.today() + timedelta(days=365), minutes=20)
    old.refresh_from_db()
    assert (old.state, old.cause) == (State.EXITED, Cause.REPLACED)
    assert of_township(g.cast.township.pk) == 20


def test_without_use_for_a_year_it_leaves_and_with_use_it_stays(g):
    idle, used = g.at(State.IN_FORCE, title="甲表"), g.at(State.APPROVED, title="乙台账")
    day = clock.today() + timedelta(days=1000)
    used = g.do(used, "publish", "SGB", ends_on=day, minutes=10)
    Admission.objects.filter(pk=idle.pk).update(ends_on=day)
    with clock.at(clock.now() + timedelta(days=300)):
        g.do(used, "record_use", "NY", used_on=clock.today(), note="汛期用过")
    later(clock.now() + timedelta(days=367))
    for row, state in ((idle, State.EXITED), (used, State.IN_FORCE)):
        row.refresh_from_db()
        assert row.state == state
    assert idle.cause == Cause.IDLE
    later(clock.now() + timedelta(days=667))
    used.refresh_from_db()
    assert used.cause == Cause.IDLE


def test_a_repealed_basis_starts_the_exit_and_another_document_stops_it(g):
    one, other = g.policy(), g.policy(title="另一个办法")
    rests, safe = g.at(State.IN_FORCE, policies=[one]), g.at(State.IN_FORCE, title="别表", policies=[one, other])
    gone = g.at(State.IN_FORCE, title="第三表", policies=[one])
    repeal_day = clock.today() + timedelta(days=2)
    policies.repeal(policy=one, on=repeal_day, note="新法施行", version=1, user=g.cast.list_admin, once=once())
    outbox.drain_inline()
    rests.refresh_from_db()
    assert rests.state == State.IN_FORCE
    moment = clock.now() + timedelta(days=3)
    later(moment)
    for row, state in ((rests, State.EXITING), (safe, State.IN_FORCE), (gone, State.EXITING)):
        row.refresh_from_db()
        assert row.state == state
    assert rests.state in FORCE
    one.refresh_from_db()
    with clock.at(moment):
        with pytest.raises(NotNow, match="不是有效文件"):
            g.do(rests, "rebase", "NY", policy=one, note="换")
        assert g.do(rests, "rebase", "NY", policy=other, note="改以另一个办法为依据").state == State.IN_FORCE
    later(gone.due_at + timedelta(minutes=1))
    for row in (rests, gone):
        row.refresh_from_db()
    assert (rests.state, gone.state, gone.cause) == (State.IN_FORCE, State.EXITED, Cause.BASIS)


def test_an_evaluation_needs_all_three_and_one_keeps_it(g):
    row = g.at(State.EVALUATING)
    g.do(row, "drop", "ZZB", note="没有效果")
    assert g.do(row, "keep", "ZFW", note="还有用").state == State.IN_FORCE
    row = g.do(row, "propose_exit", "SGB", note="再评")
    for code in ("ZZB", "ZFW", "SGB"):
        row = g.do(row, "drop", code, note="没有效果")
    assert (row.state, row.cause) == (State.EXITED, Cause.EVALUATION)


# ---- the house -----------------------------------------------------------------------------------------------------
def test_every_step_is_on_the_trail_and_told_once(g):
    row = g.at(State.IN_FORCE)
    verbs = set(AuditEntry.objects.filter(object_type="admission.admission").values_list("verb", flat=True))
    assert verbs == {"admission.opened", "admission.step"}
    outbox.drain_inline()
    before = Notice.objects.count()
    OutboxRow.objects.filter(topic="admission.notify").update(done_at=None)
    outbox.drain_inline()
    assert Notice.objects.count() == before
    assert told(g.cast.town_dispatcher, kind="adm_publish", number=row.number).count() == 1


def test_a_step_sent_twice_is_taken_once(g):
    row = g.at(State.IN_FORCE)
    same = once()
    for _n in range(2):
        actions.PROCESS.apply(
            row.pk, "record_use", user=g.of("NY"), fields={"used_on": clock.today(), "note": "用了"}, once=same
        )
    assert row.uses.count() == 1


def test_the_doctor_misses_a_department_with_a_duty(g):
    assert duties_held(False) == []
    Department.objects.filter(code="BB").update(retired_at=clock.now())
    assert duties_held(False) == ["no department BB in use"]


def test_states_and_ends_hold_in_the_database(g):
    row = g.at(State.IN_FORCE)
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("UPDATE admission_admission SET ends_on = NULL WHERE id = %s", [row.pk])


def test_days_are_the_countys(g):
    assert after(date(2026, 12, 31)).isoformat() == "2027-01-01T00:00:00+08:00"
