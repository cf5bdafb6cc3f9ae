"""What a phone asks for stands where the thumb is, not below the edge of the screen."""

import pytest

from tests.issues.field.test_drafts import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SMALL, ACROSS = {"width": 360, "height": 740}, {"width": 740, "height": 360}


def in_view(page, of):
    box, size = of.bounding_box(), page.viewport_size
    return box["y"] >= 0 and box["y"] + box["height"] <= size["height"] and box["x"] + box["width"] <= size["width"]


def test_why_to_whistle_is_asked_beside_the_button_and_kept_with_the_draft(cast, live_server, browser_page):
    page = browser_page
    page.set_viewport_size(SMALL)
    signed_in(page, live_server, cast.worker)
    page.goto(f"{live_server.url}/m/new")
    page.locator("label[for=id_item_2]").click()
    for big in (False, True):
        page.evaluate("(on) => document.documentElement.classList.toggle('big', on)", big)
        chips = page.locator(".actbar .opts label")
        assert chips.count() == 3
        assert all(in_view(page, chips.nth(at)) for at in range(3))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    chips.nth(1).click()
    page.reload()
    page.get_by_text("已恢复上次没提交的内容").wait_for()
    assert page.locator("[name=cause]:checked").get_attribute("value") == "no_power"
    page.get_by_role("button", name="提交并吹哨").click()
    page.wait_for_url("**/m/t/**")
    page.get_by_text("没有执法权").first.wait_for()


def test_a_phone_held_across_has_room_for_what_is_typed(cast, live_server, browser_page):
    page = browser_page
    page.set_viewport_size(ACROSS)
    signed_in(page, live_server, cast.worker)
    page.goto(f"{live_server.url}/m/new")
    words = page.get_by_label("补充说明")
    words.scroll_into_view_if_needed()
    assert in_view(page, words)
    assert not in_view(page, page.get_by_role("button", name="提交并吹哨"))


def test_two_days_fit_a_narrow_phone(cast, live_server, browser_page):
    page = browser_page
    page.set_viewport_size(SMALL)
    signed_in(page, live_server, cast.worker)
    page.goto(f"{live_server.url}/households/journal/")
    fields = [one.bounding_box() for one in page.locator("input[type=date]").all()]
    assert len(fields) == 2
    assert all(box["x"] + box["width"] <= SMALL["width"] for box in fields)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
