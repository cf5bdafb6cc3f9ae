"""What hangs on a household: its people, guarded labels, needs, notices, visits, liaisons; imports and exports."""

from households.models.contact import Helper, Liaison, Visit
from households.models.exports import ExportRequest
from households.models.file import Consent, GuardedTag, Need, Resident, SubjectRequest
from households.models.imports import (
    ColumnMap,
    Import,
    ImportAdded,
    ImportChange,
    ImportChunk,
    ImportPiece,
    ImportProblem,
)

__all__ = [
    "ColumnMap",
    "Consent",
    "ExportRequest",
    "GuardedTag",
    "Helper",
    "Import",
    "ImportAdded",
    "ImportChange",
    "ImportChunk",
    "ImportPiece",
    "ImportProblem",
    "Liaison",
    "Need",
    "Resident",
    "SubjectRequest",
    "Visit",
]
