"""The form of each step of the workflow, made from the table: what it needs is required, what it takes is offered."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from core.forms import IdempotentForm
from issues.dossier import Dossier
from issues.step_fields import StepFields
from issues.workflow import Transition

VERSION_MAX = 2**31 - 1
EXPIRED = gettext_lazy("页面已过期，请刷新后重新提交")
SHARE = "share_"
LOOKS: Mapping[str, str] = {"reason": "list", "assisting": "list", "invited": "list", "exclusion_reason": "list"}


class ActionForm(IdempotentForm):
    """The version its reader saw; `form_for` adds the fields of a step.

    A press without an idempotency key is taken too: what moves a ticket is safe by its version.
    """

    version = forms.IntegerField(
        min_value=1,
        max_value=VERSION_MAX,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), EXPIRED),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["idempotency_key"].required = False

    @property
    def values(self) -> dict[str, Any]:
        """What `actions.apply` takes as fields: everything that was filled in."""
        given = {k: v for k, v in self.cleaned_data.items() if k not in ("idempotency_key", "version", "photos")}
        shares = {int(k.removeprefix(SHARE)): v for k, v in given.items() if k.startswith(SHARE) and v}
        plain = {k: v for k, v in given.items() if not k.startswith(SHARE) and v not in (None, "", [], False)}
        return plain | ({"shares": shares} if shares else {})

    @property
    def seen(self) -> int:
        return int(self.cleaned_data["version"])

    @property
    def rows(self) -> list[tuple[forms.BoundField, str]]:
        """Visible fields with the look of their choices."""
        return [(field, LOOKS.get(field.name, "")) for field in self.visible_fields()]


def form_for(step: Transition, dossier: Dossier, data: Any = None, files: Any = None) -> ActionForm:
    """The form of `step` on a ticket; bound when `data` is given."""
    made: type[ActionForm] = type("StepForm", (ActionForm,), StepFields(step, dossier).make())
    return made(data, files, initial={"version": dossier.ticket.version}, auto_id="f_%s")
