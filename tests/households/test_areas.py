"""Areas as a file: what the import takes, within sight, on the trail; brought back unchanged it changes nothing."""

import csv
import io
import re

import pytest
from django.urls import reverse

from core.models import AuditEntry
from grids import tree
from grids.levels import Level
from grids.models import Area
from households.imports import fields, landing
from households.models import Import
from households.registers import areas
from tests.households.conftest import checked, imported


def fetched(client, area, kind="csv"):
    answer = client.get(reverse("areafiles:download", args=[area.code, kind]))
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def lines(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def codes(content):
    return [line["网格编码"] for line in lines(content)]


@pytest.fixture
def admin(cast, login):
    return login(cast.system_admin)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_went_out_comes_back_unchanged(cast, admin, kind):
    tree.rename(area=cast.microgrid, name="=红岭村1号", actor=None)
    tree.rename(area=cast.second_microgrid, name="'=红岭村2号", actor=None)
    tree.set_planned_households(area=cast.sibling_grid, count=320, actor=None)
    code = tree.next_grid_code(cast.village)
    tree.add(parent=cast.grid, level=Level.BUILDING, code=code, name="3栋", actor=None)
    content = io.BytesIO(fetched(admin, cast.county, kind))
    more = {"kind": Import.Kind.AREAS, "place": cast.county, "user": cast.system_admin}
    one = checked(cast, content, **more)
    count = Area.objects.in_use().filter(level__in=fields.AREA_LEVELS).count()
    assert (one.state, one.rows, one.bad) == ("checked", count, 0)
    assert set(one.columns) == {field.name for field in fields.FIELDS["areas"]}, "every column is known by its head"
    assert landing.foreseen(one) == landing.Written(0, 0, count)
    page = admin.get(reverse("households:import", args=[one.pk])).content.decode()
    assert f'<dt>不变</dt><dd class="num">{count}</dd>' in page
    content.seek(0)
    done = imported(cast, content, **more)
    assert (done.state, done.added, done.changed, done.unchanged) == ("done", 0, 0, count)


def test_what_is_planned_and_what_is_there_stand_in_columns_of_their_own(cast, admin):
    tree.set_planned_households(area=cast.grid, count=320, actor=None)
    rows = {line["网格编码"]: line for line in lines(fetched(admin, cast.village))}
    grid, micro = rows[cast.grid.code], rows[cast.microgrid.code]
    assert (grid["层级"], grid["计划户数"], grid["登记户数"], grid["下设"]) == ("网格", "320", "1", "2")
    assert grid["尚未登记的计划户数"] == "0"
    assert (micro["层级"], micro["上级编码"], micro["上级名称"]) == ("微网格", cast.grid.code, cast.grid.name)
    assert (micro["计划户数"], micro["登记户数"], micro["网格类型"]) == ("", "1", "")


def test_a_new_row_and_a_new_name_are_foreseen(cast, admin):
    text = fetched(admin, cast.village).decode("utf-8-sig")
    text = text.replace("红岭村2号微网格", "红岭村南微网格")
    text += f"{cast.village.code}020,红岭村三网格,{cast.village.code},网格,,90\r\n"
    more = {"kind": Import.Kind.AREAS, "place": cast.county, "user": cast.system_admin}
    one = checked(cast, io.BytesIO(text.encode()), **more)
    assert landing.foreseen(one) == landing.Written(1, 1, 2)


def test_it_holds_what_lies_below_and_in_sight_only(cast, admin, login):
    assert codes(fetched(admin, cast.township)) == [
        cast.grid.code, cast.microgrid.code, cast.second_microgrid.code, cast.sibling_grid.code,
    ]  # fmt: skip
    worker = login(cast.worker)
    assert codes(fetched(worker, cast.microgrid)) == [cast.microgrid.code]
    assert worker.get(reverse("areafiles:download", args=[cast.grid.code, "csv"])).status_code == 404
    assert admin.get(reverse("areafiles:download", args=[cast.grid.code, "exe"])).status_code == 404
    assert list(areas.rows_of(cast.worker, cast.county)) == [cast.microgrid]


def test_retired_areas_are_left_out_and_nobody_is_named(cast, admin):
    Area.objects.filter(pk=cast.second_microgrid.pk).update(retired_at=cast.county.created_at)
    text = fetched(admin, cast.county).decode("utf-8-sig")
    assert cast.second_microgrid.code not in text
    assert cast.chief.name not in text


def test_no_cell_is_run(cast, admin):
    tree.rename(area=cast.microgrid, name="=HYPERLINK(1)", actor=None)
    assert ",'=HYPERLINK(1)," in fetched(admin, cast.village).decode("utf-8-sig")


def test_it_is_on_the_trail(cast, admin):
    fetched(admin, cast.village)
    entry = AuditEntry.objects.get(verb="area.exported")
    assert entry.detail == {"format": "csv", "count": 3}
    assert "导出区域" in admin.get(reverse("people:audit")).content.decode()


def test_the_tree_offers_it_beside_the_import(cast, admin, login):
    page = admin.get(reverse("places:tree")).content.decode()
    assert reverse("households:new_import") in page
    assert reverse("areafiles:download", args=[cast.county.code, "xlsx"]) in page
    picked = admin.get(reverse("places:tree", query={"at": cast.village.code})).content.decode()
    assert reverse("areafiles:download", args=[cast.village.code, "csv"]) in picked
    worker = login(cast.worker).get(reverse("places:tree")).content.decode()
    assert reverse("households:new_import") not in worker
    assert reverse("areafiles:download", args=[cast.microgrid.code, "xlsx"]) in worker


def test_pages_of_areas_say_registered_and_planned_apart(cast, admin):
    bare = tree.add_grids(parent=cast.village, level=Level.GRID, names=["还没登记的网格"], actor=None)[0]
    tree.set_planned_households(area=bare, count=320, actor=None)
    town = Area.objects.get(pk=cast.township.pk)
    assert town.unregistered_households == 320
    page = admin.get(reverse("areas:detail", args=[town.code])).content.decode()
    assert re.search(rf"登记户数.{{0,200}}>{town.registered_households}<", page)
    assert re.search(r"计划户数.{0,200}>320<", page)
    assert f">{town.household_count}<" not in page
    for url in (reverse("places:tree"), reverse("places:staffing", args=[cast.village.code])):
        assert "登记户数" in admin.get(url).content.decode()
