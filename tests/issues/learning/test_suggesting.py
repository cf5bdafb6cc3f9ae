"""事项建议: names win, words are learnt, each has its reason, nothing is decided, nothing sensitive gets out."""

import re
import uuid

import pytest
from django.urls import reverse

from core.rows.bigrams import pairs_of
from duties.models import DutyItem
from issues.learning import counting
from issues.learning.suggesting import suggest
from issues.models import LearntPair, Ticket
from issues.workflow import State
from tests.tickets import at_state, placed

pytestmark = pytest.mark.django_db


@pytest.fixture
def items(cast):
    return list(DutyItem.objects.filter(version=cast.version).select_related("grade", "version").order_by("code"))


def codes(text, items):
    return [one.item.code for one in suggest(text, items)]


def told(cast, code, text, times=3):
    """Closed tickets of an item that said this."""
    for _n in range(times):
        at_state(cast, State.CLOSED, item=cast.items[code], title=text[:30], description=text, route="self")


def test_pairs_are_of_letters_only():
    assert pairs_of("路灯坏了，电话13800138000 A1") == {"路灯", "灯坏", "坏了", "电话"}
    assert pairs_of("灯") == set()


def test_a_name_in_the_words_comes_first_whatever_was_learnt(cast, items):
    alias = cast.items["C02"].aliases[0]
    told(cast, "B01", f"门口{alias}堆了垃圾", times=5)
    counting.learn()
    found = suggest(f"门口{alias}", items)
    assert found[0].item.code == "C02"
    assert found[0].is_named
    assert alias in found[0].reason
    assert len(found) <= 3


def test_the_longest_name_wins(items):
    text = "".join(str(alias) for alias in items[0].aliases)
    named = [one for one in suggest(text, items) if one.is_named]
    lengths = [len(re.search("“(.+)”", one.reason)[1]) for one in named]
    assert lengths == sorted(lengths, reverse=True)


def test_without_anything_learnt_names_alone_point_the_way(items):
    assert LearntPair.objects.count() == 0
    assert codes("路灯一直不亮", items)[0] == "C02"
    assert codes("龘靐齉爩", items) == []
    assert codes("", items) == codes("1234567", items) == []


def test_words_of_past_tickets_are_learnt_by_how_they_ended(cast, items):
    text = "凤凰木树枝打到屋檐"
    before = codes("凤凰木又掉下来", items)
    told(cast, "A03", text)
    assert counting.learn() > 0
    found = suggest("凤凰木又掉下来", items)
    assert "A03" not in before[:1]
    assert found[0].item.code == "A03"
    assert not found[0].is_named
    assert "“凤凰木”" in found[0].reason
    assert "3 件" in found[0].reason


def test_learning_again_forgets_what_is_no_longer_so(cast, items):
    told(cast, "A03", "凤凰木树枝打到屋檐")
    counting.learn()
    once = LearntPair.objects.count()
    assert counting.learn() == once == LearntPair.objects.count()
    Ticket.objects.update(item_code="C02")
    counting.learn()
    assert set(LearntPair.objects.values_list("item_code", flat=True)) == {"C02"}


def test_what_is_said_once_open_or_sensitive_teaches_nothing(cast):
    told(cast, "A03", "凤凰木树枝", times=1)
    placed(cast, description="鸳鸯楼漏水")
    placed(cast, description="鸳鸯楼漏水")
    told(cast, "F04", "某某家天天吵")
    counting.learn()
    assert list(LearntPair.objects.values_list("pair", "item_code", "tickets")) == [("", "A03", 1)]


def test_what_is_kept_is_bounded(cast, monkeypatch):
    told(cast, "A03", "凤凰木树枝打到屋檐")
    monkeypatch.setattr(counting, "MOST_ROWS", 5)
    assert counting.learn() == LearntPair.objects.count() == 5
    assert LearntPair.objects.filter(pair=counting.WHOLE).exists()


def test_it_costs_one_query_however_much_was_learnt(cast, items, django_assert_num_queries):
    with django_assert_num_queries(1):
        suggest("路灯一直不亮", items)
    told(cast, "A03", "凤凰木树枝打到屋檐")
    counting.learn()
    with django_assert_num_queries(1):
        suggest("路灯一直不亮" * 1000, items)


# ---- staff --------------------------------------------------------------------------------------------------


def accept_page(client, ticket):
    return client.get(reverse("issues:act", args=[ticket.number, "accept"]))


def test_who_accepts_sees_three_at_most_and_picks_one(cast, login):
    ticket = placed(cast, item=None, title="路灯一直不亮", description="路灯一直不亮，晚上怕")
    client = login(cast.worker)
    page = accept_page(client, ticket).content.decode()
    assert "可能是这几项（由您定）" in page
    assert 1 <= page.count('name="item_pick"') - 1 <= 3
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    answer = client.post(
        reverse("issues:act", args=[ticket.number, "accept"]), {**sent, "item": "", "item_pick": "C02"}
    )
    assert answer.status_code == 302
    ticket.refresh_from_db()
    assert (ticket.state, ticket.item_code) == (State.ACCEPTED, "C02")


def test_nothing_is_decided_when_nobody_picks(cast, login):
    ticket = placed(cast, item=None, title="路灯一直不亮")
    client = login(cast.worker)
    page = accept_page(client, ticket).content.decode()
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    url = reverse("issues:act", args=[ticket.number, "accept"])
    assert client.post(url, {**sent, "item": "", "item_pick": ""}).status_code == 302
    ticket.refresh_from_db()
    assert ticket.item_code == ""


def test_what_is_picked_must_be_on_the_list(cast, login):
    ticket = placed(cast, item=None, title="路灯一直不亮")
    client = login(cast.worker)
    page = accept_page(client, ticket).content.decode()
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    url = reverse("issues:act", args=[ticket.number, "accept"])
    assert client.post(url, {**sent, "item": "", "item_pick": "Z99"}).status_code == 422


def test_out_of_scope_nothing_is_suggested(cast, login):
    ticket = placed(cast, item=None, title="路灯一直不亮")
    assert accept_page(login(cast.other_worker), ticket).status_code == 404


# ---- residents ----------------------------------------------------------------------------------------------


@pytest.fixture
def page(cast):
    return reverse("issues:order", args=[cast.microgrid.token])


def form(**changes):
    return {"idempotency_key": str(uuid.uuid4()), "words": "", "where": "", **changes}


def test_a_resident_asks_and_chooses_without_scripts(client, cast, page):
    words = f"楼下{cast.items['A03'].aliases[0]}"
    answer = client.post(page, form(words=words, where="三栋", phone="10000006021", suggest="1"))
    html = answer.content.decode()
    assert answer.status_code == 200
    assert Ticket.objects.count() == 0
    assert 'value="A03"' in html
    assert "由您定" in html
    assert words in html
    assert 'value="三栋"' in html
    assert not re.search(r'value="A03"[^>]* checked', html)
    assert client.post(page, form(words=words, item="A03")).status_code == 302
    assert Ticket.objects.get().item_code == "A03"


def test_a_sensitive_item_is_neither_suggested_to_a_resident_nor_taken(client, cast, page):
    sensitive = next(item for item in cast.items.values() if item.is_sensitive and item.aliases)
    answer = client.post(page, form(words=f"隔壁{sensitive.aliases[0]}", suggest="1"))
    html = answer.content.decode()
    assert f'value="{sensitive.code}"' not in html
    assert sensitive.name not in html
    assert client.post(page, form(words="隔壁", item=sensitive.code)).status_code == 422
    assert Ticket.objects.count() == 0


def test_words_that_point_nowhere_are_told_so(client, page):
    for words in ("龘靐齉爩", "", "\x00\x01", "1" * 9000):
        html = client.post(page, form(words=words, suggest="1")).content.decode()
        assert "没看出是哪一样" in html


def test_asking_costs_the_same_for_few_and_many(client, cast, page, django_assert_max_num_queries):
    told(cast, "A03", "凤凰木树枝打到屋檐")
    counting.learn()
    with django_assert_max_num_queries(9):
        client.post(page, form(words="凤凰木又掉下来", suggest="1"))
