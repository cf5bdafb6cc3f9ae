"""The queue in a real browser: keys and clicks fill the pane, cards on a phone, no overflow, nothing axe minds."""

import pytest
from django.conf import settings

from tests.tickets import placed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LEVELS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}


@pytest.fixture
def page(cast, live_server, browser_page, login):
    """A browser in which the township's dispatcher is signed in, with two tickets to look at."""
    for title in ("头一件", "第二件"):
        placed(cast, title=title)
    session = login(cast.town_dispatcher).cookies[settings.SESSION_COOKIE_NAME].value
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}
    browser_page.context.add_cookies([cookie])
    return browser_page


def test_keys_and_clicks_fill_the_pane_and_enter_opens(live_server, page):
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{live_server.url}/t/")
    pane = page.locator("#peek")
    pane.get_by_text("头一件").first.wait_for()
    page.keyboard.press("j")
    pane.get_by_text("第二件").first.wait_for()
    page.locator("[data-row]").first.locator(".dp").click()
    pane.get_by_text("头一件").first.wait_for()
    assert page.locator("[data-row][aria-current=true] .ti").inner_text() == "头一件"
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/t/*/")


@pytest.mark.parametrize(("width", "path"), [(1440, "/t/?more=1&lamp=b&grade=x"), (390, "/t/"), (320, "/t/?more=1")])
def test_nothing_overflows_and_everybody_can_use_it(live_server, page, width, path):
    from axe_playwright_python.sync_playwright import Axe

    page.set_viewport_size({"width": width, "height": 860})
    page.goto(f"{live_server.url}{path}")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page, options=LEVELS)
    assert found.violations_count == 0, found.generate_report()


def test_a_tap_on_the_card_opens_the_ticket_on_a_phone(live_server, page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/t/")
    page.locator("[data-row]").first.click()
    page.wait_for_url("**/t/*/")


def test_rows_are_chosen_by_key_and_the_bar_says_how_many(live_server, page):
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{live_server.url}/t/")
    bar = page.locator("#bulk")
    page.locator("[data-row][aria-current=true]").wait_for()
    assert not bar.is_visible()
    for key in "xjx":
        page.keyboard.press(key)
    bar.get_by_text("已选 2 件").wait_for()
    assert page.locator("[data-all]").is_checked()
    bar.get_by_text("取消选择").click()
    bar.wait_for(state="hidden")
    page.locator("[data-all]").check()
    bar.get_by_role("button", name="督办", exact=True).click()
    page.wait_for_url("**/t/bulk/supervise/**")
    assert page.locator("input[name=n]").count() == 2


def test_g_and_a_letter_lead_to_another_page(live_server, page):
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{live_server.url}/t/")
    page.keyboard.press("g")
    page.keyboard.press("l")
    page.wait_for_url("**/lists/**")
    page.keyboard.press("g")
    page.keyboard.press("q")
    page.wait_for_url("**/t/")
