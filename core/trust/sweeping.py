"""Looks through everything that is stored for identity numbers, encrypted or not, and says where one stands, never
what it is. Run it once after an upgrade to a release that refuses them, and whenever somebody doubts.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from core.trust.identity import Finder

BATCH = 2000
DIGEST = 64
"""Characters of a digest in hexadecimal: what stands in such a column was never typed."""
TEXTS = (models.CharField, models.TextField, models.JSONField)
NOT_TYPED = frozenset({"password", "session_data", "session_key", "token", "sha256", "path", "words"})
"""Columns that code fills; `words` is made of columns that are looked at themselves."""


@dataclass(frozen=True)
class Found:
    """One row that holds an identity number in one column."""

    table: str
    pk: object
    column: str

    def __str__(self) -> str:
        return f"{self.table} {self.pk}: {self.column}"


def sweep() -> Iterator[Found]:
    """Every row with an identity number, table by table, in constant memory."""
    finder = Finder()
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            yield from _swept(model, finder)


def _swept(model: type[models.Model], finder: Finder) -> Iterator[Found]:
    names = [field.attname for field in model._meta.local_concrete_fields if _is_text(field)]
    if not names:
        return
    rows = model._base_manager.order_by("pk").values_list("pk", *names)
    for pk, *values in rows.iterator(chunk_size=BATCH):
        for name, value in zip(names, values, strict=True):
            if value and finder.finds(_text(value)):
                yield Found(model._meta.label, pk, name)


def _is_text(field: "models.Field[Any, Any]") -> bool:
    if not isinstance(field, TEXTS) or field.attname in NOT_TYPED:
        return False
    return field.max_length != DIGEST and not field.choices


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
