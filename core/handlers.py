"""Outbox handlers of core itself: the engine's self-test."""

from django.utils.translation import gettext_lazy as _

from core.jobs import outbox
from core.trust import audit


@outbox.handles("core.echo", label=_("自检"))
def echo(payload: dict[str, object]) -> None:
    """Leave one audit entry; proves end to end that a row is handled exactly once."""
    audit.record("core.echo", None, actor=None, n=payload.get("n"))
