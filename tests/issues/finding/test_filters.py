"""What the address of a list means: read without fail, narrowing only, written back the same."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from core import clock
from insights.counting.metrics import METRICS
from issues.engine.clocks import lamp
from issues.engine.snapshots import COUNTED, facts_of
from issues.finding.conditions import CHOICES, SORTS
from issues.finding.filters import TicketFilter
from issues.finding.queries import VIEWS, lamp_counts
from issues.models import Ticket
from issues.workflow import State
from tests import worlds
from tests.issues.crowd import CROWD
from tests.tickets import placed

JUNK = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["\0", "甲" * 100_000, "0001-01-01", "9999-12-31", "2026-13-45", "-1", "9" * 30, "%", "\ud800", "'"]
    ),
)
GOOD = {name: st.sampled_from(sorted(values)) for name, (_label, values) in CHOICES.items()} | {
    "view": st.sampled_from(sorted(VIEWS)),
    "sort": st.sampled_from(sorted(SORTS)),
    "state": st.sampled_from(sorted(State)),
    "area": st.sampled_from(["440783000000", "440783103000", "440783117200", "440783103229002", "999999999999"]),
    "dept": st.sampled_from(["none", "GA", "440783103-GJ", "XXXX"]),
    "item": st.sampled_from(["none", "C02", "Z99"]),
    "category": st.sampled_from(["none", "A", "C", "L"]),
    "placed_from": st.dates().map(str),
    "placed_to": st.dates().map(str),
    "q": st.sampled_from(["路灯", "50%", "__", "001", "\\", "'; --"]),
}
PAIRS = st.lists(
    st.sampled_from(sorted(GOOD)).flatmap(lambda name: st.tuples(st.just(name), GOOD[name] | JUNK)), max_size=6
)


def parsed(**params: object) -> TicketFilter:
    query = QueryDict(mutable=True)
    for name, value in params.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    return TicketFilter.parse(query)


def reread(url: str) -> TicketFilter:
    return TicketFilter.parse(QueryDict(urlsplit(url).query))


def ids(rows) -> set[int]:
    return {row.pk for row in rows}


def listed(chosen: TicketFilter, user) -> set[int]:
    return ids(chosen.apply(Ticket.objects.visible_to(user), clock.now(), user))


def parts(chosen: TicketFilter) -> set[tuple[str, object]]:
    found: set[tuple[str, object]] = {("view", chosen.view)}
    for name, value in chosen.conditions.items():
        found |= {(name, one) for one in (value if isinstance(value, tuple) else (value,))}
    return found


@settings(max_examples=60)
@given(pairs=PAIRS)
def test_any_address_is_read_narrows_only_and_comes_back_the_same(cast, crowd_of_tickets, pairs):
    query = QueryDict(mutable=True)
    for name, value in pairs:
        query.appendlist(name, value)
    chosen = TicketFilter.parse(query)
    for user in (cast.town_dispatcher, cast.handler):
        assert listed(chosen, user) <= ids(Ticket.objects.visible_to(user))
    assert reread(chosen.url()) == chosen
    for chip in chosen.chips():
        gone = parts(chosen) - parts(reread(chip.url))
        assert len(gone) == (0 if chip.is_hint else 1)
        assert parts(reread(chip.url)) <= parts(chosen)
        assert str(chip.name)
        assert "\0" not in str(chip.value)


@pytest.fixture
@worlds.on(CROWD)
def crowd_of_tickets(db):
    return CROWD()


def test_a_bare_address_is_the_open_tickets_and_a_condition_alone_lists_ended_ones_too():
    assert parsed().view == "open"
    assert parsed(grade="general").view == "all"
    assert parsed(view="mine", grade="general").view == "mine"
    # Taking the last condition away does not change the tab.
    assert reread(parsed(grade="general").chips()[0].url).view == "all"
    assert reread(parsed(grade="general", view="open").chips()[0].url).view == "open"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("grade", "zz"), ("lamp", "green"), ("placed_from", "0001-01-01"), ("placed_to", "2026-02-30"),
        ("area", "44078"), ("area", "\uff14\uff14\uff10\uff17\uff18\uff13"),
        ("category", "Z"), ("state", "gone"), ("q", "a" * 101), ("q", "路\0灯"), ("view", "secret"),
        ("sort", "title"), ("dept", "甲"), ("item", "c02; --"), ("holder", "1"), ("rework", "0"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_left_out_and_said(name, text):
    chosen = parsed(**{name: text, "source": "order"})
    assert chosen.conditions == {"source": "order"}
    hint = next(chip for chip in chosen.chips() if chip.is_hint)
    assert "看不懂" in str(hint.value)
    assert reread(hint.url) == chosen


def test_repeated_states_add_up_and_other_repeats_take_the_last():
    chosen = parsed(state=["placed", "closed", "placed", "zz"], grade=["urgent", "general"])
    assert chosen.state == (State.PLACED, State.CLOSED)
    assert chosen.grade == "general"
    assert len(chosen.unread) == 1


def test_a_foreign_area_lists_nothing_and_ones_own_lists_ones_own(cast, crowd_of_tickets):
    abroad = parsed(area=cast.other_township.code)
    assert listed(abroad, cast.town_dispatcher) == set()
    assert listed(abroad, cast.county_dispatcher) == {
        t.pk for t in crowd_of_tickets if t.township == cast.other_township
    }
    # Of the whole county, the village sees its own.
    own = Ticket.objects.visible_to(cast.secretary).filter(COUNTED)
    assert listed(parsed(area=cast.county.code), cast.secretary) == ids(own)
    for area in (cast.township, cast.village, cast.grid, cast.microgrid):
        key = {"microgrid": "area"}.get(area.level, area.level)
        expected = ids(Ticket.objects.filter(COUNTED, **{key: area}))
        assert expected
        assert listed(parsed(area=area.code), cast.county_leader) == expected


def test_a_merged_ticket_is_listed_only_where_it_is_asked_for(cast, crowd_of_tickets):
    merged = Ticket.objects.get(state=State.MERGED)
    assert merged.pk not in listed(parsed(view="all"), cast.county_leader)
    assert listed(parsed(state=["merged"]), cast.county_leader) == {merged.pk}
    assert listed(parsed(q=merged.number), cast.county_leader) == {merged.pk}


def test_an_unknown_area_or_department_lists_nothing_rather_than_all(cast, crowd_of_tickets):
    for chosen in (parsed(area="999999999999"), parsed(dept="NOBODY")):
        assert listed(chosen, cast.county_dispatcher) == set()
        assert "没有代码为" in str(chosen.chips()[0].value)


def test_lamps_agree_with_the_clock_at_every_moment(cast, crowd_of_tickets):
    for ahead in (timedelta(), timedelta(hours=30), timedelta(days=3), timedelta(days=60)):
        with clock.at(clock.now() + ahead):
            rows = list(Ticket.objects.visible_to(cast.county_leader))
            seen = {key: {t.pk for t in rows if lamp(t) == key} for key in "ryb"}
            for key, expected in seen.items():
                assert listed(parsed(lamp=key), cast.county_leader) == expected
            counts = lamp_counts(Ticket.objects.visible_to(cast.county_leader), clock.now())
            assert {key: count.n for key, count in counts.items()} == {"all": len(rows)} | {
                key: len(found) for key, found in seen.items()
            }


def test_a_number_leads_to_exactly_the_tickets_it_counts(cast, crowd_of_tickets):
    late = Ticket.objects.filter(state=State.HANDLING).first()
    held = f",village,township,{late.lead_id},"
    Ticket.objects.filter(pk=late.pk).update(claimed_on_time=False, late_by=held)
    facts = {t.pk: facts_of(t) for t in Ticket.objects.filter(COUNTED)}
    for metric in METRICS:
        expected = {pk for pk, known in facts.items() if metric.counts(known)}
        assert expected or metric.name == "counter", metric.name
        assert listed(parsed(view="all", **metric.shown_by), cast.county_leader) == expected, metric.name


def test_further_conditions_mean_what_they_say(cast, crowd_of_tickets):
    everything = list(Ticket.objects.filter(COUNTED))

    def check(keeps, **params) -> None:
        expected = {t.pk for t in everything if keeps(t)}
        assert expected, params
        assert listed(parsed(**params), cast.county_leader) == expected, params

    check(lambda t: t.lead_id == cast.office.pk, dept=cast.office.code)
    check(lambda t: t.lead_id is None, dept="none")
    check(lambda t: t.item_code == "C02", item="C02")
    check(lambda t: not t.item_code, item="none")
    check(lambda t: t.item_code.startswith("A"), category="A")
    check(lambda t: t.is_open, open="1")
    check(lambda t: not t.is_open, open="0")
    check(lambda t: t.satisfaction == 1, rated="unsatisfied")
    check(lambda t: t.solved == "not", solved="not")
    check(lambda t: t.grade == "urgent", grade="urgent")
    check(lambda t: t.route == "whistle" and t.claimed_on_time is None, claimed="pending")
    check(lambda t: t.is_open and t.done_on_time is None, done="pending")
    check(lambda t: t.number == everything[0].number, q=everything[0].number.lower())
    check(lambda t: t.number.endswith(everything[0].number[-8:]), q=everything[0].number[-8:])
    assert listed(parsed(holder="me"), cast.worker) == {t.pk for t in everything if t.holder_id == cast.worker.pk}


def test_days_are_those_of_the_county_and_both_ends_count(cast):
    midnight = clock.local(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=3)
    made = []
    for moment in (midnight - timedelta(seconds=1), midnight, midnight + timedelta(hours=23, minutes=59)):
        with clock.at(moment):
            made.append(placed(cast).pk)
    day = str(midnight.date())
    assert listed(parsed(placed_from=day, placed_to=day), cast.county_leader) == set(made[1:])
    assert listed(parsed(placed_to=str(midnight.date() - timedelta(days=1))), cast.county_leader) == {made[0]}


def test_signs_of_patterns_are_searched_literally(cast):
    wanted = placed(cast, title="电费涨了50%_左右", where="村口")
    placed(cast, title="电费涨了500元左右", where="村口")
    back = placed(cast, title="别的", where="巷\\尾")
    for text in ("50%_", "%_", "涨了50%"):
        assert listed(parsed(q=text), cast.secretary) == {wanted.pk}
    assert listed(parsed(q="巷\\"), cast.secretary) == {back.pk}
    assert listed(parsed(q="__"), cast.secretary) == set()


def test_a_list_with_ended_tickets_is_not_sorted_by_limit_and_says_so():
    chosen = parsed(view="all", sort="due")
    assert (chosen.sorting, chosen.is_by_lamp) == ("new", False)
    hint = next(chip for chip in chosen.chips() if chip.is_hint)
    assert "不按期限排" in str(hint.value)
    assert not reread(hint.url).chips()
    assert parsed(view="open", sort="due").is_by_lamp
    assert parsed(view="all", sort="old").sorting == "old"


@pytest.mark.parametrize("text", ["2026/11/3", "2026.11.03", "2026年11月3日", "２０２６－１１－０３"])
def test_a_day_is_understood_as_people_write_it_and_the_address_says_it_in_one_way(text):
    assert parsed(placed_from=text).url() == parsed(placed_from="2026-11-03").url()
