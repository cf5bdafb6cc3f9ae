"""The pages of an import: what would change, what is offered, what is said afterwards."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from core.files.cells import CLEAR
from core.jobs import outbox
from core.models import AuditEntry
from households.imports.fields import FIELDS, guess
from households.models import Import
from tests.households.conftest import book, checked, fresh, imported, sheet, uploaded

GRID, SECOND = "440783103229002", "440783103229003"


def page(client, one):
    return client.get(reverse("households:import", args=[one.pk])).content.decode()


def test_the_confirmation_counts_each_column_and_offers_moves(cast, home, login):
    client = login(cast.secretary)
    text = f"户编码,网格编码,门牌地址,户主,电话,人口\n{home.code},{SECOND},,陈**,清空,9\n,{GRID},新安里1号,,,五百\n"
    one = checked(cast, sheet(text))
    said = page(client, one)
    assert '<th scope="row">电话</th><td class="r num">0</td><td class="r num">1</td>' in said
    assert '<th scope="row">人口</th><td class="r num">1</td><td class="r num">0</td>' in said
    assert "有 1 处原有内容会删去" in said
    assert "有 1 格是遮盖过的" in said
    assert "有 1 户在表里写的是别的网格" in said
    assert 'name="moves"' in said
    assert reverse("households:faulty_rows", args=[one.pk]) in said
    assert said.count('class="btn pri"') == 1
    client.post(reverse("households:start_import", args=[one.pk]), {"moves": "on"})
    outbox.drain_inline()
    assert (fresh(home).area_id, fresh(home).phone) == (cast.second_microgrid.pk, "")
    assert client.get(reverse("households:faulty_rows", args=[one.pk])).status_code == 422
    client.post(reverse("households:undo_import", args=[one.pk]))
    assert "正在撤回" in page(client, one)
    outbox.drain_inline()
    assert (fresh(home).area_id, fresh(home).phone) == (cast.microgrid.pk, home.phone)
    assert '<dt>已改回</dt><dd class="num">1</dd>' in page(client, one)
    told = login(cast.system_admin).get(reverse("people:audit")).content.decode()
    assert "撤回导入完成" in told


def test_without_moves_nothing_is_offered(cast, home, login):
    one = checked(cast, sheet(f"户编码,人口\n{home.code},9\n"))
    said = page(login(cast.secretary), one)
    assert 'name="moves"' not in said
    assert "有错的行" not in said


def test_the_faulty_rows_come_as_a_workbook_and_are_on_the_trail(cast, login):
    one = checked(cast, book([["网格编码", "门牌地址", "人口"], [GRID, "新安里1号", "五百"], [GRID, "新安里2号", "2"]]))
    answer = login(cast.secretary).get(reverse("households:faulty_rows", args=[one.pk]))
    rows = list(load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.iter_rows(values_only=True))
    assert rows == [("网格编码", "门牌地址", "人口", "问题"), (GRID, "新安里1号", "五百", rows[1][3])]
    assert AuditEntry.objects.get(verb="import.faulty_taken").detail == {"rows": 1}
    again = uploaded(cast, book([list(rows[0]), [GRID, "新安里1号", "五", rows[1][3]]]))
    assert set(again.columns) == {"area", "address", "size"}


@pytest.mark.parametrize("kind", Import.Kind.values)
def test_an_empty_sheet_is_understood_and_says_how_to_empty(cast, login, kind):
    answer = login(cast.secretary).get(reverse("households:import_form", args=[kind]))
    filled = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    head = [cell.value for cell in filled.worksheets[0][1]]
    assert guess(kind, head) == {field.name: at for at, field in enumerate(FIELDS[kind])}
    assert CLEAR in [row[0].value for row in filled.worksheets[1].iter_rows()]


def test_the_columns_page_says_what_empty_cells_do(cast, login):
    one = uploaded(cast, sheet(f"网格编码,门牌地址,电话\n{GRID},新安里1号,\n"))
    said = login(cast.secretary).get(reverse("households:columns", args=[one.pk])).content.decode()
    assert "空着的格不改原有内容" in said
    assert f"“{CLEAR}”" in said


def test_faults_are_counted_beyond_those_that_are_named(cast, monkeypatch):
    monkeypatch.setattr("households.imports.work.MOST_PROBLEMS", 2)
    one = checked(cast, book([["网格编码", "门牌地址", "人口"], *([GRID, f"新安里{n}号", "五百"] for n in range(5))]))
    assert [fault[2:] for fault in one.faults.values()] == [["C2", 5]]
    assert one.problems.count() == 2


def test_an_import_without_changes_cannot_be_taken_back(cast, home, login):
    one = imported(cast, sheet(f"户编码,人口\n{home.code},{home.size}\n"))
    assert reverse("households:undo_import", args=[one.pk]) not in page(login(cast.secretary), one)
