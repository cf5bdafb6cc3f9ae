"""Rows of the lists: versions with their lines, steps and edits; and what a township does besides them.

`lists` holds what is written as a draft and then stands still; `assigned` what is arranged in a township meanwhile.
"""

from duties.models.assigned import Assignment, Kind, PlaceKind
from duties.models.lists import (
    Approval,
    Category,
    DispatchRule,
    DraftEdit,
    DutyItem,
    DutyLine,
    DutyList,
    FirstLevel,
    Grade,
    GradeCode,
    ListKind,
    ListVersion,
    Outcome,
    Part,
    SheetProposal,
    VersionState,
)

__all__ = [
    "Approval",
    "Assignment",
    "Category",
    "DispatchRule",
    "DraftEdit",
    "DutyItem",
    "DutyLine",
    "DutyList",
    "FirstLevel",
    "Grade",
    "GradeCode",
    "Kind",
    "ListKind",
    "ListVersion",
    "Outcome",
    "Part",
    "PlaceKind",
    "SheetProposal",
    "VersionState",
]
