"""Search: address, labels, code, telephone, whole name of the head; in scope; two characters are enough."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from grids import households
from grids.finding import found_q
from grids.households import NewHousehold
from grids.models import Household


@pytest.fixture
def homes(cast):
    rows = [
        NewHousehold(cast.microgrid, "幸福花园3栋2单元502室", "梁永康", "10000007001", tags=["独居老人"]),
        NewHousehold(cast.microgrid, "幸福花园3栋2单元503室", "谭美玲", "10000007002"),
        NewHousehold(cast.second_microgrid, "福安里2组7号", "梁永康", "10000007003", tags=["低保"]),
        NewHousehold(cast.other_grid, "幸福花园9栋", "梁永康", "10000007004"),
    ]
    households.register_many(rows=rows, actor=None)
    return {row.address: row for row in Household.objects.all()}


def found(user, words):
    return sorted(Household.objects.visible_to(user).filter(found_q(words)).values_list("address", flat=True))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("花园", ["幸福花园3栋2单元502室", "幸福花园3栋2单元503室"]),
        ("福安", ["福安里2组7号"]),
        ("02", ["幸福花园3栋2单元502室"]),
        ("花园 502", ["幸福花园3栋2单元502室"]),
        ("园花", []),
        ("幸", ["幸福花园3栋2单元502室", "幸福花园3栋2单元503室"]),
        ("独居", ["幸福花园3栋2单元502室"]),
        ("梁永康", ["幸福花园3栋2单元502室", "福安里2组7号"]),
        ("梁永", []),
        ("10000007002", ["幸福花园3栋2单元503室"]),
        ("100-0000-7002", ["幸福花园3栋2单元503室"]),
        ("+86 100 0000 7002", ["幸福花园3栋2单元503室"]),
        ("００８６－１００００００７００２", ["幸福花园3栋2单元503室"]),
        ("梁\u200b永康", ["幸福花园3栋2单元502室", "福安里2组7号"]),
        ("7002", []),
        ("440783103229003", ["福安里2组7号"]),
        ("%", []),
        ("'", []),
        ("_", []),
        ("\x00", []),
        ("", []),
    ],
)
def test_what_a_search_finds(cast, homes, words, expected):
    assert found(cast.secretary, words) == expected


def test_nothing_is_found_outside_ones_scope(cast, homes):
    assert found(cast.other_worker, "梁永康") == ["幸福花园9栋"]
    assert found(cast.second_worker, "花园") == []
    assert found(cast.county_leader, "花园") == []


def test_a_correction_and_a_transfer_are_found_at_once(cast, homes):
    row = homes["福安里2组7号"]
    new = NewHousehold(row.area, "新和里2组7号", "何锦棠")
    households.correct(household=row, new=new, version=row.version, actor=None)
    assert found(cast.secretary, "福安") == []
    assert found(cast.secretary, "新和") == ["新和里2组7号"]
    assert found(cast.secretary, "何锦棠") == ["新和里2组7号"]
    households.transfer(households=[row], area=cast.microgrid, actor=None)
    assert found(cast.worker, "新和") == ["新和里2组7号"]
    households.erase(household=row, reason="request", actor=None)
    assert found(cast.secretary, "何锦棠") == []


@settings(max_examples=40)
@given(data=st.data(), text=st.text(alphabet="幸福花园安里东升0123栋组ab", min_size=3, max_size=18))
def test_any_two_neighbouring_characters_find_it(cast, data, text):
    row = households.register(area=cast.microgrid, address=text, actor=None)
    at = data.draw(st.integers(0, len(text) - 2))
    assert row in Household.objects.filter(found_q(text[at : at + 2]))
    assert row in Household.objects.filter(found_q(text))


def test_the_list_narrows_masks_and_costs_the_same(cast, homes, login):
    client = login(cast.secretary)
    url = reverse("households:index")
    client.get(url)
    page = client.get(url + "?q=花园&tag=独居老人").content.decode()
    assert "幸福花园3栋2单元502室" in page
    assert "503室" not in page
    assert "梁**" in page
    assert "梁永康" not in page
    assert "没有找到这样的户" in client.get(url + "?q=zz").content.decode()
    assert client.get(url + "?guarded=drugs&tag=x&kind=x&after=e30&q=%25").status_code == 200
    assert client.get(url + f"?area={cast.sibling_village.code}").status_code == 404
    costs = []
    for count in (1, 20):
        for n in range(count):
            households.register(area=cast.microgrid, address=f"新安里{count}-{n}号", actor=None)
        with CaptureQueriesContext(connection) as seen:
            client.get(url)
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 12
