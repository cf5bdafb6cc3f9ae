"""The board in a real browser: nothing overflows, small or large, axe minds nothing, a mark leads to its tickets."""

import random

import pytest
from django.conf import settings

from insights.counting import tally
from tests.insights import history

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LEVELS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
PATHS = ("/board/?period=quarter", "/board/?period=custom&by=dept", "/board/metrics/")


@pytest.fixture
def page(cast, live_server, browser_page, login):
    """A browser in which the township's leader is signed in, with some history to look at."""
    history.write(cast, random.Random(1), 15)
    tally.catch_up()
    session = login(cast.town_leader).cookies[settings.SESSION_COOKIE_NAME].value
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}
    browser_page.context.add_cookies([cookie])
    return browser_page


@pytest.mark.parametrize(("size", "widths"), [("plain", (1440, 390)), ("large", (1440, 320))])
def test_nothing_overflows_and_everybody_can_use_it(live_server, page, size, widths):
    from axe_playwright_python.sync_playwright import Axe

    if size == "large":
        page.goto(f"{live_server.url}/board/metrics/")
        page.locator("summary.me").click()
        page.get_by_role("button", name="大字版").click()
    for width in widths:
        page.set_viewport_size({"width": width, "height": 860})
        for path in PATHS:
            page.goto(f"{live_server.url}{path}")
            page.wait_for_load_state("networkidle")
            assert page.locator("html.big").count() == (size == "large")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, path)
            found = Axe().run(page, options=LEVELS)
            assert found.violations_count == 0, (width, path, found.generate_report())


def test_a_mark_of_a_figure_leads_to_its_tickets(live_server, page):
    page.goto(f"{live_server.url}/board/?period=custom&from=2000-01-01&to=2100-01-01")
    part = page.locator(".fbar .part").first
    said = part.locator("b").inner_text()
    part.click()
    page.wait_for_url("**/t/?*")
    assert page.locator(".qhead .sub b").inner_text() == said


def test_the_chart_of_a_narrow_screen_shows_the_latest_week(live_server, page):
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(f"{live_server.url}/board/")
    label = page.locator(".chart .t1").bounding_box()
    assert 0 < label["x"] < label["x"] + label["width"] <= 320
