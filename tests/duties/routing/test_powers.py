"""Powers handed down and a township's own division of work: what may be registered, how it ends, who reads it."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import clock
from core.errors import Conflict, Refused
from core.models import AuditEntry
from duties.models import Assignment, DutyItem, Kind, PlaceKind
from duties.routing import powers, standing
from duties.routing.deciding import NoListInForceError
from duties.routing.standing import STATES, Chosen
from members.roles import Role
from tests.duties.conftest import client_of, person
from tests.duties.ground import assign, office, retire

URL = "/lists/powers/"


def test_a_power_comes_from_the_department_that_the_list_names(cast):
    row = assign(cast, Kind.ENFORCING, code="B03", to="ZF")
    assert (row.grantor.code, row.is_power) == ("CG", True)
    told = AuditEntry.objects.get(verb="duties.assigned")
    assert (told.actor_id, told.detail["code"], told.detail["kind"]) == (cast.admin_user.pk, "B03", "enforcing")
    assert assign(cast, Kind.OVERRIDE, to="JT" and office("JT")).grantor is None


@pytest.mark.parametrize(
    ("given_", "refusal"),
    [
        ({"kind": Kind.ENFORCING, "code": "C02"}, "不涉及执法"),
        ({"kind": Kind.HANDLING, "to": "county"}, "落到本镇的机构"),
        ({"kind": Kind.OVERRIDE, "to": "retired"}, "已停用"),
        ({"ends_on": date(2025, 12, 31)}, "早于"),
    ],
)
def test_what_cannot_be_registered(cast, given_, refusal):
    retire(office("SLS", cast.town))
    there = {"county": office("JT"), "retired": office("SLS", cast.town)}
    given_ = given_ | ({"to": there[given_["to"]]} if "to" in given_ else {})
    with pytest.raises(Refused, match=refusal):
        assign(cast, **given_)
    assert not Assignment.objects.exists()


def test_an_office_of_another_township_and_an_unknown_item_are_refused(cast):
    theirs = office("NN", cast.town)
    with pytest.raises(Refused, match="不是本镇的机构"):
        powers.assign(
            kind=Kind.OVERRIDE, township=cast.bare, item_code="C02", office=theirs, basis="x",
            starts_on=date(2026, 1, 1), ends_on=None, actor=cast.admin_user,
        )  # fmt: skip
    with pytest.raises(NoListInForceError):
        assign(cast, code="Z99")


@settings(max_examples=40)
@given(
    first=st.tuples(st.integers(0, 20), st.one_of(st.none(), st.integers(0, 20))),
    second=st.tuples(st.integers(0, 20), st.one_of(st.none(), st.integers(0, 20))),
)
def test_of_one_sort_only_one_runs_on_any_day(cast, first, second):
    """Two rows of a sort on the same ground are refused exactly if they share a day."""
    Assignment.objects.all().delete()
    begin = date(2026, 3, 1)
    spans = []
    for start, length in (first, second):
        since = begin + timedelta(days=start)
        spans.append((since, None if length is None else since + timedelta(days=length)))
    assign(cast, starts_on=spans[0][0], ends_on=spans[0][1])
    far = date(2030, 1, 1)
    share = max(spans[0][0], spans[1][0]) <= min(spans[0][1] or far, spans[1][1] or far)
    if share:
        with pytest.raises(Conflict, match="请先终止那一条"):
            assign(cast, to="ZF", starts_on=spans[1][0], ends_on=spans[1][1])
    else:
        assign(cast, to="ZF", starts_on=spans[1][0], ends_on=spans[1][1])


def test_sorts_and_grounds_stand_beside_each_other(cast):
    assign(cast)
    assign(cast, ground=PlaceKind.URBAN)
    assign(cast, Kind.OVERRIDE)
    with pytest.raises(Conflict):
        assign(cast, Kind.OVERRIDE, to="ZF")
    assign(cast, Kind.ENFORCING, code="B03", to="ZF")
    with pytest.raises(Conflict, match="综合行政执法办"):
        assign(cast, Kind.HANDLING, code="B03")


def test_it_ends_once_with_a_reason(cast):
    row = assign(cast)
    with pytest.raises(Refused, match="理由"):
        powers.end(assignment=row, reason="  ", actor=cast.admin_user)
    powers.end(assignment=row, reason="试点期满", actor=cast.admin_user)
    with pytest.raises(Conflict, match="已经终止"):
        powers.end(assignment=row, reason="又一次", actor=cast.second_user)
    row.refresh_from_db()
    assert (row.end_reason, row.ended_by) == ("试点期满", cast.admin_user)
    assert AuditEntry.objects.get(verb="duties.assignment_ended").detail["reason"] == "试点期满"
    assign(cast)


def test_every_row_is_in_exactly_one_state(cast):
    """In force (also when it only starts later), void for a reason that is told, or ended."""
    today = clock.today()
    assign(cast, code="C03")
    assign(cast, code="C04", starts_on=today + timedelta(days=9))
    assign(cast, code="C07", starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=1))
    assign(cast, Kind.OVERRIDE, code="A01", to="SLS")
    retire(office("SLS", cast.town))
    gone, moved = assign(cast, code="B05"), assign(cast, code="A07", to="GF")
    Assignment.objects.filter(pk=gone.pk).update(item_code="Z01")
    Assignment.objects.filter(pk=moved.pk).update(grantor=office("JT"))
    powers.end(assignment=assign(cast, code="B01"), reason="收回", actor=cast.admin_user)
    found = {
        state: set(standing.narrowed(Assignment.objects.all(), Chosen(state=state)).values_list("item_code", flat=True))
        for state in STATES
    }
    assert found[""] == {"C03", "C04"}
    assert found["void"] == {"C07", "A01", "Z01", "A07"}
    assert found["ended"] == {"B01"}
    assert found["all"] == found[""] | found["void"] | found["ended"]
    items = standing.items_in_force()
    for row in Assignment.objects.select_related("office", "grantor"):
        why = standing.why_void(row, items, today)
        assert bool(why) is (row.item_code in found["void"] | {"C04"}), (row.item_code, why)


# ---- pages --------------------------------------------------------------------------------------------------
def sent(cast, **changes):
    form = cast.admin.get(f"{URL}new/").context["panel"].form
    data = {
        "idempotency_key": str(form["idempotency_key"].value()), "kind": "enforcing", "township": cast.town.code,
        "item_code": "B03", "office": f"{cast.town.code[:9]}-ZF", "ground": "", "basis": "公告第 7 项",
        "starts_on": clock.today().isoformat(), "ends_on": "",
    }  # fmt: skip
    return data | changes


def test_registering_and_reading_it(cast):
    data = sent(cast)
    page = cast.admin.post(f"{URL}new/", data, follow=True)
    assert page.redirect_chain[-1][0] == URL
    html = page.content.decode()
    assert all(word in html for word in ("赋权执法", "综合行政执法办", "县城管局赋权", "公告第 7 项", "长期"))
    assert cast.admin.post(f"{URL}new/", data).status_code == 302
    assert Assignment.objects.count() == 1
    here = client_of(person(Role.TOWNSHIP_DISPATCHER, "here", cast.town))
    there = client_of(person(Role.TOWNSHIP_DISPATCHER, "there", cast.bare))
    assert "公告第 7 项" in here.get(URL).content.decode()
    assert "终止</a>" not in here.get(URL).content.decode()
    assert "公告第 7 项" not in there.get(URL).content.decode()
    assert "公告第 7 项" not in there.get(f"{URL}?town={cast.town.code}&state=all").content.decode()


def test_a_refusal_keeps_what_was_typed(cast):
    page = cast.admin.post(f"{URL}new/", sent(cast, item_code="C02", basis="口头说过"))
    assert page.status_code == 422
    assert "不涉及执法" in page.content.decode()
    assert "口头说过" in page.content.decode()
    page = cast.admin.post(f"{URL}new/", sent(cast, basis="", starts_on="明天"))
    assert {"basis", "starts_on"} == set(page.context["panel"].form.errors)


def test_ending_it_on_the_page_and_coming_too_late(cast):
    row = assign(cast)
    url = f"{URL}{row.pk}/end/"
    assert cast.admin.post(url, {"reason": " "}).status_code == 422
    assert "已终止，已派的工单不变" in cast.admin.post(url, {"reason": "收回"}, follow=True).content.decode()
    assert "这一条已经终止" in cast.second.post(url, {"reason": "收回"}, follow=True).content.decode()
    late = cast.second.get(url).content.decode()
    assert f"{cast.admin_user.name}已在" in late
    assert 'name="reason"' not in late
    assert "收回" in cast.admin.get(f"{URL}?state=ended").content.decode()
    assert cast.worker.get(url).status_code == 403


@pytest.mark.parametrize("query", ["town=x&item=%25&state=x&kind=y", "item=' OR 1", "town=" + "9" * 400, "after=x"])
def test_any_address_answers(cast, query):
    assign(cast)
    assert cast.admin.get(f"{URL}?{query}").status_code == 200


def test_filters_narrow(cast):
    assign(cast)
    assign(cast, Kind.OVERRIDE, code="C03")
    rows = lambda query: [line.row.item_code for line in cast.admin.get(f"{URL}?{query}").context["rows"]]  # noqa: E731
    assert rows("item=c02") == ["C02"]
    assert rows("kind=override") == ["C03"]
    assert rows(f"town={cast.bare.code}") == []
    assert rows("") == ["C03", "C02"]


def test_the_page_costs_the_same_however_many_there_are(cast, django_assert_num_queries):
    codes = list(DutyItem.objects.values_list("code", flat=True)[:30])
    for code in codes[:2]:
        assign(cast, Kind.OVERRIDE, code=code)
    with django_assert_num_queries(5):
        standing.assignments(cast.admin_user, Chosen(), "")
    for code in codes[2:]:
        assign(cast, Kind.OVERRIDE, code=code)
    with django_assert_num_queries(4):  # the scope of the user object is known by now
        standing.assignments(cast.admin_user, Chosen(), "")
