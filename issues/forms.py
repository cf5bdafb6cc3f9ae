"""One form per transition, made from the table's `needs` and `takes`. Cleans to what `actions.apply` takes."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.forms import CleanForm, PicturesField, guard
from duties.models import DutyItem
from duties.queries import current
from duties.routing import Decision
from issues.models import Ticket
from issues.workflow import DECLINE_REASONS, SATISFACTION, SOLVED, Transition
from members.models import Department

NOTE_LABELS = {
    "whistle": _("本级已做了什么"),
    "whistle_urgent": _("现场情况和已做的处置"),
    "return": _("退单理由"),
    "report_done": _("办理结果"),
    "verify_fail": _("哪里没有达标"),
    "decline": _("告知居民的话"),
    "progress": _("进展"),
    "supplement": _("补充内容"),
    "redispatch": _("改派理由"),
    "callback_unsolved": _("居民怎么说"),
}
Choices = list[Any]

if TYPE_CHECKING:
    OneDepartment: TypeAlias = forms.ModelChoiceField[Department]
    SeveralDepartments: TypeAlias = forms.ModelMultipleChoiceField[Department]
    OneItem: TypeAlias = forms.ModelChoiceField[DutyItem]
else:  # Django's form fields take no type argument at run time
    OneDepartment = OneItem = forms.ModelChoiceField
    SeveralDepartments = forms.ModelMultipleChoiceField


class DepartmentChoice(OneDepartment):
    """A department by code, grouped into the township's own and the county's."""

    def __init__(self, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(queryset=departments_for(ticket), to_field_name="code", **kwargs)
        self.choices = department_choices(ticket, blank=not self.required or self.initial is None)


class DepartmentsChoice(SeveralDepartments):
    def __init__(self, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(queryset=departments_for(ticket), to_field_name="code", **kwargs)
        self.choices = department_choices(ticket, blank=False)


class ItemChoice(OneItem):
    """A line of the list in force by code, grouped by category."""

    def __init__(self, **kwargs: Any) -> None:
        items = DutyItem.objects.filter(version=current()).select_related("category", "grade", "lead", "version")
        super().__init__(queryset=items, to_field_name="code", **kwargs)
        groups: dict[str, Choices] = {}
        for item in items.order_by("code"):
            groups.setdefault(str(item.category), []).append((item.code, f"{item.code} {item.name}"))
        self.choices = [("", _("请选择"))] * (self.initial is None) + list(groups.items())


def departments_for(ticket: Ticket) -> Any:
    """Departments that may be given this ticket: its township's offices and stations, and the county's."""
    return Department.objects.filter(
        Q(township=ticket.township_id) | Q(township__isnull=True), retired_at__isnull=True
    ).order_by("code")


def department_choices(ticket: Ticket, *, blank: bool) -> Choices:
    rows = list(departments_for(ticket))
    own = [(d.code, str(d)) for d in rows if d.township_id]
    county = [(d.code, str(d)) for d in rows if not d.township_id]
    groups = [(_("本镇"), own), (_("县级"), county)]
    return [("", _("请选择"))] * blank + [group for group in groups if group[1]]


class ActionForm(CleanForm):
    """The fields of one transition on one ticket, with the version the page was read at."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000)

    def __init__(self, transition: Transition, ticket: Ticket, *args: Any, **kwargs: Any) -> None:
        self.transition, self.ticket = transition, ticket
        kwargs.setdefault("initial", {})["version"] = ticket.version
        super().__init__(*args, **kwargs)
        for name, field in fields_of(transition, ticket).items():
            guard(field)
            self.fields[name] = field

    def fields_for_verb(self) -> dict[str, Any]:
        """What `actions.apply` takes as `fields`: the version and photos go their own way."""
        given = {key: value for key, value in self.cleaned_data.items() if key not in ("version", "photos")}
        if "evidence" in given:
            given["evidence"] = given["evidence"].code
        if "satisfaction" in given:
            given["satisfaction"] = int(given["satisfaction"])
        return given


def fields_of(transition: Transition, ticket: Ticket) -> dict[str, forms.Field]:
    wanted = [*transition.needs, *transition.takes]
    order = [name for name in BUILDERS if name in wanted]
    return {name: BUILDERS[name](transition, ticket, name in transition.needs) for name in order}


Builder = Callable[[Transition, Ticket, bool], forms.Field]


def _item(transition: Transition, ticket: Ticket, required: bool) -> forms.Field:
    return ItemChoice(
        label=_("责任清单事项"), required=required or not ticket.item_id, initial=ticket.item_code or None
    )


def _lead(transition: Transition, ticket: Ticket, required: bool) -> forms.Field:
    lead = ticket.lead.code if ticket.lead else None
    return DepartmentChoice(ticket, label=_("牵头部门"), required=required, initial=lead)


def _assisting(transition: Transition, ticket: Ticket, required: bool) -> forms.Field:
    ids = [unit.id for unit in Decision.from_json(ticket.decision).assisting] if ticket.decision else []
    codes = list(Department.objects.filter(pk__in=ids).values_list("code", flat=True))
    return DepartmentsChoice(
        ticket,
        label=_("配合部门"),
        required=required,
        initial=codes,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("可多选；已按责任清单选好"),
    )


def _suggested(transition: Transition, ticket: Ticket, required: bool) -> forms.Field:
    return DepartmentChoice(ticket, label=_("建议由谁承办"), required=required)


def _evidence(transition: Transition, ticket: Ticket, required: bool) -> forms.Field:
    return ItemChoice(label=_("依据的清单条目"), required=required, initial=ticket.item_code or None)


def _reason(transition: Transition, ticket: Ticket, required: bool) -> forms.Field:
    return forms.ChoiceField(
        label=_("原因"), choices=list(DECLINE_REASONS.items()), widget=forms.RadioSelect, required=required
    )


def _satisfaction(transition: Transition, ticket: Ticket, required: bool) -> forms.Field:
    return forms.ChoiceField(
        label=_("满意程度"), choices=list(SATISFACTION.items()), widget=forms.RadioSelect, required=required
    )


def _solved(transition: Transition, ticket: Ticket, required: bool) -> forms.Field:
    """Which outcomes fit the transition: only “not solved” opens the next round."""
    again = transition.name != "callback_solved"
    choices = [(key, text) for key, text in SOLVED.items() if (key == "not") == again]
    initial = choices[0][0] if again else None
    return forms.ChoiceField(
        label=_("是否解决"), choices=choices, widget=forms.RadioSelect, required=required, initial=initial
    )


def _note(transition: Transition, ticket: Ticket, required: bool) -> forms.Field:
    return forms.CharField(
        label=NOTE_LABELS.get(transition.name, _("说明")),
        required=required,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def _photos(transition: Transition, ticket: Ticket, required: bool) -> forms.Field:
    needed = transition.name == "report_done" and ticket.needs_photo
    return PicturesField(
        label=_("照片"),
        required=needed,
        help_text=_("此事项办结须附照片，最多 9 张") if needed else _("最多 9 张，可不传"),
    )


BUILDERS: dict[str, Builder] = {
    "item": _item,
    "lead": _lead,
    "assisting": _assisting,
    "evidence": _evidence,
    "suggested": _suggested,
    "reason": _reason,
    "satisfaction": _satisfaction,
    "solved": _solved,
    "note": _note,
    "photos": _photos,
}


class RevealForm(CleanForm):
    """Why somebody asks for the resident's number."""

    REASONS = (("contact", _("联系核实情况")), ("callback", _("回访")), ("visit", _("上门办理")))
    reason = forms.ChoiceField(label=_("查看原因"), choices=REASONS, widget=forms.RadioSelect, initial="contact")
