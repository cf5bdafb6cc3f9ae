"""The rules of the household file, visits, liaison and imports that a county may want to know or change. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from core.text import Text
from members.roles import Role

# ---- labels ----------------------------------------------------------------------------------------------------------
VISIT_EVERY: dict[str, timedelta | None] = {
    "独居老人": timedelta(days=14),
    "高龄老人": timedelta(days=30),
    "残疾人": timedelta(days=30),
    "低保": timedelta(days=60),
    "特困供养": timedelta(days=30),
    "困境儿童": timedelta(days=30),
    "留守儿童": timedelta(days=30),
    "重病户": timedelta(days=30),
    "防返贫监测": timedelta(days=30),
    "退役军人": None,
    "党员户": None,
    "计生特扶": timedelta(days=60),
}
"""The kept list of labels, and after how long without a visit a household that has one is due. Nobody has a quota."""
TAGS = tuple(VISIT_EVERY)
TAG_WORDS = {
    "五保": "特困供养", "五保户": "特困供养", "特困": "特困供养", "特困人员": "特困供养", "最低生活保障": "低保",
    "低保人员": "低保", "空巢老人": "独居老人", "孤寡老人": "独居老人", "独居": "独居老人", "高龄": "高龄老人",
    "残疾": "残疾人", "孤儿": "困境儿童", "留守": "留守儿童", "大病": "重病户", "重病": "重病户", "重症": "重病户",
    "退伍军人": "退役军人", "退伍": "退役军人", "复退军人": "退役军人", "党员": "党员户", "党员家庭": "党员户",
    "监测": "防返贫监测", "监测对象": "防返贫监测", "脱贫监测": "防返贫监测", "失独": "计生特扶",
    "失独家庭": "计生特扶",
}  # fmt: skip
"""What people call these labels in their own lists: an import names the right one, and writes none by itself."""


@dataclass(frozen=True)
class GuardedLabel:
    """A label that only `readers` know of; `item` is the line of the list under which such matters are handled."""

    label: Text
    item: str
    readers: frozenset[Role]


_ENTRUSTED = frozenset({Role.VILLAGE_SECRETARY, Role.TOWNSHIP_LEADER})
GUARDED: dict[str, GuardedLabel] = {
    "violence": GuardedLabel(_("家庭暴力、侵害未成年人线索"), "F04", _ENTRUSTED),
    "mental": GuardedLabel(_("严重精神障碍患者"), "G08", _ENTRUSTED | {Role.GRID_CHIEF}),
    "correction": GuardedLabel(_("社区矫正对象"), "F04", _ENTRUSTED),
    "drugs": GuardedLabel(_("戒毒康复人员"), "G08", _ENTRUSTED),
}

# ---- personal data ---------------------------------------------------------------------------------------------------
REVEALS_A_DAY = 30
"""How many households one person may see in full on one day."""
NOTICE_VERSION = "2026-1"
"""The text households are told about their data, printed from the household's page; a new text is a new version."""
REPLY_WITHIN = timedelta(days=30)
"""Until when a household that asks for its data, a correction or deletion has its answer."""
REPLY_REMINDED = timedelta(days=5)
"""How long before that day who keeps the file is reminded."""
REMIND_HOUR = time(8, 30)
KEEP_AFTER_LEAVING = timedelta(days=3 * 365)
"""How long names, phones, residents, needs and notes stay after a household has left the register."""
KEEP_VISIT_NOTES = timedelta(days=3 * 365)
KEEP_IMPORTS = timedelta(days=7)
"""How long the rows of an import that nobody finished are kept; those of a finished one go at once."""
KEEP_FAULTY = timedelta(days=1)
"""How long the faulty rows of an import that has not been decided are kept to be taken away and put right."""
TAKE_BACK_WITHIN = timedelta(days=1)
"""Until how long after it ended an import can be taken back."""
KEEP_CHANGES = timedelta(days=180)
"""How long what the rows changed by an import held before stays on the trail, encrypted."""
MOST_RESIDENTS = 30

# ---- liaison ---------------------------------------------------------------------------------------------------------
LEAST_LIAISONS, MOST_LIAISONS = 10, 20


class HelperKind(TextChoices):
    """Who keeps in touch with households."""

    PARTY = "party", _("党员")
    CADRE = "cadre", _("干部")


class Reason(TextChoices):
    """Why one calls on a household: as a matter of course, as one of the 四到户, as one of the 三必联."""

    ROUTINE = "routine", _("日常走访")
    POLICY = "policy", _("政策宣讲到户")
    RESOLUTION = "resolution", _("决议传达到户")
    WELFARE = "welfare", _("公益发动到户")
    OPINION = "opinion", _("意见征求到户")
    HARDSHIP = "hardship", _("急难必联")
    DISPUTE = "dispute", _("纠纷必联")
    EVENT = "event", _("红白必联")


HOME = (Reason.POLICY, Reason.RESOLUTION, Reason.WELFARE, Reason.OPINION)
MUST = (Reason.HARDSHIP, Reason.DISPUTE, Reason.EVENT)
GROUPS: tuple[tuple[Text, tuple[Reason, ...]], ...] = ((_("四到户"), HOME), (_("三必联"), MUST))


def reason_choices() -> list[tuple[Text, object]]:
    """The reasons as the choices of a field: the everyday one, then the two groups."""
    groups = [(label, [(one.value, one.label) for one in reasons]) for label, reasons in GROUPS]
    return [(Reason.ROUTINE.value, Reason.ROUTINE.label), *groups]


# ---- visits ----------------------------------------------------------------------------------------------------------


class Outcome(TextChoices):
    """What a visit found."""

    WELL = "well", _("平安")
    MATTER = "matter", _("有事")
    ABSENT = "absent", _("没人")


JOURNAL_DAYS = 31
DUE_SHOWN = 60


def rate(found: int, solved: int) -> str:
    """Solved of what was found, in per cent with two digits: 143 of 196 is 72.96%; a dash when nothing was found."""
    return f"{solved * 100 / found:.2f}%" if found else "—"


def due_after(tags: Iterable[str]) -> timedelta | None:
    """After how long without a visit a household with these labels is due: the shortest of them."""
    spans = [span for tag in tags if (span := VISIT_EVERY.get(tag)) is not None]
    return min(spans, default=None)


# ---- imports and exports ---------------------------------------------------------------------------------------------
LARGEST_FILE = 40 * 1024 * 1024
LARGEST_UNPACKED = 400 * 1024 * 1024
"""What the parts of a workbook say they unpack to, together."""
MOST_RATIO = 200
"""How many times its packed size a part may unpack to."""
MOST_PARTS = 400
MOST_ROWS = 300_000
MOST_AREAS = 20_000
"""Rows of an import of areas, which goes in as a whole."""
MOST_COLUMNS = 60
LONGEST_CELL = 500
CHUNK = 2_000
"""Rows that are checked or written in one transaction."""
MOST_PROBLEMS = 1_000
"""Problems that are kept of one import; the rest is counted."""
MOST_FAULTS = 60
"""Kinds of problems that are counted of one import."""
PREVIEW = 8
EXPORT_OPEN = timedelta(hours=48)
"""How long an approved file with personal data may be fetched, once."""
MOST_EXPORTED = {"csv": 300_000, "xlsx": 50_000}
