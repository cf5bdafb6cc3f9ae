"""The order page in a real browser: a pressed tile shows what neighbours have ordered."""

import pytest

from issues.models import Ticket
from issues.workflow import State
from tests.tickets import at_state

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_pressed_tile_shows_its_neighbours_and_one_joins_them(cast, live_server, browser_page):
    first = at_state(cast, State.SELF_HANDLING, route="self", area=cast.microgrid, item=cast.items["B01"])
    page = browser_page
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{live_server.url}/d/{cast.microgrid.token}")
    assert page.locator(".near").count() == 0
    page.locator("#chooser .tile", has=page.locator("[value=B01]")).locator("label").click()
    page.get_by_text("附近有 1 件同类的事正在办").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.reload()
    page.get_by_text("附近有 1 件同类的事正在办").wait_for()
    page.locator("#nearby label", has_text="我也遇到").click()
    page.get_by_role("button", name="点单", exact=True).click()
    page.wait_for_url("**/d/done/**")
    assert Ticket.objects.order_by("-pk")[0].merged_into == first
