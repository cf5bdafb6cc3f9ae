"""The whole loop in real browsers: 点单 → 吹哨 → 派哨 → 领办 → 报办结 → 核查 → 评价 → 看板, each on the own device."""

import pytest
from django.urls import reverse

from core.jobs import outbox
from insights.counting import tally
from issues.models import Ticket
from issues.workflow import State
from tests.journeys.people import DESK, kept
from tests.tickets import at_state, jpeg

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(jpeg().read())
    return path


def newest():
    return Ticket.objects.order_by("-id").first()


def test_the_whole_loop(cast, meet, photo):
    resident, worker, dispatcher = meet(), meet(cast.worker), meet(cast.town_dispatcher, DESK)
    secretary = meet(cast.secretary)
    handler, verifier, leader = meet(cast.handler, DESK), meet(cast.verifier), meet(cast.town_leader, DESK)

    resident.open(reverse("issues:order", args=[cast.microgrid.token]))
    resident.page.get_by_text("灯坏了").click()
    resident.page.locator("input[type=file]").set_input_files(photo)
    resident.page.get_by_label("说两句").fill("村口灯不亮，老人走路怕跌倒")
    resident.page.get_by_text("留个电话").click()
    resident.page.get_by_label("电话", exact=False).last.fill("10000006021")
    resident.press("点单")
    ticket = newest()
    resident.sees("已收到您的点单", f"{ticket.code[:4]} {ticket.code[4:]}")
    outbox.drain_inline()

    worker.open("/m/")
    worker.sees("村口灯不亮", "轮到我")
    worker.press(ticket.number, "link")
    worker.sees("老人走路怕跌倒", "100****6021")
    worker.press("受理")
    worker.press("吹哨", "link")
    worker.page.get_by_text("本级解决不了", exact=True).click()
    worker.page.get_by_label("具体情况").fill("到场看过，灯头烧了，网格没有工具")
    worker.press("确认吹哨")
    worker.sees("待村社确认")
    outbox.drain_inline()

    secretary.open("/m/")
    secretary.press(ticket.number, "link")
    secretary.press("确认吹哨", "link")
    secretary.page.get_by_label("本级已尽措施").fill("村里已换过保险丝")
    secretary.press("确认吹哨")
    secretary.sees("待派哨")
    outbox.drain_inline()

    dispatcher.open("/t/?view=sent")
    dispatcher.sees("村口灯不亮")
    dispatcher.open(reverse("issues:ticket", args=[ticket.number]))
    dispatcher.sees("按清单派哨", "待领办", "规划建设办")
    dispatcher.press("撤回派哨", "link")
    dispatcher.page.get_by_label("为什么撤回").fill("不用供电所到场")
    dispatcher.press("确认撤回派哨")
    dispatcher.press("派哨", "link")
    dispatcher.page.get_by_label("供电所").uncheck()
    dispatcher.press("确认派哨")
    dispatcher.sees("待领办", "规划建设办")
    outbox.drain_inline()

    handler.open("/inbox/")
    handler.sees(ticket.number)
    handler.open(reverse("issues:ticket", args=[ticket.number]))
    handler.press("领办")
    handler.press("报办结", "link")
    handler.page.get_by_label("怎么办的，结果如何").fill("换了灯头，已亮")
    handler.page.locator("input[type=file]").set_input_files(photo)
    handler.press("确认报办结")
    handler.sees("待核查")

    verifier.open("/m/")
    verifier.press(ticket.number, "link")
    verifier.press("核查通过")
    verifier.sees("待回访")

    resident.open(reverse("issues:track", args=[ticket.code]))
    resident.sees("请评价", "换了灯头，已亮")
    resident.page.get_by_text("已解决", exact=True).click()
    resident.page.get_by_text("非常满意").click()
    resident.press("提交评价")
    resident.sees("谢谢", "已办结")

    ticket.refresh_from_db()
    assert (ticket.state, ticket.satisfaction, ticket.solved) == (State.CLOSED, 4, "solved")
    tally.catch_up()
    leader.open("/board/")
    leader.sees("满意率", "按时办结率")
    leader.page.get_by_role("link", name="1", exact=True).first.click()
    leader.page.wait_for_load_state("networkidle")
    leader.sees(ticket.number)


def test_the_grid_settles_it_on_the_spot_without_javascript(cast, meet):
    worker = meet(cast.worker, js=False)
    worker.open("/m/new")
    worker.page.locator("label", has_text="垃圾没人收").click()
    worker.page.get_by_label("补充说明").fill("垃圾桶满了三天")
    worker.press("我来办")
    worker.sees("垃圾桶满了三天", "网格自办")
    ticket = newest()
    assert (ticket.state, ticket.holder, ticket.item_code) == (State.SELF_HANDLING, cast.worker, "B01")
    worker.press("报办结", "link")
    worker.page.get_by_label("怎么办的，结果如何").fill("联系清运，已清完")
    worker.press("确认报办结")
    worker.sees("此事项办结须附现场照片")
    assert worker.page.get_by_label("怎么办的，结果如何").input_value() == "联系清运，已清完"


def test_a_matter_is_found_by_what_people_call_it_and_the_button_says_where_it_goes(cast, meet):
    worker = meet(cast.worker)
    worker.open("/m/new")
    worker.page.get_by_label("其他事项").fill("违建")
    worker.page.get_by_label("新增违法建设苗头").check()
    worker.page.locator(".match").wait_for()
    lead = worker.page.locator(".match dd").first.inner_text()
    worker.page.locator("#to", has_text=lead).wait_for()
    worker.page.get_by_text("本级解决不了", exact=True).click()
    worker.press("提交并吹哨")
    worker.sees("待村社确认")


def test_what_was_typed_survives_a_closed_tab_and_a_lost_signal(cast, meet):
    worker = meet(cast.worker)
    worker.open("/m/new")
    worker.page.locator("label", has_text="水沟塞了").click()
    worker.page.get_by_label("补充说明").fill("沟盖板也缺了三块")
    worker.page.context.set_offline(True)
    worker.page.get_by_role("button", name="我来办").click()
    worker.page.get_by_text("已存手机").first.wait_for()
    assert Ticket.objects.count() == 0
    worker.page.context.set_offline(False)
    kept(worker.page, "done")
    worker.open(reverse("issues:phone_ticket", args=[newest().number]))
    worker.sees("网格自办", "沟盖板也缺了三块")
    worker.open("/m/new")
    assert worker.page.get_by_label("补充说明").input_value() == ""


def test_a_wrong_address_comes_back_and_is_sent_on(cast, meet):
    ticket = at_state(cast, State.DISPATCHED)
    handler, dispatcher = meet(cast.handler, DESK), meet(cast.town_dispatcher, DESK)
    handler.open(reverse("issues:ticket", args=[ticket.number]))
    handler.press("退单", "link")
    handler.press("确认退单")
    handler.sees("还没提交")
    handler.page.get_by_label("清单依据").fill("C06")
    handler.page.get_by_label("建议改派").select_option(label="县文广旅体局")
    handler.page.get_by_label("退单理由").fill("景区路灯归文旅")
    handler.press("确认退单")
    handler.sees("已退单。接下来：乡镇分拨员")
    dispatcher.open(reverse("issues:ticket", args=[ticket.number]))
    dispatcher.press("派哨", "link")
    assert dispatcher.page.get_by_label("牵头部门").locator("option:checked").inner_text() == "县文广旅体局"
    dispatcher.press("确认派哨")
    dispatcher.sees("待领办", "县文广旅体局")


def test_two_people_press_at_once_and_the_slower_reads_who_was_faster(cast, meet):
    ticket = at_state(cast, State.DISPATCHED)
    first, second = meet(cast.handler, DESK), meet(cast.colleague, DESK)
    for person in (first, second):
        person.open(reverse("issues:ticket", args=[ticket.number]))
    first.press("领办")
    second.press("领办")
    second.sees(f"{cast.handler.name} 刚刚已领办", "办理中")


SCREENS = ("/m/", "/m/new", "/m/me", "/m/list/", "/inbox/", "/account/")


@pytest.mark.parametrize(("width", "big"), [(320, False), (390, True), (320, True)])
def test_the_phone_pages_fit_small_screens_and_large_type(cast, meet, width, big):
    ticket = at_state(cast, State.VERIFIED, contact=None)
    at_state(cast, State.ACCEPTED)
    worker = meet(cast.worker, {"width": width, "height": 700}, big=big)
    for path in (*SCREENS, reverse("issues:phone_ticket", args=[ticket.number])):
        worker.open(path)
    resident = meet(None, {"width": width, "height": 700}, big=big)
    for path in (
        reverse("issues:order", args=[cast.microgrid.token]),
        reverse("issues:ordered", args=[ticket.code]),
        reverse("issues:track", args=[ticket.code]),
        reverse("issues:find"),
    ):
        resident.open(path)
