"""Disputes through their whole way: opened once, moved by the right people, followed up, told and reminded once."""

import uuid
from datetime import datetime, timedelta

import pytest
from django.db import connection

from core import clock
from core.errors import Incomplete, NotNow, NotYours
from core.jobs import outbox
from core.models import AuditEntry
from core.process.transitions import StaleStep
from core.races.idempotency import KeyReused, Once
from mediation.doctor import log_replays
from mediation.engine import actions
from mediation.engine.actions import OpenedAlready
from mediation.engine.effects import NewMediator
from mediation.engine.new_dispute import NewParty
from mediation.models import Agreement, Dispute, DisputeEvent
from mediation.workflow.rules import FOLLOW_UP_AFTER, Kind, Risk, is_dispute, kind_of
from mediation.workflow.table import STEPS, State
from notices.models import Notice
from tests.mediation.conftest import NAMES, PHONES, act, appointed, at_state, in_a_day, opened
from tests.tickets import placed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", State)
def test_every_state_is_reached_by_the_real_steps_and_the_log_replays(cast, state):
    dispute = at_state(cast, state)
    versions = list(dispute.events.order_by("version").values_list("version", flat=True))
    assert versions == list(range(1, dispute.version + 1))
    assert log_replays(False) == []
    Dispute.objects.filter(pk=dispute.pk).update(version=dispute.version + 1)
    assert log_replays(False)


def test_numbers_count_through_the_year_of_a_township(cast):
    year = clock.local(clock.now()).year
    numbers = [opened(cast).number for _n in range(2)]
    assert [number.partition("调")[2] for number in numbers] == [f"〔{year}〕001号", f"〔{year}〕002号"]
    with clock.at(clock.now() + timedelta(days=366)):
        assert opened(cast).number.endswith("〕001号")


def test_sent_twice_it_is_opened_once(cast):
    once = Once("user:1", str(uuid.uuid4()), {"brief": "棚架"})
    assert opened(cast, once=once) == opened(cast, once=once)
    assert Dispute.objects.count() == 1
    with pytest.raises(KeyReused):
        opened(cast, once=Once("user:1", once.key, {"brief": "别的"}))


def test_a_ticket_has_one_dispute(cast, dispute_item):
    ticket = placed(cast, item=dispute_item)
    first = opened(cast, ticket=ticket)
    with pytest.raises(OpenedAlready) as refused:
        opened(cast, ticket=ticket)
    assert refused.value.dispute == first
    assert Dispute.objects.count() == 1


@pytest.mark.parametrize("who", ["worker", "handler", "sibling_secretary", "other_town_dispatcher", "county_leader"])
def test_not_everybody_opens_one(cast, who):
    with pytest.raises(NotYours):
        opened(cast, user=getattr(cast, who))


@pytest.mark.parametrize("who", ["chief", "secretary", "town_dispatcher", "town_leader"])
def test_those_of_the_place_open_one_and_are_responsible(cast, who):
    dispute = opened(cast, user=getattr(cast, who))
    assert dispute.mediators.get().user == getattr(cast, who)
    assert dispute.mediators.get().is_principal


def test_the_justice_office_opens_in_its_township_only(cast, justice, county_justice):
    assert opened(cast, user=justice).state == State.OPENED
    with pytest.raises(NotYours):
        opened(cast, user=justice, area=cast.other_grid)
    with pytest.raises(NotYours):
        opened(cast, user=county_justice)


def test_a_dispute_is_between_at_least_two_in_a_grid_in_use(cast):
    with pytest.raises(NotNow, match="两方"):
        opened(cast, parties=[NewParty("陈大文")])
    with pytest.raises(NotNow, match="在用的网格"):
        opened(cast, area=cast.village)


def test_what_people_said_is_not_in_the_database_as_such(cast):
    act(opened(cast), "sit", cast.secretary, where="祠堂", said="秘密之言")
    with connection.cursor() as cursor:
        text = []
        for table in ("dispute", "disputant", "mediationsession", "disputeevent"):
            cursor.execute(f"SELECT * FROM mediation_{table}")
            text.append(repr(cursor.fetchall()))
    for secret in (*NAMES, *PHONES, "棚架滴水", "秘密之言", "祠堂"):
        assert secret not in "".join(text)


def test_a_stale_press_changes_nothing_and_names_the_faster_one(cast):
    dispute = at_state(cast, State.MEDIATING)
    seen = dispute.version
    act(dispute, "draft", cast.secretary, terms="一、先写的")
    with pytest.raises(StaleStep, match=cast.secretary.name):
        actions.PROCESS.apply(dispute.pk, "draft", user=cast.secretary, version=seen, fields={"terms": "二、后写的"})
    assert Agreement.objects.get().terms == "一、先写的"


def test_a_note_makes_no_page_stale(cast):
    dispute = opened(cast)
    act(dispute, "add_note", cast.secretary, note="对方外出打工")
    done = actions.PROCESS.apply(
        dispute.pk, "withdraw", user=cast.secretary, version=dispute.version, fields={"note": "和解"}
    )
    assert done.state == State.WITHDRAWN


def test_a_step_sent_twice_is_taken_once(cast):
    dispute = opened(cast)
    once = Once("user:1", str(uuid.uuid4()), {})
    for _n in range(2):
        actions.PROCESS.apply(dispute.pk, "add_party", user=cast.secretary, fields={"name": "许玉兰"}, once=once)
    assert dispute.disputants.count() == 3


def test_what_is_missing_is_said(cast):
    with pytest.raises(Incomplete) as refused:
        act(opened(cast), "sit", cast.secretary)
    assert set(refused.value.errors) == {"where", "said"}


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_an_outsider_takes_no_step(cast, step):
    dispute = at_state(cast, sorted(step.sources)[0])
    with pytest.raises((NotYours, NotNow)):
        act(dispute, step.name, cast.sibling_secretary, note="我来")
    dispute.refresh_from_db()
    assert dispute.events.count() == dispute.version


def test_mediators_are_staff_and_people_of_the_place(cast):
    dispute = opened(cast, user=cast.chief)
    chosen = [
        NewMediator(None, "余伯", "worthy", is_principal=True),
        NewMediator(cast.worker),
    ]
    act(dispute, "appoint", cast.secretary, mediators=chosen)
    principal, helper = dispute.mediators.select_related("user")
    assert (principal.full_name, principal.shown_name, principal.get_outside_display()) == ("余伯", "余*", "乡贤")
    assert helper.user == cast.worker
    assert "余伯" not in repr(DisputeEvent.objects.get(action="appoint").data)
    act(dispute, "sit", cast.worker, where="村委会", said="谈了")


def test_an_agreement_is_followed_up_after_thirty_days(cast):
    dispute = at_state(cast, State.AGREED)
    assert dispute.follow_up_on == clock.today() + FOLLOW_UP_AFTER
    assert FOLLOW_UP_AFTER.days == 30
    with clock.at(clock.now() + timedelta(days=31)):
        dispute = act(dispute, "visit_partly", cast.secretary, note="还差一半")
        assert (dispute.state, dispute.follow_up_on) == (State.AGREED, clock.today() + FOLLOW_UP_AFTER)
        dispute = act(dispute, "visit_kept", cast.secretary, note="都做了")
    assert (dispute.state, dispute.kept, dispute.follow_up_on) == (State.FULFILLED, "kept", None)
    assert dispute.ended_at is not None


def test_a_broken_agreement_reopens_the_table_with_a_new_agreement(cast):
    dispute = at_state(cast, State.AGREED)
    at = in_a_day(3)
    dispute = act(dispute, "visit_broken", cast.secretary, note="没有拆", next_at=at)
    assert (dispute.state, dispute.round, dispute.next_at, dispute.kept) == (State.MEDIATING, 2, at, "broken")
    act(dispute, "sit", cast.secretary, where="村委会", said="再谈")
    act(dispute, "agree", cast.secretary, terms="一、限十日。")
    assert [a.terms for a in dispute.agreements.all()] == ["一、限十日。", "一、乙方于月底前拆除棚架。"]


def test_parties_come_and_go_but_two_remain(cast):
    dispute = opened(cast)
    act(dispute, "add_party", cast.secretary, name="许玉兰", phone="10000006023")
    first = dispute.disputants.get(position=1)
    act(dispute, "drop_party", cast.secretary, party=first, note="与他无关")
    assert [p.label for p in dispute.disputants.filter(dropped_at=None)] == ["乙方", "丙方"]
    with pytest.raises(NotNow, match="至少保留两方"):
        act(dispute, "drop_party", cast.secretary, party=dispute.disputants.get(position=2), note="也无关")


# ---- notices -------------------------------------------------------------------------------------------------------
def told(kind):
    return set(Notice.objects.filter(kind=f"dispute_{kind}").values_list("user__username", flat=True))


def test_what_may_turn_violent_is_told_to_the_township_leader_at_once(cast):
    opened(cast, user=cast.chief)
    outbox.drain_inline()
    assert told("open") == {"secretary"}
    opened(cast, user=cast.chief, risk=Risk.VOLATILE)
    outbox.drain("urgent", strict=True)
    assert told("open") == {"secretary", "town_leader"}
    assert Notice.objects.get(user=cast.town_leader).is_urgent


def test_a_risk_that_rises_is_told_too_and_no_notice_names_a_party(cast):
    dispute = opened(cast, user=cast.chief)
    act(dispute, "assess", cast.chief, risk="volatile", note="扬言动手")
    outbox.drain_inline()
    assert "town_leader" in told("assess")
    for notice in Notice.objects.all():
        assert dispute.number in notice.place
        assert not any(name in f"{notice.text}{notice.place}{notice.todo}" for name in NAMES)


def test_a_sitting_is_reminded_once_and_only_if_it_stands(cast):
    dispute = opened(cast)
    appointed(dispute, cast, cast.secretary, cast.chief)
    first, second = in_a_day(5), in_a_day(6)
    act(dispute, "arrange", cast.secretary, next_at=first, where="村委会")
    outbox.drain_inline()
    assert told("sitting_near") == set()
    act(dispute, "arrange", cast.secretary, next_at=second)
    with clock.at(second - timedelta(hours=23)):
        for _n in range(2):
            outbox.drain_inline()
    assert told("sitting_near") == {"secretary", "chief"}
    assert Notice.objects.filter(kind="dispute_sitting_near").count() == 2


def test_a_sitting_arranged_for_soon_is_reminded_shortly_before(cast):
    soon = clock.now() + timedelta(hours=5)
    act(opened(cast), "arrange", cast.secretary, next_at=soon)
    outbox.drain_inline()
    assert told("sitting_near") == set()
    with clock.at(soon - timedelta(minutes=59)):
        outbox.drain_inline()
    assert told("sitting_near") == {"secretary"}


def test_a_follow_up_is_reminded_on_its_day_once_and_not_after_it_was_made(cast):
    dispute, kept = at_state(cast, State.AGREED), at_state(cast, State.AGREED)
    act(kept, "visit_kept", cast.secretary, note="早就拆了")
    assert dispute.follow_up_on is not None
    day = datetime.combine(dispute.follow_up_on, datetime.min.time(), clock.COUNTY_TIME)
    with clock.at(day):
        outbox.drain_inline()
    assert told("follow_up_due") == set()
    with clock.at(day + timedelta(hours=9)):
        for _n in range(2):
            outbox.drain_inline()
    notice = Notice.objects.get(kind="dispute_follow_up_due")
    assert dispute.number in notice.place


def test_a_transfer_is_told_to_the_department_that_receives_it(cast):
    at_state(cast, State.TRANSFERRED)
    outbox.drain_inline()
    assert told("transfer") == {"handler", "colleague", "dept_leader"}


def test_every_step_is_on_the_trail_without_a_word(cast):
    dispute = at_state(cast, State.AGREED)
    rows = AuditEntry.objects.filter(object_type="mediation.dispute", object_id=str(dispute.pk))
    assert [row.verb for row in rows.order_by("id")] == ["mediation.opened", "mediation.step", "mediation.step"]
    assert not any(name in repr(row.detail) for row in rows for name in (*NAMES, "棚架"))


# ---- rules ---------------------------------------------------------------------------------------------------------
def test_which_list_items_are_disputes(cast):
    found = {code for code, item in cast.items.items() if is_dispute(item.name)}
    assert found == {"F01", "F02", "F03", "H04", "I03"}
    kinds = {code: kind_of(cast.items[code].name) for code in sorted(found)}
    assert kinds == {
        "F01": Kind.NEIGHBOUR,
        "F02": Kind.LAND,
        "F03": Kind.LABOUR,
        "H04": Kind.LAND,
        "I03": Kind.CONSUMER,
    }
    assert kind_of("路灯不亮") == Kind.OTHER
