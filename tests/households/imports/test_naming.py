"""One row is one household: cells that name several doors or people, or hold something else than a name, are faults;
and a column is guessed only where its head says so.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grids.addresses import door, names_several
from grids.models import Household
from households.forms import CorrectForm, ResidentForm
from households.imports.fields import guess
from households.imports.naming import name_fault
from households.models import ImportProblem, Resident
from tests.households.conftest import book, imported

GRID = "440783103229002"
HEAD = ["网格编码", "门牌地址", "户主", "电话"]
SEVERAL = [
    "9组1号、9组2号", "9组1号，9组2号", "9组1号 9组2号", "9组1号9组2号", "9组1、2号", "9组1号、2号", "9组1号和2号",
    "9组1号至3号", "9组1号~3号", "9组1号-3号", "3栋101、102室", "3栋101室/102室", "3栋2单元101/102室",
    "九组一号、九组二号",
    "第九组一号；第九组二号", "南安里9组1号\n南安里9组2号", "９组１号、９组２号", "3栋502室3栋503室", "9组、10组",
    "12号、14号",
]  # fmt: skip
ONE = [
    "9组1号", "测试里 9组 1号", "测试里9\n组1号", "幸福花园，3栋2单元五〇二室", "沙塘路12号,3栋502室",
    "沙塘路12号，502",
    "沙塘镇，横西村，9组1号", "长庆里12-3号", "长庆里12—3号", "村口、小卖部", "和平里9组1号", "及第街1号",
    "9组1号（2号旁）",
    "9、组1号", "9组，1号", "幸福花园3栋、2单元、502室", "12号楼,502室", "9组1号之二", "三江里一百零五号", "A座1203",
]  # fmt: skip


@pytest.mark.parametrize("line", SEVERAL)
def test_two_doors_in_one_cell_are_seen(line):
    assert names_several(line)


@pytest.mark.parametrize("line", ONE)
def test_one_door_is_one_whatever_stands_between_its_parts(line):
    assert not names_several(line)
    assert door(line)


@given(st.integers(1, 30), st.integers(1, 300), st.sampled_from(["南安里", "和平里", "三江里", "及第街", ""]))
def test_no_door_of_one_household_is_taken_for_several(group, number, hamlet):
    for line in (f"{hamlet}{group}组{number}号", f"{hamlet} {group}组 {number}号", f"花园{group}栋2单元{number}室"):
        assert not names_several(line)


NO_NAMES = {
    "张三、李四": "不止一个人", "张三,李四": "不止一个人", "张三/李四": "不止一个人", "张三和李四": "不止一个人",
    "张三 李四": "不止一个人", "1970-01-02": "出生年", "1970年1月2日": "出生年", "19700102": "出生年",
    "一九七〇年一月": "出生年", "25570": "数字", "3": "人口", "3人": "人口", "13800006021": "“电话”",
    "138 0000 6021": "“电话”", "0750-2212345": "“电话”", "2212345": "“电话”", "1.38E+10": "“电话”",
    "9组1号": "“门牌地址”",
    "九组一号": "“门牌地址”", "幸福花园3栋2单元502室": "“门牌地址”", "沙塘镇横西村": "“门牌地址”",
    "幸福花园": "“门牌地址”",
    "440783103229002": "“网格编码”", "4407831032290020001": "“户编码”", "男": "核对", "长子": "关系",
    "低保户": "“标签”",
    "张三13800006021": "数字", "汉族": "核对",
}  # fmt: skip
NAMES = [
    "梁永康", "阿不都·热合曼", "阿不都 热合曼", "张 三", "李万里", "张三1", "张三（2）", "欧阳娜娜", "司徒美堂",
    "John 陈",
    "王和平", "李平和", "张三（已故）", "丁一", "万三", "于和伟", "何与", "王一一", "陈里", "石家庄", "方圆",
    "迪丽热巴",
]  # fmt: skip


@pytest.mark.parametrize(("cell", "said"), NO_NAMES.items())
def test_what_is_no_name_is_a_fault_that_names_the_column(cell, said):
    assert said in name_fault(cell)


@pytest.mark.parametrize("cell", NAMES)
def test_names_are_names(cell):
    assert name_fault(cell) == ""


def test_a_remark_beside_a_name_is_not_kept_and_that_is_said(cast):
    names = ["梁永康（户主）", "梁永康 (已迁出)", "阿卜杜（热合曼）", "梁伟（2）"]
    rows = [[GRID, f"新安里{n}号", name, ""] for n, name in enumerate(names, 1)]
    one = imported(cast, book([HEAD, *rows]))
    held = [home.head_name for home in Household.objects.filter(address__startswith="新安里").order_by("address")]
    assert (one.added, one.bad, held) == (4, 0, ["梁永康", "梁永康", "阿卜杜（热合曼）", "梁伟（2）"])
    assert list(ImportProblem.objects.filter(of=one).values_list("cell", flat=True)) == ["C2", "C3"]


def test_such_rows_cost_themselves_and_nothing_else(cast):
    rows = [
        [GRID, "新安里1号、新安里2号", "梁永康", ""],
        [GRID, "新安里3号", "梁永康、梁伟", ""],
        [GRID, "新安里4号", "13800006021", "梁永康"],
        [GRID, "新安里5号", "新安里6号", ""],
        [GRID, "新安里7号", "梁永康", ""],
    ]
    one = imported(cast, book([HEAD, *rows]))
    assert (one.added, one.bad) == (1, 4)
    found = dict(ImportProblem.objects.filter(of=one, text__contains="像是").values_list("cell", "text"))
    assert found.keys() == {"B2", "C3", "C4", "C5"}
    assert "不止一个门牌" in found["B2"]
    assert "“电话”" in found["C4"]
    assert [home.address for home in Household.objects.filter(address__startswith="新安里")] == ["新安里7号"]


def test_such_rows_of_residents_as_well(cast, home):
    head = ["网格编码", "门牌地址", "姓名", "与户主关系"]
    wrong = [["陈小明、陈小红", "子女"], ["1970-01-02", "子女"], ["配偶", "配偶"]]
    rows = [[GRID, home.address, *row] for row in [*wrong, ["陈小明", "子女"]]]
    one = imported(cast, book([head, *rows]), kind="residents")
    assert (one.added, one.bad) == (1, 3)
    assert Resident.objects.filter(household=home).count() == 1


def test_forms_refuse_them_too(home):
    told = {"address": home.address, "size": "1", "kind": "resident", "version": "1"}
    for field, typed in (("address", "南安里1组2号、3号"), ("head_name", "张三、李四"), ("head_name", "13800006021")):
        form = CorrectForm(home, {**told, field: typed})
        assert field in form.errors
    assert "name" in ResidentForm(None, {"name": "9组1号", "relation": "other"}).errors
    home.address = "9组1号、9组2号"
    kept = CorrectForm(home, {**told, "address": home.address})
    assert "address" not in kept.errors, "what the register holds already may stay"


@pytest.mark.parametrize(
    ("kind", "head", "field"),
    [
        ("households", "户类型", "kind"),
        ("households", "类别", None),
        ("households", "电话（网格员）", None),
        ("households", "紧急联系人·电话", None),
        ("households", "网格员·姓名", None),
        ("households", "户籍·地址", None),
        ("households", "地址（户籍）", None),
        ("households", "户主信息·姓名", "head_name"),
        ("households", "联系·电话", "phone"),
        ("households", "网格信息·网格编码", "area"),
        ("households", "户主电话", "phone"),
        ("residents", "户主电话", None),
        ("residents", "监护人·电话", None),
        ("residents", "电话", "phone"),
    ],
)
def test_a_head_is_what_it_says(kind, head, field):
    assert guess(kind, [head]) == ({field: 0} if field else {})


def test_what_belongs_to_somebody_else_is_left_for_what_is_meant():
    head = ["网格员·姓名", "网格员·电话", "户主信息·姓名", "户主信息·电话"]
    assert guess("households", head) == {"head_name": 2, "phone": 3}
