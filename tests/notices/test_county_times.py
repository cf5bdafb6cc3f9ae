"""通知时间: set by the system admin for the county, in force at once, on record; errors stand beside their fields."""

from datetime import UTC, datetime, time

import pytest

from core.errors import Conflict
from core.models import AuditEntry
from notices import county, times
from notices.models import CountyTimes, Quiet, Reach
from notices.reaching import quiet_hours

pytestmark = pytest.mark.django_db
URL = "/system/times/"


def given(**changes):
    data = {
        "quiet_from": "21:30", "quiet_until": "6:30", "first_digest": "9:15", "second_digest": "16:00", "seen": "0",
    }  # fmt: skip
    return data | changes


@pytest.fixture
def admin(cast, login, django_capture_on_commit_callbacks):
    client = login(cast.system_admin)

    def send(**changes):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(URL, given(**changes))

    client.send = send
    return client


def test_the_page_begins_with_the_settings_and_stands_among_the_others(admin):
    page = admin.get(URL).content.decode()
    for text in ("20:00", "08:00", "08:30", "14:30", "现在按安装时的设置"):
        assert text in page
    assert URL in admin.get("/system/").content.decode()


def test_what_is_set_holds_at_once_for_all_who_keep_the_countys_hours(cast, admin, login):
    assert admin.send()["Location"] == URL
    assert times.county_quiet() == (time(21, 30), time(6, 30))
    assert times.digest_times() == (time(9, 15), time(16))
    assert times.slot_after(datetime(2026, 11, 20, 2, 0, tzinfo=UTC)) == datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    assert "21:30–06:30" in login(cast.worker).get("/inbox/settings/").content.decode()
    own = Reach(user=cast.worker, quiet=Quiet.OWN, quiet_from=time(19), quiet_until=time(7))
    assert quiet_hours(own) == (time(19), time(7))
    assert cast.system_admin.name in admin.get(URL).content.decode()


def test_the_trail_keeps_what_held_before(cast, admin):
    admin.send()
    admin.send(seen="1", quiet_from="", quiet_until="", second_digest="")
    assert times.county_quiet() is None
    assert times.digest_times() == (time(9, 15),)
    said = [row.detail for row in AuditEntry.objects.filter(verb="county_times.changed").order_by("id")]
    assert [(row["before"], row["after"]) for row in said] == [
        ("20:00-08:00；08:30,14:30", "21:30-06:30；09:15,16:00"),
        ("21:30-06:30；09:15,16:00", "；09:15"),
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"quiet_until": ""}, "免打扰要填起、止两个时间"),
        ({"quiet_from": ""}, "免打扰要填起、止两个时间"),
        ({"quiet_until": "21:30"}, "和开始时间相同"),
        ({"quiet_from": "25:00"}, "24 小时制"),
        ({"first_digest": ""}, "请填写此项"),
        ({"first_digest": "早上"}, "24 小时制"),
        ({"second_digest": "9:15"}, "要晚于第一次汇总"),
        ({"second_digest": "8:00"}, "要晚于第一次汇总"),
    ],
)
def test_an_error_stands_beside_its_field_and_nothing_typed_is_lost(admin, changes, said):
    answer = admin.send(**changes)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    kept = {"9:15": "09:15"}.get(typed := given(**changes)["first_digest"], typed)  # as the browser's clock reads it
    assert f'value="{kept}"' in page or not kept
    assert not CountyTimes.objects.exists()


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 30])
def test_a_page_without_its_version_is_refused(admin, seen):
    assert admin.send(seen=seen).status_code == 422


def test_a_stale_page_is_told_and_keeps_what_was_typed(cast, admin):
    admin.send()
    answer = admin.send(first_digest="7:45")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "刚刚被别人改过" in page
    assert 'value="07:45"' in page
    assert 'name="seen" value="1"' in page
    assert times.digest_times()[0] == time(9, 15)
    with pytest.raises(Conflict):
        county.put(times=county.shipped(), seen=0, actor=cast.system_admin)


def test_another_process_reads_it_within_a_minute(cast):
    county.put(times=county.Times(None, (time(10),)), seen=0, actor=cast.system_admin)
    assert times.digest_times() == (time(8, 30), time(14, 30))  # as this process last read it
    county.prime(None, seconds=0)
    assert times.digest_times() == (time(10),)


def test_asking_again_costs_nothing(cast, django_assert_num_queries):
    county.forget()
    with django_assert_num_queries(1):
        times.county_quiet()
        times.digest_times()
