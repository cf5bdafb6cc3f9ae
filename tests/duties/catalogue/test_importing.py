"""The starter file becomes version 1 in force, whole or not at all, once."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from core.models import AuditEntry
from duties.catalogue.careful_reading import BadCatalogueError
from duties.catalogue.items_file import read
from duties.catalogue.offices import read_offices
from duties.models import Category, DutyItem, FirstLevel, Grade, ListVersion
from duties.shapes.rules import Rules
from members.models import Department
from tests.duties.conftest import ALIASES, DATA, OFFICES, STARTED, STARTER, item_of


def problems_of(old, new, aliases=ALIASES):
    assert old in STARTER, "the test's handle on the file is gone"
    with pytest.raises(BadCatalogueError) as caught:
        read(STARTER.replace(old, new, 1), aliases)
    return "\n".join(caught.value.problems)


def test_the_starter_list_is_in_force(lists):
    version = lists.first
    assert (version.number, version.state, version.starts_on) == (1, "published", STARTED)
    assert Category.objects.count() == 12
    assert Grade.objects.count() == 4
    assert DutyItem.objects.count() == 64
    assert Department.objects.filter(township=None).count() == 35
    lamp = item_of(version, "C02")
    assert lamp.lead.name == "县住房和城乡建设局"
    assert [d.code for d in lamp.assisting.order_by("code")] == ["GD", "JT"]
    assert lamp.enforcement_body == ""
    assert lamp.first_level == FirstLevel.VILLAGE
    assert (str(lamp.respond_limit), str(lamp.resolve_limit)) == ("1wd", "3wd")
    assert "灯坏了" in lamp.aliases
    assert "ldbl" in lamp.initials
    assert lamp.needs_photo
    assert {i.code for i in DutyItem.objects.filter(is_sensitive=True)} == {"F04", "F05", "G08"}
    assert DutyItem.objects.filter(is_common=True).count() == 8
    assert DutyItem.objects.filter(is_resident_tile=True).count() == 6
    assert all(2 <= len(i.aliases) <= 5 for i in DutyItem.objects.all())


def test_the_rules_of_the_file_are_typed(lists):
    rules = Rules.from_json(lists.first.rules)
    assert str(rules.return_window) == "4wh"
    assert str(rules.return_window_urgent) == "20m"
    assert rules.max_returns == 1
    assert str(rules.callback_within) == "2wd"
    assert str(rules.verify_within) == "2wd"
    assert str(rules.reopen_window) == "15d"
    assert rules.supervise_shares == (0.5, 0.8, 1.0)
    assert str(rules.supervise_again_after) == "3wd"
    assert rules.self_handle_sample_rate == 0.1
    assert rules.unreachable_tries == 3
    assert "恶意重复" in rules.score_exclude


def run(*args):
    out = StringIO()
    call_command("import_lists", *map(str, args), stdout=out)
    return out.getvalue()


def test_a_second_run_changes_nothing(lists):
    before = (
        Department.objects.count(),
        DutyItem.objects.count(),
        ListVersion.objects.count(),
        AuditEntry.objects.count(),
    )
    said = run(
        DATA / "starter_lists.yaml", "--county", lists.county.code, "--aliases", DATA / "item_aliases.yaml",
        "--offices", DATA / "township_offices.yaml", "--township", lists.town.code,
    )  # fmt: skip
    assert "未改动" in said
    after = (
        Department.objects.count(),
        DutyItem.objects.count(),
        ListVersion.objects.count(),
        AuditEntry.objects.count(),
    )
    assert after == before


def test_a_bad_file_imports_nothing_and_names_the_entry(county, tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text(STARTER.replace("lead: XFJ, co: [ZJ, CG]", "lead: XXX, co: [ZJ, CG]", 1), encoding="utf-8")
    with pytest.raises(CommandError, match="事项 A01：牵头部门“XXX”不存在"):
        run(bad, "--county", county.code)
    assert not Department.objects.exists()
    assert not ListVersion.objects.exists()


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("nowhere.yaml", "--county", "440783000000"),
        (DATA / "starter_lists.yaml",),
        (DATA / "starter_lists.yaml", "--county", "999999000000"),
        (DATA / "starter_lists.yaml", "--county", "440783103000"),
        (DATA / "kaiping_divisions.csv", "--county", "440783000000"),
    ],
)
def test_a_wrong_call_is_told_so(lists, args):
    with pytest.raises(CommandError):
        run(*args)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("co: [GD, JT]", "co: [GD, QQ]", "事项 C02：“co”里没有代码为 QQ 的部门"),
        ("co: [GD, JT]", "co: [ZJ, JT]", "事项 C02：牵头部门不能同时是配合部门"),
        ("co: [GD, JT]", "co: GD", "事项 C02：“co”应为列表"),
        ("{code: C02, cat: C", "{code: C02, cat: Z", "事项 C02：类别“Z”不存在"),
        ("{code: C02", "{code: C01", "事项 C01：编号重复"),
        ("{code: C02", "{code: 路灯", "编号须为大写字母"),
        ("grade: urgent, level: grid, respond: 30m", "grade: huge, level: grid, respond: 30m", "级别“huge”不存在"),
        ("level: village, resolve: 3wd, close: 恢复照明", "level: moon, close: 恢复照明", "事项 C02：首办层级“moon”"),
        ("resolve: 3wd, close: 恢复照明", "resolve: 3周, close: 恢复照明", "事项 C02：resolve：时限“3周”"),
        ("resolve: 3wd, close: 恢复照明", "resolve: 3, close: 恢复照明", "事项 C02：resolve"),
        ("close: 恢复照明", "close: 恢复照明,附照片", "“附照片”后面没有内容"),
        ("close: 恢复照明", "close: ''", "事项 C02：缺少或写错“close”"),
        ("name: 路灯不亮、灯杆倾斜", "name: [路灯]", "事项 C02：缺少或写错“name”"),
        ("accept: 10m", "accept: soon", "级别 urgent：accept"),
        ("window: 4wh", "window: 4 hours", "workflow_rules return_window"),
        ("max_returns: 1", "max_returns: many", "workflow_rules max_returns"),
        ("workflow_rules:", "workflow_rules:\n  whistle_watch: {low: 10}", "whistle_watch：须且只须写明"),
        ("kind: 垂管}", "kind: 神秘}", "部门 HB：类别“神秘”不存在"),
        ("{code: ZZB,", "{code: 组织部,", "部门 组织部：代码须为"),
        ("grid_items:", "grid_thing:", "grid_items：缺少这一段"),
    ],
)  # fmt: skip
def test_every_wrong_entry_is_named(old, new, said):
    assert said in problems_of(old, new)


@pytest.mark.parametrize("text", ["", "- a", "a: [", "\0", "a: !!python/object/apply:os.getcwd []", "[" * 3000])
def test_what_is_no_catalogue_is_refused(text):
    with pytest.raises(BadCatalogueError):
        read(text)


def test_additions_for_unknown_entries_are_named():
    with pytest.raises(BadCatalogueError) as caught:
        read(STARTER, "items: {Z99: {aliases: [无]}}\ndepartments: {QQ: {short: 无}}")
    assert len(caught.value.problems) == 2


def test_offices_stand_in_for_each_department_once():
    known = {d.code for d in read(STARTER, ALIASES).departments}
    assert len(read_offices(OFFICES, known)) == 17
    with pytest.raises(BadCatalogueError, match="GA 已由 PCS 对应"):
        read_offices(OFFICES.replace("[SC]", "[SC, GA]"), known)
    with pytest.raises(BadCatalogueError, match="没有代码为 QQ 的部门"):
        read_offices(OFFICES.replace("[SC]", "[QQ]"), known)
