"""Signing in, reading the inbox and changing the password in a real browser, on the phone and on the desk."""

import pytest

from members import accounts
from notices import inbox

PASSWORD = "Qinglong-47-Shan"
NEW = "Fenghuang-58-He"
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("who", "width"), [("worker", 360), ("handler", 1360)])
def test_a_first_day(cast, live_server, browser_page, who, width):
    user = getattr(cast, who)
    accounts.set_password(user=user, password=PASSWORD, actor=None, must_change=True)
    said = {"text": "新工单等您受理", "place": "红岭村", "todo": "请受理"}
    inbox.send(user_ids=[user.pk], kind="ticket", url="/account/", key="k", **said)
    page = browser_page
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{live_server.url}/account/")
    page.get_by_label("账号").fill(who.upper())
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="先设自己的密码").wait_for()
    page.get_by_label("现在的密码").fill(PASSWORD)
    page.get_by_label("新密码", exact=True).fill("kaiping")
    page.get_by_label("再输一遍新密码").fill("kaiping")
    page.get_by_role("button", name="改密码").click()
    page.get_by_role("alert").first.wait_for()
    page.get_by_label("现在的密码").fill(PASSWORD)
    page.get_by_label("新密码", exact=True).fill(NEW)
    page.get_by_label("再输一遍新密码").fill(NEW)
    page.get_by_role("button", name="改密码").click()
    page.wait_for_load_state()
    page.goto(f"{live_server.url}/inbox/")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="新工单等您受理").click()
    page.wait_for_url("**/account/")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("main").get_by_role("button", name="退出").click()
    page.get_by_text("已退出").wait_for()
