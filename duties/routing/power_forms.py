"""Forms of the register of powers and division of work. They phrase kindly; the rules are in duties.routing.powers."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.web.forms import CleanForm, DayField, IdempotentForm, LongText
from duties.models import Kind, PlaceKind
from duties.routing.dispatching import REASON_LENGTH
from duties.routing.powers import REASON_MAX
from duties.routing.standing import KINDS, STATES, Chosen
from grids.models import Area
from members.models import Department


class ReasonForm(CleanForm):
    """Why something ends."""

    reason = LongText(3, label=_("理由"), max_length=REASON_MAX)


class ChosenForm(CleanForm):
    """What narrows a list; it only writes the address."""

    town = forms.ChoiceField(label=_("乡镇"), required=False)
    item = forms.CharField(label=_("事项编号"), required=False, max_length=8)
    kind = forms.ChoiceField(label=_("类别"), required=False, choices=list(KINDS.items()))
    state = forms.ChoiceField(label=_("状态"), required=False, choices=list(STATES.items()))

    def __init__(self, chosen: Chosen, towns: Iterable[Area]) -> None:
        super().__init__(initial=vars(chosen), auto_id="f_%s")
        _choose(self.fields["town"], [("", _("全部")), *((town.code, town.name) for town in towns)])


class AssignForm(IdempotentForm):
    """A power or a division of work for one item of one township; the office is chosen by its code."""

    kind = forms.ChoiceField(label=_("类别"), choices=Kind.choices, widget=forms.RadioSelect)
    township = forms.ChoiceField(label=_("乡镇"))
    item_code = forms.ChoiceField(label=_("事项"))
    office = forms.ChoiceField(label=_("由谁办"), help_text=_("赋权须选本镇机构；另行分工也可以选县级部门"))
    ground = forms.ChoiceField(label=_("适用范围"), choices=PlaceKind.choices, required=False)
    basis = LongText(2, label=_("依据或理由"), max_length=200, help_text=_("文号或会议纪要；另行分工写明理由"))
    starts_on = DayField(label=_("从哪天"))
    ends_on = DayField(label=_("到哪天"), required=False, help_text=_("不填为长期"))

    def __init__(
        self,
        towns: Iterable[Area],
        items: Mapping[str, Any],
        departments: Iterable[Department],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.towns, self.departments = {t.code: t for t in towns}, {d.code: d for d in departments}
        _choose(self.fields["township"], [("", _("请选择")), *((code, t.name) for code, t in self.towns.items())])
        _choose(self.fields["item_code"], [("", _("请选择")), *((code, str(item)) for code, item in items.items())])
        _choose(self.fields["office"], [("", _("请选择")), *self._grouped()])

    def _grouped(self) -> list[tuple[str, list[tuple[str, str]]]]:
        groups: dict[str, list[tuple[str, str]]] = {}
        for code, department in self.departments.items():
            name = department.township.name if department.township else str(_("县级部门"))
            groups.setdefault(name, []).append((code, str(department)))
        return list(groups.items())

    @property
    def contents(self) -> dict[str, Any]:
        """What `powers.assign` takes; only for a valid form."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "idempotency_key"}
        township, office = self.towns[data["township"]], self.departments[data["office"]]
        return data | {"kind": Kind(data["kind"]), "township": township, "office": office}


def _choose(field: forms.Field, choices: list[tuple[Any, Any]]) -> None:
    if isinstance(field, forms.ChoiceField):
        field.choices = choices


class EndRuleForm(CleanForm):
    """Why a dispatch rule ends."""

    reason = LongText(
        3, label=_("废止原因"), help_text=_("写清为什么不再这样派，如职责已划转"), max_length=REASON_LENGTH
    )
