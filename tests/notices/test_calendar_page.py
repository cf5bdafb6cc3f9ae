"""The page of the working calendar: a whole year entered in the words of the announcement."""

from datetime import UTC, date, datetime

import pytest

from core import clock
from core.models import CalendarException
from notices.system.calendar_form import days_in

OFF = """1月1日至3日
2月5日至12日
4月3日至5日
5月1日至5日
6月9日（星期三）
9月15日至17日
10月1日至7日"""


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("10月1日至3日", [(10, 1), (10, 2), (10, 3)]),
        ("１０月１日～３日", [(10, 1), (10, 2), (10, 3)]),
        ("1月31日—2月1日", [(1, 31), (2, 1)]),
        ("2027-02-20；2027/3/6", [(2, 20), (3, 6)]),
        (" 4月5日（星期一）、 5月1日 ", [(4, 5), (5, 1)]),
        ("", []),
    ],
)
def test_days_as_announcements_write_them(text, days):
    assert days_in(text, 2027) == {date(2027, month, day) for month, day in days}


@pytest.mark.parametrize("text", ["国庆节", "2月30日", "10月7日至1日", "1月1日至12月31日", "13月1日"])
def test_what_names_no_days_is_refused_with_its_line(text):
    with pytest.raises(ValueError, match=text):
        days_in(text, 2027)


@pytest.mark.django_db
def test_a_missing_year_is_said_and_entered(cast, login):
    with clock.at(datetime(2026, 11, 3, 2, tzinfo=UTC)):
        client = login(cast.system_admin)
        assert "2027 年的放假安排还没有录入" in client.get("/system/calendar/").content.decode()
        given = {"year": "2027", "document": "国办发明电〔2026〕7号", "off": OFF, "worked": "2月14日"}
        wrong = client.post("/system/calendar/", given | {"off": OFF.replace("10月1日至7日", "10月4日至7日")})
        assert wrong.status_code == 422
        assert "是法定节假日" in wrong.content.decode()
        assert client.post("/system/calendar/", given | {"worked": "那个周日"}).status_code == 422
        assert client.post("/system/calendar/", given).status_code == 302
        page = client.get("/system/calendar/").content.decode()
    assert "还没有录入" not in page
    assert "国办发明电〔2026〕7号" in page
    assert CalendarException.objects.get(day=date(2027, 2, 14)).is_working
