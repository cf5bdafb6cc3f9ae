"""The fields of each step of a dispute, named as in the table; what several need is read once."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.process.step_fields import StepFields
from core.text import Text, code_of
from core.web.forms import DayField, LongText, MomentField, PhoneField
from grids.addresses import door
from grids.models import Household
from issues.stepping.fields import DepartmentField
from mediation.dispute.agreement import FIRST_MANNER, first_terms
from mediation.dispute.page import DisputePage, PartyLine
from mediation.models import Disputant, Dispute
from mediation.people import possible_mediators, receivers
from mediation.workflow.rules import FOLLOW_UP_AFTER, MOST_OUTSIDERS, Guidance, OutsideKind, Risk
from mediation.workflow.table import Step
from members.models import User

NAME_MAX, PLACE_MAX = 40, 120
TERMS_MAX = 4000
OUTSIDE = "outside"
ORDER = (
    "risk", "party", "mediators", "name", "phone", "household", "held_at", "where", "attended", "others", "said",
    "next_step", "next_at", "terms", "manner", "agreed_on", "guidance", "department", "note",
)  # fmt: skip
NOTE_LABELS: dict[str, Text] = {
    "visit_kept": gettext_lazy("回访情况：怎么履行的"),
    "visit_partly": gettext_lazy("回访情况：还差什么"),
    "visit_broken": gettext_lazy("回访情况：为什么没有履行"),
    "fail": gettext_lazy("分歧在哪里，怎样引导的"),
    "assess": gettext_lazy("为什么调整"),
    "drop_party": gettext_lazy("为什么减去"),
    "transfer": gettext_lazy("为什么转办，请对方做什么"),
    "withdraw": gettext_lazy("谁撤回，为什么"),
    "reopen": gettext_lazy("为什么重新调解"),
}


class HouseholdField(forms.CharField):
    """A household in the user's sight by its code or its door, however written; cleans to the Household."""

    def __init__(self, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(max_length=PLACE_MAX, required=False, **kwargs)

    def clean(self, value: Any) -> Household | None:
        text = super().clean(value).strip()
        if not text:
            return None
        meant = Q(code=code_of(text)) | Q(door=door(text))
        found = list(Household.objects.visible_to(self.user).filter(meant, retired_at=None)[:2])
        if not found:
            raise ValidationError(_("没有这一户，请写户编码或完整门牌"), code="unknown")
        if len(found) > 1:
            raise ValidationError(_("有几户同一门牌，请写户编码"), code="ambiguous")
        return found[0]


class DisputeFields(StepFields[Step, DisputePage]):
    """The fields of one step of a dispute; what several need is read once."""

    order = ORDER
    note_labels = NOTE_LABELS

    @property
    def dispute(self) -> Dispute:
        return self.page.dispute

    @cached_property
    def candidates(self) -> dict[str, User]:
        return {str(user.pk): user for user in possible_mediators(self.dispute)}

    # ---- sittings -----------------------------------------------------------------------------------------------
    def held_at(self) -> forms.Field:
        start = self.dispute.next_at or clock.now()
        return MomentField(label=_("调解时间"), initial=min(start, clock.now()))

    def where(self) -> forms.Field:
        needed = "where" in self.step.needs
        initial = self.dispute.next_place
        return forms.CharField(label=_("地点"), max_length=PLACE_MAX, required=needed, initial=initial)

    def said(self) -> forms.Field:
        return LongText(5, label=_("调解情况"), help_text=_("各方怎么说，劝了什么，谈到哪一步"))

    def attended(self) -> forms.Field:
        choices = [(str(party.pk), f"{party.label} {line.name}") for party, line in self._named()]
        known = {str(party.pk): party for party in self.page.disputants}
        return forms.TypedMultipleChoiceField(
            label=_("到场的当事人"),
            choices=choices,
            coerce=known.__getitem__,
            empty_value=[],
            required=False,
            initial=list(known),
            widget=forms.CheckboxSelectMultiple,
        )

    def others(self) -> forms.Field:
        return forms.CharField(label=_("其他到场人员"), max_length=200, required=False)

    def next_step(self) -> forms.Field:
        return forms.CharField(label=_("下一步"), max_length=200, required=False)

    def next_at(self) -> forms.Field:
        needed = "next_at" in self.step.needs
        return MomentField(label=_("下次调解时间"), required=needed, help_text=_("到时会提醒调解员"))

    # ---- people -------------------------------------------------------------------------------------------------
    def mediators(self) -> dict[str, forms.Field]:
        """The principal, the helpers of the staff and named outsiders; cleaned into one list."""
        staff = [(pk, user.name) for pk, user in self.candidates.items()]
        now = [str(m.user_id) for m in self.page.mediators if m.user_id and not m.is_principal]
        outsiders = [m for m in self.page.mediators if m.user_id is None]
        principal = next((str(m.user_id) if m.user_id else OUTSIDE for m in self.page.mediators if m.is_principal), "")
        found: dict[str, forms.Field] = {
            "principal": forms.ChoiceField(
                label=_("负责调解员"),
                choices=[("", _("请选择")), *staff, (OUTSIDE, _("下面写的第一位社会人员"))],
                initial=principal,
            ),
            "helpers": forms.MultipleChoiceField(
                label=_("一起调解的工作人员"),
                choices=staff,
                required=False,
                initial=now,
                widget=forms.CheckboxSelectMultiple,
            ),
        }
        for n in range(MOST_OUTSIDERS):
            known = outsiders[n] if n < len(outsiders) else None
            found[f"outsider{n}"] = forms.CharField(
                label=_("社会人员姓名"), max_length=NAME_MAX, required=False, initial=known.name if known else ""
            )
            found[f"outside{n}"] = forms.ChoiceField(
                label=_("身份"),
                choices=OutsideKind.choices,
                required=False,
                initial=known.outside if known else OutsideKind.MEDIATOR,
            )
        return found

    def name(self) -> forms.Field:
        return forms.CharField(label=_("姓名"), max_length=NAME_MAX)

    def phone(self) -> forms.Field:
        return PhoneField(label=_("电话"), required=False)

    def household(self) -> forms.Field:
        return HouseholdField(self.page.reader, label=_("户编码或门牌"))

    def party(self) -> forms.Field:
        known = {str(party.pk): party for party in self.page.disputants}
        choices = [(str(party.pk), f"{party.label} {line.name}") for party, line in self._named()]
        return forms.TypedChoiceField(
            label=_("哪一方"), choices=[("", _("请选择")), *choices], coerce=known.__getitem__, empty_value=None
        )

    def _named(self) -> Iterable[tuple[Disputant, PartyLine]]:
        return zip(self.page.disputants, self.page.parties, strict=True)

    # ---- outcome ------------------------------------------------------------------------------------------------
    def terms(self) -> forms.Field:
        known = self.page.agreement
        initial = known.terms if known else first_terms(self.dispute)
        help_text = _("用甲方、乙方称呼当事人；姓名只印在协议书开头")
        return LongText(9, label=_("协议内容"), max_length=TERMS_MAX, initial=initial, help_text=help_text)

    def manner(self) -> forms.Field:
        known = self.page.agreement
        initial = known.manner if known else FIRST_MANNER
        return LongText(3, label=_("履行方式、地点、期限"), required=False, initial=initial)

    def agreed_on(self) -> forms.Field:
        return DayField(
            label=_("签订日期"),
            initial=clock.today(),
            help_text=_("%(n)d 天后提醒回访是否履行") % {"n": FOLLOW_UP_AFTER.days},
        )

    def guidance(self) -> forms.Field:
        return forms.ChoiceField(label=_("引导当事人走"), choices=Guidance.choices, widget=forms.RadioSelect)

    def department(self) -> forms.Field:
        return DepartmentField(list(receivers(self.dispute)), label=_("转往单位"))

    def risk(self) -> forms.Field:
        return forms.ChoiceField(
            label=_("风险"),
            choices=Risk.choices,
            initial=self.dispute.risk,
            widget=forms.RadioSelect,
            help_text=_("选“可能激化”会马上告知乡镇领导"),
        )
