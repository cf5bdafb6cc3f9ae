"""What stands in a cell of names and is no name of one person: a telephone, a day, a number, a door, a word of another
column, several people. Pure.
"""

import re
from itertools import chain

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.text import Text, plain
from core.trust.keys import dialled
from grids.addresses import names_several, parse, spelt, tidy
from grids.models import HouseholdKind
from households.models.file import Resident
from households.rules import TAG_WORDS, TAGS

Sort = tuple[Text, Text]
"""What it is, and the column it belongs into; "" for one that is not kept."""
PHONE: Sort = (gettext_lazy("电话号码"), gettext_lazy("电话"))
DAY: Sort = (gettext_lazy("日期"), gettext_lazy("出生年"))
COUNT: Sort = (gettext_lazy("数字"), gettext_lazy("人口"))
CODE: Sort = (gettext_lazy("编码"), gettext_lazy("户编码"))
GRID: Sort = (gettext_lazy("网格编码"), gettext_lazy("网格编码"))
NUMBER: Sort = (gettext_lazy("数字"), "")
DOOR: Sort = (gettext_lazy("地址"), gettext_lazy("门牌地址"))
RELATION: Sort = (gettext_lazy("与户主的关系"), gettext_lazy("与户主关系"))
LABEL: Sort = (gettext_lazy("标签"), gettext_lazy("标签"))
KIND: Sort = (gettext_lazy("户别"), gettext_lazy("户别"))
OTHER: Sort = (gettext_lazy("别的内容"), "")

# ---- numbers ---------------------------------------------------------------------------------------------------------
_HAN = "零〇○一二三四五六七八九"
_DAYS = re.compile(
    rf"(?:(?:18|19|20)\d\d|[{_HAN}]{{4}})(?:[-/.]\d{{1,2}}(?:[-/.]\d{{1,2}})?|年.*)(?:T?\d{{1,2}}:\d\d(?::\d\d)?)?\Z"
)
_BARE_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])?\Z")
_SHORT_DAY = re.compile(r"\d{1,2}月\d{1,2}[日号]?\Z")
_SIGNS = re.compile(r"[\s\-+()./,、:;#*≈~]|tel|电话|手机|号码")
_ROUNDED = re.compile(r"\d(?:\.\d+)?e\+?\d+\Z", re.IGNORECASE)
_ALL_HAN = re.compile(rf"[{_HAN}幺]{{5,}}\Z")
_MEASURED = re.compile(r"\d+(?:\.\d+)?(?:口人|个人|[人口户岁元亩%月年]|周岁|万元|平方米?|m2)\Z", re.IGNORECASE)
_PHONE = re.compile(r"(?:\+\d{7,14}|1\d{10}|0\d{9,11}|[2-8]\d{6,7}|[48]00\d{7})\Z")
_TOLD_APART = re.compile(r"\D+\d{1,2}\)?\Z")
"""Two of one name, as lists tell them apart: 张三1 and 张三2."""


def _number(text: str) -> Sort | None:
    if _DAYS.match(text) or _BARE_DAY.match(text) or _SHORT_DAY.match(text):
        return DAY
    if _ROUNDED.match(text) or _ALL_HAN.match(text):
        return PHONE
    bare = _SIGNS.sub("", text.lower())
    if bare.isdigit():
        if _PHONE.match(dialled(text)) or _PHONE.match(bare):
            return PHONE
        return {15: GRID, 19: CODE}.get(len(bare), COUNT if len(bare) < 3 else NUMBER)
    return COUNT if _MEASURED.match(text) else None


# ---- doors -----------------------------------------------------------------------------------------------------------
_PLACE = re.compile(
    r".{2,}(?:社区|小区|花园|村委会?|居委会?|大道|小卖部)\Z|.{3,}(?:[省市县镇乡村街路巷]|街道)\Z|[\u4e00-\u9fff]{2,}(?:村|里|社区|镇|街道).*\d"
)


def _is_door(text: str) -> bool:
    return bool(parse(spelt(text)).is_known or names_several(text) or _PLACE.match(text))


# ---- words of other columns ------------------------------------------------------------------------------------------
_KIN = "本人 妻子 妻 丈夫 夫 儿子 女儿 长子 次子 三子 长女 次女 三女 父亲 母亲 祖父 祖母 孙子 孙女 儿媳 女婿 兄弟 姐妹"
_SAYINGS = "男 女 男性 女性 汉 汉族 已婚 未婚 离异 丧偶 农业 非农业 是 否 有 空 群众 中共党员 "
_SAYINGS += "空户 空房 空置 无人 无人居住 出租 出租屋 外出 待查 待核实 已故 死亡 同上 合计 小计 总计"
_WORDS: dict[str, Sort] = {
    **dict.fromkeys(_SAYINGS.split(), OTHER),
    **{str(label): RELATION for label in (*Resident.Relation.labels, *_KIN.split())},
    **dict.fromkeys(chain(TAGS, TAG_WORDS, ("低保户", "一般户", "脱贫户")), LABEL),
    **{str(label): KIND for label in HouseholdKind.labels},
}

# ---- several people --------------------------------------------------------------------------------------------------
_COMPOUND = "欧阳 司徒 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 夏侯 令狐 长孙 宇文"
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤劳司关伍甄区冼麦"
)
_PERSON = rf"(?:{'|'.join(_COMPOUND.split())}|[{_SURNAMES}])[\u4e00-\u9fff]{{1,2}}"
_PARTED = re.compile(r"[、,;/|&+\n]")
_JOINED = re.compile(rf"{_PERSON}(?:(?:和|与|及|跟|或)|\s+){_PERSON}\Z")
_BESIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")


def is_several(text: str) -> bool:
    """Whether a text names several people."""
    line = _BESIDE.sub("", plain(text)).strip()
    named = [part for part in _PARTED.split(line) if len(tidy(part)) > 1]
    return len(named) > 1 or bool(_JOINED.match(line))


_NOTED = "户主|已?故|去世|已?迁出|已?迁入|外出|外嫁|在外|男|女|代|代签|党员|低保户?|五保户?|独居|残疾|租户|空户|重名"
_REMARK = re.compile(rf"\s*[(（\[【](?:{_NOTED})[)）\]】]\s*\Z")


def without_remark(text: str) -> str:
    """A name without what was noted beside it, as in 梁永康（户主）; what tells two of one name apart stays."""
    return _REMARK.sub("", text)


# ---- what is said ----------------------------------------------------------------------------------------------------
def sort_of(text: str) -> Sort | None:
    """What a text is that is no name; None for one that may be."""
    bare = tidy(text)
    if known := _WORDS.get(bare) or _number(bare):
        return known
    if _is_door(text):
        return DOOR
    return None


def door_fault(text: str) -> str:
    """Why a text is no door, in Chinese; "" where it may be. A spreadsheet makes a day of 9-1."""
    sort = _number(tidy(text))
    if sort is DAY:
        return _("是日期，不是门牌；表格软件常把 9-1 这样的门牌当成日期，请把这一列设为文本再填")
    if sort in (PHONE, CODE, GRID):
        return _("像是%(what)s，不是门牌；请核对列有没有对错") % {"what": sort[0]}
    return ""


def name_fault(text: str) -> str:
    """Why a text is not the name of one person, in Chinese; "" where it may be."""
    if sort := sort_of(text):
        what, column = sort
        if column:
            return _("像是%(what)s，不是姓名；应写在“%(column)s”一列，请核对列有没有对错") % {
                "what": what,
                "column": column,
            }
        return _("像是%(what)s，不是姓名；请核对列有没有对错") % {"what": what}
    bare = tidy(text)
    if re.search(r"\d", bare) and not _TOLD_APART.match(bare):
        return _("姓名里有数字；号码、日期、门牌请写在各自的列里，这一格只写姓名")
    if is_several(text):
        return _("像是写了不止一个人；这一格只写一个人，其余的人请导入居民，是两户的分成两行")
    return ""
