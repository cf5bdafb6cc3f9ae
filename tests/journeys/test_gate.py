"""The gate in real browsers: refused by a hard rule, and admitted step by step until its sunset."""

from datetime import timedelta

import pytest

from admission.models import Admission
from admission.workflow.application_table import State
from admission.workflow.rules import DECLARED, after
from core import clock
from core.jobs import outbox
from tests.admission.conftest import build_gate
from tests.journeys.people import DESK

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def pick(person, name, value):
    """Press the words of one radio button."""
    key = person.page.locator(f"input[name={name}][value={value}]").get_attribute("id")
    person.page.locator(f"label[for={key}]").click()


def fill(person, *, yes=""):
    """The paper form, with one declaration answered 是 where asked for."""
    page, day = person.page, clock.today()
    page.select_option("select[name=kind]", "form")
    for name, value in {
        "title": "秋冬种面积统计表",
        "content": "每月底上报一次本网格秋冬种面积",
        "minutes": "40",
        "basis": "《农业统计工作办法》第八条",
        "starts_on": str(day),
        "wanted_until": str(day + timedelta(days=200)),
        "budget": "每格每年 200 元",
        "fields_asked": "秋冬种亩数",
        "reuse": "户数由系统带出",
        "consequence": "补贴面积无法核定",
    }.items():
        page.fill(f"[name={name}]", value)
    for rule in DECLARED:
        word = "yes" if rule == yes else "no"
        pick(person, f"rule_{rule}", word)


def test_refused_by_a_hard_rule(cast, meet):
    g = build_gate(cast)
    asker, keeper = meet(g.of("NY"), DESK), meet(g.of("SGB"), DESK)
    asker.open("/admission/")
    asker.press("申请准入", "link")
    asker.press("提交申请")
    asker.sees("还没提交", "请填写此项")
    fill(asker, yes="check_in")
    asker.press("提交申请")
    asker.sees("不予准入", "触碰硬性禁止，任何人不能放行", "设置打卡签到或在线时长")
    row = Admission.objects.get()
    assert row.state == State.REFUSED
    outbox.drain_inline()
    keeper.open(f"/admission/{row.pk}/")
    keeper.sees("任何人不能放行", "此件已结束")
    assert keeper.page.get_by_role("region", name="操作").count() == 0


@pytest.mark.parametrize("js", [True, False], ids=["js", "plain"])
def test_admitted_until_its_sunset(cast, meet, js):
    g = build_gate(cast)
    asker, keeper = meet(g.of("NY"), DESK, js=js), meet(g.of("SGB"), DESK, js=js)
    asker.open("/admission/new/")
    fill(asker)
    asker.press("提交申请")
    row = Admission.objects.get()
    asker.sees(row.number, "每格每月")

    keeper.open(f"/admission/{row.pk}/")
    keeper.press("发起征求意见", "link")
    for town in g.towns:
        keeper.page.get_by_label(town.name).check()
    keeper.press("发起征求意见")
    keeper.sees("征求意见", "已答复 0 / 9")
    outbox.drain_inline()

    worker = meet(next(user for asked, user in g.asked(row) if asked.user_id), js=js)
    worker.open("/admission/")
    worker.press("去提意见", "link")
    worker.press(row.number, "link")
    worker.press("提意见", "link")
    pick(worker, "stance", "for")
    worker.page.fill("[name=estimate]", "35")
    worker.press("提意见")
    worker.sees("已记下")
    for _asked, user in [pair for pair in g.asked(row) if not pair[0].answered_at]:
        g.do(row, "opine", user, stance="for", estimate=30)

    keeper.open(f"/admission/{row.pk}/")
    keeper.press("送合法性审查", "link")
    keeper.press("送合法性审查")
    keeper.sees("合法性审查")
    for code, name in (("BB", "pass_law"), ("SF", "pass_law"), ("ZZB", "agree"), ("SGB", "agree")):
        g.do(row, name, code, note="可以")
    leader = meet(g.of("ZFW"), DESK, js=js)
    leader.open(f"/admission/{row.pk}/")
    leader.press("同意入格", "link")
    leader.press("同意入格")
    leader.sees("待公布")
    keeper.open(f"/admission/{row.pk}/")
    keeper.press("公布生效", "link")
    keeper.press("公布生效")
    keeper.sees("已准入", "到期自动退出")
    outbox.drain_inline()

    worker.open("/admission/")
    worker.sees("秋冬种面积统计表", "每格每月共 40 分钟")
    row.refresh_from_db()
    with clock.at(after(row.ends_on)):
        outbox.drain_inline()
    worker.open(f"/admission/{row.pk}/")
    worker.sees("已退出", "日落到期未续")


def test_a_township_reports_from_the_phone_and_sees_the_answer(cast, meet):
    g = build_gate(cast)
    secretary, owner = meet(cast.secretary), meet(g.of("SGB"), DESK)
    reported = meet(g.of("WJ"), DESK)
    secretary.open("/m/")
    secretary.press("反映转嫁", "link")
    secretary.page.fill("[name=what]", "每天下载短视频并截图")
    secretary.press("先查清单")
    secretary.sees("清单核对：无据")
    secretary.page.select_option("select[name=department]", "WJ")
    pick(secretary, "channel", "group")
    secretary.press("提交反映")
    secretary.sees("无据", "待答复")
    outbox.drain_inline()

    reported.open("/pushed/")
    reported.press("转嫁〔", "link")
    reported.sees("基层人员", "不向被反映部门公开")
    assert cast.secretary.name not in reported.page.content()

    owner.open("/pushed/")
    owner.press("转嫁〔", "link")
    owner.sees(cast.secretary.name)
    owner.press("答复", "link")
    pick(owner, "answer", "withdrawn")
    owner.page.fill("[name=note]", "没有依据，部门已撤回")
    owner.press("答复")
    owner.sees("部门撤回")

    secretary.open("/pushed/")
    secretary.press("转嫁〔", "link")
    secretary.sees("没有依据，部门已撤回")
    secretary.press("认可答复", "link")
    secretary.press("认可答复")
    secretary.sees("已办结")
