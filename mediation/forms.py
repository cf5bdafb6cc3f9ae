"""The form that opens a dispute, and the form of each step, made from the table."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.process.step_fields import form_of
from core.web.forms import CleanForm, IdempotentForm, LongText, PhoneField, StepForm, guard
from grids.models import Area
from issues.dossier.reading import is_readable_to
from issues.models import Ticket
from mediation.dispute.page import DisputePage
from mediation.engine.effects import NewMediator
from mediation.engine.new_dispute import NewDispute, NewParty
from mediation.queries import Chosen, state_choices
from mediation.step_fields import NAME_MAX, OUTSIDE, PLACE_MAX, DisputeFields, HouseholdField
from mediation.workflow.rules import MOST_HELPERS, MOST_OUTSIDERS, Kind, OutsideKind, Risk, kind_of
from mediation.workflow.table import Step
from members.models import User

PARTIES_ASKED = 3


class OpenForm(IdempotentForm):
    """What a dispute is about and who it is between; a ticket fixes where.

    The words of a ticket are taken over where its reader may read them: those of a sensitive one are for few.
    """

    area = forms.ChoiceField(label=gettext_lazy("网格"))
    kind = forms.ChoiceField(label=gettext_lazy("纠纷类别"), choices=[("", gettext_lazy("请选择")), *Kind.choices])
    risk = forms.ChoiceField(
        label=gettext_lazy("风险"),
        choices=Risk.choices,
        initial=Risk.PLAIN,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("选“可能激化”会马上告知乡镇领导"),
    )
    brief = LongText(
        4,
        label=gettext_lazy("纠纷简况"),
        help_text=gettext_lazy("因为什么事，争什么，到什么程度；用甲方、乙方，不写姓名"),
    )
    where = forms.CharField(label=gettext_lazy("发生地点"), max_length=PLACE_MAX, required=False)

    def __init__(self, user: User, areas: Sequence[Area], ticket: Ticket | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.areas = {area.code: area for area in ([ticket.area] if ticket else areas)}
        chosen = self.fields["area"]
        if isinstance(chosen, forms.ChoiceField):
            chosen.choices = [(code, _place_name(area)) for code, area in self.areas.items()]
        if ticket is not None and is_readable_to(user, ticket):
            self._start_from(ticket)
        for n in range(PARTIES_ASKED):
            self._ask_party(n, user)

    def _start_from(self, ticket: Ticket) -> None:
        known = {
            "brief": ticket.description or ticket.title,
            "where": ticket.place,
            "kind": kind_of(ticket.item.name if ticket.item else "").value,
        }
        self.initial.update(known)

    def _ask_party(self, n: int, user: User) -> None:
        made: dict[str, forms.Field] = {
            f"name{n}": forms.CharField(label=_("姓名"), max_length=NAME_MAX, required=n < 2),
            f"phone{n}": PhoneField(label=_("电话"), required=False),
            f"household{n}": HouseholdField(user, label=_("户编码或门牌")),
        }
        for name, field in made.items():
            guard(field)
            self.fields[name] = field

    @property
    def party_rows(self) -> list[list[forms.BoundField]]:
        """The fields of each party."""
        return [[self[f"{name}{n}"] for name in ("name", "phone", "household")] for n in range(PARTIES_ASKED)]

    @property
    def asked(self) -> list[forms.BoundField]:
        return [self[name] for name in ("kind", "risk", "area", "where", "brief")]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for n in range(2, PARTIES_ASKED):
            if not data.get(f"name{n}") and (data.get(f"phone{n}") or data.get(f"household{n}")):
                self.add_error(f"name{n}", _("请写姓名"))
        return data

    def new_dispute(self, ticket: Ticket | None) -> NewDispute:
        data = self.cleaned_data
        parties = [
            NewParty(data[f"name{n}"], data[f"phone{n}"], data[f"household{n}"])
            for n in range(PARTIES_ASKED)
            if data[f"name{n}"]
        ]
        return NewDispute(
            area=self.areas[data["area"]],
            kind=Kind(data["kind"]),
            risk=Risk(data["risk"]),
            brief=data["brief"],
            where=data["where"],
            parties=parties,
            ticket=ticket,
        )


class DisputeForm(StepForm):
    """The form of a step; those who mediate are asked for in several fields and given as one list."""

    candidates: dict[str, User] = {}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "principal" in self.fields:
            data["mediators"] = self._mediators(data)
        return data

    def _mediators(self, data: dict[str, Any]) -> list[NewMediator]:
        """Staff and outsiders as one list with exactly one who is responsible."""
        named = [
            NewMediator(None, data[f"outsider{n}"], data.get(f"outside{n}") or OutsideKind.MEDIATOR)
            for n in range(MOST_OUTSIDERS)
            if data.get(f"outsider{n}")
        ]
        chief = data.get("principal", "")
        if chief == OUTSIDE and not named:
            self.add_error("outsider0", _("请写负责调解的社会人员姓名"))
            return []
        staff = [pk for pk in data.get("helpers", []) if pk != chief]
        if len(staff) > MOST_HELPERS:
            self.add_error("helpers", _("最多 %(n)d 人") % {"n": MOST_HELPERS})
        if chief == OUTSIDE:
            first = NewMediator(None, named[0].name, named[0].outside, is_principal=True)
            return [first, *(NewMediator(self.candidates[pk]) for pk in staff), *named[1:]]
        if chief not in self.candidates:
            return []
        principal = NewMediator(self.candidates[chief], is_principal=True)
        return [principal, *(NewMediator(self.candidates[pk]) for pk in staff), *named]


def form_for(step: Step, page: DisputePage, data: Any = None, files: Any = None) -> DisputeForm:
    """The form of `step` on a dispute; bound when `data` is given."""
    made = DisputeFields(step, page)
    fields = made.make()
    attributes = fields | {"candidates": made.candidates if "principal" in fields else {}}
    return form_of(DisputeForm, attributes, page.dispute.version, data, files)


def _place_name(area: Area) -> str:
    return f"{area.parent.short_name} · {area.name}" if area.parent else area.name


class FilterForm(CleanForm):
    """What narrows the list; it only writes the address."""

    kind = forms.ChoiceField(
        label=gettext_lazy("类别"), required=False, choices=[("", gettext_lazy("全部类别")), *Kind.choices]
    )
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False, choices=state_choices)
    view = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, chosen: Chosen) -> None:
        super().__init__(initial={"kind": chosen.kind, "state": chosen.state, "view": chosen.view}, auto_id="f_%s")
