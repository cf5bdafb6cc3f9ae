"""The form of each step of the workflow, made from the table: what it needs is required, what it takes is offered."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import CleanForm, IdempotentForm, PicturesField
from duties.routing import NoListInForceError, version_in_force
from issues.dossier import Dossier
from issues.fields import DepartmentField, DepartmentsField, ItemField, departments_for
from issues.models import Ticket
from issues.present import REVEAL_REASONS
from issues.queries import Text
from issues.workflow import DECLINE_REASONS, SATISFACTION, SOLVED, State, Transition
from members.models import Department

VERSION_MAX = 2**31 - 1
NOTE_MAX = 2000
EXPIRED = gettext_lazy("页面已过期，请刷新后重新提交")
ORDER = ("item", "lead", "assisting", "evidence", "suggested", "reason", "satisfaction", "solved", "note", "photos")
NOTE_LABELS: Mapping[str, Text] = {
    "whistle": gettext_lazy("为什么要吹哨"),
    "whistle_urgent": gettext_lazy("紧急情况"),
    "redispatch": gettext_lazy("改派理由"),
    "return": gettext_lazy("退单理由"),
    "progress": gettext_lazy("做到哪一步了"),
    "report_done": gettext_lazy("怎么办的，结果如何"),
    "verify_fail": gettext_lazy("哪里没有办好"),
    "callback_unsolved": gettext_lazy("点单居民说还有什么没解决"),
    "reopen": gettext_lazy("还有什么没解决"),
    "decline": gettext_lazy("给点单人的答复"),
    "supplement": gettext_lazy("补充什么"),
}
SOLVED_FOR: Mapping[str, tuple[str, ...]] = {
    "callback_solved": ("solved", "partly"),
    "callback_unsolved": ("not", "partly"),
    "reopen": ("not", "partly"),
}
LOOKS: Mapping[str, str] = {"reason": "list", "assisting": "list"}
CHOSEN_FROM_LIST = frozenset({"self_handle", "whistle", "whistle_urgent"})
"""Steps that cannot be taken before the ticket has a list item."""


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
        given = ((name, self.cleaned_data.get(name)) for name in ORDER if name != "photos")
        return {name: value for name, value in given if value not in (None, "", [])}

    @property
    def seen(self) -> int:
        return int(self.cleaned_data["version"])

    @property
    def rows(self) -> list[tuple[forms.BoundField, str]]:
        """Visible fields with the look of their choices."""
        return [(field, LOOKS.get(field.name, "")) for field in self.visible_fields()]


class RevealForm(CleanForm):
    """Why the resident's number is needed; kept in the audit trail."""

    reason = forms.ChoiceField(label=gettext_lazy("查看原因"), choices=list(REVEAL_REASONS.items()))


def form_for(step: Transition, dossier: Dossier, data: Any = None, files: Any = None) -> ActionForm:
    """The form of `step` on a ticket; bound when `data` is given."""
    makers = _makers(step, dossier)
    wanted = [name for name in ORDER if name in (*step.needs, *step.takes)]
    fields = {name: makers[name]() for name in wanted}
    made: type[ActionForm] = type("StepForm", (ActionForm,), fields)
    return made(data, files, initial={"version": dossier.ticket.version}, auto_id="f_%s")


def _makers(step: Transition, dossier: Dossier) -> dict[str, Callable[[], forms.Field]]:
    ticket, is_needed = dossier.ticket, {name: name in step.needs for name in ORDER}
    departments = list[Department]()

    def offices() -> list[Department]:
        if not departments:
            departments.extend(departments_for(ticket))
        return departments

    return {
        "item": lambda: _item(step, ticket),
        "lead": lambda: DepartmentField(
            offices(),
            label=_("牵头部门"),
            required=is_needed["lead"],
            initial=_lead(dossier, offices()),
            help_text=_why(ticket),
        ),
        "assisting": lambda: DepartmentsField(
            _suggested_first(offices(), _helpers(dossier)),
            label=_("配合部门"),
            required=is_needed["assisting"],
            initial=[d.code for d in offices() if d.pk in _helpers(dossier)],
        ),
        "evidence": lambda: ItemField(
            ticket.list_version,
            label=_("清单依据"),
            help_text=_("哪一项清单说明不该由本部门办：输入编号、名称或群众叫法"),
        ),
        "suggested": lambda: DepartmentField(offices(), label=_("建议改派")),
        "reason": lambda: forms.ChoiceField(
            label=_("理由"), choices=list(DECLINE_REASONS.items()), widget=forms.RadioSelect
        ),
        "satisfaction": lambda: forms.TypedChoiceField(
            label=_("满意程度"), choices=list(SATISFACTION.items()), coerce=int, widget=forms.RadioSelect
        ),
        "solved": lambda: forms.ChoiceField(
            label=_("解决了没有"),
            choices=[(key, SOLVED[key]) for key in SOLVED_FOR.get(step.name, tuple(SOLVED))],
            widget=forms.RadioSelect,
        ),
        "note": lambda: forms.CharField(
            label=str(NOTE_LABELS.get(step.name, _("备注"))),
            required=is_needed["note"],
            max_length=NOTE_MAX,
            widget=forms.Textarea({"rows": 4}),
        ),
        "photos": lambda: _photos(step, ticket),
    }


def _item(step: Transition, ticket: Ticket) -> ItemField:
    """The version in force for a new choice; the line the ticket has stays as it is when it is not changed."""
    try:
        version = version_in_force(ticket.county_id)
    except NoListInForceError:
        version = ticket.list_version
    kept = str(ticket.item) if ticket.item else ""
    needed = step.name in CHOSEN_FROM_LIST
    return ItemField(version, label=_("清单事项"), required=needed, initial=kept, kept=ticket.item)


def _photos(step: Transition, ticket: Ticket) -> PicturesField:
    if step.name == "report_done" and ticket.needs_photo:
        return PicturesField(
            label=_("现场照片"),
            help_text=_("必附，最多 9 张"),
            error_messages={"required": _("此事项办结须附现场照片")},
        )
    return PicturesField(label=_("照片"), required=False, help_text=_("可不附，最多 9 张"))


def _why(ticket: Ticket) -> str:
    reasons = ticket.decision.get("why") or [{"text": ""}]
    return str(reasons[0]["text"])


def _lead(dossier: Dossier, offered: list[Department]) -> str:
    """What the last return suggested, else whom the ticket has or the list names."""
    ticket = dossier.ticket
    returned = next((event for event in dossier.events if event.action == "return"), None)
    if returned is not None and ticket.state == State.RETURNED:
        wanted = returned.data["suggested"]["id"]
    else:
        wanted = ticket.lead_id or ticket.decision.get("lead", {}).get("id")
    return next((department.code for department in offered if department.pk == wanted), "")


def _helpers(dossier: Dossier) -> set[int]:
    if dossier.ticket.lead_id:
        return {department.pk for department in dossier.assisting}
    return {unit["id"] for unit in dossier.ticket.decision.get("assisting", ())}


def _suggested_first(departments: list[Department], suggested: set[int]) -> list[Department]:
    return sorted(departments, key=lambda department: department.pk not in suggested)
