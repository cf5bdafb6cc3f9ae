"""The fields of each step of a matter, named as in the tables."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.process.step_fields import StepFields
from core.process.steps import Step
from core.text import Text
from core.web.forms import DayField, LongText, PicturesField
from issues.stepping.fields import DepartmentField, TicketField
from ledgers.models import Project
from ledgers.page import MatterPage
from ledgers.people import doers_for

NAME_MAX, ANSWER_MAX = 40, 1000
ORDER = (
    "measures", "milestone", "name", "planned_on", "department", "done_on", "due_on", "ends_on", "answer", "note",
    "photos", "ticket",
)  # fmt: skip
NOTE_LABELS: dict[str, Text] = {
    "apply": gettext_lazy("整改结果"),
    "strike": gettext_lazy("核验情况"),
    "send_back": gettext_lazy("为什么退回，还差什么"),
    "extend": gettext_lazy("为什么延期"),
    "revoke": gettext_lazy("为什么撤销"),
    "progress": gettext_lazy("进展"),
    "finish": gettext_lazy("怎么完成的"),
    "move_milestone": gettext_lazy("为什么调整"),
    "end": gettext_lazy("行动小结"),
    "prolong": gettext_lazy("为什么延长"),
}
ANSWER_LABELS: dict[str, Text] = {"answer": gettext_lazy("给乡亲们的回音"), "stop": gettext_lazy("为什么终止")}


class MatterFields(StepFields[Step, MatterPage]):
    """The fields of one step of a matter."""

    order = ORDER
    note_labels = NOTE_LABELS

    def make(self) -> dict[str, forms.Field]:
        """What the step only takes may stay empty."""
        found = super().make()
        for name, field in found.items():
            field.required = self.needed(name)
        return found

    @property
    def matter(self) -> Any:
        return self.page.matter

    def measures(self) -> forms.Field:
        initial = getattr(self.matter, "measures", "")
        return LongText(5, label=_("整改措施"), initial=initial, help_text=_("做什么、谁来做、做到什么程度"))

    def answer(self) -> forms.Field:
        label = ANSWER_LABELS[self.step.name]
        return LongText(5, label=label, max_length=ANSWER_MAX, help_text=_("提建议的人和本村公示页都会看到，不写姓名"))

    def due_on(self) -> forms.Field:
        return DayField(label=_("新的整改期限"))

    def ends_on(self) -> forms.Field:
        return DayField(label=_("新的结束日期"))

    def planned_on(self) -> forms.Field:
        return DayField(label=_("计划日期"))

    def done_on(self) -> forms.Field:
        return DayField(label=_("完成日期"), initial=clock.today())

    def name(self) -> forms.Field:
        return forms.CharField(label=_("节点"), max_length=NAME_MAX)

    def department(self) -> forms.Field:
        township = self.matter.township_id or self.matter.office_id
        return DepartmentField(doers_for(township), label=_("责任单位"), help_text=_("不选就是本镇自己办"))

    def milestone(self) -> forms.Field:
        project = Project.objects.get(pk=self.matter.pk)
        known = {str(one.pk): one for one in project.milestones.filter(done_on=None)}
        choices = [(pk, f"{one.name}（{one.planned_on:%-m月%-d日}）") for pk, one in known.items()]
        first = next(iter(known), "")
        return forms.TypedChoiceField(
            label=_("哪个节点"), choices=choices, coerce=known.__getitem__, empty_value=None, initial=first
        )

    def photos(self) -> forms.Field:
        return PicturesField(label=_("佐证照片"), help_text=_("最多 9 张"))

    def ticket(self) -> forms.Field:
        return TicketField(self.page.reader, [], label=_("关联工单编号"), help_text=_("例：ST26-1121-004"))
