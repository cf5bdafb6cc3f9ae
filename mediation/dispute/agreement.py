"""人民调解协议书: the text a draft begins with, and what the printed A4 page says around it. Pure over a page's rows.

The wording follows the 人民调解法 (articles 29, 31 and 33); the parties' names stand in the head of the page only,
so that the text itself speaks of 甲方 and 乙方.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from mediation.dispute.page import DisputePage, PartyLine
from mediation.models import Agreement, Dispute
from mediation.workflow.rules import Kind

FIRST_TERMS: dict[str, str] = {
    Kind.FAMILY: "一、双方今后互谅互让，遇事协商，不打骂、不冷落对方。\n二、……",
    Kind.NEIGHBOUR: (
        "一、……（谁在什么时候之前做什么，例如：乙方于某月某日前清理占道杂物，恢复通道宽1.5米）。\n"
        "二、双方今后和睦相处，遇事先找调解员，不得辱骂、推搡。"
    ),
    Kind.LAND: "一、双方确认界线以……为准，由……现场立界桩。\n二、……",
    Kind.LABOUR: "一、乙方应付甲方工资共……元，于……前分……次付清。\n二、……",
    Kind.PROPERTY: "一、……（物业服务事项及整改期限）。\n二、……（物业费缴交办法）。",
    Kind.CONSUMER: "一、乙方于……前退还甲方……元（或更换……）。\n二、……",
    Kind.DAMAGE: "一、乙方一次性赔偿甲方……元，于……前付清。\n二、……",
    Kind.OTHER: "一、……\n二、……",
}
LAST_TERM = "三、本协议履行后，双方就此纠纷再无其他争议。"
FIRST_MANNER = "履行方式：……\n履行地点：……\n履行期限：    年  月  日前"


@dataclass(frozen=True)
class Sheet:
    """Everything the printed page says."""

    number: str
    committee: str
    kind: str
    parties: Sequence[PartyLine]
    brief: str
    terms: str
    manner: str
    mediators: Sequence[str]
    recorder: str
    agreed_on: date | None
    copies: int


def first_terms(dispute: Dispute) -> str:
    """What the text of a new agreement begins with, by the kind of dispute."""
    return f"{FIRST_TERMS[dispute.kind]}\n{LAST_TERM}"


def sheet_of(page: DisputePage, agreement: Agreement, parties: Sequence[PartyLine]) -> Sheet:
    """The page for these parties: masked to look at, in full to sign."""
    dispute = page.dispute
    return Sheet(
        number=dispute.number,
        committee=_("%(village)s人民调解委员会") % {"village": dispute.village.short_name},
        kind=dispute.get_kind_display(),
        parties=parties,
        brief=dispute.brief,
        terms=agreement.terms,
        manner=agreement.manner,
        mediators=[mediator.full_name for mediator in page.mediators],
        recorder=agreement.written_by.name,
        agreed_on=agreement.agreed_on,
        copies=len(parties) + 1,
    )
