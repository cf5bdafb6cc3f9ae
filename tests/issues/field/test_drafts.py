"""Drafts in a real browser: what was typed comes back to who typed it, and to nobody else."""

import pytest
from django.test import Client

from tests.journeys.people import kept

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "下雨水漫进屋，老人走路怕跌倒"


def signed_in(page, live_server, user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    page.context.clear_cookies()
    page.context.add_cookies([cookie])


def fill(page):
    page.locator("label[for=id_item_2]").click()
    page.get_by_label("补充说明").fill(WORDS)


def test_a_draft_belongs_to_who_typed_it(cast, live_server, browser_page):
    page = browser_page
    signed_in(page, live_server, cast.worker)
    page.goto(f"{live_server.url}/m/new")
    fill(page)
    kept(page, "open")
    signed_in(page, live_server, cast.chief)
    page.goto(f"{live_server.url}/m/new")
    assert page.get_by_label("补充说明").input_value() == ""
    signed_in(page, live_server, cast.worker)
    page.goto(f"{live_server.url}/m/new")
    page.get_by_text("已恢复上次没提交的内容").wait_for()
    assert page.get_by_label("补充说明").input_value() == WORDS
    with page.expect_navigation():
        page.get_by_role("button", name="清空重填").click()
    page.evaluate("kept.after")
    assert page.get_by_label("补充说明").input_value() == ""


def test_a_resident_comes_back_to_what_was_typed_in_the_same_tab_only(cast, live_server, browser_page):
    page, order = browser_page, f"{live_server.url}/d/{cast.microgrid.token}"
    page.goto(order)
    page.get_by_label("说两句").fill(WORDS)
    kept(page, "open")
    page.reload()
    page.get_by_text("已恢复上次没提交的内容").wait_for()
    assert page.get_by_label("说两句").input_value() == WORDS
    other = page.context.new_page()
    other.goto(order)
    other.evaluate("kept.after")
    assert other.get_by_label("说两句").input_value() == ""
