"""The fields of a step's form, one method for each name in a table's `needs` and `takes`; and the form made of them.

An app subclasses `StepFields` for one kind of thing. A field stands in the form because the table asks for it, never
because a page does.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from django import forms
from django.utils.translation import gettext_lazy as _

from core.text import Text
from core.web.forms import LongText, StepForm


class Asking(Protocol):
    """What a step of any table says of its fields."""

    @property
    def name(self) -> str: ...
    @property
    def needs(self) -> tuple[str, ...]: ...
    @property
    def takes(self) -> tuple[str, ...]: ...


S = TypeVar("S", bound=Asking)
P = TypeVar("P")
F = TypeVar("F", bound=StepForm)


class StepFields(Generic[S, P]):
    """Makes the fields of one step for the page of one thing; a method may make several at once."""

    order: ClassVar[tuple[str, ...]]
    """All names, in the order in which they are asked."""
    note_labels: ClassVar[Mapping[str, Text]] = {}
    """What the note of a step is called, by its name."""
    note_label: ClassVar[Text] = _("情况")

    def __init__(self, step: S, page: P) -> None:
        self.step, self.page = step, page

    def make(self) -> dict[str, forms.Field]:
        """The fields of the step in the order in which they are asked."""
        found: dict[str, forms.Field] = {}
        for name in (name for name in self.order if name in (*self.step.needs, *self.step.takes)):
            made: forms.Field | dict[str, forms.Field] = getattr(self, name)()
            found |= made if isinstance(made, dict) else {name: made}
        return found

    def needed(self, name: str) -> bool:
        return name in self.step.needs

    def note(self) -> forms.Field:
        label = self.note_labels.get(self.step.name, self.note_label)
        return LongText(4, label=str(label), required=self.needed("note"))


def form_of(base: type[F], attributes: Mapping[str, Any], version: int, data: Any = None, files: Any = None) -> F:
    """A form of `base` with the fields of a step, for a reader who saw `version`; bound when `data` is given."""
    made: type[F] = type(f"Made{base.__name__}", (base,), dict(attributes))
    return made(data, files, initial={"version": version}, auto_id="f_%s")
