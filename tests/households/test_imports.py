"""Imports from what counties have: columns understood, cells named, bombs refused, resumable, twice is once."""

import io
import uuid
import zipfile

import pytest
from django.urls import reverse

from core.doctor import examine
from core.errors import NotNow, NotYours
from core.files import examining, sheets
from core.files.examining import BadWorkbook, kind_of
from core.files.sheets import Size, rows_of
from core.jobs import outbox
from core.models import OutboxRow
from grids import counting, households
from grids.models import Area, Household
from households.imports import landing, work
from households.imports.fields import guess, letter
from households.models import ColumnMap, Import, ImportChunk, ImportPiece, ImportProblem, Resident
from tests.households.conftest import book, checked, fresh, imported, sheet, uploaded

GRID = "440783103229002"
HEAD = ["户编号", "所属网格编码", "住址", "户主姓名", "联系电话", "家庭人口", "重点类别"]


def rows(*lines):
    return [HEAD, *lines]


def test_columns_are_known_by_the_names_counties_use():
    assert guess("households", HEAD) == {
        "code": 0, "area": 1, "address": 2, "head_name": 3, "phone": 4, "size": 5, "tags": 6,
    }  # fmt: skip
    assert [letter(n) for n in (0, 25, 26, 27)] == ["A", "Z", "AA", "AB"]


@pytest.mark.parametrize("kind", ["xlsx", "csv", "gbk"])
def test_a_sheet_becomes_households_once(cast, kind):
    lines = rows(
        ["", GRID, "幸福花园3栋2单元502室", "梁永康", "100-0000-7001", "4", "独居老人、低保"],
        ["", GRID, "幸福花园3栋2单元503室", "", "", "", ""],
    )
    text = "\n".join(",".join(line) for line in lines)
    content = book(lines) if kind == "xlsx" else sheet(text, "utf-8" if kind == "csv" else "gb18030")
    one = imported(cast, content)
    assert (one.state, one.added, one.bad) == ("done", 2, 0)
    home = Household.objects.get(address="幸福花园3栋2单元502室")
    assert (home.head_name, home.phone, home.size, home.tags) == ("梁永康", "10000007001", 4, ["独居老人", "低保"])
    assert (home.building, home.room, home.code[:15]) == ("3", "502", GRID)
    assert counting.recount() == []
    content = book(lines) if kind == "xlsx" else sheet(text, "utf-8" if kind == "csv" else "gb18030")
    again = imported(cast, content)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    assert not ImportPiece.objects.exists()
    assert not ImportChunk.objects.exists()


def test_bad_cells_are_named_and_the_rest_goes_in(cast):
    content = book(
        rows(
            ["", GRID, "新安里1号", "梁永康", "abc", "4", ""],
            ["", "440783103231001", "新安里2号", "", "", "", ""],
            ["", GRID, "新安里3号", "", "", "0", "不在名录"],
            ["440783103229002", GRID, "新安里4号", "", "", "", ""],
            ["", GRID, "", "", "", "", ""],
            ["", GRID, "新安里5号", "110101199003070011", "", "", ""],
            ["", GRID, "新安里6号", "", "", "", ""],
            ["", GRID, "新安里6号", "", "", "", ""],
        )
    )
    one = checked(cast, content)
    assert (one.state, one.rows, one.bad) == ("checked", 8, 6), "a telephone nobody can read costs no household"
    cells = list(ImportProblem.objects.filter(of=one).order_by("line", "id").values_list("cell", flat=True))
    assert cells == ["E2", "B3", "F4", "G4", "A5", "C6", "D7", "C9"]
    assert "110101199003070011" not in str(list(ImportProblem.objects.values_list("text", flat=True)))
    work.start(one, user=cast.secretary)
    outbox.drain_inline()
    one = fresh(one)
    assert (one.added, one.bad, one.written) == (2, 6, 8)
    assert Household.objects.get(address="新安里1号").phone == ""
    assert Household.objects.filter(address="新安里6号").count() == 1


def test_codes_that_a_spreadsheet_rounded_are_said_to_be_so(cast):
    one = checked(cast, book(rows([4407831032290020005, int(GRID), "新安里1号"])))
    problem = ImportProblem.objects.get(of=one)
    assert problem.cell == "A2"
    assert "失真" in problem.text


def test_columns_of_identity_numbers_are_never_read(cast):
    content = book([["身份证号", "网格编码", "门牌地址"], ["110101199003070011", GRID, "新安里1号"]])
    one = uploaded(cast, content)
    assert "head_name" not in one.columns
    with pytest.raises(NotNow, match="身份证"):
        work.choose_columns(one, columns={**one.columns, "head_name": 0}, user=cast.secretary)
    work.choose_columns(one, columns=one.columns, user=cast.secretary)
    outbox.drain_inline()
    assert fresh(one).bad == 0


def test_columns_are_remembered_for_the_next_file_with_this_head(cast):
    head = ["甲", "乙", "丙"]
    one = uploaded(cast, book([head, [GRID, "新安里1号", "梁永康"]]))
    assert one.columns == {}
    with pytest.raises(NotNow):
        work.choose_columns(one, columns={"head_name": 2}, user=cast.secretary)
    work.choose_columns(one, columns={"area": 0, "address": 1, "head_name": 2}, user=cast.secretary)
    assert ColumnMap.objects.count() == 1
    assert uploaded(cast, book([head, [GRID, "新安里2号", ""]])).columns == {"area": 0, "address": 1, "head_name": 2}


def test_a_worker_that_dies_between_chunks_goes_on_where_it_was(cast, monkeypatch):
    monkeypatch.setattr(work, "CHUNK", 2)
    one = checked(cast, book(rows(*(["", GRID, f"新安里{n}号"] for n in range(1, 8)))))
    assert ImportChunk.objects.filter(of=one).count() == 4
    work.start(one, user=cast.secretary)
    calls = []
    real = work.landing.write

    def dies(*args):
        calls.append(1)
        if len(calls) == 3:
            raise RuntimeError("killed")
        return real(*args)

    monkeypatch.setattr(work.landing, "write", dies)
    with pytest.raises(RuntimeError):
        outbox.drain_inline()
    assert (fresh(one).written, Household.objects.filter(address__startswith="新安里").count()) == (4, 4)
    OutboxRow.objects.filter(done_at=None).update(next_at=one.created_at, token="", leased_until=None)
    outbox.drain_inline()
    done = fresh(one)
    assert (done.state, done.written, done.added) == ("done", 7, 7)
    assert Household.objects.filter(address__startswith="新安里").count() == 7
    assert counting.recount() == []


def test_a_long_file_is_read_in_slices(cast, monkeypatch):
    monkeypatch.setattr(work, "CHUNK", 2)
    monkeypatch.setattr(work, "SLICE", 4)
    lines = "\n".join(f",{GRID},新安里{n}号" for n in range(1, 12))
    one = imported(cast, sheet(f"{','.join(HEAD)}\n\n{lines}\n"))
    assert (one.rows, one.added, one.bad) == (11, 11, 0)


def test_new_codes_step_past_those_the_file_brings(cast):
    lines = rows(["", GRID, "新安里1号"], [f"{GRID}0002", GRID, "新安里2号"], ["", GRID, "新安里3号"])
    one = imported(cast, book(lines))
    assert (one.added, one.bad) == (3, 0)
    assert len(set(Household.objects.filter(area=cast.microgrid).values_list("code", flat=True))) == 4


def test_places_outside_are_out_of_reach(cast):
    with pytest.raises(NotYours):
        uploaded(cast, book(rows(["", GRID, "1号"])), user=cast.sibling_secretary)
    with pytest.raises(NotYours):
        uploaded(cast, book(rows(["", GRID, "1号"])), user=cast.system_admin)
    one = checked(cast, book(rows([cast.sibling_household.code, "", "改掉"])))
    assert one.bad == 1
    assert fresh(cast.sibling_household).address != "改掉"
    with pytest.raises(NotYours):
        work.cancel(one, user=cast.town_dispatcher)


def test_residents_follow_their_household_by_code_or_door(cast, home):
    head = ["户编码", "网格编码", "门牌地址", "姓名", "关系", "出生日期", "电话"]
    lines = [
        head,
        [home.code, "", "", "陈小文", "子女", "2011-03-05", ""],
        ["", GRID, home.address, "李秀英", "配偶", "1950", "10000007002"],
        ["", GRID, "没有这一户", "张三", "", "", ""],
    ]
    one = imported(cast, book(lines), kind="residents")
    assert (one.added, one.bad) == (2, 1)
    assert {(r.name, r.relation, r.birth_year) for r in Resident.objects.filter(household=home)} == {
        ("陈小文", "child", 2011),
        ("李秀英", "spouse", 1950),
    }
    lines[1][6] = "10000007003"
    again = imported(cast, book(lines), kind="residents")
    assert (again.added, again.changed, again.unchanged) == (0, 1, 1)


def test_areas_go_in_whole_or_not_at_all(cast):
    head = ["网格编码", "名称", "上级编码", "层级", "计划户数"]
    village = cast.village.code
    good = [
        head,
        [f"{village}012", "十二号微网格", f"{village}011", "微网格", ""],
        [f"{village}011", "十一号网格", village, "网格", "120"],
        [cast.microgrid.code, "改了名的微网格", cast.grid.code, "微网格", ""],
    ]
    more = {"kind": Import.Kind.AREAS, "place": cast.county, "user": cast.system_admin}
    one = imported(cast, book(good), **more)
    assert (one.state, one.added, one.changed, one.failure) == ("done", 2, 1, "")
    assert Area.objects.get(code=f"{village}012").parent.code == f"{village}011"
    assert fresh(cast.microgrid).name == "改了名的微网格"
    assert not any(examine(fix=False)[name] for name in ("grids.nesting", "grids.rules"))
    bad = checked(cast, book([head, [f"{village}013", "十三", "999", "网格", ""]]), **more)
    assert ImportProblem.objects.get(of=bad).cell == "C2"
    with pytest.raises(NotNow):
        work.start(bad, user=cast.system_admin)


def test_what_cannot_be_started_offers_a_better_file_instead(cast, login):
    one = checked(cast, book(rows(["", "440783103231001", "新安里2号", "", "", "", ""])))
    text = login(cast.secretary).get(reverse("households:import", args=[one.pk])).content.decode()
    assert "没有一行可以导入" in text
    assert reverse("households:new_import") in text
    assert reverse("households:start_import", args=[one.pk]) not in text


def test_what_a_file_says_of_known_grids_is_brought_in_line_and_an_empty_cell_says_nothing(cast):
    head = ["网格编码", "名称", "上级编码", "层级", "网格类型", "计划户数"]
    village, grid = cast.village.code, cast.grid
    more = {"kind": Import.Kind.AREAS, "place": cast.county, "user": cast.system_admin}
    one = imported(cast, book([head, [grid.code, grid.name, village, "网格", "专属网格", "321"]]), **more)
    assert (one.state, one.changed, one.failure) == ("done", 1, "")
    assert (fresh(grid).kind, fresh(grid).planned_households) == ("special", 321)
    again = checked(cast, book([head, [grid.code, grid.name, village, "网格", "", ""]]), **more)
    assert (landing.foreseen(again).changed, landing.foreseen(again).unchanged) == (0, 1)
    back = imported(cast, book([head, [grid.code, grid.name, village, "网格", "综合网格", "0"]]), **more)
    assert back.changed == 1
    assert (fresh(grid).kind, fresh(grid).planned_households) == ("general", 0)
    assert counting.recount() == []


def test_children_may_stand_far_from_their_parents_in_a_file_of_areas(cast, monkeypatch):
    monkeypatch.setattr(work, "CHUNK", 2)
    village = cast.village.code
    grids = [[f"{village}{n}", f"{n}号网格", village, "网格"] for n in range(101, 106)]
    below = [[f"{village}{n + 100}", f"{n}号微网格", f"{village}{n}", "微网格"] for n in range(101, 106)]
    head = ["网格编码", "名称", "上级编码", "层级"]
    more = {"kind": Import.Kind.AREAS, "place": cast.county, "user": cast.system_admin}
    one = imported(cast, book([head, *grids, *below]), **more)
    assert (one.state, one.added, one.bad, one.failure) == ("done", 10, 0, "")
    assert Area.objects.get(code=f"{village}205").parent.code == f"{village}105"
    monkeypatch.setattr(work, "MOST_AREAS", 9)
    refused = checked(cast, book([head, *grids, *below]), **more)
    assert (refused.state, "超过 9 行" in refused.failure) == ("failed", True)


# ---- files that are not what they seem -------------------------------------------------------------------------------
def packed(parts, compression=zipfile.ZIP_DEFLATED):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as made:
        for name, data in parts.items():
            made.writestr(name, data)
    content.seek(0)
    return content


XXE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet>&e;</worksheet>'


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (packed({"xl/worksheets/sheet1.xml": XXE}), "文档类型"),
        (packed({"xl/worksheets/sheet1.xml": " " * (1 << 20) + XXE}), "压缩比"),
        (packed({"xl/worksheets/sheet1.xml": XXE.encode("utf-16")}), "编码异常"),
        (packed({"xl/worksheets/sheet1.xml": b"0" * (60 << 20)}), "压缩比"),
        (packed({f"xl/{n}.xml": "x" for n in range(500)}), "部件过多"),
        (packed({"xl/vbaProject.bin": "x"}), "宏"),
        (packed({"xl/externalLinks/externalLink1.xml": "x"}), "外部链接"),
        (io.BytesIO(b"PK\x03\x04 not really"), "损坏"),
        (io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "旧版"),
        (io.BytesIO(b"%PDF-1.7 x"), "不是表格"),
        (io.BytesIO(b""), "空的"),
    ],
)
def test_dangerous_files_are_refused_before_they_are_parsed(content, says, monkeypatch):
    monkeypatch.setattr(sheets, "opened", lambda *a, **k: pytest.fail("parsed"))
    with pytest.raises(BadWorkbook, match=says):
        kind_of(content, work.BOUNDS)


@pytest.mark.parametrize("size", range(10, 42))
def test_a_declaration_across_two_reads_is_seen(monkeypatch, size):
    monkeypatch.setattr(examining, "READ", size)
    with pytest.raises(BadWorkbook, match="文档类型"):
        kind_of(packed({"xl/worksheets/sheet1.xml": XXE}, zipfile.ZIP_STORED), work.BOUNDS)


def test_too_many_rows_and_columns_are_refused():
    few = Size(rows=3, columns=60, cell=500)
    with pytest.raises(BadWorkbook, match="超过 3 行"):
        list(rows_of(sheet("a\n" * 6), "csv", few))
    for content, kind in ((sheet("a,b" * 100), "csv"), (book([["a"] * 61]), "xlsx")):
        with pytest.raises(BadWorkbook, match="第 1 行超过 60 列"):
            list(rows_of(content, kind, few))


def test_what_an_export_made_safe_comes_back_as_it_was(cast):
    one = imported(cast, sheet(f"网格编码,门牌地址\n{GRID},'=1+1号\n"))
    assert one.added == 1
    assert Household.objects.filter(address="=1+1号").exists()


def test_the_pages_lead_through(cast, login):
    client = login(cast.secretary)
    content = book(rows(["", GRID, "新安里1号", "梁永康", "10000007001", "4", ""], ["", GRID, "新安里2号", "", "x"]))
    content.name = "户.xlsx"
    data = {"kind": "households", "place": cast.village.code, "idempotency_key": str(uuid.uuid4()), "file": content}
    made = client.post(reverse("households:new_import"), data)
    page = client.get(made.url).content.decode()
    assert "梁永康" not in page, "masked for who uploads, too"
    assert "B 所属网格编码" in page
    one = Import.objects.get()
    url = reverse("households:import", args=[one.pk])
    assert client.post(made.url, {name: str(at) for name, at in one.columns.items()}).url == url
    assert "正在检查" in client.get(url).content.decode()
    outbox.drain_inline()
    text = client.get(url).content.decode()
    assert "E3" in text
    assert "提醒：读不出电话号码" in text
    assert "导入 2 行" in text
    client.post(reverse("households:start_import", args=[one.pk]))
    outbox.drain_inline()
    assert "已完成" in client.get(url).content.decode()
    assert "E3" in b"".join(client.get(reverse("households:problems", args=[one.pk])).streaming_content).decode()
    assert client.post(reverse("households:start_import", args=[one.pk])).status_code == 422
    bomb = packed({"xl/a.xml": b"0" * (60 << 20)})
    bomb.name = "x.xlsx"
    refused = client.post(reverse("households:new_import"), data | {"file": bomb, "idempotency_key": str(uuid.uuid4())})
    assert refused.status_code == 422
    assert "压缩比" in refused.content.decode()


def test_load_counts_only_what_it_touches(cast, django_assert_max_num_queries):
    new = [households.NewHousehold(cast.microgrid, f"新安里{n}号") for n in range(500)]
    with django_assert_max_num_queries(30):
        rows = [households.Entry("", row.area.pk, households.columns_of(row)) for row in new]
        done = households.load(rows=rows, actor=None)
    assert done.added == 500
    assert counting.recount() == []
