"""The fields of each step of an application or a report, named as in the tables; and the form made of them."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admission.applications.page import AdmissionPage
from admission.fields import PoliciesField, TownshipsField, minutes
from admission.pagekit import GatePage
from admission.people import townships
from admission.workflow.rules import PASS_MOST, SUNSET_DEFAULT, TOWNS_AT_LEAST, Answer, Stance
from core import clock
from core.process.step_fields import StepFields, form_of
from core.process.steps import Step
from core.text import Text
from core.web.forms import DayField, LongText, StepForm

ORDER = (
    "answers", "townships", "stance", "estimate", "ends_on", "minutes", "used_on", "policy", "answer", "line", "note",
)  # fmt: skip
NOTE_LABELS: dict[str, Text] = {
    "opine": gettext_lazy("意见和理由"),
    "review": gettext_lazy("征求意见的情况和采纳说明"),
    "pass_law": gettext_lazy("审查意见"),
    "fail_law": gettext_lazy("为什么不通过"),
    "disagree": gettext_lazy("为什么不同意"),
    "deny_pass": gettext_lazy("为什么不签发"),
    "record_use": gettext_lazy("用在什么事上"),
    "propose_exit": gettext_lazy("为什么应当退出"),
    "keep": gettext_lazy("为什么应当保留"),
    "drop": gettext_lazy("为什么应当退出"),
    "leave": gettext_lazy("为什么退出"),
    "withdraw": gettext_lazy("为什么撤回"),
    "explain": gettext_lazy("部门说明"),
    "answer": gettext_lazy("答复内容"),
    "object": gettext_lazy("为什么不同意"),
    "decide": gettext_lazy("裁定理由"),
    "take_back": gettext_lazy("为什么收回"),
}


class GateForm(StepForm):
    """The form of a step; the answers to hits are given as one."""

    @property
    def values(self) -> dict[str, Any]:
        given = super().values
        answers = {int(name[4:]): given.pop(name) for name in list(given) if name.startswith("hit_")}
        if answers:
            given["answers"] = answers
        policies = given.pop("policies", None)
        return given | {"policy": policies[0]} if policies else given


class GateFields(StepFields[Step, GatePage]):
    """The fields of one step of an application or a report."""

    order = ORDER
    note_labels = NOTE_LABELS
    note_label = gettext_lazy("说明")

    def answers(self) -> dict[str, forms.Field]:
        """One for each hit of the check."""
        page = self.page
        assert isinstance(page, AdmissionPage)
        return {
            f"hit_{line.hit.pk}": LongText(
                2,
                label=_("“%(asked)s”与%(where)s“%(label)s”相近 %(n)d%%")
                % {
                    "asked": line.hit.asked,
                    "where": line.hit.get_where_display(),
                    "label": f"{line.hit.code} {line.hit.label}".strip(),
                    "n": line.hit.percent,
                },
                help_text=_("怎样不同，或怎样改用已有的数据"),
                initial=line.hit.answer,
                max_length=300,
            )
            for line in page.hits
        }

    def townships(self) -> forms.Field:
        help_text = _("至少 %(n)d 个；每个乡镇征询乡镇意见，并由系统抽取网格员") % {"n": TOWNS_AT_LEAST}
        return TownshipsField(townships(), label=_("征询哪些乡镇"), help_text=help_text)

    def stance(self) -> forms.Field:
        return forms.ChoiceField(label=_("态度"), choices=Stance.choices, widget=forms.RadioSelect)

    def estimate(self) -> forms.Field:
        help_text = _("申请写的是 %(n)d 分钟") % {"n": self.page.row.minutes}
        return minutes(label=_("您估计每格每月要多少分钟"), required=False, min_value=0, help_text=help_text)

    def ends_on(self) -> forms.Field:
        row, today = self.page.row, clock.today()
        if self.step.name == "grant_pass":
            help_text = _("最长 %(n)d 天，到期自动退出") % {"n": PASS_MOST.days}
            return DayField(label=_("有效到"), initial=min(row.wanted_until, today + PASS_MOST), help_text=help_text)
        return DayField(
            label=_("日落日期"),
            initial=min(row.wanted_until, today + SUNSET_DEFAULT),
            help_text=_("一般 %(n)d 天；到期未续自动退出") % {"n": SUNSET_DEFAULT.days},
        )

    def minutes(self) -> forms.Field:
        page = self.page
        assert isinstance(page, AdmissionPage)
        return minutes(label=_("核定每格每月耗时（分钟）"), initial=page.row.minutes, help_text=page.estimate)

    def used_on(self) -> forms.Field:
        return DayField(label=_("发生日期"), initial=clock.today())

    def policy(self) -> dict[str, forms.Field]:
        label = _("依据文件的文号")
        return {"policies": PoliciesField(self.page.reader, label=label, help_text=_("须是政策文件库里的有效文件"))}

    def answer(self) -> forms.Field:
        return forms.ChoiceField(label=_("结论"), choices=Answer.choices, widget=forms.RadioSelect)

    def line(self) -> forms.Field:
        hits = self.page.row.check_hits
        basis = next((hit for hit in hits if hit.get("covers", True)), None) if self.page.row.is_covered else None
        initial = f"{basis['code']} {basis['label']}" if basis else ""
        help_text = _("答复“有依据”的必填：清单编号或准入编号和名称")
        return forms.CharField(label=_("依据条目"), max_length=80, required=False, initial=initial, help_text=help_text)


def form_for(step: Step, page: GatePage, data: Any = None, files: Any = None) -> GateForm:
    """The form of `step`; bound when `data` is given."""
    return form_of(GateForm, GateFields(step, page).make(), page.row.version, data, files)
