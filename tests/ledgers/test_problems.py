"""问题台账: entered, put right, struck off by somebody else; told and reminded once; lists, sheet and file agree."""

import io
import uuid
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from core import clock
from core.errors import Incomplete, NotNow, NotYours
from core.files import stored
from core.jobs import outbox
from core.models import AuditEntry, OutboxRow
from core.process.transitions import StaleStep
from core.races.idempotency import KeyReused, Once
from ledgers.doctor import log_replays
from ledgers.engine import actions
from ledgers.models import Matter, MatterPhoto, Rectification
from ledgers.rules import Source
from ledgers.workflow import TABLES, Kind
from ledgers.workflow.rectification import State
from notices.models import Notice
from tests.ledgers.conftest import act, in_days, once, problem, problem_at
from tests.tickets import PIXEL, jpeg, placed

pytestmark = pytest.mark.django_db


def url(row, name="rectification", *more):
    return reverse(f"ledgers:{name}", args=[row.pk, *more])


def do(row, name):
    return reverse("ledgers:act", args=["rectification", row.pk, name])


def read(response):
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def text(response):
    return response.content.decode()


@pytest.mark.parametrize("state", State)
def test_every_state_is_reached_by_the_real_steps_and_the_log_replays(cast, state):
    row = problem_at(cast, state)
    versions = list(row.events.order_by("version").values_list("version", flat=True))
    assert versions == list(range(1, row.version + 1))
    assert log_replays(False) == []
    Matter.objects.filter(pk=row.pk).update(version=row.version + 1)
    assert log_replays(False)


def test_numbers_count_through_the_year_of_an_office(cast):
    year = clock.local(clock.now()).year
    first, second = problem(cast), problem(cast)
    assert [row.number.partition("改")[2] for row in (first, second)] == [f"〔{year}〕001号", f"〔{year}〕002号"]
    county = problem(cast, user=cast.county_dispatcher, office=cast.county, owner=cast.township)
    assert county.number.endswith("001号")
    assert county.number != first.number


def test_sent_twice_it_is_entered_once(cast):
    key = str(uuid.uuid4())
    assert problem(cast, once=once(key)) == problem(cast, once=once(key))
    with pytest.raises(KeyReused):
        problem(cast, once=Once("tests", key, {"title": "别的"}))
    assert Rectification.objects.count() == 1


def test_only_the_office_of_the_place_enters_one_and_with_a_day_to_come(cast):
    for user in (cast.other_town_dispatcher, cast.secretary, cast.handler, cast.worker, cast.auditor):
        with pytest.raises(NotYours):
            problem(cast, user=user)
    with pytest.raises(NotNow):
        problem(cast, due_on=clock.today())


def test_who_asked_never_checks_even_with_both_hats(cast):
    """A township that must put right what it entered itself: another of its people strikes it off."""
    row = problem(cast, owner=cast.township)
    row = act(row, "apply", cast.town_dispatcher, pictures=[PIXEL])
    with pytest.raises(NotNow, match="不能核验自己的件"):
        act(row, "strike", cast.town_dispatcher)
    assert act(row, "strike", cast.town_leader).state == State.STRUCK


@pytest.mark.parametrize("who", ["handler", "secretary", "county_dispatcher", "other_town_dispatcher", "verifier"])
def test_others_than_the_office_do_not_strike_off(cast, who):
    row = problem_at(cast, State.APPLIED)
    with pytest.raises(NotYours):
        act(row, "strike", getattr(cast, who))


def test_evidence_is_asked_for_and_a_ticket_is_one(cast):
    row = problem(cast)
    with pytest.raises(NotNow, match="佐证"):
        act(row, "apply", cast.handler)
    with pytest.raises(Incomplete):
        act(row, "apply", cast.handler, note="", pictures=[PIXEL])
    ticket = placed(cast)
    row = act(row, "apply", cast.handler, ticket=ticket)
    assert row.state == State.APPLIED
    assert row.ticket == ticket


def test_sent_back_it_can_be_asked_for_again_by_somebody_else(cast):
    row = act(problem_at(cast, State.APPLIED), "send_back", cast.town_dispatcher, note="还有两块")
    assert (row.state, row.applied_by) == (State.FIXING, None)
    assert act(row, "apply", cast.colleague).applied_by == cast.colleague


def test_only_the_office_extends_with_a_reason(cast):
    row = problem(cast)
    with pytest.raises(NotYours):
        act(row, "extend", cast.handler, due_on=in_days(40))
    with pytest.raises(Incomplete):
        act(row, "extend", cast.town_dispatcher, due_on=in_days(40), note="")
    assert act(row, "extend", cast.town_dispatcher, due_on=in_days(40)).due_on == in_days(40)


def test_an_overtaken_page_is_told_so(cast):
    row = problem_at(cast, State.APPLIED)
    seen = row.version
    act(row, "send_back", cast.town_dispatcher)
    with pytest.raises(StaleStep, match="退回整改"):
        actions.PROCESSES[row.kind].apply(row.pk, "strike", user=cast.town_leader, version=seen, fields={"note": "好"})


def test_a_note_overtakes_nobody(cast):
    row = problem_at(cast, State.APPLIED)
    act(row, "progress", cast.handler)
    done = actions.PROCESSES[row.kind].apply(
        row.pk, "strike", user=cast.town_leader, version=row.version, fields={"note": "好"}
    )
    assert done.state == State.STRUCK


def test_a_step_sent_twice_is_taken_once(cast):
    row, key = problem(cast), once()
    for _n in range(2):
        actions.PROCESSES[row.kind].apply(row.pk, "progress", user=cast.handler, fields={"note": "拆了五块"}, once=key)
    assert row.events.filter(action="progress").count() == 1


def test_every_act_is_on_the_trail(cast):
    problem_at(cast, State.STRUCK)
    verbs = list(AuditEntry.objects.filter(verb__startswith="ledgers.").order_by("id").values_list("verb", flat=True))
    assert verbs == ["ledgers.rectification.opened", *["ledgers.rectification.step"] * 2]


# ---- notices ---------------------------------------------------------------------------------------------------------
def told(user):
    return list(Notice.objects.filter(user=user).order_by("id").values_list("kind", flat=True))


def test_owner_and_office_are_told_in_turn(cast):
    row = problem(cast)
    outbox.drain_inline()
    assert told(cast.handler) == ["rectifi_open"]
    assert told(cast.town_leader) == []
    act(row, "apply", cast.handler, pictures=[PIXEL])
    outbox.drain_inline()
    assert "rectifi_apply" in told(cast.town_dispatcher)
    act(row, "strike", cast.town_dispatcher)
    outbox.drain_inline()
    assert "rectifi_strike" in told(cast.handler)


def at_eight_thirty(day):
    return datetime.combine(day, datetime.min.time(), clock.COUNTY_TIME) + timedelta(hours=8, minutes=31)


def test_the_owner_is_reminded_three_days_before_and_on_the_day(cast):
    problem(cast)
    for ahead, count in ((4, 0), (3, 1), (1, 1), (0, 2)):
        with clock.at(at_eight_thirty(in_days(20) - timedelta(days=ahead))):
            outbox.drain_inline()
            assert told(cast.handler).count("rectifi_day_near") == count, ahead


def test_what_was_extended_or_struck_off_reminds_of_the_old_day_no_more(cast):
    extended = problem(cast)
    act(extended, "extend", cast.town_dispatcher, due_on=in_days(60))
    problem_at(cast, State.STRUCK)
    with clock.at(at_eight_thirty(in_days(20))):
        outbox.drain_inline()
    assert "rectifi_day_near" not in told(cast.handler)
    with clock.at(at_eight_thirty(in_days(60))):
        outbox.drain_inline()
    assert told(cast.handler).count("rectifi_day_near") == 1  # both reminders came due while the engine stood still
    assert not OutboxRow.objects.filter(parked_at__isnull=False).exists()


# ---- pages -----------------------------------------------------------------------------------------------------------
SEES = ["secretary", "town_dispatcher", "town_leader", "county_dispatcher", "county_leader", "auditor", "handler"]
BLIND = ["sibling_secretary", "other_town_dispatcher", "other_handler"]


@pytest.mark.parametrize("who", SEES)
def test_those_of_the_place_and_the_owner_see_it(cast, login, who):
    row = problem(cast)
    assert login(getattr(cast, who)).get(url(row)).status_code == 200
    assert row.number in text(login(getattr(cast, who)).get(reverse("ledgers:rectifications")))


@pytest.mark.parametrize("who", BLIND)
def test_everybody_else_gets_the_bytes_of_a_missing_one(cast, login, who):
    row, client = problem(cast), login(getattr(cast, who))
    answers = [client.get(url(row)), client.get(reverse("ledgers:rectification", args=[999_999]))]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert row.number not in text(client.get(reverse("ledgers:rectifications") + "?view=all"))
    assert client.post(do(row, "progress"), {}).status_code == 404


@pytest.mark.parametrize("who", ["worker", "chief", "verifier", "system_admin"])
def test_other_roles_do_not_reach_the_ledger(cast, login, who):
    assert login(getattr(cast, who)).get(reverse("ledgers:rectifications")).status_code == 403


def test_a_township_owner_sees_and_asks(cast, login):
    row = problem(cast, user=cast.county_dispatcher, office=cast.county, area=cast.county, owner=cast.other_township)
    assert login(cast.other_town_dispatcher).get(url(row)).status_code == 200
    assert login(cast.town_dispatcher).get(url(row)).status_code == 404
    assert "申请销号" in text(login(cast.other_town_dispatcher).get(url(row)))


def test_entered_by_the_form_with_errors_beside_the_fields(cast, login):
    client = login(cast.town_dispatcher)
    page = text(client.get(reverse("ledgers:new_problem")))
    assert "开平市" not in page.split('name="area"')[1].split("</select>")[0]
    given = {
        "idempotency_key": str(uuid.uuid4()),
        "title": "挂牌过多",
        "source": "inspection",
        "problem": "门口挂牌十七块",
        "area": cast.village.code,
        "owner": f"d{cast.office.code}",
        "due_on": str(clock.today()),
    }
    refused = client.post(reverse("ledgers:new_problem"), given)
    assert refused.status_code == 422
    assert "期限须在今天之后" in text(refused)
    assert "门口挂牌十七块" in text(refused)
    made = client.post(reverse("ledgers:new_problem"), given | {"due_on": str(in_days(9))})
    assert made["Location"] == url(Rectification.objects.get())


def test_taken_through_the_pages_with_a_photo(cast, login):
    row = problem(cast)
    client = login(cast.handler)
    assert "申请销号" in text(client.get(url(row)))
    page = client.get(do(row, "apply"))
    assert page.status_code == 200
    given = {"version": row.version, "idempotency_key": str(uuid.uuid4()), "note": "只留三块"}
    refused = client.post(do(row, "apply"), given)
    assert refused.status_code == 422
    assert "只留三块" in text(refused)
    given["idempotency_key"] = str(uuid.uuid4())
    assert client.post(do(row, "apply"), given | {"photos": jpeg()}).status_code == 302
    photo = MatterPhoto.objects.get()
    address = reverse("ledgers:photo", args=[photo.pk])
    assert address in text(client.get(url(row)))
    assert read(client.get(address))
    assert login(cast.other_handler).get(address).status_code == 404
    stored.sweep()
    assert read(client.get(address))
    assert client.get(do(row, "strike")).status_code == 403


def test_a_stale_form_comes_back_with_everything_typed(cast, login):
    row = problem_at(cast, State.APPLIED)
    seen = row.version
    act(row, "extend", cast.town_dispatcher, due_on=in_days(40))
    answer = login(cast.town_leader).post(do(row, "strike"), {"version": seen, "note": "都看过了"})
    assert answer.status_code == 409
    assert "都看过了" in text(answer)
    assert "延长期限" in text(answer)


def test_list_sheet_and_file_hold_the_same(cast, login):
    late = problem(cast, title="=1+1 超期的")
    Rectification.objects.filter(pk=late.pk).update(due_on=clock.today() - timedelta(days=1))
    problem(cast, title="没到期的", source=Source.AUDIT)
    problem_at(cast, State.STRUCK, title="销了号的")
    client = login(cast.town_dispatcher)
    for query, shown in {
        "view=overdue": ["=1+1 超期的"],
        "view=open": ["=1+1 超期的", "没到期的"],
        "view=open&source=audit": ["没到期的"],
        f"view=all&owner=d{cast.office.code}": ["=1+1 超期的", "没到期的", "销了号的"],
        "view=all&owner=dXX": [],
    }.items():
        titles = {"=1+1 超期的", "没到期的", "销了号的"}
        page = text(client.get(f"{reverse('ledgers:rectifications')}?{query}"))
        sheet = text(client.get(f"{reverse('ledgers:sheet')}?{query}"))
        answer = client.get(f"{reverse('ledgers:export_problems', args=['xlsx'])}?{query}")
        book = load_workbook(io.BytesIO(read(answer)))
        found = [row[1] for row in list(book.active.values)[1:]]
        assert sorted(title.lstrip("'") for title in found) == sorted(shown), query
        assert not any(str(title).startswith("=") for title in found)
        for title in titles:
            assert (title in page) == (title in shown), (query, title)
            assert (title in sheet) == (title in shown), (query, title)
    entry = AuditEntry.objects.filter(verb="ledgers.exported").first()
    assert (entry.actor_id, entry.detail["format"]) == (cast.town_dispatcher.pk, "xlsx")


def test_the_lists_cost_the_same_however_long(cast, login):
    client = login(cast.town_dispatcher)
    home = reverse("ledgers:rectifications")

    def price() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(home)
        return len(queries)

    problem(cast)
    price()
    one = price()
    for _n in range(5):
        problem(cast)
    assert price() == one


def test_the_tickets_page_names_the_problem(cast, login):
    ticket = placed(cast)
    row = problem(cast, ticket=ticket)
    address = reverse("issues:ticket", args=[ticket.number])
    assert row.number in text(login(cast.town_dispatcher).get(address))
    assert row.number not in text(login(cast.worker).get(address))


def test_the_buttons_are_those_of_the_table(cast, login):
    row = problem_at(cast, State.APPLIED)
    page = text(login(cast.town_leader).get(url(row)))
    for step in TABLES[Kind.RECTIFICATION].steps:
        offered = State.APPLIED in step.sources and step.name in ("strike", "progress", "send_back", "extend", "revoke")
        assert (do(row, step.name) in page) == offered, step.name
