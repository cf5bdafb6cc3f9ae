"""The form of each step of the workflow, made from the table: what it needs is required, what it takes is offered."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from core.process.step_fields import form_of
from core.web.forms import StepForm
from issues.dossier.reading import Dossier
from issues.models import Reply
from issues.stepping.replies import offered
from issues.stepping.step_fields import TicketFields
from issues.workflow import Transition

SHARE = "share_"
LOOKS: Mapping[str, str] = {"reason": "list", "assisting": "list", "invited": "list", "exclusion_reason": "list"}


class ActionForm(StepForm):
    """The form of a step of a ticket."""

    @property
    def values(self) -> dict[str, Any]:
        """Also the shares of assisting departments as one."""
        given = super().values
        shares = {int(name.removeprefix(SHARE)): given.pop(name) for name in list(given) if name.startswith(SHARE)}
        return given | ({"shares": shares} if shares else {})

    @property
    def rows(self) -> list[tuple[forms.BoundField, str]]:
        """Visible fields with the look of their choices."""
        return [(field, LOOKS.get(field.name, "")) for field in self.visible_fields()]


def form_for(step: Transition, dossier: Dossier, data: Any = None, files: Any = None) -> ActionForm:
    """The form of `step` on a ticket; bound when `data` is given."""
    fields = TicketFields(step, dossier).make()
    texts = texts_of(offered(dossier.reader, dossier.ticket, step.name)) if "note" in fields else {}
    return form_of(ActionForm, with_replies(fields, texts), dossier.ticket.version, filled(data, texts), files)


def texts_of(replies: Iterable[Reply]) -> dict[str, str]:
    """Standard replies as the choice beside a note takes them."""
    return {str(reply.pk): reply.text for reply in replies}


def with_replies(fields: Mapping[str, forms.Field], texts: Mapping[str, str]) -> dict[str, forms.Field]:
    """`fields` with the choice of standard replies right before the note."""
    if not texts:
        return dict(fields)
    reply = forms.ChoiceField(
        label=gettext_lazy("常用语"),
        required=False,
        choices=[("", gettext_lazy("选一句填进下面")), *texts.items()],
        widget=forms.Select({"data-fills": "note"}),
    )
    at = list(fields).index("note")
    return dict([*list(fields.items())[:at], ("reply", reply), *list(fields.items())[at:]])


def filled(data: Any, texts: Mapping[str, str]) -> Any:
    """What was sent, with the chosen reply as the note where nobody wrote one: it works without JavaScript."""
    if data is None or str(data.get("note") or "").strip() or data.get("reply") not in texts:
        return data
    filled = data.copy()
    filled["note"] = texts[data["reply"]]
    return filled
