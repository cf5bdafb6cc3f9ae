"""Masked data shown in full: for one of a few stated reasons, on one answer, with the look on the audit trail.

Who may look is the business of the app that owns the data.
"""

from django import forms
from django.db import transaction
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.trust import audit
from core.trust.audit import Actor
from core.web.forms import CleanForm

REASONS: dict[str, str | Promise] = {
    "ask": _("核实情况"),
    "visit": _("约定上门"),
    "reply": _("回访答复"),
    "other": _("其他工作需要"),
}


class RevealForm(CleanForm):
    """Why the full data are needed; kept in the audit trail. Shown by `components/reveal.html`."""

    reason = forms.ChoiceField(label=_("查看原因"), choices=list(REASONS.items()))


def record(verb: str, obj: Model, *, actor: Actor, reason: str, **detail: object) -> None:
    """Put one look at `obj` on the trail; call it before the data leave the database."""
    with transaction.atomic():
        audit.record(verb, obj, actor=actor, reason=reason, **detail)
