"""The pages of disputes: who sees which, parties masked and revealed on record, forms, the sheet, the ticket's link."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.models import AuditEntry
from issues.workflow import State as TicketState
from mediation.engine.actions import PROCESS, facts_of
from mediation.models import Dispute
from mediation.people import hats_of
from mediation.workflow.table import STEPS, State, offers
from members import posts
from tests.mediation.conftest import NAMES, PHONES, SAID, TERMS, act, appointed, at_state, in_a_day, opened
from tests.tickets import at_state as ticket_at
from tests.tickets import placed

pytestmark = pytest.mark.django_db
MASKED = ("陈**", "李**", "100****6021")


def url(dispute, name="dispute", *more):
    return reverse(f"mediation:{name}", args=[dispute.pk, *more])


def text(response):
    return response.content.decode()


def opening(**changes):
    return {
        "idempotency_key": str(uuid.uuid4()),
        "kind": "neighbour",
        "risk": "plain",
        "area": "440783103229002",
        "brief": "棚架滴水",
        "name0": NAMES[0],
        "phone0": PHONES[0],
        "name1": NAMES[1],
    } | changes


# ---- scope ---------------------------------------------------------------------------------------------------------
SEES = ["secretary", "town_dispatcher", "town_leader", "auditor"]
BLIND = [
    "chief", "worker", "handler", "dept_leader", "sibling_secretary", "other_town_dispatcher", "other_handler",
]  # fmt: skip


@pytest.mark.parametrize("who", SEES)
def test_those_in_charge_of_the_place_see_it(cast, login, who):
    assert login(getattr(cast, who)).get(url(opened(cast))).status_code == 200


@pytest.mark.parametrize("who", BLIND)
def test_everybody_else_gets_the_bytes_of_a_missing_one(cast, login, who):
    dispute, client = opened(cast), login(getattr(cast, who))
    answers = [client.get(url(dispute)), client.get(reverse("mediation:dispute", args=[999_999]))]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert dispute.number not in text(client.get(reverse("mediation:index") + "?view=all"))
    for name in ("act", "reveal", "agreement"):
        more = ("add_note",) if name == "act" else ()
        assert client.post(url(dispute, name, *more), {}).status_code == 404, name


@pytest.mark.parametrize("who", ["county_dispatcher", "county_leader", "verifier", "system_admin", "list_admin"])
def test_other_roles_do_not_reach_the_pages(cast, login, who):
    assert login(getattr(cast, who)).get(url(opened(cast))).status_code == 403
    assert login(getattr(cast, who)).get(reverse("mediation:index")).status_code == 403


def test_who_mediates_sees_it_and_who_is_relieved_no_longer(cast, login):
    dispute = appointed(opened(cast), cast, cast.secretary, cast.worker)
    assert login(cast.worker).get(url(dispute)).status_code == 200
    appointed(dispute, cast, cast.secretary, cast.chief)
    assert login(cast.worker).get(url(dispute)).status_code == 404
    assert login(cast.chief).get(url(dispute)).status_code == 200


def test_who_opened_it_sees_it_while_their_post_covers_it(cast, login):
    dispute = appointed(opened(cast, user=cast.chief), cast, cast.secretary)
    assert login(cast.chief).get(url(dispute)).status_code == 200
    posts.assign(user=cast.chief, role="grid_chief", area=cast.sibling_grid, actor=None)
    posts.end(post=cast.chief.posts.get(area=cast.grid), actor=cast.system_admin)
    assert login(cast.chief).get(url(dispute)).status_code == 404


def test_justice_offices_see_those_of_their_township_and_the_county_all(cast, login, justice, county_justice):
    here, elsewhere = opened(cast), opened(cast, user=cast.other_town_dispatcher, area=cast.other_grid)
    assert [login(justice).get(url(d)).status_code for d in (here, elsewhere)] == [200, 404]
    assert [login(county_justice).get(url(d)).status_code for d in (here, elsewhere)] == [200, 200]


def test_the_receiving_department_reads_what_was_passed_on(cast, login):
    dispute = at_state(cast, State.TRANSFERRED)
    page = text(login(cast.handler).get(url(dispute)))
    assert "棚架滴水" in page
    assert login(cast.handler).post(url(dispute, "reveal"), {"reason": "ask"}).status_code == 403


def test_the_auditor_sees_that_there_is_a_dispute_and_no_word_of_it(cast, login):
    dispute = at_state(cast, State.AGREED)
    act(dispute, "add_note", cast.secretary, note="补充的话")
    client = login(cast.auditor)
    page = text(client.get(url(dispute)))
    assert dispute.number in page
    for secret in ("棚架", SAID, "补充的话", "南安里", "陈", TERMS):
        assert secret not in page.replace(cast.secretary.name, ""), secret
    assert client.get(url(dispute, "agreement")).status_code == 403
    assert not AuditEntry.objects.filter(verb="mediation.read").exists()
    assert client.post(url(dispute, "act", "add_note"), {"note": "x"}).status_code == 403


@pytest.mark.parametrize("page", [(), ("act", "add_note"), ("agreement",)])
def test_every_reading_of_the_words_is_on_record(cast, login, page):
    dispute = at_state(cast, State.AGREED)
    assert login(cast.secretary).get(url(dispute, *page)).status_code == 200
    row = AuditEntry.objects.get(verb="mediation.read")
    assert (row.actor_id, row.object_id) == (cast.secretary.pk, str(dispute.pk))


# ---- masked and revealed -------------------------------------------------------------------------------------------
def test_parties_are_masked_everywhere_and_never_listed(cast, login):
    dispute = at_state(cast, State.AGREED)
    client = login(cast.secretary)
    page = text(client.get(url(dispute)))
    assert all(word in page for word in MASKED)
    listed = text(client.get(reverse("mediation:index") + "?view=all"))
    assert dispute.number in listed
    for shown in (listed, text(client.get(url(dispute, "agreement"))), text(client.get(url(dispute, "act", "assess")))):
        assert not any(secret in shown for secret in (*NAMES, *PHONES))
    assert "陈**" not in listed


def test_a_reveal_shows_them_once_and_is_on_record(cast, login):
    dispute = opened(cast)
    client = login(cast.secretary)
    assert client.post(url(dispute, "reveal"), {"reason": "闲聊"}).status_code == 422
    assert not AuditEntry.objects.filter(verb="mediation.revealed").exists()
    page = text(client.post(url(dispute, "reveal"), {"reason": "visit"}))
    assert all(secret in page for secret in (*NAMES, *PHONES))
    entry = AuditEntry.objects.get(verb="mediation.revealed")
    assert (entry.actor_id, entry.object_id, entry.detail["reason"]) == (cast.secretary.pk, str(dispute.pk), "visit")
    assert NAMES[0] not in text(client.get(url(dispute)))


def test_the_sheet_is_masked_until_printed_and_the_print_is_on_record(cast, login):
    dispute = at_state(cast, State.MEDIATING)
    client = login(cast.secretary)
    assert client.get(url(dispute, "agreement")).status_code == 404
    act(dispute, "draft", cast.secretary, terms=TERMS, manner="履行期限：月底前")
    draft = text(client.get(url(dispute, "agreement")))
    assert TERMS in draft
    assert "年　　月　　日" in draft
    act(dispute, "agree", cast.secretary, terms=TERMS)
    assert not AuditEntry.objects.filter(verb="mediation.printed").exists()
    sheet = text(client.post(url(dispute, "agreement")))
    today = clock.today()
    wanted = (
        "人民调解协议书", dispute.number, *NAMES, "甲方", "乙方", TERMS, "红岭村人民调解委员会", "签名",
        f"{today.year}年{today.month}月{today.day}日", "司法确认", "一式 3 份",
    )  # fmt: skip
    assert [word for word in wanted if word not in sheet] == []
    assert AuditEntry.objects.get(verb="mediation.printed").actor_id == cast.secretary.pk


# ---- opening -------------------------------------------------------------------------------------------------------
def test_opening_on_the_phone_and_the_desk(cast, login):
    for who, frame in (("chief", 'class="m"'), ("town_dispatcher", 'class="desk"')):
        page = text(login(getattr(cast, who)).get(reverse("mediation:new")))
        assert frame in page
        assert 'name="name1"' in page


def test_a_form_sent_twice_opens_one_dispute(cast, login):
    client, data = login(cast.chief), opening(household0=cast.household.code)
    answers = [client.post(reverse("mediation:new"), data) for _n in range(2)]
    dispute = Dispute.objects.get()
    assert [answer["Location"] for answer in answers] == [url(dispute)] * 2
    assert dispute.disputants.get(position=1).household == cast.household
    assert cast.household.address not in text(client.get(url(dispute)))
    assert cast.household.address in text(client.post(url(dispute, "reveal"), {"reason": "visit"}))
    changed = client.post(reverse("mediation:new"), data | {"brief": "别的事"})
    assert changed.status_code == 422
    assert Dispute.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name1": ""}, "请填写此项"),
        ({"phone0": "abc"}, "电话号码应为"),
        ({"area": "440783103231001"}, "请从给出的选项中选择"),
        ({"household0": "4407831032310010001"}, "没有这一户"),
        ({"brief": "x\x00y"}, "无法保存"),
        ({"name2": "", "phone2": "10000006023"}, "请写姓名"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(cast, login, changes, words):
    response = login(cast.chief).post(reverse("mediation:new"), opening(**changes))
    assert response.status_code == 422
    assert words in text(response)
    assert "棚架" in text(response) or "brief" in changes
    assert not Dispute.objects.exists()


def test_fields_that_are_not_asked_have_no_effect(cast, login):
    login(cast.chief).post(reverse("mediation:new"), opening(state="fulfilled", opened_by="1", number="X"))
    dispute = Dispute.objects.get()
    assert (dispute.state, dispute.opened_by) == (State.OPENED, cast.chief)


# ---- steps ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_every_step_has_a_form_for_who_may_take_it(cast, login, step):
    dispute = at_state(cast, sorted(step.sources)[0])
    if step.name == "drop_party":
        act(dispute, "add_party", cast.secretary, name="许玉兰")
    page = login(cast.secretary).get(url(dispute, "act", step.name))
    assert page.status_code == 200
    assert str(step.label) in text(page)
    assert 'name="version"' in text(page)


def test_a_session_is_recorded_through_its_form(cast, login):
    dispute = opened(cast)
    party = dispute.disputants.first()
    held, coming = clock.local(in_a_day(-1)), clock.local(in_a_day(2))
    data = {
        "version": dispute.version,
        "idempotency_key": str(uuid.uuid4()),
        "held_at": f"{held:%Y-%m-%dT%H:%M}",
        "where": "村调解室",
        "said": SAID,
        "attended": [str(party.pk)],
        "next_at": f"{coming:%Y-%m-%dT%H:%M}",
    }
    response = login(cast.secretary).post(url(dispute, "act", "sit"), data)
    assert response.status_code == 302
    dispute.refresh_from_db()
    assert dispute.state == State.MEDIATING
    session = dispute.sessions.get()
    assert list(session.attended.all()) == [party]
    page = text(login(cast.secretary).get(url(dispute)))
    assert SAID in page
    assert "到场：甲方" in page
    late = data | {"version": dispute.version, "idempotency_key": str(uuid.uuid4()), "held_at": data["next_at"]}
    refused = login(cast.secretary).post(url(dispute, "act", "sit"), late)
    assert refused.status_code == 422
    assert "不能晚于现在" in text(refused)
    assert SAID in text(refused)


def test_mediators_are_chosen_through_their_form(cast, login):
    dispute = opened(cast)
    data = {
        "version": dispute.version,
        "idempotency_key": str(uuid.uuid4()),
        "principal": "outside",
        "helpers": [str(cast.worker.pk)],
        "outsider0": "余伯",
        "outside0": "worthy",
    }
    page = text(login(cast.secretary).get(url(dispute, "act", "appoint")))
    assert cast.worker.name in page
    assert cast.sibling_worker.name not in page
    assert login(cast.secretary).post(url(dispute, "act", "appoint"), data | {"outsider0": ""}).status_code == 422
    wrong = data | {"helpers": [str(cast.sibling_worker.pk)]}
    assert login(cast.secretary).post(url(dispute, "act", "appoint"), wrong).status_code == 422
    assert login(cast.secretary).post(url(dispute, "act", "appoint"), data).status_code == 302
    assert [m.full_name for m in dispute.mediators.select_related("user")] == ["余伯", cast.worker.name]


def test_a_stale_form_keeps_the_words_and_says_who_was_faster(cast, login):
    dispute = at_state(cast, State.MEDIATING)
    seen = dispute.version
    act(dispute, "draft", cast.secretary, terms="一、先写的")
    data = {"version": seen, "idempotency_key": str(uuid.uuid4()), "terms": "二、后写的"}
    response = login(cast.secretary).post(url(dispute, "act", "draft"), data)
    assert response.status_code == 409
    assert "二、后写的" in text(response)
    assert cast.secretary.name in text(response)
    PROCESS.apply(dispute.pk, "withdraw", user=cast.secretary, fields={"note": "和解"})
    response = login(cast.secretary).post(url(dispute, "act", "draft"), data)
    assert response.status_code == 409
    assert "已撤回" in text(response)


def test_a_step_of_another_state_says_why(cast, login):
    dispute = opened(cast)
    assert login(cast.secretary).get(url(dispute, "act", "agree")).status_code == 409
    assert login(cast.town_leader).get(url(dispute, "act", "sit")).status_code == 403
    assert login(cast.secretary).get(url(dispute, "act", "nonsense")).status_code == 404


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_page_with_the_steps_of_the_table(cast, login, state):
    dispute = at_state(cast, state)
    page = text(login(cast.secretary).get(url(dispute)))
    offered = {step.name for step in STEPS if url(dispute, "act", step.name) in page}
    hats = hats_of(cast.secretary, dispute, list(dispute.mediators.all()))
    parties, sessions = dispute.disputants.count(), dispute.sessions.count()
    facts = facts_of(dispute, clock.now(), parties=parties, sessions=sessions, has_principal=True)
    assert offered == {step.name for step in offers(facts, hats)}


# ---- lists ---------------------------------------------------------------------------------------------------------
def test_tabs_and_conditions_narrow_the_list(cast, login):
    made = {state: at_state(cast, state) for state in State}
    client = login(cast.secretary)

    def listed(query):
        page = text(client.get(f"{reverse('mediation:index')}?{query}"))
        return {state for state, dispute in made.items() if dispute.number in page}

    assert listed("") == {State.OPENED, State.MEDIATING}
    assert listed("view=all") == set(State)
    assert listed("view=agreed") == {State.AGREED}
    assert listed("view=mine") == {State.OPENED, State.MEDIATING, State.AGREED}
    assert listed("state=failed") == listed("view=open&state=failed") == {State.FAILED}
    assert listed("view=mine&state=failed") == set()
    assert listed("view=all&kind=labour") == set()
    assert listed("view=all&kind=neighbour&state=withdrawn") == {State.WITHDRAWN}
    assert listed("view=nope&kind=x&state=y&after=zzz") == {State.OPENED, State.MEDIATING}
    assert listed("view=due") == set()
    with clock.at(in_a_day(30)):
        late = login(cast.secretary).get(f"{reverse('mediation:index')}?view=due")
        assert made[State.AGREED].number in text(late)


def test_a_list_costs_the_same_however_long_it_is(cast, login):
    client = login(cast.town_dispatcher)
    client.get(reverse("mediation:index"))
    counts = []
    for _n in range(2):
        for state in (State.OPENED, State.AGREED, State.FAILED):
            at_state(cast, state)
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("mediation:index") + "?view=all")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_page_costs_the_same_however_long_its_history(cast, login):
    dispute = at_state(cast, State.MEDIATING)
    client, counts = login(cast.secretary), []
    client.get(url(dispute))
    for _n in range(2):
        for _m in range(4):
            act(dispute, "sit", cast.secretary, where="村委会", said="谈")
        with CaptureQueriesContext(connection) as seen:
            client.get(url(dispute))
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_list_is_paged(cast, login, monkeypatch):
    monkeypatch.setattr("mediation.queries.PAGE_SIZE", 2)
    made = [opened(cast) for _n in range(3)]
    page = text(login(cast.secretary).get(reverse("mediation:index")))
    assert [dispute.number in page for dispute in made] == [False, True, True]
    assert 'rel="next"' in page


# ---- beside the ticket ---------------------------------------------------------------------------------------------
OFFER = "转入矛盾调解"


def ticket_page(client, ticket):
    return text(client.get(reverse("issues:ticket", args=[ticket.number])))


@pytest.mark.parametrize(
    ("who", "on_dispute", "on_other"),
    [
        ("chief", True, True),
        ("secretary", True, True),
        ("town_dispatcher", True, False),
        ("town_leader", True, False),
        ("worker", False, False),
        ("auditor", False, False),
        ("verifier", False, False),
    ],
)
def test_who_is_offered_to_open_one_from_a_ticket(cast, login, dispute_item, who, on_dispute, on_other):
    client = login(getattr(cast, who))
    assert (OFFER in ticket_page(client, placed(cast, item=dispute_item))) == on_dispute
    assert (OFFER in ticket_page(client, placed(cast))) == on_other


def test_a_dispute_opened_from_a_ticket_shows_on_it_to_who_may_see_it(cast, login, dispute_item):
    ticket = placed(cast, item=dispute_item)
    page = text(login(cast.secretary).get(reverse("mediation:new") + f"?ticket={ticket.number}"))
    assert ticket.description in page
    response = login(cast.secretary).post(reverse("mediation:new"), opening(ticket=ticket.number))
    dispute = Dispute.objects.get()
    assert (dispute.ticket, response["Location"]) == (ticket, url(dispute))
    assert dispute.number in ticket_page(login(cast.secretary), ticket)
    for who in ("worker", "chief"):
        page = ticket_page(login(getattr(cast, who)), ticket)
        assert dispute.number not in page
        assert OFFER not in page
    again = login(cast.secretary).post(reverse("mediation:new"), opening(ticket=ticket.number))
    assert again["Location"] == url(dispute)
    hidden = login(cast.chief).post(reverse("mediation:new"), opening(ticket=ticket.number))
    assert hidden.status_code == 409
    assert Dispute.objects.count() == 1
    ticket.refresh_from_db()
    assert ticket.is_open


def test_the_words_of_a_sensitive_ticket_are_not_taken_over_for_who_may_not_read_them(cast, login):
    sensitive = next(item for item in cast.items.values() if item.is_sensitive and item.grade.code != "urgent")
    ticket = ticket_at(cast, TicketState.HANDLING, item=sensitive, description="举报人的原话")
    address = reverse("mediation:new") + f"?ticket={ticket.number}"
    assert "举报人的原话" not in text(login(cast.chief).get(address))
    assert "举报人的原话" in text(login(cast.secretary).get(address))


def test_a_foreign_ticket_opens_nothing(cast, login, dispute_item):
    ticket = placed(cast, item=dispute_item)
    client = login(cast.sibling_secretary)
    assert client.get(reverse("mediation:new") + f"?ticket={ticket.number}").status_code == 404
    assert client.post(reverse("mediation:new"), opening(ticket=ticket.number)).status_code == 404


def test_the_outcome_is_offered_when_the_ticket_is_reported_done(cast, login, dispute_item):
    ticket = ticket_at(cast, TicketState.SELF_HANDLING, route="self", item=dispute_item)
    dispute = opened(cast, ticket=ticket)
    appointed(dispute, cast, cast.secretary, cast.worker)
    address = reverse("issues:act", args=[ticket.number, "report_done"])
    assert dispute.number not in text(login(cast.worker).get(address)).partition("<textarea")[2]
    act(dispute, "sit", cast.secretary, where="村委会", said=SAID)
    act(dispute, "agree", cast.secretary, terms=TERMS)
    form = text(login(cast.worker).get(address)).partition("<textarea")[2].partition("</textarea")[0]
    assert dispute.number in form
    assert "达成协议" in form
