"""口径: how each number of the board is counted, in words; the same definitions the numbers are made of."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.text import Text
from insights.board.figures import BLUE_FROM, FEWEST, YELLOW_FROM
from insights.counting.metrics import METRICS
from issues.finding.filters import TicketFilter


@dataclass(frozen=True)
class Formula:
    name: Text
    formula: Text
    note: Text


FORMULAS: tuple[Formula, ...] = (
    Formula(
        _("在办"),
        _("此刻未销号、未作不予受理的工单"),
        _("实时，与时段无关。一件有几个时限在走的，看最急的一个。红：有时限已过，转给别人也不变回；黄：用过八成；蓝：其余。"),
    ),
    Formula(
        _("受理"),
        _("时段内点单且已受理的工单"),
        _("工单一律计入点单当天（北京时间）。与上一时段的同样天数相比。"),
    ),
    Formula(
        _("按时办结率"),
        _("按时报办结 ÷（按时报办结 + 超时报办结 + 至今未报办结且有时限已过）"),
        _("未到期的不计入。改派、吹哨、退单、延期、挂账都不能把已超时的变成按时；重办后再报办结的，只要有一次超时即算超时。"),
    ),
    Formula(
        _("及时领办率"),
        _("时限内领办 ÷（时限内领办 + 超时领办 + 待领办且已超时）"),
        _("只算吹哨的工单；改派过的，只要有一个部门没按时领办即算超时。"),
    ),
    Formula(
        _("办结用时"),
        _("从受理到最近一次报办结的工作时间，取中位数和九成位数"),
        _("每天按 6.5 小时计。由分档计数读出，误差不超过 7%，所以写“约”。"),
    ),
    Formula(
        _("各环节用时"),
        _("从进入一个环节到离开它的时间，一件里多次进入的相加，取中位数和九成位数"),
        _(
            "首办是受理到自办或吹哨，派哨含退回改派，办理含自办和重办；挂账不计。日夜和休息日连续计，"
            "与按工作时间计的办结用时不同。按固定的 17 档计数，所以中位数只说落在哪一档。"
        ),
    ),
    Formula(
        _("真实率"),
        _("抽查属实 ÷（抽查属实 + 抽查不属实）"),
        _("抽查是每日抽取和疑点复看；一件看过几次的，只要有一次不属实就算不属实。没看完的不计入。"),
    ),
    Formula(
        _("群众满意率"),
        _("（非常满意 + 满意 + 基本满意）÷ 已评价"),
        _("每件取最近一次评价；同时列出已销号件数，以见回评多少。"),
    ),
    Formula(_("自办率"), _("网格自办 ÷（网格自办 + 吹哨）"), _("未定去向的不计入。")),
    Formula(
        _("吹哨率"),
        _("吹哨 ÷（网格自办 + 吹哨）"),
        _(
            "乡镇、村、网格的 95% 区间整个低于或高于清单规则里的界限、且件数够多时，看板上提示；"
            "请人看一看，不排名，不设指标。"
        ),
    ),
    Formula(
        _("每百户"),
        _("时段内点单件数 × 100 ÷ 户数"),
        _("户数是登记户数，尚未逐户登记的网格按计划户数；两样都没有的网格不计算。深浅以本页最高的一格为最深。"),
    ),
    Formula(
        _("村社、乡镇、部门按时率"),
        _("已报办结而自己没有超时的 ÷（这些 + 自己超时的）"),
        _("时限过的时候在谁手里就算谁的，以后转给谁都不变：部门、乡镇的超时不算村社的，前一个部门的不算后一个的。"
          "配合部门的另记，不算牵头的，也不在这里算。核查、回访和挂账复查不算。吹哨没写依据被退回的，不算部门超时。"),
    ),
    Formula(
        _("位次与评价"),
        _("按各自的按时率：乡镇连村社一起算，村、网格只算村社的；只列前三名，相同的并列，其余按编号"),
        format_lazy(
            _("合计不足 {few} 件的写“样本不足”，不排位次。蓝 ≥{blue}%，黄 ≥{yellow}%，其余红。"
              "短线是 95% 威尔逊区间。只比区域和部门，不排个人。"),
            few=FEWEST, blue=round(BLUE_FROM * 100), yellow=round(YELLOW_FROM * 100),
        ),
    ),
    Formula(
        _("评哨得分"),
        _("按时报到率、按期办结率、乡镇评分（平均星数 ÷ 5）、群众满意率，按清单规则里的权重加权，满分 100"),
        _(
            "按期办结只看牵头部门自己：别处拖过的不算它的。不足 10 件的项不计，权重按比例分给其余；"
            "按时报到或按期办结不足的写“样本不足”。按部门编号排列，不排名。"
        ),
    ),
    Formula(
        _("数据时间"),
        _("在办、灯色和超时是实时的；其余由工单经过累计"),
        _("累计通常在一分钟内跟上；落后两分钟以上时，页首写明延迟多少。"),
    ),
)  # fmt: skip


def metrics() -> list[tuple[Text, str]]:
    """Each count with the conditions of the queue that lists its tickets."""
    return [(metric.label, _conditions(metric.shown_by)) for metric in METRICS]


def _conditions(shown_by: Mapping[str, str]) -> str:
    chips = TicketFilter.parse(QueryDict(urlencode(shown_by))).chips()
    return "，".join(f"{chip.name}：{chip.value}" for chip in chips)
