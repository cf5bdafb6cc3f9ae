"""What the tables of the ledgers know: kinds, hats, audiences, the facts a guard may ask for. No database."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What sort of matter a ledger keeps."""

    RECTIFICATION = "rectification"  # 问题台账
    PROJECT = "project"  # 民生实事
    CAMPAIGN = "campaign"  # 专项行动


class Hat(StrEnum):
    """How somebody stands to a matter."""

    KEEPER = "keeper"  # dispatcher or leader of the office that opened it
    OWNER = "owner"  # of the department or township that must put a problem right
    DOER = "doer"  # of a department responsible for a milestone that is not reached
    SECRETARY = "secretary"  # of the village it lies in


class Audience(StrEnum):
    """Who is told of a step."""

    KEEPERS = "keepers"
    OWNERS = "owners"
    DOERS = "doers"
    SECRETARY = "secretary"
    GRID = "grid"  # grid staff who have targets of a campaign


@dataclass(frozen=True)
class GuardContext:
    """What guards may know of a matter and of who acts."""

    state: str
    today: date
    user_id: int = 0
    applicant_id: int | None = None
    has_evidence: bool = True
    due_on: date | None = None
    milestones: int = 1
    milestones_open: int = 0
    is_built: bool = True
