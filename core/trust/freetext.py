"""What people write in their own words: read by everybody with its telephones masked, in full by who has a reason.

A column of such words gives `FreeText`, a text whose characters are the masked ones; lists, papers, files, notices,
logs and searches made of it can therefore not leak. What was written is sealed beside it and comes out by `.full`, on
an answer whose look is on the trail (`unveil`, after `core.web.reveal.record`). Identity numbers are kept nowhere.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.query_utils import DeferredAttribute

from core.trust.numbers import masked, numbers_in, shown, without_identity
from core.trust.privacy import EncryptedTextField, decrypt, encrypt, reencrypted

SEAL: Final = "\x1f"
"""Parts what is shown from what is sealed in a column; forms take no such character (`core.text`)."""


class FreeText(str):
    """Words with their numbers masked; `sealed` are those that were written, encrypted, where the two differ."""

    sealed: str

    def __new__(cls, text: str, sealed: str = "") -> "FreeText":
        made = super().__new__(cls, text)
        made.sealed = sealed
        return made

    @cached_property
    def full(self) -> str:
        """What was written. Raises UnreadableField when no key fits."""
        return decrypt(self.sealed) if self.sealed else str(self)

    def restored(self, text: str) -> str:
        """`text` that was made from these words as they are shown: a masked number that came back is itself again."""
        for mask, number in numbers_in(self.full) if self.sealed else ():
            text = text.replace(mask, number, 1)
        return text

    @property
    def stored(self) -> str:
        return f"{self}{SEAL}{self.sealed}" if self.sealed else str(self)


def written(text: str) -> FreeText:
    """`text` as it is shown and kept."""
    if isinstance(text, FreeText):
        return text
    kept = without_identity(text.replace(SEAL, ""))
    veiled = shown(kept)
    return FreeText(veiled, "" if veiled == kept else encrypt(kept))


def read(stored: str) -> FreeText:
    """The words of a column."""
    text, _seal, sealed = stored.partition(SEAL)
    return FreeText(text, sealed)


def each(value: Any, turn: Callable[[str], str]) -> Any:
    """`value`, a text or one of a JSON column, with every text in it turned."""
    if isinstance(value, str):
        return turn(value)
    if isinstance(value, dict):
        return {key: each(part, turn) for key, part in value.items()}
    return [each(part, turn) for part in value] if isinstance(value, list | tuple) else value


class _Assigned(DeferredAttribute):
    """Turns what is assigned into words as everybody reads them; masked numbers given back change nothing."""

    def __set__(self, row: models.Model, value: Any) -> None:
        name = self.field.attname
        held = row.__dict__.get(name)
        if isinstance(held, FreeText) and isinstance(value, str) and not isinstance(value, FreeText):
            value = held.restored(value)
        row.__dict__[name] = each(value, written)


if TYPE_CHECKING:
    _Text = models.TextField[str, str]
else:  # Django's fields take no type parameters at run time
    _Text = models.TextField


class FreeTextField(_Text):
    """Words in a column that the database may read, but for the numbers in it."""

    descriptor_class = _Assigned

    def get_prep_value(self, value: Any) -> Any:
        prepared = value if isinstance(value, FreeText) else super().get_prep_value(value)
        return _stored(prepared) if isinstance(prepared, str) else prepared

    def from_db_value(self, value: str | None, _expression: Any, _connection: BaseDatabaseWrapper) -> FreeText | None:
        return None if value is None else read(value)

    def swept(self, stored: str) -> str:
        """What the column should hold where it holds `stored`."""
        return _swept(stored)

    def rekeyed(self, stored: str) -> str:
        """`stored` under the newest key."""
        return _rekeyed(stored)


class EncryptedFreeTextField(EncryptedTextField):
    """Words in a column that only ever holds them encrypted."""

    descriptor_class = _Assigned

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(value.full if isinstance(value, FreeText) else value)

    def from_db_value(self, value: str | None, expression: Any, connection: BaseDatabaseWrapper) -> FreeText | None:
        text = super().from_db_value(value, expression, connection)
        if text is None:
            return None
        veiled = masked(text)
        return FreeText(veiled, "" if veiled == text else str(value))


class FreeJSONField(models.JSONField):
    """Facts among which words may stand, kept like those of a `FreeTextField`."""

    descriptor_class = _Assigned

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(each(value, _stored))

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        return each(super().from_db_value(value, expression, connection), read)

    def swept(self, stored: str) -> str:
        """What the column should hold where it holds `stored`."""
        return _turned(stored, _swept)

    def rekeyed(self, stored: str) -> str:
        """`stored` under the newest key."""
        return _turned(stored, _rekeyed)


FREE = (FreeTextField, EncryptedFreeTextField, FreeJSONField)


def _stored(text: str) -> str:
    return written(text).stored


def _swept(stored: str) -> str:
    return stored if SEAL in stored else _stored(stored)


def _rekeyed(stored: str) -> str:
    text = read(stored)
    return FreeText(text, reencrypted(text.sealed)).stored if text.sealed else stored


def _turned(stored: str, turn: Callable[[str], str]) -> str:
    facts = json.loads(stored)
    new = each(facts, turn)
    return stored if new == facts else json.dumps(new)


def is_veiled(*rows: models.Model | None) -> bool:
    """Whether something in `rows` is masked."""
    return any(text.sealed for row, name in _held(rows) for text in _texts(row.__dict__[name]))


def unveil(*rows: models.Model | None) -> None:
    """Let `rows` say in full what was written, for one answer. The look is on the trail already."""
    for row, name in _held(rows):
        row.__dict__[name] = each(row.__dict__[name], lambda text: text.full if isinstance(text, FreeText) else text)


def without_seals(row: models.Model) -> dict[str, Any]:
    """The columns of `row` in which something is sealed, as they stand once it is forgotten."""
    sealed = ((name, row.__dict__[name]) for _row, name in _held([row]))
    return {name: each(value, str) for name, value in sealed if any(text.sealed for text in _texts(value))}


def _held(rows: Iterable[models.Model | None]) -> Iterator[tuple[models.Model, str]]:
    """The columns of `rows` that hold what people write, as far as they were read."""
    for row in filter(None, rows):
        for field in row._meta.concrete_fields:
            if isinstance(field, FREE) and field.attname in row.__dict__:
                yield row, field.attname


def _texts(value: Any) -> Iterator[FreeText]:
    if isinstance(value, FreeText):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
