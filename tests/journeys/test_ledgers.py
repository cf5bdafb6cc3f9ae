"""The special ledgers in real browsers: a problem to its 销号, a campaign on the phone, a proposal to its 回音."""

import pytest
from django.urls import reverse

from core.jobs import outbox
from issues.models import Ticket
from ledgers.models import Campaign, Project, Proposal, Rectification
from tests.journeys.people import DESK, kept
from tests.ledgers.conftest import campaign, in_days, target
from tests.tickets import jpeg

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(jpeg().read())
    return path


def test_a_problem_is_put_right_and_struck_off_by_somebody_else(cast, meet, photo):
    dispatcher, handler = meet(cast.town_dispatcher, DESK), meet(cast.handler, DESK)
    leader, secretary = meet(cast.town_leader, DESK), meet(cast.secretary)

    dispatcher.open("/rectify/")
    dispatcher.press("立账", "link")
    page = dispatcher.page
    page.get_by_label("问题名称").fill("村级挂牌过多")
    page.get_by_label("来源").select_option("inspection")
    page.get_by_label("问题", exact=True).fill("门口挂牌十七块，九块没有依据")
    page.get_by_label("所在").select_option(cast.village.code)
    page.get_by_label("责任单位").select_option(f"d{cast.office.code}")
    page.get_by_label("整改期限").fill(str(in_days(20)))
    dispatcher.press("立账")
    dispatcher.sees("已立账", "整改中", "规划建设办")
    outbox.drain_inline()
    address = reverse("ledgers:rectification", args=[Rectification.objects.get().pk])

    handler.open("/inbox/")
    handler.sees("新交办问题")
    handler.open(address)
    handler.press("申请销号", "link")
    handler.page.get_by_label("整改结果").fill("九块已摘除")
    handler.press("申请销号")
    handler.sees("申请销号要有佐证")
    assert handler.page.get_by_label("整改结果").input_value() == "九块已摘除"
    handler.page.locator("input[type=file]").set_input_files(photo)
    handler.press("申请销号")
    handler.sees("待核验", "等立账单位核验销号")

    secretary.open("/rectify/")
    secretary.sees("村级挂牌过多")
    secretary.open(address)
    secretary.sees("九块已摘除")

    leader.open("/rectify/?view=applied")
    leader.press(Rectification.objects.get().number, "link")
    leader.press("核验销号", "link")
    leader.page.get_by_label("核验情况").fill("现场看过，属实")
    leader.press("核验销号")
    leader.sees("已销号", "现场看过，属实")
    leader.open("/rectify/sheet/?view=all")
    leader.sees("问题整改台账", "村级挂牌过多")


def test_a_campaign_on_the_phone_becomes_a_ticket(cast, meet, photo):
    dispatcher, worker = meet(cast.town_dispatcher, DESK), meet(cast.worker)
    dispatcher.open("/campaigns/")
    dispatcher.press("开展行动", "link")
    page = dispatcher.page
    page.get_by_label("行动名称").fill("冬季用电用气安全排查")
    page.get_by_label("依据").fill("沙安委〔2026〕12号")
    page.get_by_label("结束").fill(str(in_days(10)))
    page.get_by_label("发现问题按哪项清单办").fill("A09")
    page.get_by_label("看什么").fill("电线有没有老化\n煤气瓶放在哪里")
    page.get_by_label("范围").select_option(cast.village.code)
    dispatcher.press("开展")
    dispatcher.sees("已开展", "看了 0 / 1")
    outbox.drain_inline()

    worker.open("/m/")
    worker.sees("还有 1 个没看")
    worker.press("冬季用电用气安全排查", "link")
    worker.press("南安里1组1号", "link")
    worker.page.locator("label", has_text="发现问题").click()
    worker.page.get_by_text("电线有没有老化").last.click()
    worker.page.get_by_label("说明").fill("厨房插座发黑")
    worker.page.locator("input[type=file]").set_input_files(photo)
    worker.press("记下")
    ticket = Ticket.objects.get()
    worker.sees("已记下，并转为工单", ticket.number)
    worker.open(reverse("issues:phone_ticket", args=[ticket.number]))
    worker.sees("厨房插座发黑", "专项行动中发现：冬季用电用气安全排查")
    worker.press("看排查记录", "link")
    worker.sees("第 1 次", ticket.number)

    dispatcher.open(reverse("ledgers:campaign", args=[Campaign.objects.get().pk]))
    dispatcher.sees("看了 1 / 1", "发现问题 1")


def test_a_look_outlives_a_lost_signal_and_works_without_javascript(cast, meet):
    row = target(cast, campaign(cast))
    address = reverse("ledgers:target", args=[row.pk])
    worker = meet(cast.worker)
    worker.open(address)
    worker.page.locator("label", has_text="没人").click()
    worker.page.get_by_label("说明").fill("门锁着")
    worker.page.context.set_offline(True)
    worker.page.get_by_role("button", name="先存手机").click()
    worker.page.get_by_text("已存手机").first.wait_for()
    worker.page.context.set_offline(False)
    kept(worker.page, "done")
    worker.open(address)
    worker.sees("没人，待再访", "门锁着")
    plain = meet(cast.chief, js=False)
    plain.open(address)
    plain.page.locator("label", has_text="正常").click()
    plain.press("记下")
    plain.sees("已记下：正常")


def test_a_proposal_from_the_code_gets_its_answer(cast, meet, photo):
    resident, dispatcher = meet(), meet(cast.town_dispatcher, DESK)
    resident.open(reverse("issues:order", args=[cast.microgrid.token]))
    resident.press("提一件民生实事", "link")
    resident.page.get_by_label("想办的实事").fill("小学那条路想装几盏灯")
    resident.press("提交")
    resident.sees("已收到您的建议")
    followed = reverse("ledgers:proposal", args=[Proposal.objects.get().code])

    dispatcher.open("/projects/")
    dispatcher.press("征集到的建议", "link")
    dispatcher.sees("小学那条路想装几盏灯", "居民扫码")
    dispatcher.press("立项", "link")
    page = dispatcher.page
    page.get_by_label("实事名称").fill("小学路装路灯")
    page.get_by_label("要办成什么").fill("装十二盏太阳能路灯")
    page.get_by_label("节点", exact=True).first.fill("安装通电")
    page.get_by_label("计划日期").first.fill(str(in_days(9)))
    dispatcher.press("立项")
    dispatcher.sees("推动中", "安装通电", "回应 1 条建议")

    resident.open(followed)
    resident.sees("小学路装路灯", "按计划")

    dispatcher.press("完成节点", "link")
    dispatcher.press("完成节点")
    dispatcher.press("完成", "link")
    page.get_by_label("怎么完成的").fill("验收合格")
    page.locator("input[type=file]").set_input_files(photo)
    dispatcher.press("完成")
    dispatcher.press("发布回音", "link")
    page.get_by_label("给乡亲们的回音").fill("十二盏灯都亮了，谢谢大家")
    dispatcher.press("发布回音")
    dispatcher.sees("已回音")
    assert Project.objects.get().answer

    resident.open(followed)
    resident.sees("十二盏灯都亮了")
    resident.press("看本村民生实事", "link")
    resident.sees("小学路装路灯", "十二盏灯都亮了")
