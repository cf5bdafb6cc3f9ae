"""When the list alone settles whose duty it is: one lead in use, somebody on post, nothing that stands against it."""

import pytest

from core import clock
from duties.models import Kind
from duties.routing import dispatching, powers
from duties.routing.certainty import settle
from members import posts
from members.models import Department, Post
from tests import worlds
from tests.cast import build_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
@worlds.on(build_cast)
def cast(db):
    return build_cast()


def settled(cast, code="C02"):
    return settle(cast.items[code], cast.microgrid, cast.township)


def test_the_list_alone_names_the_office_and_says_why(cast):
    found = settled(cast)
    assert (found.lead, found.doubts) == (cast.office, ())
    assert any("第 1 版" in text for text in found.why)
    assert cast.office not in found.assisting


def test_a_kept_rule_a_power_or_an_own_division_stands_against_it(cast):
    other = cast.departments["440783103-NN"]
    dispatching.keep(
        township_id=cast.township.pk, item_code="C02", lead=other, assisting=[], source="会商", actor=cast.list_admin
    )
    assert any("会商" in text for text in settled(cast).doubts)
    assign = {"township": cast.township, "office": other, "basis": "镇府〔2026〕3 号", "ends_on": None}
    powers.assign(kind=Kind.OVERRIDE, item_code="C03", starts_on=clock.today(), actor=cast.list_admin, **assign)
    assert any("另行分工" in text for text in settled(cast, "C03").doubts)


def test_a_rule_that_agrees_with_the_list_stands_against_nothing(cast):
    dispatching.keep(
        township_id=cast.township.pk, item_code="C02", lead=cast.office, assisting=[], source="会商", actor=None
    )
    assert settled(cast).doubts == ()


def test_nobody_on_post_or_a_retired_lead_is_for_a_person_to_decide(cast):
    for post in Post.objects.held().filter(department=cast.office):
        posts.end(post=post, actor=cast.system_admin)
    assert any("没有人在岗" in text for text in settled(cast).doubts)
    Department.objects.filter(pk=cast.departments["GSQ"].pk).update(retired_at=clock.now())
    cast.items["C05"].refresh_from_db()
    assert any("已停用" in text for text in settled(cast, "C05").doubts)


def test_two_offices_in_the_place_of_one_department_leave_it_open(cast):
    second = cast.departments["440783103-NN"]
    second.stands_in_for.add(cast.departments["ZJ"])
    assert any("都对应" in text for text in settled(cast).doubts)
