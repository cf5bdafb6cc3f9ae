"""A dry run: past tickets decided under a draft and under the list it was made from, group by group."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from core import clock
from duties import extensions
from duties.drafting import editing
from duties.extensions import Alike
from duties.models import DutyItem, Kind, PlaceKind
from duties.routing import dryrun
from duties.routing.deciding import decide
from members.roles import Role
from tests.duties.conftest import client_of, content_of, item_of, person
from tests.duties.ground import assign, office


@pytest.fixture
def past():
    """What higher floors tell of the past; a test puts its own there."""
    rows = []
    with extensions.PAST.only(lambda _county, _since: rows):
        yield rows


def change(draft, code, **changes):
    item = item_of(draft.draft, code)
    content, seen = content_of(item, **changes), {"code": code, "revision": item.revision}
    editing.edit_item(version_id=draft.draft.pk, content=content, actor=draft.admin_user, **seen)


def alike(land, code="C02", count=4, whistled=3, urban=False, town=None):
    return Alike(code, (town or land.town).pk, urban, count, whistled)


def run(land, days=0):
    land.draft.refresh_from_db()
    return dryrun.run(land.draft, days)


def test_nothing_changes_as_long_as_nothing_is_changed(draft, past):
    past += [alike(draft), alike(draft, "A01", 9, 2)]
    outcome = run(draft)
    assert (outcome.tickets, outcome.whistled, outcome.groups) == (13, 5, 2)
    assert (outcome.elsewhere, outcome.moved, outcome.loads) == (0, [], [])


def test_another_lead_moves_tickets_and_load(draft, past):
    change(draft, "C02", lead=office("NY").code, assisting=[])
    past += [alike(draft, count=4, whistled=3), alike(draft, count=2, whistled=1, town=draft.bare), alike(draft, "A01")]
    outcome = run(draft)
    assert (outcome.elsewhere, outcome.elsewhere_whistled, outcome.percent) == (6, 4, 60.0)
    went = [(m.township.name, str(m.old), str(m.new), m.alike.count) for m in outcome.moved]
    assert went == [("沙塘镇", "规划建设办", "农业农村办", 4), ("赤水镇", "县住建局", "县农业农村局", 2)]
    assert outcome.moved[0].reason.rule == "local"
    loads = {str(load.department): (load.led, load.would_lead, load.change, load.percent) for load in outcome.loads}
    assert loads["规划建设办"] == (3, 0, -3, -100)
    assert loads["农业农村办"] == (0, 3, 3, None)
    assert loads["县住建局"] == (1, 0, -1, -100)
    assert sum(load.change for load in outcome.loads) == 0


def test_helpers_alone_are_no_other_way(draft, past):
    change(draft, "C02", assisting=[office("SL").code])
    past.append(alike(draft))
    outcome = run(draft)
    (moved,) = outcome.moved
    assert (outcome.elsewhere, moved.leads_elsewhere) == (0, False)
    assert [str(d) for d in moved.gained] == ["水利所"]
    assert [str(d) for d in moved.lost] == ["供电所"]
    assert {str(load.department): (load.helped, load.would_help) for load in outcome.loads} == {
        "水利所": (0, 3), "供电所": (3, 0),
    }  # fmt: skip


def test_what_a_township_has_arranged_stays_stronger_than_the_draft(draft, past):
    assign(draft, Kind.OVERRIDE, to="ZF", ground=PlaceKind.URBAN)
    change(draft, "C02", lead=office("NY").code, assisting=[])
    past += [alike(draft, urban=True), alike(draft, urban=False)]
    assert [moved.alike.urban for moved in run(draft).moved if moved.leads_elsewhere] == [False]


def test_an_item_that_goes_or_comes(draft, past):
    item = item_of(draft.draft, "C02")
    editing.remove_item(version_id=draft.draft.pk, code="C02", revision=item.revision, actor=draft.admin_user)
    past += [alike(draft), alike(draft, "Z09", 7)]
    outcome = run(draft)
    (moved,) = outcome.moved
    assert (str(moved.old), moved.new, moved.reason, outcome.unlisted) == ("规划建设办", None, None, 7)


def test_rows_that_routing_cannot_tell_apart_are_decided_once(draft, past):
    past += [alike(draft, count=1, whistled=0), alike(draft, count=2, whistled=1)]
    outcome = run(draft)
    assert (outcome.groups, outcome.tickets, outcome.whistled) == (1, 3, 1)


def test_the_source_is_asked_for_the_period_and_the_county(draft):
    asked = []
    with extensions.PAST.only(lambda county, since: asked.append((county, since)) or []):
        run(draft, 90)
        run(draft, 0)
    assert asked == [(draft.county.pk, clock.today() - timedelta(days=90)), (draft.county.pk, None)]


CODES = ("C02", "A01", "A03", "B03")


@settings(max_examples=15)
@given(
    counts=st.lists(
        st.tuples(st.sampled_from(CODES), st.booleans(), st.booleans(), st.integers(1, 9), st.integers(0, 9)),
        max_size=9,
    ),
    leads=st.dictionaries(st.sampled_from(CODES), st.sampled_from(["NY", "SL", "CG", "GD"])),
)
def test_groups_add_up_to_what_each_ticket_would_do(draft, counts, leads):
    """Set-based or one by one: the same leads, the same loads, and no ticket is lost."""
    rows = [Alike(c, (draft.town if here else draft.bare).pk, urban, n + w, w) for c, here, urban, n, w in counts]
    old = {code: item_of(draft.first, code) for code in CODES}
    new = {code: item_of(draft.draft, code) for code in CODES}
    for code, lead in leads.items():
        new[code].lead = office(lead)
    lands = dryrun.routing_context.of_all(clock.today())
    with extensions.PAST.only(lambda _county, _since: rows):
        told = extensions.past(draft.county.pk, None)
    outcome = dryrun.weigh(told, old, new, lands, clock.today())
    assert outcome.tickets == sum(row.count for row in rows)
    assert sum(load.change for load in outcome.loads) == 0
    elsewhere = 0
    for row in rows:
        place = draft.village if row.township_id == draft.town.pk else draft.far_village
        elsewhere += row.count * (decide(old[row.item_code], place).lead != decide(new[row.item_code], place).lead)
    assert outcome.elsewhere == elsewhere


# ---- the page -----------------------------------------------------------------------------------------------
def test_the_page_tells_it_and_changes_nothing(draft, past):
    change(draft, "C02", lead=office("NY").code, assisting=[])
    past.append(alike(draft))
    before = list(DutyItem.objects.order_by("pk").values())
    page = draft.admin.get(f"/lists/{draft.draft.number}/dryrun/?days=365")
    html = page.content.decode()
    assert all(word in html for word in ("规划建设办", "农业农村办", "路灯不亮", "-100%", "只是试算"))
    assert "no-store" in page["Cache-Control"]
    assert before == list(DutyItem.objects.order_by("pk").values())
    assert draft.admin.post(f"/lists/{draft.draft.number}/dryrun/").status_code == 405


def test_only_who_looks_over_the_county_reads_it(draft):
    url = f"/lists/{draft.draft.number}/dryrun/"
    assert client_of(person(Role.COUNTY_LEADER, "leader", draft.county)).get(url).status_code == 200
    assert client_of(person(Role.TOWNSHIP_LEADER, "town", draft.town)).get(url).status_code == 403
    assert draft.admin.get("/lists/99/dryrun/").status_code == 404


@pytest.mark.parametrize("days", ["", "90", "0", "91", "x", "-1", "9" * 50])
def test_any_period_answers(draft, past, days):
    assert draft.admin.get(f"/lists/{draft.draft.number}/dryrun/?days={days}").status_code == 200
    assert "没有上一版可比" in draft.admin.get(f"/lists/{draft.first.number}/dryrun/?days={days}").content.decode()


def test_the_cost_does_not_grow_with_groups(draft, past):
    def price():
        with CaptureQueriesContext(connection) as queries:
            run(draft)
        return len(queries)

    past.append(alike(draft))
    few = price()
    codes = DutyItem.objects.filter(version=draft.first).values_list("code", flat=True)
    past += [alike(draft, code, town=town) for code in codes for town in (draft.town, draft.bare)]
    assign(draft)
    assert price() == few
