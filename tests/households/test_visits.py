"""走访: three taps, what is found becomes a ticket, who is due, the journal and its rate; 包联 and its bounds."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from core.errors import NotNow, NotYours
from core.jobs import outbox
from grids import households
from grids.households import NewHousehold
from grids.models import Household
from households.contact import liaisons, queries
from households.contact.visits import visit
from households.file.actions import FileRefused
from households.models import Liaison, Visit
from households.rules import GROUPS, MOST_LIAISONS, VISIT_EVERY, due_after, rate
from issues.engine.actions import apply
from issues.engine.actors import staff
from issues.models import Reporter, Ticket
from members import accounts, posts
from members.models import Post, User
from tests.households.conftest import helper, once, visited
from tests.tickets import PIXEL


def test_a_matter_becomes_a_ticket_with_everything_filled_in(cast, home):
    row = visited(cast, "matter", note="屋顶漏雨，想请人看看", reason="hardship", pictures=[PIXEL])
    ticket = row.need.ticket
    assert (ticket.household_id, ticket.place, ticket.area_id) == (home.pk, home.address, home.area_id)
    assert ticket.title == "屋顶漏雨"
    contact = Reporter.objects.get(ticket=ticket)
    assert (contact.name, contact.phone) == ("陈大文", "10000006021")
    assert row.need.text == "屋顶漏雨，想请人看看"
    assert row.note == "", "said once"


def test_sent_twice_a_visit_is_made_once(cast, home):
    key = once()
    first = visit(household=home, outcome="matter", note="漏雨", user=cast.worker, once=key)
    again = visit(household=home, outcome="matter", note="漏雨", user=cast.worker, once=key)
    assert first == again
    assert (Visit.objects.count(), Ticket.objects.count()) == (1, 1)


def test_who_does_not_work_there_or_says_nothing_is_refused(cast, home):
    for who in (cast.second_worker, cast.sibling_worker, cast.town_leader):
        with pytest.raises(NotYours):
            visited(cast, user=who)
    with pytest.raises(FileRefused):
        visited(cast, "matter", note=" ")
    households.retire(household=home, reason="迁出", actor=None)
    with pytest.raises(NotNow):
        visited(cast)


def test_three_taps_on_the_phone(cast, home, login):
    households.correct(
        household=home,
        new=NewHousehold(home.area, home.address, head_name="陈大文", phone="10000006021", tags=["独居老人"]),
        version=home.version,
        actor=None,
    )
    client = login(cast.worker)
    assert reverse("households:due") in client.get("/m/").content.decode(), "first tap"
    listed = client.get(reverse("households:due")).content.decode()
    url = reverse("households:visit", args=[home.code])
    assert url in listed, "second tap"
    assert "还没去过" in listed
    assert client.get(url).status_code == 200
    answer = client.post(url, {"outcome": "well", "idempotency_key": str(uuid.uuid4())}, follow=True)
    assert "已记下：平安" in answer.content.decode()
    assert url not in client.get(reverse("households:due")).content.decode()
    assert "眼下没有该走访的" in answer.content.decode()


def test_a_matter_on_the_phone_needs_one_sentence(cast, home, login):
    client = login(cast.worker)
    url = reverse("households:matter", args=[home.code])
    page = client.get(url).content.decode()
    assert home.address in page
    assert "陈大文" not in page
    data = {"note": "", "reason": "routine", "idempotency_key": str(uuid.uuid4())}
    assert client.post(url, data).status_code == 422
    answer = client.post(url, data | {"note": "路灯坏了", "item": "A01"}, follow=True)
    ticket = Ticket.objects.get()
    assert ticket.number in answer.content.decode()
    assert ticket.item_code == "A01"
    assert "看这一户" in login(cast.secretary).get(reverse("issues:ticket", args=[ticket.number])).content.decode()


def test_due_is_a_rule_by_label_and_nobody_is_counted(cast):
    tagged = households.register(area=cast.microgrid, address="2号", tags=["独居老人", "低保"], actor=None)
    households.register(area=cast.microgrid, address="3号", tags=["退役军人"], actor=None)
    assert due_after(tagged.tags) == VISIT_EVERY["独居老人"]
    assert [one.household for one in queries.due_for(cast.worker)] == [tagged]
    visited(cast, "absent", household=tagged)
    assert [one.household for one in queries.due_for(cast.worker)] == [tagged], "nobody was in"
    visited(cast, household=tagged)
    assert queries.due_for(cast.worker) == []
    with clock.at(clock.now() + VISIT_EVERY["独居老人"] + timedelta(hours=1)):
        assert [one.days for one in queries.due_for(cast.worker)] == [VISIT_EVERY["独居老人"].days]
    assert queries.due_for(cast.second_worker) == []


def test_the_rate_of_the_worked_example():
    assert rate(196, 143) == "72.96%"
    assert rate(0, 0) == "—"


def test_the_journal_counts_what_is_found_and_solved_by_now(cast, home, login):
    visited(cast)
    item = cast.items["A01"]
    found = [visited(cast, "matter", note=note, item=item).need.ticket for note in ("漏雨", "没水")]
    span = queries.Span.of(None, None, None)
    before = queries.tally(cast.secretary, span)
    assert (before.visits, before.homes, before.found, before.solved) == (3, 1, 2, 0)
    for name, who, fields in (
        ("accept", cast.worker, {}),
        ("self_handle", cast.worker, {}),
        ("report_done", cast.worker, {"note": "修好了"}),
        ("verify_pass", cast.verifier, {"note": "属实"}),
    ):
        pictures = [PIXEL] if name == "report_done" else ()
        apply(found[0].pk, name, actor=staff(who), fields=fields, pictures=pictures)
    outbox.drain_inline()
    after = queries.tally(cast.secretary, span)
    assert (after.solved, after.rate) == (1, "50.00%")
    assert queries.tally(cast.sibling_secretary, span).visits == 0
    client = login(cast.secretary)
    assert "50.00%" in client.get(reverse("households:journal")).content.decode()
    paper = client.get(reverse("households:journal_print")).content.decode()
    assert "解决率 50.00%" in paper
    assert "陈" not in paper.split("<table")[1].replace(cast.worker.name, ""), "no names of residents"
    assert client.get(reverse("households:journal") + "?first=x&last=0001-01-01").status_code == 200


def register(cast, count):
    rows = [NewHousehold(cast.microgrid, f"新安里{n}号") for n in range(1, count + 1)]
    households.register_many(rows=rows, actor=None)
    return list(Household.objects.filter(address__startswith="新安里").order_by("code"))


def test_a_helper_keeps_no_more_than_the_bound(cast):
    homes = register(cast, MOST_LIAISONS + 1)
    keeper = helper(cast)
    assert liaisons.assign(helper=keeper, households=homes[:MOST_LIAISONS], user=cast.secretary) == MOST_LIAISONS
    with pytest.raises(FileRefused, match="最多联系"):
        liaisons.assign(helper=keeper, households=homes[MOST_LIAISONS:], user=cast.secretary)
    assert liaisons.assign(helper=keeper, households=homes[:3], user=cast.secretary) == 0, "those it has already"
    with pytest.raises(NotYours):
        liaisons.assign(helper=keeper, households=homes, user=cast.sibling_secretary)
    with pytest.raises(NotYours):
        liaisons.assign(helper=keeper, households=homes, user=cast.worker)


def test_a_household_has_one_helper_of_each_kind_and_goes_over(cast):
    homes = register(cast, 3)
    first, second, cadre = helper(cast), helper(cast, "许玉兰"), helper(cast, "何干部", "cadre")
    for one in (first, second, cadre):
        liaisons.assign(helper=one, households=homes[:2], user=cast.secretary)
    now = Liaison.objects.filter(household=homes[0], ended_on=None)
    assert {one.helper_id for one in now} == {second.pk, cadre.pk}
    assert Liaison.objects.filter(helper=first).exclude(ended_on=None).count() == 2, "the past stays"


def test_coverage_and_gaps(cast):
    homes = register(cast, 4)
    keeper = helper(cast)
    liaisons.assign(helper=keeper, households=homes[:2], user=cast.secretary)
    seen = queries.coverage(cast.secretary, None)
    assert (seen.households, seen.covered, seen.gap, seen.few, seen.many) == (5, 2, 3, 1, 0)
    gaps = queries.gaps(cast.secretary, None, "")
    assert {row.code for row in gaps.rows} == {cast.household.code, homes[2].code, homes[3].code}
    liaisons.release(liaison=Liaison.objects.filter(helper=keeper)[0], user=cast.secretary)
    liaisons.retire_helper(helper=keeper, user=cast.secretary)
    assert queries.coverage(cast.secretary, None).covered == 0
    with pytest.raises(NotNow):
        liaisons.assign(helper=keeper, households=homes, user=cast.secretary)


def test_who_leaves_keeps_in_touch_with_nobody(cast, login):
    """Disabling an account says whom they kept in touch with, and lets these go in the same act; a post its village."""
    homes = register(cast, 3)
    keeper = liaisons.add_helper(
        village=cast.village, name="", kind="cadre", user=cast.secretary, once=once(), account=cast.worker
    )
    liaisons.assign(helper=keeper, households=homes[:2], user=cast.secretary)
    elsewhere = Post.objects.get(user=cast.sibling_secretary)
    assert not liaisons.kept_by(cast.worker, elsewhere).exists()
    assert list(liaisons.kept_by(cast.worker, Post.objects.get(user=cast.worker))) == [keeper]
    page = login(cast.system_admin).get(reverse("people:disable", args=[cast.worker.username])).content.decode()
    assert "联系户 2 户（红岭村）" in page
    assert "村里另行安排" in page
    accounts.disable(user=cast.worker, actor=cast.system_admin)
    assert not Liaison.objects.filter(helper=keeper, ended_on=None).exists()
    assert Liaison.objects.filter(helper=keeper).count() == 2, "the past stays"
    assert queries.coverage(cast.secretary, None).covered == 0


def test_what_a_later_day_ends_is_let_go_on_that_day(cast):
    """A post that ends tomorrow takes its households along tomorrow, and nobody whom the village took on since."""
    homes, post = register(cast, 2), Post.objects.get(user=cast.worker)
    keeper = liaisons.add_helper(
        village=cast.village, name="", kind="cadre", user=cast.secretary, once=once(), account=cast.worker
    )
    liaisons.assign(helper=keeper, households=homes, user=cast.secretary)
    posts.end(post=post, on=clock.today() + timedelta(days=1), actor=cast.system_admin)
    assert liaisons.let_go_of_gone() == 0
    with clock.at(clock.now() + timedelta(days=1)):
        assert liaisons.let_go_of_gone() == 1
        assert not Liaison.objects.filter(helper=keeper, ended_on=None).exists()
        anew = liaisons.add_helper(
            village=cast.village, name="", kind="cadre", user=cast.secretary, once=once(), account=cast.worker
        )
        assert liaisons.let_go_of_gone() == 0
    User.objects.filter(pk=cast.worker.pk).update(is_active=False)
    assert liaisons.let_go_of_gone() == 1
    anew.refresh_from_db()
    assert anew.retired_at


def test_liaison_pages(cast, login):
    homes = register(cast, 2)
    client = login(cast.secretary)
    data = {
        "village": cast.village.code, "kind": "party", "name": "谭永康", "account": "",
        "idempotency_key": str(uuid.uuid4()),
    }  # fmt: skip
    made = client.post(reverse("households:new_helper"), data)
    assert client.post(reverse("households:new_helper"), data).url == made.url, "sent twice, made once"
    page = client.get(made.url + "?q=新安").content.decode()
    assert homes[0].address in page
    assert cast.household.address not in page
    client.post(made.url, {"households": [homes[0].pk]})
    assert Liaison.objects.get().household == homes[0]
    assert client.post(made.url, {"households": [cast.sibling_household.pk]}).status_code == 422
    assert "谭永康" in client.get(reverse("households:file", args=[homes[0].code])).content.decode()
    assert "1 / 3 户" in client.get(reverse("households:liaisons")).content.decode()


def test_reasons_are_said_as_the_county_says_them(cast, home, login):
    groups = {str(label): [str(one.label) for one in reasons] for label, reasons in GROUPS}
    assert groups == {
        "四到户": ["政策宣讲到户", "决议传达到户", "公益发动到户", "意见征求到户"],
        "三必联": ["急难必联", "纠纷必联", "红白必联"],
    }
    html = login(cast.worker).get(reverse("households:visit", args=[home.code])).content.decode()
    for label, names in groups.items():
        assert f'<optgroup label="{label}">' in html
        assert all(name in html for name in names)
