"""Keyset pagination: the cost of a page does not grow with its distance from the first.

A cursor is opaque to its reader and holds the ordering values of one row and a direction. It carries
no authority: the queryset is scoped by the caller; a cursor that cannot be read is the first page.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Generic, TypeVar

import structlog
from django.core.exceptions import FieldDoesNotExist, FieldError, ValidationError
from django.db.models import F, Model, Q, QuerySet

from core.text import is_clean

M = TypeVar("M", bound=Model)
MAX_CURSOR = 1000
BIGGEST = 2**63 - 1

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Rows in order, with the cursors of the neighbouring pages (None: there is no such page)."""

    rows: list[M]
    next: str | None
    previous: str | None


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    descending: bool
    nullable: bool

    def ordering(self, *, backwards: bool) -> Any:
        descending = self.descending != backwards
        if not self.nullable:
            return F(self.name).desc() if descending else F(self.name).asc()
        # Rows without a value come last, whichever engine and whichever way.
        if descending:
            return F(self.name).desc(nulls_first=True) if backwards else F(self.name).desc(nulls_last=True)
        return F(self.name).asc(nulls_first=True) if backwards else F(self.name).asc(nulls_last=True)

    def beyond(self, value: object, *, backwards: bool) -> Q | None:
        """Rows strictly past `value` in this column; None when there can be none."""
        if value is None:
            return Q(**{f"{self.name}__isnull": False}) if backwards else None
        past = Q(**{f"{self.name}__{'lt' if self.descending != backwards else 'gt'}": value})
        return past | Q(**{f"{self.name}__isnull": True}) if self.nullable and not backwards else past

    def same(self, value: object) -> Q:
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})


def page_of(
    queryset: QuerySet[M], order: tuple[str, ...] = ("due_at", "id"), after: str = "", size: int = 50
) -> Page[M]:
    """Return the page of `queryset` that the cursor `after` names, ordered by `order`.

    `order` must end in a unique column; "-name" descends; related columns ("grid__code") work.
    """
    return page_of_runs([queryset], order, after, size)


def page_of_runs(runs: Sequence[QuerySet[M]], order: tuple[str, ...], after: str = "", size: int = 50) -> Page[M]:
    """`page_of` for a list that is given as runs, all of each before all of the next in `order`.

    An index that holds the order within the runs, but not of the whole, answers for each of them.
    """
    if not runs:
        return Page([], None, None)
    columns = [_column(runs[0], name) for name in order]
    backwards, values = position(after, len(columns))
    if values is not None:
        try:
            return _page(runs, columns, values, backwards, size)
        except (ValueError, TypeError, ValidationError, FieldError):
            log.info("cursor_does_not_fit", model=runs[0].model._meta.label_lower)
    return _page(runs, columns, None, False, size)


def in_page_order(queryset: QuerySet[M], order: tuple[str, ...]) -> QuerySet[M]:
    """The rows as pages list them: what is read of it from the front, `first_page` cuts."""
    return queryset.order_by(*(_column(queryset, name).ordering(backwards=False) for name in order))


def first_page(found: list[M], order: tuple[str, ...], size: int = 50) -> Page[M]:
    """The first page of a list that begins with `found`, of which one row more than the page holds was asked for."""
    rows = found[:size]
    return Page(rows, _encode(order, rows[-1], backwards=False) if len(found) > size else None, None)


def _page(
    runs: Sequence[QuerySet[M]], columns: list[_Column], values: list[object] | None, backwards: bool, size: int
) -> Page[M]:
    found: list[M] = []
    for run in reversed(runs) if backwards else runs:
        rows = run.order_by(*(column.ordering(backwards=backwards) for column in columns))
        if values is not None:
            rows = rows.filter(_past(columns, values, backwards=backwards))
        found += rows[: size + 1 - len(found)]
        if len(found) > size:
            break
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([], None, None)
    has_next, has_previous = (True, more) if backwards else (more, values is not None)
    order = tuple(column.name for column in columns)
    return Page(
        found,
        _encode(order, found[-1], backwards=False) if has_next else None,
        _encode(order, found[0], backwards=True) if has_previous else None,
    )


def _past(columns: list[_Column], values: list[object], *, backwards: bool) -> Q:
    past = Q(pk__in=[])
    for column, value in zip(reversed(columns), reversed(values), strict=True):
        beyond = column.beyond(value, backwards=backwards)
        past = column.same(value) & past
        if beyond is not None:
            past = beyond | past
    return past


def _column(queryset: QuerySet[M], name: str) -> _Column:
    bare = name.removeprefix("-")
    nullable, model = False, queryset.model
    try:
        for part in bare.split("__"):
            field = model._meta.get_field("id" if part == "pk" else part)
            nullable = nullable or bool(getattr(field, "null", False))
            model = field.related_model or model  # type: ignore[assignment]  # walks relations by name
    except FieldDoesNotExist:
        nullable = bare in queryset.query.annotations
    return _Column(bare, name.startswith("-"), nullable)


def _encode(order: Sequence[str], row: Model, *, backwards: bool) -> str:
    values = [_tagged(_value(row, name.removeprefix("-"))) for name in order]
    text = json.dumps([int(backwards), *values], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _value(row: Model, path: str) -> object:
    found: Any = row
    for part in path.split("__"):
        found = None if found is None else getattr(found, part)
    return found.pk if isinstance(found, Model) else found


def _tagged(value: object) -> list[object]:
    if isinstance(value, datetime):
        return ["t", value.isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, Decimal):
        return ["n", str(value)]
    if value is None or isinstance(value, bool | int | float):
        return ["v", value]
    return ["s", str(value)]


def _untagged(tag: object, value: object) -> object:
    if tag == "v" and (value is None or isinstance(value, bool | int | float)) and abs(value or 0) <= BIGGEST:
        return value
    if isinstance(value, str) and is_clean(value):
        if tag == "s":
            return value
        if tag == "n" and (number := Decimal(value)).is_finite():
            return number
        if tag in ("t", "d"):
            moment = datetime.fromisoformat(value) if tag == "t" else date.fromisoformat(value)
            if 1900 <= moment.year <= 2200:
                return moment
    raise ValueError("not a cursor value")


def position(cursor: str, width: int) -> tuple[bool, list[object] | None]:
    """Whether `cursor` leads backwards, and the ordering values it holds; None when it is empty or malformed."""
    if not cursor or len(cursor) > MAX_CURSOR:
        return False, None
    try:
        parsed = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"==="))
        backwards, *parts = parsed
        values = [_untagged(tag, value) for tag, value in parts]
    except (ValueError, TypeError, binascii.Error, InvalidOperation, RecursionError):
        return False, None
    return (bool(backwards), values) if len(values) == width else (False, None)
