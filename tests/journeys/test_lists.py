"""A list changes hands in real browsers: edit → submit → three approvals → in force → a new order is routed by it."""

import pytest

from core.jobs import outbox
from duties.models import ListVersion
from issues.models import Ticket
from members.models import Department
from members.roles import Role
from tests.duties.conftest import APPROVERS, person
from tests.journeys.people import DESK, PHONE
from tests.tickets import placed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def signers(cast):
    departments = {code: Department.objects.get(code=code) for code in APPROVERS}
    return [person(Role.DEPARTMENT_LEADER, code.lower(), None, d) for code, d in departments.items()]


def test_a_new_version_routes_the_next_order(cast, meet, signers):
    before = placed(cast, item=cast.items["C02"])
    admin = meet(cast.list_admin, DESK)
    admin.open("/lists/")
    admin.press("修订：打开草稿")
    admin.press("路灯不亮、灯杆倾斜", "link")
    admin.page.get_by_label("牵头部门").select_option("GD")
    admin.page.locator("summary", has_text="配合部门").click()
    admin.page.get_by_label("供电企业").uncheck()
    admin.page.get_by_text("已自动保存").wait_for()
    admin.page.get_by_label("结案标准").fill("恢复照明，附照片")
    admin.page.keyboard.press("Control+Enter")
    admin.page.wait_for_url("**/C03/**")
    admin.looks_right()
    admin.sees("C02 已保存", "撤销上一步")
    assert admin.page.locator("#r-C02 ins").first.inner_text() == "供电企业"
    admin.press("送审第 2 版", "link")
    admin.page.get_by_label("修订说明").fill("路灯改由供电企业牵头")
    admin.press("送审")
    admin.sees("第 2 版已送审", "待审核")
    outbox.drain_inline()

    for n, user in enumerate(signers):
        signer = meet(user, PHONE if n == 2 else DESK)
        signer.open("/inbox/")
        signer.press("请贵部门审核")
        signer.sees("请您审核", "路灯改由供电企业牵头")
        signer.press("同意")
        signer.sees("已同意第 2 版")
    admin.open("/lists/2/review/")
    admin.press("发布")
    admin.sees("第 2 版已发布", "施行中")

    worker = meet(cast.worker)
    worker.open("/m/new")
    worker.page.get_by_label("其他事项").fill("灯坏了")
    worker.page.get_by_label("路灯不亮、灯杆倾斜").check()
    worker.page.locator(".match").wait_for()
    assert "供电所" in worker.page.locator(".match dd").first.inner_text()
    worker.page.get_by_text("本级解决不了", exact=True).click()
    worker.press("提交并吹哨")
    version = ListVersion.objects.get(number=2, duty_list__kind="grid_items")
    assert Ticket.objects.order_by("-id").first().list_version == version
    before.refresh_from_db()
    assert before.list_version == cast.version, "a running ticket keeps the version it was sent under"


def test_two_editors_and_an_undo(cast, meet):
    admin = meet(cast.list_admin, DESK)
    admin.open("/lists/self_governance/")
    admin.press("修订：打开草稿")
    second = meet(cast.list_admin, DESK)
    admin.press("协助统计调查和普查", "link")
    second.open("/lists/self_governance/2/edit/XZ15/")
    second.page.get_by_label("事项", exact=True).fill("协助统计调查")
    second.page.get_by_text("已自动保存").wait_for()
    admin.page.get_by_label("事项", exact=True).fill("协助普查")
    admin.page.get_by_text("刚刚").first.wait_for()
    admin.page.get_by_role("button", name="保存此项").click()
    admin.page.wait_for_load_state("networkidle")
    admin.looks_right()
    assert admin.page.get_by_label("事项", exact=True).input_value() == "协助普查", "nothing typed is lost"
    second.open("/lists/self_governance/2/edit/")
    second.press("撤销上一步")
    second.sees("已撤销对 XZ15 的修改")


def test_lists_without_javascript_and_on_a_phone(cast, meet):
    admin = meet(cast.list_admin, PHONE, js=False)
    for path in ("/lists/", "/lists/township_duties/", "/lists/self_governance/", "/lists/versions/"):
        admin.open(path)
    admin.open("/lists/township_duties/")
    admin.press("修订：打开草稿")
    admin.open("/lists/township_duties/2/edit/T201/")
    admin.page.get_by_label("乡镇配合什么").fill("只引导人员")
    admin.press("保存此项")
    admin.sees("T201 已保存")
    for path in ("diff", "submit", "sheet", "review"):
        admin.open(f"/lists/township_duties/2/{path}/")
