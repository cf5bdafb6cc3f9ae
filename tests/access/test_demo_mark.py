"""An installation whose data are invented says so on every page, paper and file; a real one on none."""

import io
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from openpyxl import load_workbook

from core.trust import invented
from members import accounts
from members.roles import Role
from tests.access.table import PUBLIC, ROWS
from tests.access.visiting import Visitor, own_url, pages
from tests.households.conftest import checked, sheet

WORD = "演示数据"
ROLES = (Role.TOWNSHIP_DISPATCHER, Role.SYSTEM_ADMIN, Role.GRID_WORKER)


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
        for url, html in pages(stage, Visitor(stage.cast.holding(role)), role, afresh=not is_demo)
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


def _with_files(stage):
    """The stage with a policy document that has its paper, and an import that has faulty rows."""
    stage.policy.file_path = default_storage.save("policy.pdf", ContentFile(b"%PDF-1.4"))
    stage.policy.save(update_fields=["file_path"])
    wrong = checked(stage.cast, sheet("门牌地址,网格编码\n南安里9组9号,1\n"))
    return replace(stage, homes=replace(stage.homes, imports={**stage.homes.imports, wrong.user_id: wrong.pk}))


ASKED = (Role.VILLAGE_SECRETARY, Role.TOWNSHIP_DISPATCHER, Role.LIST_ADMIN, *Role)


def _files(stage):
    """Every address that hands somebody a file, with the name by which it is kept; each is asked by who may."""
    visitors = {role: Visitor(stage.cast.holding(role)) for role in Role}
    for name, row in ROWS.items():
        for method in ("get", "post"):
            who = getattr(row, method)
            role = next((role for role in ASKED if who == PUBLIC or role in who), None)
            if role is None:
                continue
            answer = visitors[role].ask(method, own_url(stage, name, visitors[role].user))
            if found := answer.headers.get("Content-Disposition"):
                yield name, unquote(found)


@pytest.mark.parametrize("is_demo", [True, False])
def test_every_file_that_is_handed_out_says_it_in_its_name(stage, settings, is_demo):
    """Tables, workbooks, papers, pictures: whatever any address of the table gives to anybody."""
    settings.DEMO = is_demo
    stage = _with_files(stage)
    found = dict(_files(stage))
    missing = {name: said for name, said in found.items() if (WORD in said) != is_demo}
    assert missing == {}
    assert found.keys() >= {
        "admission:policy_file", "areafiles:download", "households:download", "households:import_form",
        "households:faulty_rows", "households:problems", "issues:code_picture", "issues:export",
        "issues:export_sheets", "issues:photo", "ledgers:export_problems", "ledgers:export_targets", "lists:export",
        "places:export",
    }  # fmt: skip


def test_no_file_is_handed_out_past_the_one_door():
    """A new address is marked because there is no other way to name a file."""
    root = Path(__file__).resolve().parents[2]
    code = [path for app in root.iterdir() if (app / "__init__.py").exists() for path in app.rglob("*.py")]
    named = [path for path in code if re.search("Content-Disposition|as_attachment", path.read_text())]
    assert [path.relative_to(root).as_posix() for path in named if "tests" not in path.parts] == [
        "core/files/handing.py"
    ]
