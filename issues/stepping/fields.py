"""Form fields of ticket pages: a list item found by any of its names, a department. No ticket rules."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.text import Text, code_of
from duties.lists.queries import search
from duties.models import DutyItem, ListVersion
from issues.attributes import BY_NAME
from issues.learning.suggesting import Suggestion, suggest
from issues.models import Ticket
from members.models import Department, User

CODE = re.compile(r"[A-Z]{1,2}[0-9]{2,3}(?![0-9A-Za-z])", re.ASCII)
SUGGESTED = 3
ITEM_TEXT_MAX = 80


def asked(name: str, *, label: Text = "", **more: Any) -> forms.CharField:
    """The field in which an attribute of a ticket (`issues.attributes`) may be given, as long as its column holds."""
    column: Any = Ticket._meta.get_field(name)
    called: Any = label or BY_NAME[name].label
    return forms.CharField(label=called, required=False, max_length=column.max_length, **more)


def example_of(name: str) -> forms.TextInput:
    """An input that shows what might be written there."""
    return forms.TextInput({"placeholder": BY_NAME[name].example})


class ItemInput(forms.TextInput):
    """A text input with the list as suggestions, and what the words point to to be picked; works without JavaScript."""

    template_name = "issues/parts/item_input.html"

    def __init__(self, items: Sequence[DutyItem], hints: Sequence[Suggestion]) -> None:
        super().__init__({"autocomplete": "off"})
        self.items, self.hints = items, hints

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """What was picked, else what was typed."""
        return data.get(f"{name}_pick") or super().value_from_datadict(data, files, name)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        list_id = f"{context['widget']['attrs'].get('id', name)}_items"
        context["widget"]["attrs"]["list"] = list_id
        return context | {"items": self.items, "list_id": list_id, "hints": self.hints}


class ItemField(forms.CharField):
    """An item of one list version, by code or its whole name; cleans to the DutyItem.

    What else is typed, a popular name or pinyin initials, only offers the lines that it may mean: words bind no line
    that nobody has chosen.

    `kept` is what the ticket has already, perhaps under an older version: its code cleans to that very line.
    What the words `said` point to is offered beside the input.
    """

    def __init__(self, version: ListVersion, *, kept: DutyItem | None = None, said: str = "", **kwargs: Any) -> None:
        self.version, self.kept = version, kept
        self.items = list(DutyItem.objects.filter(version=version).select_related("grade", "version").order_by("code"))
        hints = [hint for hint in suggest(said, self.items) if kept is None or hint.item.code != kept.code]
        kwargs.setdefault("help_text", gettext_lazy("输入编号、名称或群众叫法"))
        super().__init__(max_length=ITEM_TEXT_MAX, widget=ItemInput(self.items, hints), **kwargs)

    def clean(self, value: Any) -> DutyItem | None:
        text = super().clean(value)
        if not text:
            return None
        code = CODE.match(code_of(text))
        by_code = {item.code: item for item in self.items}
        if code and self.kept is not None and code[0] == self.kept.code:
            return self.kept
        if code and code[0] in by_code:
            return by_code[code[0]]
        named = [item for item in self.items if item.name == text]
        if named:
            return named[0]
        hits = search(self.version, text)
        if not hits:
            raise ValidationError(_("清单里没有“%(text)s”，换个说法试试"), code="unknown", params={"text": text[:20]})
        widget: Any = self.widget
        widget.hints = [
            Suggestion(by_code[hit.item.code], _alias(hit.alias), is_named=True) for hit in hits[:SUGGESTED]
        ]
        raise ValidationError(_("清单里相近的列在下面，请选出是哪一项"), code="choose")


def _alias(alias: str) -> str:
    return _("群众叫“%(alias)s”") % {"alias": alias} if alias else ""


def departments_for(ticket: Ticket) -> list[Department]:
    """Departments that may be sent a ticket: offices of its township first, then the county's. One query."""
    rows = Department.objects.filter(retired_at__isnull=True)
    rows = rows.filter(Q(township=ticket.township_id) | Q(township__isnull=True))
    return sorted(rows, key=lambda d: (d.township_id is None, d.code))


def department_groups(departments: Iterable[Department]) -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for department in departments:
        group = _("本镇机构") if department.township_id else _("县级部门")
        groups.setdefault(group, []).append((department.code, str(department)))
    return list(groups.items())


class DepartmentField(forms.TypedChoiceField):
    """One department out of those on offer; cleans to the Department."""

    def __init__(self, departments: Sequence[Department], **kwargs: Any) -> None:
        by_code = {d.code: d for d in departments}
        choices: list[Any] = [("", gettext_lazy("请选择")), *department_groups(departments)]
        super().__init__(choices=choices, coerce=by_code.__getitem__, empty_value=None, **kwargs)


class DepartmentsField(forms.TypedMultipleChoiceField):
    """Several departments; cleans to a list."""

    def __init__(self, departments: Sequence[Department], **kwargs: Any) -> None:
        by_code = {d.code: d for d in departments}
        choices = [(key, str(d)) for key, d in by_code.items()]
        super().__init__(
            choices=choices,
            coerce=by_code.__getitem__,
            empty_value=[],
            widget=forms.CheckboxSelectMultiple,
            **kwargs,
        )


class TicketInput(forms.TextInput):
    """A text input with some tickets as suggestions."""

    template_name = "issues/parts/ticket_input.html"

    def __init__(self, tickets: Sequence[Ticket]) -> None:
        super().__init__({"autocomplete": "off"})
        self.tickets = tickets

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        list_id = f"{context['widget']['attrs'].get('id', name)}_tickets"
        context["widget"]["attrs"]["list"] = list_id
        return context | {"tickets": self.tickets, "list_id": list_id}


class TicketField(forms.CharField):
    """A ticket in the user's sight by its number; cleans to the Ticket."""

    def __init__(self, user: User, suggested: Sequence[Ticket], **kwargs: Any) -> None:
        self.user = user
        super().__init__(max_length=20, widget=TicketInput(suggested), **kwargs)

    def clean(self, value: Any) -> Ticket | None:
        number = code_of(super().clean(value))
        if not number:
            return None
        found = Ticket.objects.visible_to(self.user).filter(number=number).first()
        if found is None:
            raise ValidationError(_("没有这个编号，或不在您的管辖范围内"), code="unknown")
        return found
