"""Households in real browsers: a correction at the desk, a visit on the phone in three taps, a sheet brought in."""

import pytest
from django.urls import reverse

from core.jobs import outbox
from grids import households
from grids.households import NewHousehold
from grids.models import Household
from households.models import Visit
from issues.models import Ticket
from tests.households.conftest import book
from tests.journeys.people import DESK

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def tagged(cast):
    row = NewHousehold(cast.microgrid, "南安里1组1号", "陈大文", "10000006021", 3, ("独居老人",))
    return households.correct(household=cast.household, new=row, version=cast.household.version, actor=None)


def test_a_household_is_corrected_and_looked_up_again(cast, meet):
    secretary = meet(cast.secretary, DESK)
    secretary.open("/households/")
    secretary.page.get_by_role("searchbox", name="找住户").fill("南安")
    secretary.press("查找")
    secretary.press("南安里1组1号", "link")
    secretary.sees("陈**", "100****6021")
    secretary.press("更正户情", "link")
    page = secretary.page
    page.get_by_label("门牌").fill("幸福花园3栋2单元502室")
    page.get_by_label("人口").fill("0")
    secretary.press("保存更正")
    assert page.get_by_label("门牌").input_value() == "幸福花园3栋2单元502室"
    page.get_by_label("人口").fill("4")
    page.get_by_label("独居老人").check()
    secretary.press("保存更正")
    secretary.sees("已更正", "幸福花园3栋2单元502室", "独居老人", "陈**", "楼栋")
    page.get_by_text("查看姓名和电话").click()
    page.get_by_label("查看原因").select_option("visit")
    secretary.press("查看并记录")
    secretary.sees("陈大文", "10000006021", "本次查看已记入审计")
    secretary.open(reverse("households:file", args=[cast.household.code]))
    assert "陈大文" not in page.content()


def test_a_visit_on_the_phone_takes_three_taps(cast, tagged, meet):
    worker = meet(cast.worker)
    worker.open("/m/")
    worker.press("走访", "link")
    worker.press("南安里1组1号", "link")
    worker.press("平安")
    worker.sees("已记下：平安", "眼下没有该走访的")
    assert Visit.objects.get().outcome == "well"


def test_a_matter_on_the_phone_becomes_a_ticket(cast, tagged, meet):
    worker = meet(cast.worker)
    worker.open(reverse("households:visit", args=[tagged.code]))
    worker.press("有事", "link")
    worker.press("变成工单")
    worker.sees("还没提交")
    worker.page.get_by_label("是什么事").fill("屋顶漏雨，想请人看看")
    worker.press("变成工单")
    ticket = Ticket.objects.get()
    worker.sees(ticket.number)
    assert (ticket.household_id, ticket.title) == (tagged.pk, "屋顶漏雨")


def test_a_sheet_is_brought_in_with_its_bad_cell_named(cast, meet, tmp_path):
    secretary = meet(cast.secretary, DESK)
    path = tmp_path / "户.xlsx"
    head = ["网格编码", "住址", "户主姓名", "家庭人口"]
    rows = [head, [cast.microgrid.code, "新安里1号", "梁永康", "4"], [cast.microgrid.code, "新安里2号", "", "许多"]]
    path.write_bytes(book(rows).read())
    secretary.open("/households/imports/new/")
    secretary.page.get_by_label("表格").set_input_files(path)
    secretary.press("上传并对列")
    secretary.sees("对列", "家庭人口")
    secretary.press("检查这份表")
    outbox.drain_inline()
    secretary.open(secretary.page.url.removeprefix(secretary.base))
    secretary.sees("D3", "导入 1 行")
    secretary.press("导入 1 行")
    outbox.drain_inline()
    secretary.open(secretary.page.url.removeprefix(secretary.base))
    secretary.sees("已完成")
    assert Household.objects.filter(address="新安里1号").exists()
