"""Drafts in a real browser: a lost answer and a second press make one ticket, and a draft is its owner's."""

import pytest
from django.test import Client

from issues.models import Photo, Ticket
from tests.tickets import jpeg

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "下雨水漫进屋，老人走路怕跌倒"


def signed_in(page, live_server, user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    page.context.clear_cookies()
    page.context.add_cookies([cookie])


def lose(route):
    """What is posted arrives, and its answer does not."""
    if route.request.method == "POST":
        route.fetch(max_redirects=0)
        route.abort()
    else:
        route.continue_()


def fill(page):
    page.locator("label[for=id_item_2]").click()
    page.get_by_label("补充说明").fill(WORDS)


def test_a_lost_answer_and_a_second_press_make_one_ticket(cast, live_server, browser_page, tmp_path):
    page, photo = browser_page, tmp_path / "a.jpg"
    photo.write_bytes(jpeg().read())
    signed_in(page, live_server, cast.worker)
    page.goto(f"{live_server.url}/m/new")
    fill(page)
    page.locator("input[type=file]").set_input_files(str(photo))
    page.locator(".shot img").wait_for()
    page.route("**/m/new", lose)
    page.get_by_role("button", name="我来办").click()
    page.wait_for_timeout(1500)
    assert Ticket.objects.count() == 1
    page.unroute("**/m/new")
    page.goto(f"{live_server.url}/m/new")
    page.get_by_text("没有等到回音").wait_for()
    page.get_by_text("照片也不用再选").wait_for()
    assert page.get_by_label("补充说明").input_value() == WORDS
    page.get_by_role("button", name="我来办").click()
    page.wait_for_url(f"**/m/t/{Ticket.objects.get().number}/**")
    assert (Ticket.objects.count(), Photo.objects.count()) == (1, 1)
    page.goto(f"{live_server.url}/m/new")
    assert page.get_by_label("补充说明").input_value() == "", "what was taken is forgotten"


def test_a_draft_belongs_to_who_typed_it(cast, live_server, browser_page):
    page = browser_page
    signed_in(page, live_server, cast.worker)
    page.goto(f"{live_server.url}/m/new")
    fill(page)
    signed_in(page, live_server, cast.chief)
    page.goto(f"{live_server.url}/m/new")
    assert page.get_by_label("补充说明").input_value() == ""
    signed_in(page, live_server, cast.worker)
    page.goto(f"{live_server.url}/m/new")
    page.get_by_text("已恢复上次没提交的内容").wait_for()
    assert page.get_by_label("补充说明").input_value() == WORDS
    page.get_by_role("button", name="清空重填").click()
    page.wait_for_load_state()
    assert page.get_by_label("补充说明").input_value() == ""


def test_a_resident_comes_back_to_what_was_typed_in_the_same_tab_only(cast, live_server, browser_page):
    page, order = browser_page, f"{live_server.url}/d/{cast.microgrid.token}"
    page.goto(order)
    page.get_by_label("说两句").fill(WORDS)
    page.reload()
    assert page.get_by_label("说两句").input_value() == WORDS
    other = page.context.new_page()
    other.goto(order)
    assert other.get_by_label("说两句").input_value() == ""
