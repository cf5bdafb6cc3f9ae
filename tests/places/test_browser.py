"""Dividing a grid in a real browser: the tree, a plan with its picture, the map; wide and narrow, for everybody."""

import pytest
from django.conf import settings
from django.urls import reverse

from grids.models import Area
from places.models import Plan
from tests.places.test_geometry import box, collection, keep, pointed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LEVELS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}


@pytest.fixture
def page(ground, live_server, browser_page, login):
    """A browser in which the system admin is signed in; the central grid has outlines and points."""
    keep(
        ground,
        collection(
            (ground.village.code, box(112.1, 22.1, 0.2, 0.2)),
            (ground.grid.code, box(112.1, 22.1, 0.2, 0.2)),
            (ground.microgrid.code, box(112.1, 22.1, 0.1, 0.2)),
            (ground.second_microgrid.code, box(112.2, 22.1, 0.1, 0.2)),
        ),
    )
    pointed(ground)
    session = login(ground.system_admin).cookies[settings.SESSION_COOKIE_NAME].value
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}
    browser_page.context.add_cookies([cookie])
    return browser_page


def test_a_grid_is_found_in_the_tree_divided_and_put_back(ground, live_server, page):
    page.goto(f"{live_server.url}{reverse('places:tree')}")
    page.get_by_role("link", name="展开沙塘镇").click()
    page.get_by_role("link", name="展开红岭村委会").click()
    page.get_by_role("link", name="展开红岭村网格").click()
    page.get_by_role("link", name="红岭村1号微网格").click()
    page.get_by_role("heading", name="红岭村1号微网格").wait_for()
    page.get_by_role("link", name="网格页").last.click()
    page.get_by_role("link", name="拆分").click()
    page.get_by_role("button", name="做成草案").click()
    page.get_by_role("heading", name="拆分方案").wait_for()
    page.get_by_text("我已看过预览").click()
    page.get_by_role("button", name="实施方案").click()
    page.get_by_text("已实施；一天之内可以撤销").wait_for()
    assert Area.objects.get(pk=ground.microgrid.pk).retired_at
    page.get_by_text("我确认撤销").click()
    page.get_by_role("button", name="撤销方案").click()
    page.get_by_text("已撤销，一切回到实施之前").wait_for()
    assert Area.objects.get(pk=ground.microgrid.pk).retired_at is None


def test_an_outline_is_drawn_by_clicks(ground, live_server, page):
    page.goto(f"{live_server.url}{reverse('places:new_plan', args=[ground.microgrid.code, 'transfer'])}")
    page.get_by_label("划到哪个网格").select_option(str(ground.second_microgrid.pk))
    page.get_by_role("button", name="做成草案").click()
    picture = page.locator("svg[data-draw]")
    picture.scroll_into_view_if_needed()
    frame = picture.bounding_box()
    for x, y in ((0.02, 0.02), (0.98, 0.02), (0.98, 0.98), (0.02, 0.98)):
        picture.click(position={"x": frame["width"] * x, "y": frame["height"] * y})
    assert page.locator("[name=outline]").input_value().count("\n") == 3
    page.get_by_role("button", name="加上这条").click()
    page.get_by_text("按图上圈画").first.wait_for()
    assert Plan.objects.get().choices.get().how == "outline"
    page.get_by_text("我已看过预览").click()
    page.get_by_role("button", name="实施方案").click()
    page.get_by_text("已实施").first.wait_for()
    assert Plan.objects.get().moves.count() == 31


@pytest.mark.parametrize("width", [1360, 390])
def test_nothing_overflows_and_everybody_can_use_it(ground, live_server, page, width):
    from axe_playwright_python.sync_playwright import Axe

    page.set_viewport_size({"width": width, "height": 860})
    page.goto(f"{live_server.url}{reverse('places:new_plan', args=[ground.microgrid.code, 'split'])}")
    page.get_by_role("button", name="做成草案").click()
    page.get_by_role("heading", name="拆分方案").wait_for()
    village = ground.village.code
    paths = [
        page.url.removeprefix(live_server.url),
        reverse("places:tree", query={"at": ground.grid.code}),
        reverse("places:plans"),
        reverse("places:staffing", args=[village]),
        reverse("places:history", args=[village]),
        reverse("places:map", args=[village]),
        reverse("places:boundaries", args=[village]),
        reverse("places:locate", query={"q": "长庆里", "datum": "wgs84"}),
        reverse("areas:detail", args=[ground.grid.code]),
    ]
    for path in paths:
        page.goto(f"{live_server.url}{path}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        found = Axe().run(page, options=LEVELS)
        assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
