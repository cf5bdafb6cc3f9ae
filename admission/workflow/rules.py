"""The rules of the gate that a county may want to know or change, each in this one place. Pure; asks no database.

Which departments hold which duty stands in the settings (`ADMISSION_*`), by department code.
"""

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import clock
from core.days.calendar import Limit

OFFICE_CODES: tuple[str, ...] = tuple(settings.ADMISSION_OFFICE)
"""社会工作部: starts the opinion round, passes on, publishes."""
LEGAL_CODES: tuple[str, ...] = tuple(settings.ADMISSION_LEGAL)
"""编办, 司法局: legality and duty; each must pass it."""
JOINT_CODES: tuple[str, ...] = tuple(settings.ADMISSION_JOINT)
"""组织部, 社会工作部, 政法委: all must agree."""
OWNER_CODES: tuple[str, ...] = tuple(settings.ADMISSION_OWNERS)
"""编办, 社会工作部: keep the ledger of pushed-down tasks and answer it."""
GATE_CODES = tuple(dict.fromkeys((*OFFICE_CODES, *LEGAL_CODES, *JOINT_CODES)))

OPINION_WITHIN = Limit(5, "wd")
LEGAL_WITHIN = Limit(5, "wd")
JOINT_WITHIN = Limit(5, "wd")
EXIT_WITHIN = Limit(5, "wd")
"""How long a department may name another basis after the one it rested on was repealed."""
ANSWER_WITHIN = Limit(5, "wd")
"""Answer to a report of a pushed-down task."""
OBJECT_WITHIN = Limit(5, "wd")
"""How long its reporter may disagree before the answer stands."""
DECIDE_WITHIN = Limit(5, "wd")
"""The county leader's decision on a disagreement."""
WARN_SHARE = 0.8

TOWNS_AT_LEAST, WORKERS_AT_LEAST = 3, 6
WORKERS_EACH = 3
"""How many grid workers are drawn in each township that is asked."""
SUNSET_DEFAULT, SUNSET_MOST = timedelta(days=365), timedelta(days=3 * 365)
SUNSET_SOON = timedelta(days=30)
"""How long before its sunset the department is asked whether it wants a renewal."""
PASS_MOST = timedelta(days=30)
IDLE_AFTER = timedelta(days=365)
MIDNIGHT, MORNING = time(0, 0), time(8, 30)
MINUTES_MOST = 10_000

SIMILAR_FROM = 45
"""From which likeness of pairs of characters (percent) on an applicant must answer a hit."""
SAME_FROM = 90
"""From which likeness on a field counts as one that the system has."""
COVERED_FROM = 55
"""From which likeness on a list line or an admission counts as covering a task that was pushed down."""
MOST_HITS = 8
MOST_FIELDS = 40


class Kind(TextChoices):
    """What needs admission."""

    ITEM = "item", _("新增网格事项")
    FORM = "form", _("新增报表台账")
    APP = "app", _("新增APP或账号")
    TARGET = "target", _("新增考核指标")
    PLAQUE = "plaque", _("新增挂牌")
    CAMPAIGN = "campaign", _("临时专项任务")


class Emergency(TextChoices):
    """What a pass may be given for."""

    FLOOD = "flood", _("防汛")
    FIRE = "fire", _("防火")
    EPIDEMIC = "epidemic", _("疫情")
    EVENT = "event", _("重大活动")


class HardRule(TextChoices):
    """What is refused at once, whoever asks and whoever would allow it."""

    SHIFTS = "shifts", _("以属地管理名义转嫁部门法定职责")
    ENFORCES = "enforces", _("要求网格员执法")
    CHECK_IN = "check_in", _("设置打卡签到或在线时长")
    VETO = "veto", _("未列依据的一票否决")
    REPEATS = "repeats", _("要求重复填报系统已有字段")


DECLARED: dict[str, object] = {
    HardRule.SHIFTS: _("是否把法律规定由本部门履行的职责交给村社或网格？"),
    HardRule.ENFORCES: _("是否要求网格员处罚、强制或作其他执法行为？"),
    HardRule.CHECK_IN: _("是否要求打卡签到、上传轨迹或统计在线时长？"),
    HardRule.VETO: _("是否设“一票否决”而没有法律或文件依据？"),
    HardRule.REPEATS: _("是否要求再填系统已有的内容？"),
}
"""The questions of an application; each 是 refuses it."""

TELLTALE: dict[HardRule, tuple[str, ...]] = {
    HardRule.SHIFTS: ("属地管理", "属地责任"),
    HardRule.ENFORCES: ("行政处罚", "罚款", "处罚", "查封", "扣押", "强制拆除", "责令停产", "行政强制"),
    HardRule.CHECK_IN: ("打卡", "签到", "在线时长", "登录率", "轨迹", "点赞", "答题排名"),
    HardRule.VETO: ("一票否决",),
}
"""Words that show a hard rule is broken, unless the same clause denies it or names who may."""
NEGATIONS = ("不", "无需", "无须", "没有", "禁止", "严禁", "取消", "停止")
EXCUSES: dict[HardRule, tuple[str, ...]] = {
    HardRule.ENFORCES: ("部门", "主体", "主管", "公安", "大队", "中队", "局"),
}
"""Words that make a clause speak of somebody else's doing: 由执法部门处罚 asks nothing of a grid."""

SYSTEM_FIELDS: tuple[str, ...] = (
    "户编码", "户主姓名", "户主电话", "联系电话", "门牌地址", "家庭住址", "家庭人口数", "独居老人", "低保户", "残疾人",
    "退役军人", "党员户", "党员中心户", "所属网格", "所属村社", "所属乡镇", "网格户数", "网格员姓名", "网格长姓名",
    "网格员电话", "诉求内容", "诉求地点", "受理时间", "办结时间", "办理部门", "处置结果", "现场照片", "满意度",
    "回访结果",
    "纠纷类别", "调解时间", "调解结果", "调解协议",
)  # fmt: skip
"""What the system knows already; asked for again it breaks the last hard rule."""


class Stance(TextChoices):
    FOR = "for", _("赞成")
    AGAINST = "against", _("反对")
    COMMENT = "comment", _("有意见")


class Stage(TextChoices):
    """Where departments speak."""

    LEGAL = "legal", _("合法性、权责审查")
    JOINT = "joint", _("三部门联审")
    EXIT = "exit", _("退出评估")


STAGE_CODES: dict[str, tuple[str, ...]] = {
    Stage.LEGAL: LEGAL_CODES,
    Stage.JOINT: JOINT_CODES,
    Stage.EXIT: JOINT_CODES,
}


class Cause(TextChoices):
    """Why something is over or was not admitted."""

    HARD = "hard", _("触碰硬性禁止")
    LEGAL = "legal", _("合法性、权责审查不通过")
    JOINT = "joint", _("联审未一致同意")
    NO_PASS = "no_pass", _("未签发临时通行")
    BASIS = "basis", _("依据废止")
    IDLE = "idle", _("连续12个月零发生")
    SUNSET = "sunset", _("日落到期未续")
    EVALUATION = "evaluation", _("联审评估不合理")
    PASS_OVER = "pass_over", _("临时通行到期")
    REPLACED = "replaced", _("由续期或补办件接替")
    LEFT = "left", _("主办部门退出")


class Channel(TextChoices):
    """How a task was pushed down."""

    PAPER = "paper", _("文件")
    GROUP = "group", _("微信群")
    PHONE = "phone", _("电话")
    SYSTEM = "system", _("系统")


class Answer(TextChoices):
    """What the owner of the ledger says to a report."""

    WITHDRAWN = "withdrawn", _("部门撤回")
    REGULARISED = "regularised", _("补办准入")
    GROUNDED = "grounded", _("有依据")
    UNFOUNDED = "unfounded", _("不成立")


class Right(TextChoices):
    """五权: what a township may do towards the county's departments."""

    PLAN = "plan", _("规划参与权")
    MANAGE = "manage", _("综合管理权")
    APPRAISE = "appraise", _("人事考核建议权")
    DECIDE = "decide", _("重大决策建议权")
    FUNDS = "funds", _("资金统筹权")


class Outcome(TextChoices):
    """What came of a use of a right."""

    OPEN = "open", _("待答复")
    TAKEN = "taken", _("采纳")
    PARTLY = "partly", _("部分采纳")
    NOT_TAKEN = "not_taken", _("未采纳")


class Kept(TextChoices):
    """What a half-yearly review found of one right."""

    KEPT = "kept", _("落实")
    PARTLY = "partly", _("部分落实")
    NOT_KEPT = "not_kept", _("未落实")


def start_of(day: date) -> datetime:
    return datetime.combine(day, MIDNIGHT, clock.COUNTY_TIME)


def after(day: date) -> datetime:
    """The moment at which `day` is over."""
    return start_of(day + timedelta(days=1))


def morning_of(day: date) -> datetime:
    return datetime.combine(day, MORNING, clock.COUNTY_TIME)


def half_of(day: date) -> str:
    """The half-year of a day: 2026H1."""
    return f"{day.year}H{1 if day.month <= 6 else 2}"


def half_words(half: str) -> str:
    """2026H1 as it is said."""
    year, _separator, which = half.partition("H")
    return str(gettext("%(year)s 年上半年") if which == "1" else gettext("%(year)s 年下半年")) % {"year": year}


def half_bounds(half: str) -> tuple[date, date]:
    """First and last day of "2026H1"; raises ValueError for anything else."""
    year, separator, which = half.partition("H")
    if not separator or which not in ("1", "2") or len(year) != 4:
        raise ValueError(f"not a half-year: {half!r}")
    number = int(year)
    return (date(number, 1, 1), date(number, 6, 30)) if which == "1" else (date(number, 7, 1), date(number, 12, 31))
