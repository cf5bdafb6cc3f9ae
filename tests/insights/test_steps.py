"""各环节用时 and 真实率: from the log by fixed buckets, equal to a fresh count, said no more exactly than known."""

from datetime import UTC, datetime, timedelta

import pytest

from core import clock
from insights import doctor
from insights.board.step_times import step_times
from insights.counting import tally
from insights.counting.period import read
from insights.counting.queries import steps as counted
from insights.counting.steps import BOUNDS, STEP_OF, STEPS, bucket_of, minutes_by_step
from insights.models import StepTally
from issues.engine.actors import staff, system
from issues.models import Ticket
from issues.workflow import OPEN_STATES, State
from tests.insights.test_board import shown
from tests.tickets import act, at_state

START = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


def log(*moves):
    """A log from (state, minutes after the start)."""
    states = ["", *(state for state, _at in moves)]
    return [(states[n], state, START + timedelta(minutes=at)) for n, (state, at) in enumerate(moves)]


def test_every_open_state_belongs_to_a_step_but_a_suspended_one():
    assert set(STEP_OF) == OPEN_STATES - {State.SUSPENDED}
    assert len(STEP_OF) == sum(len(states) for _label, states in STEPS.values())


def test_a_step_lasts_from_entering_to_leaving_and_stays_add_up():
    told = log(
        ("placed", 0), ("accepted", 10), ("self_handling", 12), ("self_handling", 30), ("reported", 72),
        ("rework", 100), ("reported", 110), ("verified", 115),
    )  # fmt: skip
    assert minutes_by_step(told) == {"accept": 10, "first": 2, "handle": 70, "verify": 33}


def test_a_suspension_is_nobodys_time():
    told = log(
        ("placed", 0), ("accepted", 1), ("handling", 2), ("suspended", 5), ("handling", 5000), ("reported", 5004)
    )
    assert minutes_by_step(told)["handle"] == 7


@pytest.mark.parametrize(("minutes", "bucket"), [(0, 0), (5, 0), (5.1, 1), (15, 1), (1440, 8), (10**6, len(BOUNDS))])
def test_buckets_are_fixed_and_hold_their_upper_end(minutes, bucket):
    assert bucket_of(minutes) == bucket


def test_a_median_is_the_bucket_it_lies_in():
    said = {one.label: one for one in step_times({"accept": {1: 6, 2: 5}, "claim": {7: 20}, "verify": {16: 10}})}
    assert (said["受理"].median, said["受理"].most) == ("5–15 分钟", "30 分钟")
    assert (said["领办"].median, said["领办"].most) == ("8–12 小时", "12 小时")
    assert said["核查"].median == "90 天以上"
    assert said["会商"].is_few
    assert not said["受理"].is_few
    assert step_times({"accept": {3: 10}})[0].median == "30 分钟–1 小时"


@pytest.mark.django_db
def test_steps_are_folded_as_the_log_grows(cast):
    with clock.at(clock.now() - timedelta(hours=3)):
        ticket = at_state(cast, State.HANDLING)
    tally.catch_up()
    now = read({"period": "custom", "from": "2000-01-01", "to": "2100-01-01"}, clock.today())
    assert "handle" not in counted([cast.township.pk], now)
    act(ticket, "report_done", staff(cast.handler), note="已修")
    tally.catch_up()
    assert counted([cast.township.pk], now)["handle"] == {bucket_of(180): 1}
    with clock.at(clock.now() + timedelta(hours=5)):
        act(Ticket.objects.get(pk=ticket.pk), "verify_fail", staff(cast.verifier), note="没修好")
    tally.catch_up()
    assert counted([cast.township.pk], now)["verify"] == {bucket_of(300): 1}
    assert doctor.tallies_agree(False) == []


@pytest.mark.django_db
@pytest.mark.parametrize("damage", [{}, {"handle": {"3": 7}}])
def test_the_doctor_finds_wrong_steps_and_mends_them(cast, damage):
    at_state(cast, State.CLOSED)
    tally.catch_up()
    StepTally.objects.filter(area=cast.county).update(counts=damage)
    assert doctor.tallies_agree(True)
    assert doctor.tallies_agree(False) == []


@pytest.mark.django_db
def test_what_is_out_of_the_rates_has_no_steps(cast):
    at_state(cast, State.SUSPENDED)
    tally.catch_up()
    assert not any(StepTally.objects.values_list("counts", flat=True))


def reviewed(cast, step: str, **fields):
    ticket = act(at_state(cast, State.CLOSED), "flag", system(), kind="sample")
    return act(ticket, step, staff(cast.secretary), **fields)


@pytest.mark.django_db
def test_the_board_says_how_much_was_found_true_and_leads_to_it(cast, login):
    good = [reviewed(cast, "review_true") for _n in range(9)]
    bad = reviewed(cast, "review_false", note="现场没有修")
    at_state(cast, State.CLOSED)  # nobody looked again
    tally.catch_up()
    assert doctor.tallies_agree(False) == []
    client = login(cast.town_leader)
    page = shown(client)
    assert "真实率<b>90%</b>" in page
    assert "found=false" in page
    listed = client.get("/t/?found=false").content.decode()
    assert bad.number in listed
    assert good[0].number not in listed
    assert "各环节用时" in page


@pytest.mark.django_db
def test_once_false_is_false(cast):
    ticket = reviewed(cast, "review_false", note="没修")
    ticket = act(ticket, "report_done", staff(cast.handler), note="修好了")
    ticket = act(ticket, "flag", system(), kind="burst")
    ticket = act(ticket, "verify_pass", staff(cast.chief))
    assert ticket.found_true is False
