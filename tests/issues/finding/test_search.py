"""Search in Chinese: any two characters, numbers, codes; sensitive words only for those who may read them."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from core import clock
from core.doctor import examine
from core.rows import bigrams
from core.rows.paging import position
from core.text import normal
from issues.engine import words
from issues.engine.actors import staff
from issues.finding import search
from issues.finding.filters import TicketFilter
from issues.finding.search import found_q, told_q
from issues.models import GuardedWords, Ticket, TicketWords
from issues.workflow import State
from members.access import Scope, scope_for
from tests.issues.finding.test_filters import listed, parsed
from tests.issues.queue.test_page import numbers_on
from tests.tickets import act, at_state, placed

pytestmark = pytest.mark.django_db
ALPHABET = "路灯不亮坏ａＢab5-%_\\'\" 　，"


def found(sought: str) -> set[int]:
    """Asserts that both ways to look find the same."""
    ways = [
        set(Ticket.objects.filter(way(sought, Scope(()))).values_list("pk", flat=True)) for way in (found_q, told_q)
    ]
    assert ways[0] == ways[1]
    return ways[0]


@pytest.mark.parametrize(
    "sought",
    [
        "路灯", "灯不", "不亮", "村口路灯不亮", "公交", "三天了", "C02", "c02", "灯杆", "ＡＢ", "ab", "Ab-9", "-9",
        "路灯 三天", "三天　路灯",
    ],
)  # fmt: skip
def test_any_two_characters_in_a_row_are_found_in_title_description_place_and_item(cast, sought):
    wanted = placed(cast, where="第 9 根灯杆旁 aB-9 号")
    placed(cast, item=cast.items["A03"], title="噪音", description="半夜很吵", where="楼上")
    assert found(sought) == {wanted.pk}


@pytest.mark.parametrize("sought", ["灯路", "亮村", "公口", "亮 亮村", "路灯 水管", "b9", "", "　"])
def test_what_does_not_stand_there_is_not_found(cast, sought):
    placed(cast, where="aB-9")
    assert found(sought) == set()


def test_the_name_of_the_item_and_every_end_of_the_number_are_found(cast):
    ticket = placed(cast, title="坏了", description="", where="")
    name = cast.items["C02"].name
    for sought in (name[:2], name, ticket.number, ticket.number.lower(), ticket.number[-8:], ticket.number[:5]):
        assert found(sought) == {ticket.pk}, sought


def test_the_code_of_a_resident_is_found_whole_and_never_in_parts(cast):
    ticket = placed(cast)
    assert found(ticket.code) == found(ticket.code.lower()) == {ticket.pk}
    assert found(ticket.code[:7]) == found(ticket.code[1:]) == set()


def test_a_single_character_finds_beginnings_and_says_so(cast, login):
    ticket = placed(cast, title="鱼塘边没有护栏", description="很高", where="")
    assert found("鱼") == {ticket.pk}
    assert found("塘") == found("高") - {ticket.pk} == set()
    page = login(cast.town_dispatcher).get("/t/?q=鱼").content.decode()
    assert numbers_on(page) == [ticket.number]
    assert "一个字只找开头" in page
    assert "一个字只找开头" not in login(cast.town_dispatcher).get("/t/?q=鱼塘").content.decode()


@settings(max_examples=60)
@given(
    titles=st.lists(st.text(ALPHABET, min_size=1, max_size=9), min_size=1, max_size=4),
    sought=st.text(ALPHABET, min_size=2, max_size=4),
)
def test_a_word_is_found_exactly_where_it_stands(cast, titles, sought):
    rows = [placed(cast, item=None, title=title, description="甲", where="乙") for title in titles]
    made = {ticket.pk: normal(ticket.title) + " " + normal(ticket.number) for ticket in rows}
    parts = normal(sought).split()
    if any(len(part) == 1 for part in parts) or not parts:
        return
    expected = {pk for pk, said in made.items() if all(part in said for part in parts)}
    assert found(sought) & made.keys() == expected


def test_words_change_with_the_ticket(cast):
    ticket = placed(cast, item=None, title="坏了", description="", where="")
    name = cast.items["C02"].name
    assert found(name) == set()
    act(ticket, "accept", staff(cast.worker), item=cast.items["C02"])
    assert found(name) == {ticket.pk}
    sensitive = next(item for item in cast.items.values() if item.is_sensitive)
    act(ticket, "self_handle", staff(cast.worker), item=sensitive)
    assert found(name) == found("坏了") == set()
    assert found(ticket.number) == {ticket.pk}


def test_the_marks_of_the_day_are_no_words(cast):
    ticket = placed(cast, item=None, title="坏了", description="", where="")
    day = f"{clock.local(ticket.placed_at):%y%m%d}"
    number = bigrams.normal(ticket.number)
    for at in range(5):
        pair = day[at : at + 2]
        assert found(pair) == ({ticket.pk} if pair in number else set()), pair
    other = placed(cast, item=None, title="坏了", description="", where="")
    Ticket.objects.filter(pk=other.pk).update(number="甲乙")
    other.refresh_from_db()
    words.rewrite(other)
    for sought in (*(day[at : at + 2] for at in range(5)), day, day[:4], f"{words.DAY}2", f"{words.MONTH}2"):
        assert other.pk not in found(sought), sought
    assert found("坏") == {ticket.pk, other.pk}
    assert found("了") == set()


def test_what_is_rolled_back_is_not_found(cast):
    from django.db import transaction

    with transaction.atomic():
        placed(cast, title="鱼塘决堤")
        transaction.set_rollback(True)
    assert found("鱼塘") == set()


@pytest.mark.parametrize("is_short", [True, False])
def test_sensitive_words_are_found_by_those_who_may_read_them_and_by_nobody_else(cast, is_short):
    def listed(chosen, user):
        rows = chosen.apply(Ticket.objects.visible_to(user), clock.now(), user, is_short=is_short)
        return set(rows.values_list("pk", flat=True))

    item = next(item for item in cast.items.values() if item.is_sensitive)
    ticket = placed(cast, item=item, title="王某打人", where="王家巷", source="worker")
    readers = {"worker", "secretary", "town_dispatcher", "county_dispatcher", "chief", "grid_worker"}
    for name, user in cast.users.items():
        for sought in ("王某", "王家巷"):
            chosen = parsed(q=sought)
            assert listed(chosen, user) == ({ticket.pk} if name in readers else set()), (name, sought)
    # What is the move of nobody in the grid any more is theirs to read no more.
    calm = next(item for item in cast.items.values() if item.is_sensitive and item.grade.code != "urgent")
    gone = at_state(cast, State.DISPATCHED, item=calm, title="李某吵架", source="order")
    for name, finds in (("grid_worker", False), ("secretary", True), ("handler", True), ("town_leader", False)):
        assert listed(parsed(q="李某"), cast.users[name]) == ({gone.pk} if finds else set()), name


def test_without_a_user_no_sensitive_word_is_found(cast):
    item = next(item for item in cast.items.values() if item.is_sensitive)
    placed(cast, item=item, title="王某打人")
    assert not TicketFilter(q="王某").apply(Ticket.objects.all(), clock.now()).exists()


def test_a_search_stays_within_the_scope_and_costs_the_same(cast, login):
    near, far = placed(cast), placed(cast, area=cast.other_grid)
    assert listed(parsed(q="路灯"), cast.town_dispatcher) == {near.pk}
    assert listed(parsed(q="路灯"), cast.other_town_dispatcher) == {far.pk}
    client = login(cast.town_dispatcher)
    prices = set()
    for query in ("q=路灯", "q=不存在的词", f"q={near.number}"):
        client.get(f"/t/?{query}")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/t/?{query}")
        prices.add(len(queries))
    assert len(prices) == 1
    assert prices.pop() <= 11, "one of them looks up what the words name"


def test_history_is_searched_from_now_backwards_as_far_as_a_page_needs(cast, login, monkeypatch):
    monkeypatch.setattr("issues.finding.lists.PAGE_SIZE", 2)
    days = (500, 200, 100, 60, 30, 12, 3, 1)
    told = {}
    for ago in days:
        with clock.at(clock.now() - timedelta(days=ago)):
            told[placed(cast, title="路灯坏了").number] = ago
    client, seen, after, looked = login(cast.town_dispatcher), [], "", []
    for _page in range(4):
        with CaptureQueriesContext(connection) as caught:
            page = client.get(f"/t/?view=all&q=坏了{after}").content.decode()
        looked.append(sum("issues_ticketwords" in query["sql"] for query in caught))
        seen.append([told[number] for number in numbers_on(page)])
        assert ("<b>2+</b> 件" in page) == ("<b>8</b> 件" not in page)
        onward = re.findall(r"after=([\w-]+)", page)
        after = f"&after={onward[-1]}" if onward else ""
    assert seen == [[1, 3], [12, 30], [60, 100], [200, 500]]
    assert looked == [1, 2, 3, 4]
    back = next(cursor for cursor in re.findall(r"after=([\w-]+)", page) if position(cursor, 2)[0])
    page = client.get(f"/t/?view=all&q=坏了&after={back}").content.decode()
    assert [told[number] for number in numbers_on(page)] == [60, 100]
    assert "<b>2+</b> 件" in page
    assert "<b>1</b> 件" in client.get(f"/t/?q={next(iter(told))}").content.decode()


@given(ago=st.integers(0, 800), span=st.sampled_from([(14, 0), (92, 0), (366, 0), (40, 9), (1, 1)]))
@settings(max_examples=60)
def test_all_of_the_days_asked_for_are_found(cast, ago, span):
    today, (first, last) = clock.today(), span
    with clock.at(clock.now() - timedelta(days=ago)):
        ticket = placed(cast, title="鱼塘")
    days = today - timedelta(days=first), today - timedelta(days=last)
    rows = Ticket.objects.filter(found_q("鱼塘", Scope(()), days), pk=ticket.pk)
    if last <= ago <= first:
        assert rows.exists()
    elif ago > first + 31 or ago < last - 31:
        assert not rows.exists()


def test_in_a_small_place_each_ticket_is_asked(cast, login, monkeypatch):
    tickets = [placed(cast, title="路灯坏了") for _n in range(3)]
    rows, asked = Ticket.objects.all(), []
    for user in (cast.worker, cast.secretary, cast.town_dispatcher, cast.county_leader, cast.handler):
        scope = scope_for(user)
        with CaptureQueriesContext(connection) as caught:
            found = search.is_short(rows, scope)
        asked.append((found, len(caught)))
    assert asked == [(True, 1), (True, 1), (False, 0), (False, 0), (False, 0)]
    for short in (10, 2):
        monkeypatch.setattr(search, "SHORT", short)
        assert search.is_short(rows, scope_for(cast.secretary)) == (short == 10)
        page = login(cast.secretary).get("/t/?view=all&q=坏了").content.decode()
        assert numbers_on(page) == [ticket.number for ticket in reversed(tickets)]
        assert "<b>3</b> 件" in page
    assert not search.is_short(rows, scope_for(cast.system_admin))


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL plans by the size of its tables")
def test_a_search_reads_what_it_finds_and_not_all_tickets(cast):
    chosen, now = parsed(q="路灯"), clock.now()
    for user in (cast.county_leader, cast.county_dispatcher, cast.town_dispatcher, cast.handler):
        plan = chosen.apply(Ticket.objects.visible_to(user), now, user).order_by("-placed_at", "-id").explain()
        assert "SCAN issues_ticketwords_index VIRTUAL TABLE" in plan, plan
        assert "SEARCH issues_ticket USING INTEGER PRIMARY KEY" in plan, plan
        assert not re.search(r"SCAN issues_ticket\b|INDEX ticket_(?!children)", plan), plan


def test_the_doctor_finds_lost_words_and_writes_them_anew(cast):
    check = "tickets: every ticket is found by its words"
    item = next(item for item in cast.items.values() if item.is_sensitive)
    plain, secret = placed(cast), placed(cast, item=item, title="王某打人")
    assert examine(fix=False)[check] == []
    TicketWords.objects.filter(pk=plain.pk).delete()
    GuardedWords.objects.filter(pk=secret.pk).delete()
    assert set(examine(fix=False)[check]) == {plain.number, secret.number}
    assert found("路灯") == set()
    examine(fix=True)
    assert examine(fix=False)[check] == []
    assert found("路灯") == {plain.pk}
    assert listed(parsed(q="王某"), cast.secretary) == {secret.pk}


def test_a_phrase_does_not_reach_over_two_texts():
    assert bigrams.text_of(["路灯", "不亮 了"]).split() == [
        bigrams.FIRST + "路", "路灯", bigrams.BREAK, bigrams.FIRST + "不", "不亮", bigrams.BREAK, "了", bigrams.BREAK,
    ]  # fmt: skip
