"""What an import may hold: its fields, by which names their columns are known, and what each cell must be. Pure."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.files.heads import JOIN, readings
from core.text import Text, plain
from grids.addresses import names_several, tidy
from grids.levels import GridKind, Level
from grids.models import HouseholdKind
from households.imports.naming import door_fault, name_fault, without_remark
from households.imports.parsing import BadCell, Warned, birth_year, code, number, phone
from households.models.file import Resident
from households.models.imports import Import
from households.rules import TAG_WORDS, TAGS

Kind = Import.Kind
IDENTITY = re.compile(r"身份证|证件号|公民身份")
IDENTITY_NUMBER = re.compile(r"\d{17}[\dXx]\Z|\d{15}\Z", re.ASCII)
AREA_LEVELS: dict[str, str] = {Level.GRID: "网格", Level.MICROGRID: "微网格", Level.BUILDING: "楼栋"}
"""Levels that an import of areas sets up, as a cell names them: the same in every language."""
SPLIT = re.compile(r"[,，、;；/|\s]+")
LONGEST_TAG = 20
MASK = re.compile("[*\uff0a]")
SEVERAL_DOORS = gettext_lazy("像是写了不止一个门牌；一个门牌是一户，请分成几行，一行写一个门牌")
YES = {"是", "1", "y", "yes", "true", "√", "对"}
NO = {"", "否", "0", "n", "no", "false", "×", "无"}


Parse = Callable[[str], object]


@dataclass(frozen=True)
class Field:
    """One thing a row says; `aliases` are heads of columns as counties write them.

    What is `masked` in exports is not read where it comes back so; what `clears` is emptied where a cell says CLEAR.
    """

    name: str
    label: Text
    parse: Parse
    aliases: tuple[str, ...] = ()
    required: bool = False
    personal: bool = False
    hint: Text = ""
    masked: bool = False
    clears: bool = False
    none_is_said: bool = False
    """Whether “无” is an answer, and not a way to leave the cell empty."""
    spare_of: str = ""
    """The field that is read from this column where its own says nothing."""


def _line(most: int) -> Parse:
    def parse(cell: str) -> str:
        if len(cell) > most:
            raise BadCell(_("不能超过 %(n)d 个字") % {"n": most})
        return cell

    return parse


def _person(cell: str) -> str:
    if IDENTITY_NUMBER.match(cell):
        raise BadCell(_("像是身份证号；本系统不保存身份证号，请删去"))
    name = str(_line(40)(cell))
    if fault := name_fault(name):
        raise BadCell(fault)
    if (bare := without_remark(name)) != name:
        raise Warned(bare, _("只取了姓名，括号里的说明没有保留"))
    return name


def _door(cell: str) -> str:
    if names_several(cell):
        raise BadCell(str(SEVERAL_DOORS))
    if fault := door_fault(cell):
        raise BadCell(fault)
    return str(_line(120)(cell))


def _tags(cell: str) -> list[str]:
    """Whether they are on the list is asked where it is known which ones a household has (`tag_problem`)."""
    found = [tag for tag in SPLIT.split(cell) if tag]
    if any(len(tag) > LONGEST_TAG for tag in found):
        raise BadCell(_("标签不能超过 %(n)d 个字") % {"n": LONGEST_TAG})
    return list(dict.fromkeys(found))


def tag_problem(tags: Sequence[str], held: Sequence[str]) -> str:
    """What is wrong with labels that are neither on the list nor `held` already, with the right one named; else ""."""
    unknown = [tag for tag in tags if tag not in TAGS and tag not in held]
    if not unknown:
        return ""
    right = list(dict.fromkeys(label for tag in unknown if (label := _right(tag, TAG_WORDS, TAGS))))
    if right:
        return _("标签不在名录里；是不是“%(right)s”？") % {"right": "”“".join(right)}
    return _("标签不在名录里；可用：%(tags)s") % {"tags": "、".join(TAGS)}


def _right(word: str, words: Mapping[str, str], labels: Sequence[str]) -> str:
    """The label that somebody meant by another word."""
    plain = tidy(word).removesuffix("户")
    if plain in words or word in words:
        return words.get(word) or words[plain]
    return next((label for label in labels if plain and (plain in label or label.removesuffix("户") in plain)), "")


def _yes(cell: str) -> bool:
    word = cell.strip().lower()
    if word in YES:
        return True
    if word in NO:
        return False
    raise BadCell(_("请写“是”或“否”"))


def _one_of(labels: Mapping[str, str], default: str) -> Parse:
    """By label or by code word; an empty cell is the default."""

    def parse(cell: str) -> str:
        if not cell:
            return default
        for value, label in labels.items():
            if cell in (value, label, label.removesuffix("户")):
                return value
        raise BadCell(_("可填：%(labels)s") % {"labels": "、".join(labels.values())})

    return parse


def _labels(choices: Sequence[tuple[str, object]]) -> dict[str, str]:
    return {str(value): str(label) for value, label in choices}


PHONES = ("联系电话", "手机", "手机号", "手机号码", "电话号码", "联系方式", "联系手机")
SPARE = Field(
    "phone_2", gettext_lazy("备用电话"), phone,
    ("第二电话", "电话2", "联系电话2", "手机2", "手机号2", "手机号码2", "其他电话"),
    personal=True, masked=True, spare_of="phone", hint=gettext_lazy("“电话”空着或读不出时取这一列"),
)  # fmt: skip
PHONES_OF_HEADS = ("户主电话", "户主手机", "户主联系电话")
OTHERS = re.compile(
    "网格|干部|书记|负责|联系人|联络|帮扶|包联|包保|责任|监护|紧急|配偶|房东|出租|承租|代理|代办|填表|填报|登记人|村医|户籍|原籍|"
    "迁|子女|儿女|儿子|女儿|父|母|亲属|邻居"
)
"""Of somebody else, or of another place, than of whom the row is about: what a column so called says is not guessed."""
_HOME = (
    Field("code", gettext_lazy("户编码"), code(19), ("户编号", "家庭编码"), hint=gettext_lazy("19 位；没有就留空")),
    Field("area", gettext_lazy("网格编码"), code(15), ("所属网格编码", "微网格编码", "网格代码")),
    Field(
        "address", gettext_lazy("门牌地址"), _door,
        ("门牌", "地址", "住址", "家庭住址", "详细地址", "现住址", "房屋地址"), personal=True,
    ),
)  # fmt: skip
FIELDS: dict[str, tuple[Field, ...]] = {
    Kind.HOUSEHOLDS: (
        *_HOME,
        Field("head_name", gettext_lazy("户主"), _person, ("户主姓名", "姓名"), personal=True,
            masked=True, clears=True),
        Field("phone", gettext_lazy("电话"), phone, (*PHONES, *PHONES_OF_HEADS),
            personal=True, masked=True, clears=True),
        SPARE,
        Field("size", gettext_lazy("人口"), number(1, 99), (
            "家庭人口", "人数", "人口数", "常住人口", "常住人口数", "家庭人口数", "家庭人数",
        )),
        Field("kind", gettext_lazy("户别"), _one_of(_labels(HouseholdKind.choices), "resident"),
            ("住户类型", "户类型")),
        Field("tags", gettext_lazy("标签"), _tags, ("户标签", "重点类别"), clears=True),
        Field("is_hub", gettext_lazy("党员中心户"), _yes, ("中心户",), none_is_said=True),
    ),
    Kind.RESIDENTS: (
        *_HOME,
        Field("name", gettext_lazy("姓名"), _person, ("居民姓名", "成员姓名"), required=True, personal=True,
            masked=True),
        Field("phone", gettext_lazy("电话"), phone, PHONES, personal=True, masked=True,
            clears=True),
        SPARE,
        Field("relation", gettext_lazy("与户主关系"), _one_of(_labels(Resident.Relation.choices), "other"), ("关系",)),
        Field("birth_year", gettext_lazy("出生年"), birth_year, ("出生年份", "出生年月", "出生日期"), personal=True,
            clears=True),
    ),
    Kind.AREAS: (
        Field("code", gettext_lazy("网格编码"), code(15), ("编码", "代码", "微网格编码"), required=True),
        Field("name", gettext_lazy("名称"), _line(60), ("网格名称",), required=True),
        Field("parent_code", gettext_lazy("上级编码"), _line(15), ("上级代码", "所属村社代码", "上级"), required=True),
        Field(
            "level", gettext_lazy("层级"), _one_of(AREA_LEVELS, Level.GRID), ("级别",),
        ),
        Field("kind", gettext_lazy("网格类型"), _one_of(_labels(GridKind.choices), ""), ("类型",)),
        Field("planned", gettext_lazy("计划户数"), number(0, 100_000), ("户数",)),
    ),
}  # fmt: skip


def needed(kind: str, columns: Mapping[str, int]) -> list[str]:
    """What is still missing before rows can be read, as sentences."""
    lacking = [str(f.label) for f in FIELDS[kind] if f.required and f.name not in columns]
    found = [_("还没有指明哪一列是%(label)s") % {"label": label} for label in lacking]
    if kind != Kind.AREAS and "code" not in columns and not {"area", "address"} <= columns.keys():
        found.append(_("需要“户编码”一列，或者“网格编码”和“门牌地址”两列"))
    return found


def guess(kind: str, header: Sequence[str], hidden: Collection[int] = ()) -> dict[str, int]:
    """Which column is which, by their heads: what a head says as a whole before what it says below a common one. Hidden
    ones are left to the person, a second one of telephones is the spare one.
    """
    columns = _guess(kind, header, hidden)
    for field in FIELDS[kind]:
        if field.spare_of in columns and field.name not in columns:
            same = (at for at, head in enumerate(header) if at not in {*columns.values(), *hidden})
            at = next((at for at in same if field.spare_of in _guess(kind, [header[at]])), None)
            columns |= {} if at is None else {field.name: at}
    return columns


def doubles(kind: str, header: Sequence[str], columns: Mapping[str, int]) -> list[tuple[str, str, list[str]]]:
    """Columns that say they are what another one is read as: the field, the column that is read, those that are not."""
    found = []
    rest = [at for at in range(len(header)) if at not in columns.values()]
    for field in FIELDS[kind]:
        if field.name not in columns:
            continue
        same = [at for at in rest if field.name in _guess(kind, [header[at]])]
        if same:
            found.append((str(field.label), called(header, columns[field.name]), [called(header, at) for at in same]))
    return found


def called(header: Sequence[str], at: int) -> str:
    """A column as a person finds it: its letter and its head."""
    return f"{letter(at)} {header[at][:30] if at < len(header) else ''}".strip()


def _guess(kind: str, header: Sequence[str], hidden: Collection[int] = ()) -> dict[str, int]:
    names = [readings(head) for head in header]
    others = {n for n, head in enumerate(header) if OTHERS.search(plain(head))}
    columns: dict[str, int] = {}
    for field, wanted, way in _ways(kind):
        taken = {*columns.values(), *hidden, *(others if field.personal else ())}
        at = next((n for n, said in enumerate(names) if said[way] == wanted and n not in taken), None)
        if at is not None and field.name not in columns:
            columns[field.name] = at
    return columns


def _ways(kind: str) -> list[tuple[Field, str, int]]:
    """What a head may say, in the order in which it is believed."""
    return [
        (field, word, way)
        for way in range(len(readings("")))
        for field in FIELDS[kind]
        for word in (str(field.label), field.name, *field.aliases)
    ]


def known(kind: str, header: Sequence[str]) -> int:
    """How well a line reads as the heads of an import: of two that say as much, the one that says it more closely."""
    columns = guess(kind, header)
    close = sum(1 for at in columns.values() if JOIN in header[at] and readings(header[at])[0] in _words(kind))
    return 2 * len(columns) + (close > 0)


def _words(kind: str) -> set[str]:
    return {word for _field, word, _way in _ways(kind)}


def identity_columns(header: Sequence[str]) -> list[str]:
    """Heads of columns that hold identity numbers: they are never read."""
    return [head for head in header if IDENTITY.search(head)]


def letter(column: int) -> str:
    """The letter by which a spreadsheet calls a column (from 0)."""
    text, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text
