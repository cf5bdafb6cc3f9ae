"""Closed lists of answers that steps take, and the numbers that guards compare with.

Numbers and lists that a county sets stand in the list version's rules (`duties.shapes.rules`) instead.
"""

from datetime import timedelta
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from core.text import Text

DECLINE_REASONS: dict[str, Text] = {
    "not_a_duty": _("不属于责任清单事项，已告知去处"),
    "unfounded": _("信息不实，查无此事"),
    "unlawful": _("诉求违法或违背公序良俗"),
    "malicious": _("恶意重复"),
    "in_court": _("已进入诉讼、仲裁或信访终结"),
}
WHISTLE_CAUSES: dict[str, Text] = {
    "beyond": _("本级解决不了"),
    "no_power": _("没有执法权"),
    "urgent": _("情况紧急"),
}
"""When a grid may whistle (三种情形): chosen by who whistles, never written for them."""
SATISFACTION: dict[int, Text] = {4: _("非常满意"), 3: _("满意"), 2: _("基本满意"), 1: _("不满意")}
SOLVED: dict[str, Text] = {"solved": _("已解决"), "partly": _("部分解决"), "not": _("未解决")}
STARS: dict[int, Text] = {5: _("五星"), 4: _("四星"), 3: _("三星"), 2: _("两星"), 1: _("一星")}


class WhistleType(StrEnum):
    """The four whistles; who may blow which is said by the table, how soon one must arrive by the rules."""

    EMERGENCY = "W1"
    ENFORCEMENT = "W2"
    SERVICE = "W3"
    HARD = "W4"


WHISTLES: dict[WhistleType, Text] = {
    WhistleType.EMERGENCY: _("应急哨"),
    WhistleType.ENFORCEMENT: _("执法哨"),
    WhistleType.SERVICE: _("服务哨"),
    WhistleType.HARD: _("攻坚哨"),
}


class Automatic(StrEnum):
    """What the engine does by itself, as long as the county has not switched it off for an item."""

    DISPATCH = "dispatch"
    HAND_UP = "hand_up"
    CALLBACK = "callback"


AUTOMATICS: dict[Automatic, Text] = {
    Automatic.DISPATCH: _("自动派哨"),
    Automatic.HAND_UP: _("逾期未受理自动转村社"),
    Automatic.CALLBACK: _("核查后自动开启回访"),
}
HANDED_UP, HANDED_BACK = "village", "back"
"""An order that the grid left unanswered: with the village, or given back to the grid by a dispatcher."""
CONVENERS: dict[str, Text] = {"county": _("县指挥中心"), "township": _("乡镇")}
DAY_PARTS: dict[str, Text] = {"morning": _("上午"), "afternoon": _("下午"), "evening": _("晚上")}

MAX_RETURNS = 1
UNREACHABLE_CALLS = 3
REOPEN_WINDOW = timedelta(days=15)
RATE_WINDOW = timedelta(days=30)
"""How long after the end a township may still rate the departments it called (ours)."""
UNMERGE_WINDOW = timedelta(days=1)
RECALL_WINDOW = timedelta(minutes=30)
"""How long a dispatcher may take back what the engine passed on."""
HARD_DEPARTMENTS = 3
"""From how many departments on a 攻坚哨 may be blown."""
MAX_CHILDREN = 10
