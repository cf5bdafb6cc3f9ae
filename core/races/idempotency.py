"""Sent twice, made once.

The key row is written in the same transaction as the effect: either both exist or neither. A second
request with the same key waits for the first and gets its result; the same key with another body is
refused. Words sent again without the files that came with them are the same body: a form whose answer
was lost keeps its words and its key (`static/js/draft.js`), but never its files.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.core.files.base import File
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from core.errors import Refused
from core.locks import require_atomic
from core.models import IdempotencyKey
from core.rows.prepared import Insert, Read, Update

_NEW = Insert(IdempotencyKey, ignore_conflicts=True)
_LOCKED = Read(IdempotencyKey.objects.select_for_update(), "owner", "key")
_FINISH = Update(IdempotencyKey.objects.all(), "pk")
HALF = 32
NO_FILES = "0" * HALF
DEVICE_TIME_LENGTH, FIRST_PHONES, LAST_YEAR = 40, 2000, 2199
NOT_BODY = frozenset({"csrfmiddlewaretoken", "idempotency_key", "device_at"})
KEY_LENGTH = 64


class KeyReused(Refused):
    """The same idempotency key came with another body."""

    code = "idempotency_key_reused"


@dataclass(frozen=True)
class Once:
    """What makes a creating form idempotent: whose key, the key, and the body it came with.

    `device_at` is when the button was pressed by the clock of the phone that kept the form; limits never run from it.
    """

    owner: str
    key: str
    body: Mapping[str, object]
    device_at: datetime | None = None

    def part(self, name: str) -> "Once":
        """For one of several things that the same press makes."""
        return replace(self, key=f"{self.key}:{name}"[:KEY_LENGTH])


@dataclass(slots=True)
class Slot:
    """The claimed key; `result` is None the first time and the stored answer on a replay."""

    pk: int
    result: str | None

    def finish(self, result: str) -> None:
        """Store the answer that a replay will get."""
        _FINISH.run(self.pk, result=result)
        self.result = result


def claim(owner: str, key: str, body: Mapping[str, object]) -> Slot:
    """Claim `key` for `owner` (a user, a door: "user:7", "resident:<token>") inside `atomic()`.

    Raises KeyReused (422) when the key was used with another body. Files count by their content.
    """
    require_atomic("idempotency.claim")
    digest = _digest(body)
    fresh = IdempotencyKey(owner=owner, key=key, body_sha256=digest)
    if _NEW.run(fresh):
        return Slot(pk=fresh.pk, result=None)
    row = _LOCKED.get(owner, key)
    if not _is_said_again(row.body_sha256, digest):
        raise KeyReused(_("这份表单刚才已经提交过，这次内容不同。要作为新的一份提交，请再按一次。"))
    return Slot(pk=row.pk, result=row.result)


def once_of(request: HttpRequest, owner: str, key: str) -> Once:
    """The key of a posted form with everything that came with it; files count by their content."""
    body = {**dict(request.POST.lists()), **dict(request.FILES.lists())}
    return Once(owner, key, body, device_time(request.POST.get("device_at", "")))


def device_time(said: str) -> datetime | None:
    """What a phone says of its time, an ISO moment with its zone; None where it says nothing that is one."""
    try:
        moment = datetime.fromisoformat(said[:DEVICE_TIME_LENGTH])
    except ValueError:
        return None
    is_sane = moment.tzinfo is not None and FIRST_PHONES <= moment.year <= LAST_YEAR
    return moment if is_sane else None


def purge(before: datetime) -> int:
    """Forget keys claimed before `before`; returns how many."""
    return IdempotencyKey.objects.filter(created_at__lt=before).delete()[0]


def _digest(body: Mapping[str, object]) -> str:
    """The first halves of two SHA-256: of the words and of the files; as many zeros where there are none."""
    items: Mapping[str, object] = dict(body.lists()) if isinstance(body, MultiValueDict) else body
    given = {str(name): value for name, value in items.items() if name not in NOT_BODY and value != []}
    files = {name: _plain(value) for name, value in given.items() if _is_files(value)}
    words = {name: _plain(value) for name, value in given.items() if name not in files}
    return _half(words) + (_half(files) if files else NO_FILES)


def _half(plain: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:HALF]


def _is_files(value: object) -> bool:
    parts = value if isinstance(value, list | tuple) else [value]
    return all(isinstance(part, File) for part in parts)


def _is_said_again(first: str, again: str) -> bool:
    return again == first or (again[:HALF] == first[:HALF] and again[HALF:] == NO_FILES)


def _plain(value: object) -> object:
    if isinstance(value, File):
        content = hashlib.sha256()
        for chunk in value.chunks():
            content.update(chunk)
        value.seek(0)
        return content.hexdigest()
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value if value is None or isinstance(value, bool | int) else str(value)
