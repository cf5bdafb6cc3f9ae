"""What was stored before numbers were masked: every column of free words as it would be written today.

Works like `core.trust.rekeying`: in batches, resumable, beside the installation; what is masked already is left alone.
"""

from collections.abc import Callable, Iterator

from django.apps import apps
from django.db import transaction

from core.registry import Registry
from core.trust import audit
from core.trust.freetext import FreeJSONField, FreeTextField
from core.trust.rekeying import Turned, rewrite

FOLLOWERS: Registry[Callable[[], None]] = Registry("what is made of free words, made anew")


def veil() -> Iterator[Turned]:
    """Every column of free words with its numbers masked and sealed, then what is made of them."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, FreeTextField | FreeJSONField):
                yield rewrite(model, field.attname, field.attname, field.swept)
    for follow in FOLLOWERS:
        follow()
    with transaction.atomic():
        audit.record("core.veiled", None, actor=None)
