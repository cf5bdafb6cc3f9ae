"""Copies the rows of one list version into another; called by duties.shapes inside duties.drafting.editing's
transaction.
"""

from collections.abc import Iterable
from typing import TypeVar

from duties.models import Category, DutyItem, Grade, ListVersion

T = TypeVar("T", Category, Grade)

CATEGORY_FIELDS = ("code", "name")
GRADE_FIELDS = ("code", "name", "accept", "respond", "resolve", "extend_max", "night_duty", "note")
ITEM_FIELDS = (
    "code",
    "name",
    "aliases",
    "lead_id",
    "enforcement_body",
    "first_level",
    "respond",
    "resolve",
    "closing_standard",
    "basis",
    "needs_photo",
    "is_sensitive",
    "icon",
    "is_common",
    "is_resident_tile",
    "initials",
    "digest",
)


def copy_rows(model: type[T], base: ListVersion, version: ListVersion, names: tuple[str, ...]) -> dict[str, T]:
    """Copy categories or grades; answers them by code."""
    rows = model.objects.filter(version=base).values(*names)
    made = model.objects.bulk_create(model(version=version, **row) for row in rows)
    return {row.code: row for row in made}


def copy_items(
    items: Iterable[DutyItem], version: ListVersion, categories: dict[str, Category], grades: dict[str, Grade]
) -> list[DutyItem]:
    """Copy items, loaded with category and grade, and their assisting departments. Three queries."""
    old = list(items)
    made = DutyItem.objects.bulk_create(
        DutyItem(
            version=version,
            category=categories[item.category.code],
            grade=grades[item.grade.code],
            **{name: getattr(item, name) for name in ITEM_FIELDS},
        )
        for item in old
    )
    link = DutyItem.assisting.through
    new_id = {before.pk: after.pk for before, after in zip(old, made, strict=True)}
    link.objects.bulk_create(
        link(dutyitem_id=new_id[row.dutyitem_id], department_id=row.department_id)
        for row in link.objects.filter(dutyitem_id__in=new_id)
    )
    return made
