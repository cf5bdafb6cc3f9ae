"""Pages on paper and at every width, in a real browser: paper begins on page one and holds all, no tab is cut off."""

import re
import zlib

import pytest
from django.conf import settings

from tests.access.visiting import own_url
from tests.tickets import placed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PRINTED = {
    "town_dispatcher": (
        "issues:queue", "issues:sheets", "issues:ticket", "issues:print", "issues:minutes", "lists:index",
        "ledgers:rectifications", "ledgers:sheet", "ledgers:rectification", "ledgers:projects", "ledgers:campaigns",
        "ledgers:campaign_sheet", "households:index", "areas:detail", "areas:qr", "places:tree",
        "mediation:index", "mediation:dispute", "admission:applications", "admission:register", "admission:detail",
    ),
    "town_leader": ("insights:board", "insights:whistles", "insights:metrics"),
    "system_admin": ("people:audit", "people:index", "system:times"),
    "worker": ("issues:phone_home", "issues:phone_ticket", "lists:phone"),
}  # fmt: skip
TABBED = {
    "town_dispatcher": (
        "issues:queue", "issues:sheets", "lists:index", "ledgers:rectifications", "admission:register",
        "mediation:index", "areas:detail",
    ),
    "town_leader": ("insights:board", "insights:whistles"),
    "system_admin": ("people:audit", "system:times"),
    "worker": ("lists:phone",),
}  # fmt: skip
WIDTHS = (1360, 1024, 768, 390, 360)
PAPER = {"wide": 1032, "auto": 680, "slip": 468}
"""Pixels between the margins of each kind of page."""
SHOWN = "(names) => names.filter((name) => [...document.querySelectorAll(name)].some((one) => one.offsetParent))"
CUT = """() => [...document.querySelectorAll('.tabs, .rail, .seg, .filters')].flatMap((bar) => {
  const edge = Math.min(innerWidth, bar.getBoundingClientRect().right) + 1;
  return [...bar.querySelectorAll('a, summary')].filter((one) => one.offsetParent && !one.closest('.drop'))
    .filter((one) => one.getBoundingClientRect().right > edge).map((one) => one.innerText);
})"""


@pytest.fixture
def open_as(stage, live_server, browser_page, login):
    """Open a page of the table as one of the cast; answers the browser's page."""

    def opened(who, name):
        user = stage.cast.users[who]
        session = login(user).cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}
        browser_page.context.add_cookies([cookie])
        answer = browser_page.goto(f"{live_server.url}{own_url(stage, name, user)}")
        assert answer.status == 200, (name, answer.status)
        browser_page.wait_for_load_state("networkidle")
        return browser_page

    return opened


def texts_by_page(pdf):
    """How many pieces of text are drawn on each page of a PDF as Chromium writes it."""
    objects = {int(n): body for n, body in re.findall(rb"(?s)(\d+) 0 obj\s(.*?)\bendobj", pdf)}

    def pages(n):
        kids = re.search(rb"/Kids\s*\[(.*?)\]", objects[n])
        return [p for kid in re.findall(rb"(\d+) 0 R", kids[1]) for p in pages(int(kid))] if kids else [n]

    root = next(n for n, body in objects.items() if b"/Kids" in body and b"/Parent" not in body)
    found = []
    for page in pages(root):
        content = objects[int(re.search(rb"/Contents (\d+) 0 R", objects[page])[1])]
        drawn = zlib.decompressobj().decompress(re.search(rb"(?s)stream\r?\n(.*)", content)[1])
        found.append(len(re.findall(rb"\bT[jJ]\b", drawn)))
    return found


def on_paper(page, name):
    """Print it; answers how many pieces of text each sheet holds."""
    page.emulate_media(media="print")
    kind = page.evaluate("() => getComputedStyle(document.querySelector('.a4, .slip') || document.body).page || 'auto'")
    page.set_viewport_size({"width": PAPER[kind], "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    assert page.evaluate(SHOWN, [".top", ".rail", ".tabbar", ".actbar", ".btn", ".moretabs", ".filters"]) == [], name
    page.emulate_media(media="null")
    page.set_viewport_size({"width": 1360, "height": 860})
    return texts_by_page(page.pdf(prefer_css_page_size=True))


@pytest.mark.parametrize("who", PRINTED)
def test_what_is_printed_begins_on_page_one_and_fits(stage, open_as, who):
    for n in range(40 if who == "town_dispatcher" else 0):
        placed(stage.cast, title=f"第 {n} 件，桥头路灯不亮")
    for name in PRINTED[who]:
        sheets = on_paper(open_as(who, name), name)
        assert sheets[0] > 5, (name, sheets)
        assert sheets[0] * 4 >= max(sheets), (name, sheets)
        assert min(sheets) > 3, (name, sheets)


def test_a_page_of_a_list_says_who_printed_it_when_and_repeats_its_heads(stage, open_as):
    page = open_as("town_dispatcher", "issues:queue")
    assert not page.locator(".printhead").is_visible()
    page.emulate_media(media="print")
    head = page.locator(".printhead").inner_text()
    assert str(stage.cast.town_dispatcher) in head
    assert re.search(r"\d{4}年\d{1,2}月\d{1,2}日 \d\d:\d\d", head)
    assert page.evaluate("getComputedStyle(document.querySelector('.q thead')).display") == "table-header-group"
    assert page.evaluate("getComputedStyle(document.querySelector('.q [data-row]')).breakInside") == "avoid"
    assert page.locator(".tabs a:visible").all_inner_texts() == page.locator(".tabs [aria-current]").all_inner_texts()


@pytest.mark.parametrize("who", TABBED)
def test_no_tab_is_cut_off_at_any_width(open_as, who):
    for name in TABBED[who]:
        page = open_as(who, name)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 860})
            page.wait_for_timeout(60)
            assert page.evaluate(CUT) == [], (name, width)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)


def words(links):
    """The word of each tab, without its count."""
    return [re.sub(r"\s*\d*\s*$", "", text).strip() for text in links.all_text_contents()]


def test_tabs_that_do_not_fit_stand_under_more_in_their_order(open_as):
    page = open_as("town_dispatcher", "issues:queue")
    bar = page.locator(".tabs")
    page.set_viewport_size({"width": 360, "height": 860})
    page.wait_for_timeout(60)
    every = words(bar.locator("a"))
    bar.get_by_text("更多").click()
    assert words(bar.locator("a:visible")) == every
    bar.get_by_text("已办结").click()
    page.wait_for_url("**/t/?view=done*")
    assert bar.locator("> [aria-current]").inner_text().startswith("已办结")
    page.set_viewport_size({"width": 2000, "height": 860})
    page.wait_for_timeout(60)
    assert not bar.get_by_text("更多").is_visible()
    assert words(bar.locator("> a")) == every


def test_without_scripts_tabs_take_several_lines(stage, chromium, live_server, login):
    session = login(stage.cast.town_dispatcher).cookies[settings.SESSION_COOKIE_NAME].value
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 860})
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/t/")
    boxes = [one.bounding_box() for one in page.locator(".tabs a").all()]
    context.close()
    assert all(box["x"] + box["width"] <= 390 for box in boxes)
    assert len({box["y"] for box in boxes}) > 2
