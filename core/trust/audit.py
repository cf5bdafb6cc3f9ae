"""The trail: one append-only row per act that somebody may have to answer for.

Only writes, and only acts that `core.trust.acts` has words for; who may read the trail is the audit page's business.
Details hold ids and codes, never names, phones or addresses of residents; numbers in words of a person are masked.
"""

from collections.abc import Mapping
from typing import Protocol

from django.db.models import Model
from structlog.contextvars import get_contextvars

from core.models import AuditEntry
from core.text import printable
from core.trust import acts
from core.trust.numbers import shown

MAX_TEXT = 500


class Actor(Protocol):
    """What the trail needs of a user: an id (None: not signed in), and `str()` as the name to show."""

    @property
    def pk(self) -> int | None: ...


def record(verb: str, obj: Model | None, *, actor: Actor | None, **detail: object) -> AuditEntry:
    """Append one entry in the caller's transaction; `actor` None means the system or a resident.

    Raises ValueError for an act, or a detail of one, that nobody declared.
    """
    acts.check(verb, detail)
    return AuditEntry.objects.create(
        verb=verb,
        actor_id=None if actor is None else actor.pk,
        actor_label="" if actor is None or actor.pk is None else printable(str(actor))[:150],
        object_type="" if obj is None else obj._meta.label_lower,
        object_id="" if obj is None else str(obj.pk),
        detail={name: _plain(value) for name, value in detail.items()},
        request_id=str(get_contextvars().get("request_id", "")),
    )


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, Mapping):
        return {printable(str(name)): _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(part) for part in value]
    return shown(printable(str(value)))[:MAX_TEXT]
