"""The list as a file: exactly what is shown, in its order, harmless in a spreadsheet, on the audit trail."""

import csv
import io
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from core import clock
from core.files import tables, workbooks
from core.models import AuditEntry
from issues.workflow import State
from tests.issues.crowd import crowd
from tests.issues.queue.test_page import copies, numbers_on
from tests.tickets import at_state, placed, read

pytestmark = pytest.mark.django_db


def csv_rows(answer) -> list[list[str]]:
    content = read(answer)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def xlsx_rows(answer) -> list[list[object]]:
    sheet = load_workbook(io.BytesIO(read(answer)), read_only=True).active
    return [list(row) for row in sheet.iter_rows(values_only=True)]


QUERIES = ("", "view=all", "state=handling&state=closed", "view=all&sort=old", "grade=general")


def test_the_file_holds_exactly_the_list_in_its_order(cast, login):
    crowd(cast)
    with clock.at(clock.now() - timedelta(days=40)):
        placed(cast)
    for user in (cast.town_dispatcher, cast.handler, cast.other_worker):
        client = login(user)
        for query in QUERIES:
            shown = numbers_on(client.get(f"/t/?{query}").content.decode())
            assert [row[0] for row in csv_rows(client.get(f"/t/export/csv/?{query}"))[1:]] == shown, query
            assert [row[0] for row in xlsx_rows(client.get(f"/t/export/xlsx/?{query}"))[1:]] == shown, query


def test_columns_have_the_words_of_the_pages_and_moments_of_the_county(cast, login):
    ticket = at_state(cast, State.CLOSED)
    client = login(cast.town_dispatcher)
    head, line = csv_rows(client.get("/t/export/csv/?view=all"))
    row = dict(zip(head, line, strict=True))
    assert row["编号"] == ticket.number
    assert row["标题"] == "村口路灯不亮"
    assert row["清单编号"] == "C02"
    assert row["村社"] == "红岭村委会"
    assert row["微网格"] == "红岭村1号微网格"
    assert row["牵头部门"] == str(cast.office)
    assert row["点单时间"] == f"{clock.local(ticket.placed_at):%Y-%m-%d %H:%M}"
    assert row["领办时限"] == "按时"
    assert row["满意程度"]
    same = dict(zip(*xlsx_rows(client.get("/t/export/xlsx/?view=all")), strict=True))
    assert isinstance(same["点单时间"], datetime)
    assert same["点单时间"] == clock.local(ticket.placed_at).replace(tzinfo=None, microsecond=0)


def test_nothing_of_the_resident_and_no_sensitive_words_leave_the_house(cast, login):
    item = next(item for item in cast.items.values() if item.is_sensitive)
    placed(cast, item=item, title="王某打人", where="王家巷")
    placed(cast)
    content = read(login(cast.town_dispatcher).get("/t/export/csv/?view=all")).decode()
    assert "村口路灯不亮" in content
    assert item.name in content
    for secret in ("王某打人", "王家巷", "陈先生", "10000006021"):
        assert secret not in content


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＋"])
def test_no_cell_begins_like_a_formula(cast, login, start):
    placed(cast, title=f"{start}1+cmd|' /C calc'!A0", where=f"{start}SUM(A1)")
    client = login(cast.town_dispatcher)
    for rows in (csv_rows(client.get("/t/export/csv/")), xlsx_rows(client.get("/t/export/xlsx/"))):
        assert rows[1][1].startswith(f"'{start}1")
        assert rows[1][13].startswith(f"'{start}SUM")


@pytest.mark.parametrize("text", ["\t=1", "\r=1", "\n=1"])
def test_white_space_does_not_hide_a_formula(text):
    assert workbooks.safe(text).startswith("'")
    assert workbooks.safe("路灯") == "路灯"


def test_the_trail_keeps_who_took_how_many_under_which_conditions(cast, login):
    placed(cast)
    read(login(cast.town_dispatcher).get("/t/export/xlsx/?view=open&grade=important&q=陈先生"))
    entry = AuditEntry.objects.get(verb="tickets.exported")
    assert entry.actor_id == cast.town_dispatcher.pk
    assert entry.detail == {
        "format": "xlsx", "filter": "/t/?view=open&grade=important", "searched": True, "count": 0
    }  # fmt: skip
    trail = login(cast.auditor).get("/people/audit/").content.decode()
    assert "导出工单" in trail
    assert "陈先生" not in trail


def test_too_long_a_list_is_refused_with_a_way_out_and_without_a_trace(cast, login, monkeypatch):
    copies(placed(cast), 3)
    monkeypatch.setattr(tables, "MOST", 3)
    answer = login(cast.town_dispatcher).get("/t/export/csv/")
    assert answer.status_code == 422
    assert "这份清单有 4 件，一次最多导出 3 件" in answer.content.decode()
    assert not AuditEntry.objects.filter(verb="tickets.exported").exists()


def test_the_price_does_not_grow_with_the_rows(cast, login):
    ticket = at_state(cast, State.HANDLING)
    client = login(cast.town_dispatcher)
    read(client.get("/t/export/csv/"))

    def price() -> int:
        with CaptureQueriesContext(connection) as queries:
            read(client.get("/t/export/csv/"))
        return len(queries)

    one = price()
    copies(ticket, 60)
    assert price() == one


def test_the_queue_offers_its_export_under_the_same_conditions(cast, login):
    placed(cast)
    client = login(cast.town_dispatcher)
    page = client.get("/t/?view=open&source=order").content.decode()
    assert "导出这 1 件（Excel）" in page
    assert 'href="/t/export/xlsx/?view=open&amp;source=order"' in page
    assert "/t/export/" not in client.get("/t/?view=done").content.decode()
    assert client.get("/t/export/exe/").status_code == 404
