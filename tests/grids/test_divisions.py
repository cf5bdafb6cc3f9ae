from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from grids import tree
from grids.divisions import BadDivisions, Imported, import_divisions
from grids.models import Area
from grids.tree import AREAS
from tests.households.conftest import book

KAIPING = Path(__file__).resolve().parents[2] / "data" / "kaiping_divisions.csv"
HEAD = "code,name,level,parent_code\n"
GOOD = (
    HEAD
    + "440783000000,开平市,county,\n"
    + "440783103000,沙塘镇,township,440783000000\n"
    + "440783103220,丽新村委会,village,440783103000\n"
)
pytestmark = pytest.mark.django_db


def load(text):
    return import_divisions(content=text if isinstance(text, bytes) else text.encode(), actor=None)


def test_the_real_county_arrives_whole_by_few_statements_each(django_assert_max_num_queries):
    with django_assert_max_num_queries(4 * 287):
        assert load(KAIPING.read_bytes()) == Imported(added=287, renamed=0, unchanged=0)
    assert AREAS.damage() == {}
    assert Area.objects.filter(level="township").count() == 16
    assert Area.objects.filter(level="village").count() == 270
    prefixes = dict(Area.objects.filter(level="township").values_list("name", "prefix"))
    assert prefixes["沙塘镇"] == "ST"
    assert len(set(prefixes.values())) == 16
    assert all(2 <= len(p) <= 4 and p.isalpha() for p in prefixes.values())


def test_running_again_changes_nothing(capsys):
    call_command("import_divisions", str(KAIPING))
    assert "新增 287 个" in capsys.readouterr().out
    before = list(Area.objects.order_by("code").values())
    call_command("import_divisions", str(KAIPING))
    assert "没有变化：287 个区划都已一致" in capsys.readouterr().out
    assert list(Area.objects.order_by("code").values()) == before


def test_renames_and_new_rows_are_applied_in_any_order():
    load(GOOD)
    lines = GOOD.replace("丽新村委会", "丽新社区").splitlines()
    text = "\ufeff" + "\r\n".join([lines[0], "440783103221,泰山村委会,village,440783103000", "", *reversed(lines[1:])])
    assert load(text) == Imported(added=1, renamed=1, unchanged=2)
    assert Area.objects.get(code="440783103220").name == "丽新社区"
    assert AREAS.damage() == {}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "第 1 行：缺少列 code、name、level、parent_code"),
        ("code,name,level\n", "第 1 行：缺少列 parent_code"),
        (HEAD, "文件里没有区划"),
        (GOOD.encode() + b"440783103221,\xff\xff", "第 5 行：文件不是 UTF-8、GB 18030 或 UTF-16 编码"),
        ("<table><tr><td>code</td></tr></table>", "这其实是网页"),
        (GOOD + "440783103220,丽新,village,440783103000\n", "第 5 行：代码 440783103220 与第 4 行重复"),
        (GOOD + "440783104220,甲村,village,440783104000\n", "第 5 行：上级代码 440783104000 不存在"),
        (GOOD + "440783104000,苍城镇,village,440783000000\n", "第 5 行：村级代码第 10 至 12 位不能为 000"),
        (GOOD + "440783103230,甲村,village,440783000000\n", "第 5 行：代码与上级"),
        (GOOD + "440783103231,甲村,village,440783103220\n", "第 5 行：村社之下不能设村社"),
        (GOOD + "440783103230,甲村,hamlet,440783103000\n", "第 5 行：没有“hamlet”这个层级"),
        (GOOD + "44078310323,甲村,village,440783103000\n", "第 5 行：区划代码须为 12 位数字"),
        (GOOD + "440783103230,甲\x00村,village,440783103000\n", "第 5 行：含有无法保存的控制字符"),
        (GOOD + f"440783103230,{'甲' * 61},village,440783103000\n", "第 5 行：名称有 61 个字"),
        (GOOD + "440783103230,,village,440783103000\n", "第 5 行：名称为空"),
        (GOOD + "440783103230,甲村,village\n", "第 5 行：有 3 列，应为 4 列"),
        (GOOD + "440783103230,甲村,village,\n", "第 5 行：村社必须有上级代码"),
        (GOOD + '440783103230,"甲村,village,440783103000\n' + "x" * 140_000, "不是正确的 CSV"),
        (HEAD + "\n".join(f"1,甲{n},village,2" for n in range(50)), "另有 30 处错误"),
    ],
)
def test_a_bad_file_is_named_by_line_and_changes_nothing(text, says):
    load(GOOD.replace("丽新村委会", "旧名"))
    with pytest.raises(BadDivisions) as caught:
        load(text)
    assert says in caught.value.message
    assert Area.objects.count() == 3
    assert Area.objects.get(code="440783103220").name == "旧名"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_file_may_come_as_any_program_writes_it(encoding, delimiter):
    assert load(GOOD.replace(",", delimiter).encode(encoding)) == Imported(added=3, renamed=0, unchanged=0)
    assert Area.objects.get(code="440783103220").name == "丽新村委会"


def test_a_workbook_with_a_title_and_chinese_heads_is_one_too():
    heads = ["区划代码*", "名称（必填）", "层级", "上级代码"]
    names = {"county": "县", "township": "乡镇", "village": "村社"}
    lines = [line.split(",") for line in GOOD.splitlines()[1:]]
    rows = [["开平市区划表"], [], heads, *([code, name, names[level], above] for code, name, level, above in lines)]
    assert load(book(rows).getvalue()) == Imported(added=3, renamed=0, unchanged=0)
    rows[4][2] = "村落"
    with pytest.raises(BadDivisions, match="第 5 行：没有“村落”这个层级"):
        load(book(rows).getvalue())


def test_a_retired_code_does_not_come_back():
    load(GOOD)
    tree.retire(area=Area.objects.get(code="440783103220"), actor=None)
    with pytest.raises(BadDivisions, match="第 4 行：代码 440783103220 已停用"):
        load(GOOD)


def test_the_command_reports_in_chinese(tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text(GOOD + "1,2,3,4\n")
    with pytest.raises(CommandError, match="没有导入任何一行") as caught:
        call_command("import_divisions", str(bad))
    assert "第 5 行" in str(caught.value)
    with pytest.raises(CommandError, match="读不到文件"):
        call_command("import_divisions", str(tmp_path / "none.csv"))
    assert not Area.objects.exists()
