"""An installation whose data are invented says so on every page, paper and file; a real one on none."""

import io

import pytest
from django.core.cache import cache
from openpyxl import load_workbook

from core.trust import invented
from members import accounts
from members.roles import Role
from tests import worlds
from tests.access.stage import build_stage
from tests.access.test_links import pages
from tests.access.test_matrix import Visitor

WORD = "演示数据"
ROLES = (Role.TOWNSHIP_DISPATCHER, Role.SYSTEM_ADMIN, Role.GRID_WORKER)


@pytest.fixture
@worlds.on(build_stage)
def stage(db):
    return build_stage()


@pytest.fixture(autouse=True)
def _unasked():
    """Nothing is known of the accounts yet."""
    cache.delete(invented.KEY)
    yield
    cache.delete(invented.KEY)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("is_demo", [True, False])
def test_every_page_bears_the_mark_or_none(stage, settings, role, is_demo):
    """Residents' pages and the login page are among those of every role; pieces of pages need none."""
    settings.DEMO = is_demo
    found = {
        url: WORD in html.partition("<main")[2]
        for url, html in pages(stage, Visitor(stage.cast.holding(role)), role)
        if "<html" in html
    }
    assert len(found) > 15
    assert [url for url, marked in found.items() if marked != is_demo] == []


def test_who_built_the_demo_and_starts_again_without_the_setting_still_has_it(client, settings, db):
    settings.DEMO = False
    assert WORD not in client.get("/login/").content.decode()
    accounts.create_user(username="yanshi", name="演示", password=None, is_demo=True, actor=None)
    cache.delete(invented.KEY)
    assert WORD in client.get("/login/").content.decode()
    settings.PRODUCTION = True
    assert not invented.is_demo()


@pytest.mark.parametrize("is_demo", [True, False])
def test_a_file_says_it_without_a_row_or_a_column_more(stage, settings, login, is_demo):
    settings.DEMO = is_demo
    client = login(stage.cast.town_dispatcher)
    answer = client.get("/t/export/xlsx/?view=all")
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    sheet = book.worksheets[0]
    assert answer.filename.startswith(f"{WORD}-gongdan-" if is_demo else "gongdan-")
    assert (WORD in sheet.title, WORD in (book.properties.title or "")) == (is_demo, is_demo)
    assert (WORD in (sheet.oddHeader.center.text or "")) == is_demo
    assert all(WORD not in str(cell.value) for row in sheet.iter_rows() for cell in row)
    text = b"".join(client.get("/t/export/csv/?view=all").streaming_content).decode("utf-8-sig")
    assert WORD not in text
