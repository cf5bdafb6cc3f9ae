"""The only code that writes policy documents: adds them, corrects them, repeals them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from admission.library.pdf import Pdf
from admission.models import Policy, PolicyWords
from admission.workflow.rules import start_of
from core import clock
from core.errors import Conflict, Refused
from core.jobs import outbox
from core.races.idempotency import Once
from core.races.idempotency import claim as claim_key
from core.rows.bigrams import text_of
from core.trust import audit
from members.models import User

ENDED = "admission.policy_ended"
"""Outbox topic: a document holds no more from a day on."""


@dataclass(frozen=True)
class Document:
    """What a document says of itself."""

    title: str
    issuer: str
    number: str
    valid_from: date
    edition: str = ""
    valid_until: date | None = None
    text: str = ""
    item_codes: Sequence[str] = ()
    file: Pdf | None = None


def add(*, document: Document, user: User, once: Once) -> Policy:
    """Add a document. Raises `Conflict` when this number and edition is there already, `KeyReused`."""
    now = clock.now()
    with transaction.atomic():
        slot = claim_key(once.owner, once.key, once.body)
        if slot.result:
            return Policy.objects.get(pk=int(slot.result))
        policy = Policy(added_by=user, added_at=now, changed_at=now)
        _fill(policy, document)
        _save(policy)
        audit.record("policy.added", policy, actor=user, number=policy.number)
        slot.finish(str(policy.pk))
    return policy


def change(*, policy: Policy, document: Document, version: int, user: User, once: Once) -> Policy:
    """Correct what is said of a document; a repealed one stays as it was. Raises `Conflict`, `Refused`."""
    with transaction.atomic():
        slot = claim_key(once.owner, once.key, once.body)
        row = _locked(policy, version, is_replay=slot.result is not None)
        if slot.result is None:
            _fill(row, document)
            row.version, row.changed_at = row.version + 1, clock.now()
            _save(row)
            audit.record("policy.changed", row, actor=user, number=row.number)
            slot.finish(str(row.version))
    return row


def repeal(*, policy: Policy, on: date, note: str, version: int, user: User, once: Once) -> Policy:
    """Say from which day on it holds no more; that day starts the exit of what rests on it."""
    with transaction.atomic():
        slot = claim_key(once.owner, once.key, once.body)
        row = _locked(policy, version, is_replay=slot.result is not None)
        if slot.result is None:
            row.repealed_on, row.repeal_note = on, note
            row.version, row.changed_at = row.version + 1, clock.now()
            row.save()
            audit.record("policy.repealed", row, actor=user, number=row.number, on=on)
            _watch(row)
            slot.finish(str(row.version))
    return row


def _locked(policy: Policy, version: int, *, is_replay: bool) -> Policy:
    row = Policy.objects.select_for_update().get(pk=policy.pk)
    if is_replay:
        return row
    if row.version != version:
        raise Conflict(_("别人刚刚改过这份文件，请看过最新内容再改"))
    if row.repealed_on is not None:
        raise Refused(_("已登记废止，不能再改"))
    return row


def _fill(policy: Policy, document: Document) -> None:
    for name in ("title", "issuer", "number", "edition", "valid_from", "valid_until", "text"):
        setattr(policy, name, getattr(document, name))
    policy.item_codes = list(document.item_codes)
    if document.file is not None:
        policy.file_path, policy.file_bytes = _stored(document.file), len(document.file.content)


def _save(policy: Policy) -> None:
    try:
        with transaction.atomic():
            policy.save()
    except IntegrityError as error:
        raise Conflict(_("文号“%(number)s”的这个版本已经在库里") % {"number": policy.number}) from error
    words = text_of([policy.title, policy.issuer, policy.number, *policy.item_codes, policy.text])
    PolicyWords.objects.update_or_create(policy=policy, defaults={"text": words})
    _watch(policy)


def _watch(policy: Policy) -> None:
    """A row for the day on which it holds no more."""
    if policy.over_on is not None:
        at = max(start_of(policy.over_on), clock.now())
        payload = {"policy": policy.pk, "on": str(policy.over_on)}
        outbox.enqueue(ENDED, payload, key=f"policy:{policy.pk}:{policy.over_on}", at=at)


def _stored(file: Pdf) -> str:
    name = f"policies/{hashlib.sha256(file.content).hexdigest()}.pdf"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(file.content))
    return name
