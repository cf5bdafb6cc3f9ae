"""A list as an Excel table: the round trip loses nothing, every wrong cell is named, nothing is half applied."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from core.days.calendar import Limit
from core.files.examining import BadWorkbook
from core.files.workbooks import XLSX
from duties.drafting import editing
from duties.drafting.forms import notation_of
from duties.lists import queries
from duties.models import DutyItem, ListKind, SheetProposal
from duties.shapes import shape_of
from duties.sheets import proposing, tables
from tests.duties.conftest import content_of, edit, item_of, publish

COLUMNS = {
    "name": "C", "category": "D", "aliases": "E", "lead": "F", "assisting": "G", "enforcement_body": "H",
    "grade": "I", "first_level": "J", "respond": "K", "resolve": "L", "closing_standard": "M", "basis": "N",
}  # fmt: skip


def written(version, **options):
    file = io.BytesIO()
    tables.write(file, version, **options)
    return file


class Sheet:
    """A table taken out, to be changed and brought back."""

    def __init__(self, version, **options):
        self.book = load_workbook(written(version, **options))
        self.sheet = self.book.worksheets[0]

    def row(self, code):
        return next(n for n in range(2, self.sheet.max_row + 1) if self.sheet.cell(n, 2).value == code)

    def set(self, code, **cells):
        for name, value in cells.items():
            self.sheet[f"{COLUMNS.get(name, name)}{self.row(code)}"] = value
        return self

    def add(self, code, like):
        values = [cell.value for cell in self.sheet[self.row(like)]]
        self.sheet.append([None, code, *values[2:]])
        return self

    def file(self):
        file = io.BytesIO()
        self.book.save(file)
        return file


def faults_of(file, draft):
    with pytest.raises(tables.BadSheetError) as caught:
        tables.read(file, draft)
    return [str(fault) for fault in caught.value.faults]


def take(d, file, actor=None):
    actor = actor or d.admin_user
    difference = tables.read(file, d.draft)
    kept = proposing.keep(version_id=d.draft.pk, difference=difference, file_name="清单.xlsx", actor=actor)
    return proposing.take(version_id=d.draft.pk, proposal_id=kept.pk, actor=actor)


# ---- the round trip ------------------------------------------------------------------------------------------
def test_what_went_out_comes_back_as_no_change(draft):
    assert tables.read(written(draft.draft), draft.draft) == {}
    assert tables.read(written(draft.first), draft.draft) == {}, "also the version in force"


@pytest.mark.parametrize("kind", [ListKind.TOWNSHIP_DUTIES, ListKind.SELF_GOVERNANCE])
def test_the_lists_of_lines_too(cast, kind):
    base = queries.current(kind)
    draft = editing.open_draft(duty_list=base.duty_list, actor=cast.admin_user)
    assert tables.read(written(draft), draft) == {}


NAMES = st.text(st.sampled_from("路灯=+-@'不亮、， 1aZ"), min_size=1, max_size=20).map(str.strip).filter(bool)
LIMITS = st.builds("{}{}".format, st.integers(1, 9999), st.sampled_from(["m", "h", "wh", "wd", "d"]))


@given(LIMITS)
def test_a_limit_reads_as_it_is_written(notation):
    assert notation_of(Limit.parse(notation).label) == notation


LINES = st.tuples(NAMES, LIMITS, st.lists(st.sampled_from(["GD", "JT", "SL", "CG"]), unique=True), st.booleans())
SEVERAL = ("A01", "C02", "E01", "F01", "G06")  # led by none of these departments


@settings(max_examples=20)
@given(st.tuples(*[LINES] * len(SEVERAL)))
def test_any_line_survives_the_round_trip(draft, lines):
    """A hundred lines, five in a book."""
    for code, (name, limit, assisting, photo) in zip(SEVERAL, lines, strict=True):
        changes = {"name": name, "closing_standard": name, "basis": f"={name}\n第二行", "needs_photo": photo}
        edit(draft, code, resolve=limit, assisting=sorted(assisting), **changes)
    assert tables.read(written(draft.draft), draft.draft) == {}


def test_a_template_has_the_head_and_explains_it(draft):
    book = load_workbook(written(draft.draft, empty=True))
    assert book.worksheets[0].max_row == 1
    guide = {row[0].value: row[1].value for row in book.worksheets[1].iter_rows()}
    assert "停用" in guide["处理"]
    assert "3 个工作日" in guide["办结时限"]


# ---- bringing changes in -------------------------------------------------------------------------------------
def test_changed_added_and_stopped_lines_are_one_write(draft):
    table = Sheet(draft.draft).set("C02", resolve="2个工作日", assisting="JT、供电企业", aliases="灯坏了，路灯瞎了")
    table.add("C09", "C03").set("C09", name="公园长椅损坏", aliases="凳子烂").set("A07", A="停用")
    assert take(draft, table.file()) == 3
    item = item_of(draft.draft, "C02")
    assert (item.resolve, item.aliases) == ("2wd", ["灯坏了", "路灯瞎了"])
    assert sorted(d.code for d in item.assisting.all()) == ["GD", "JT"]
    assert item_of(draft.draft, "C09").name == "公园长椅损坏"
    assert not DutyItem.objects.filter(version=draft.draft, code="A07").exists()
    draft.draft.refresh_from_db()
    assert draft.draft.revision == 1
    editing.undo(version_id=draft.draft.pk, revision=1, actor=draft.admin_user)
    assert shape_of(draft.draft).plains(draft.draft) == shape_of(draft.first).plains(draft.first)


def test_lines_that_the_table_does_not_name_stay(draft):
    table = Sheet(draft.draft)
    table.sheet.delete_rows(3, table.sheet.max_row)
    assert tables.read(table.file(), draft.draft) == {}


def test_an_empty_cell_says_nothing_and_a_word_empties(draft):
    before = shape_of(draft.draft).plains(draft.draft)["C02"]
    assert before["aliases"]
    empty = Sheet(draft.draft).set("C02", aliases=None, basis=None, closing_standard="", respond=None)
    assert tables.read(empty.file(), draft.draft) == {}
    said = tables.read(Sheet(draft.draft).set("C02", aliases="清空").file(), draft.draft)
    assert said["C02"] == (before, {**before, "aliases": []})


def test_every_wrong_cell_is_named(draft):
    table = Sheet(draft.draft)
    table.set("C02", lead="火星局", resolve="很快", name="")
    table.set("C03", grade="天大", A="删", B="C03")
    table.set("C04", closing_standard="=1+1", category="ZZ")
    table.set("C05", B="c05")
    table.set("C06", enforcement_body="长" * 61)
    said = faults_of(table.file(), draft.draft)
    row = {code: table.row(code) for code in ("C02", "C03", "C04", "C06")}
    assert f"F{row['C02']} 牵头部门：没有部门“火星局”，写代码或全称，如“ZJ”" in said
    assert any(fault.startswith(f"L{row['C02']} 办结时限：写成") for fault in said)
    assert f"A{row['C03']} 处理：空着，或写“停用”" in said
    assert f"M{row['C04']} 结案标准：是公式，请改成值" in said
    assert any(fault.startswith(f"D{row['C04']} 类别：没有“ZZ”") for fault in said)
    assert any("编号须为大写字母" in fault for fault in said)
    assert any(fault.startswith(f"H{row['C06']} 执法主体：最多 60 个字") for fault in said)
    assert shape_of(draft.draft).plains(draft.draft) == shape_of(draft.first).plains(draft.first)


def test_codes_stand_once_and_for_one_thing(draft):
    publish_without_a07(draft)
    table = Sheet(draft.draft)
    table.sheet.append([cell.value for cell in table.sheet[table.row("C02")]])
    table.add("A07", "C03").add("Z99", "C03").set("Z99", A="停用")
    said = faults_of(table.file(), draft.draft)
    assert any("重复" in fault for fault in said)
    assert any("以前的版本用过" in fault for fault in said)
    assert any("无从停用" in fault for fault in said)


def publish_without_a07(d):
    editing.remove_item(version_id=d.draft.pk, code="A07", revision=0, actor=d.admin_user)
    publish(d)
    d.draft = editing.open_draft(duty_list=d.first.duty_list, actor=d.admin_user)


def test_another_head_or_another_list_is_refused(draft, cast):
    table = Sheet(draft.draft)
    table.sheet["D1"] = "别的"
    assert faults_of(table.file(), draft.draft) == ["D1 类别：表头应是“类别”，请用本页的模板"]
    lines = queries.current(ListKind.SELF_GOVERNANCE)
    with pytest.raises(BadWorkbook):
        tables.read(written(lines), draft.draft)
    with pytest.raises(BadWorkbook):
        tables.read(io.BytesIO(b"no"), draft.draft)


# ---- two people ----------------------------------------------------------------------------------------------
def test_what_another_wrote_meanwhile_is_kept(draft):
    table = Sheet(draft.draft).set("C02", resolve="2wd")
    edit(draft, "C02", closing_standard="灯亮了就算", actor=draft.second_user)
    edit(draft, "C03", resolve="2wd", actor=draft.second_user)
    take(draft, table.file())
    item = item_of(draft.draft, "C02")
    assert (item.resolve, item.closing_standard) == ("2wd", "灯亮了就算")
    assert item_of(draft.draft, "C03").resolve == "2wd"


def test_what_two_wrote_differently_is_named_and_not_written(draft):
    table = Sheet(draft.draft).set("C02", resolve="2wd").set("C03", name="道路坑洼")
    edit(draft, "C02", resolve="1wd", actor=draft.second_user)
    said = faults_of(table.file(), draft.draft)
    assert said == [f"L{table.row('C02')} 办结时限：导出以后别人也改过这里，请重新导出再改"]
    assert item_of(draft.draft, "C03").name != "道路坑洼"


def test_a_draft_that_moved_on_after_the_preview_takes_nothing(draft):
    difference = tables.read(
        Sheet(draft.draft).set("C02", resolve="2wd").set("C03", name="道路坑洼").file(), draft.draft
    )
    kept = proposing.keep(version_id=draft.draft.pk, difference=difference, file_name="a.xlsx", actor=draft.admin_user)
    edit(draft, "C02", resolve="1wd", actor=draft.second_user)
    with pytest.raises(editing.StaleDraftError, match="C02"):
        proposing.take(version_id=draft.draft.pk, proposal_id=kept.pk, actor=draft.admin_user)
    assert item_of(draft.draft, "C03").name != "道路坑洼"
    with pytest.raises(editing.Conflict):
        proposing.take(version_id=draft.draft.pk, proposal_id=kept.pk, actor=draft.second_user)


# ---- pages ---------------------------------------------------------------------------------------------------
def url(name):
    return reverse(f"lists:{name}", args=[2])


def upload(client, content, name="清单.xlsx"):
    file = SimpleUploadedFile(name, content, content_type=XLSX)
    return client.post(url("sheet"), {"file": file}, follow=True)


def body(response):
    return response.content.decode()


def test_upload_preview_apply(draft):
    table = Sheet(draft.draft).set("C02", resolve="2wd").set("A07", A="停用")
    page = body(upload(draft.admin, table.file().getvalue()))
    assert "还没有写入" in page
    assert "<del>3 个工作日</del><ins>2 个工作日</ins>" in page
    assert "写入草稿，共 2 项" in page
    assert item_of(draft.draft, "C02").resolve == "3wd"
    assert "还没有写入" not in body(draft.second.get(url("sheet"))), "a proposal is its uploader's"
    kept = SheetProposal.objects.get()
    done = draft.admin.post(url("apply_sheet"), {"proposal": kept.pk}, follow=True)
    assert "改了 2 项" in body(done)
    assert item_of(draft.draft, "C02").resolve == "2wd"
    assert draft.admin.post(url("apply_sheet"), {"proposal": kept.pk}).status_code == 409
    assert draft.admin.post(url("apply_sheet"), {"proposal": "x"}).status_code == 422


def test_a_wrong_upload_replaces_an_earlier_preview(draft):
    upload(draft.admin, Sheet(draft.draft).set("C02", resolve="2wd").file().getvalue())
    answer = upload(draft.admin, Sheet(draft.draft).set("C02", resolve="很快").file().getvalue())
    assert answer.status_code == 422
    assert "没有写入任何内容" in body(answer)
    assert "办结时限" in body(answer)
    assert not SheetProposal.objects.exists()
    for content in (b"", b"PK\3\4", b"a,b"):
        assert upload(draft.admin, content).status_code == 422
    assert draft.admin.post(url("sheet"), {}).status_code == 422


def test_a_preview_can_be_dropped(draft):
    upload(draft.admin, Sheet(draft.draft).set("C02", resolve="2wd").file().getvalue())
    draft.admin.post(url("drop_sheet"))
    assert not SheetProposal.objects.exists()


def test_everybody_may_take_a_list_home(draft):
    answer = draft.worker.get(reverse("lists:export", args=[1]))
    assert answer["Content-Type"] == XLSX
    assert load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[0].max_row == 65
    assert draft.worker.get(url("sheet")).status_code == 403


def test_content_of_another_shape_is_refused(draft):
    content = content_of(item_of(draft.draft, "C02"))
    with pytest.raises(editing.BadContentError):
        editing.apply_changes(
            version_id=draft.draft.pk, difference={"C99": (None, content | {"lead": "QQ"})}, actor=draft.admin_user
        )


# ---- tables as counties send them back -----------------------------------------------------------------------
def test_a_title_marks_in_the_head_and_a_hidden_guide_change_nothing(draft):
    table = Sheet(draft.draft).set("C02", name="路灯熄灭")
    table.book.worksheets[1].sheet_state = "hidden"
    sheet = table.sheet
    for cell in sheet[1]:
        cell.value = f"{cell.value}（必填）*"
    sheet.insert_rows(1, 2)
    sheet["A1"] = "某县网格事项清单"
    assert [after["name"] for _before, after in tables.read(table.file(), draft.draft).values()] == ["路灯熄灭"]


def test_a_hidden_table_is_not_read_in_place_of_the_one_in_sight(draft):
    table = Sheet(draft.draft).set("C02", name="不该读到")
    table.book.move_sheet(table.book.worksheets[1], -1)
    table.book.worksheets[1].sheet_state = "hidden"
    assert faults_of(table.file(), draft.draft)[0].endswith("请用本页的模板")


def test_an_error_value_is_no_text(draft):
    table = Sheet(draft.draft)
    row = table.row("C02")
    table.sheet[f"C{row}"].value = "#N/A"
    table.sheet[f"C{row}"].data_type = "e"
    assert f"C{row} 事项：是错误值 #N/A，请改正" in faults_of(table.file(), draft.draft)
