"""The forms that open something: an application, a report, a document."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admission.applications.actions import NewApplication
from admission.fields import LinesField, PdfField, PoliciesField, TownshipsField, minutes
from admission.library.actions import Document
from admission.models import Admission, Policy
from admission.people import townships
from admission.pushed.actions import NewReport
from admission.workflow.rules import DECLARED, MOST_FIELDS, PASS_MOST, Channel, Emergency, Kind
from core import clock
from core.web.forms import CodeField, DayField, IdempotentForm, LongText, PicturesField, guard
from issues.models import Ticket
from issues.stepping.fields import DepartmentField
from members.models import Department, User

YES_NO = [("no", gettext_lazy("否")), ("yes", gettext_lazy("是"))]
CODES_MOST = 20


class ApplyForm(IdempotentForm):
    """The paper form of the gate; the questions at its end refuse it when one is answered 是."""

    kind = forms.ChoiceField(label=gettext_lazy("类型"), choices=[("", gettext_lazy("请选择")), *Kind.choices])
    emergency = forms.ChoiceField(
        label=gettext_lazy("应急临时通行"),
        required=False,
        choices=[("", gettext_lazy("不是，走准入程序")), *Emergency.choices],
    )
    title = forms.CharField(label=gettext_lazy("名称"), max_length=60)
    content = LongText(4, label=gettext_lazy("要网格做什么"), help_text=gettext_lazy("谁做、多久一次、做到什么程度"))
    minutes = minutes(label=gettext_lazy("预计每格每月耗时（分钟）"))
    basis = LongText(2, label=gettext_lazy("法律或文件依据"), help_text=gettext_lazy("写明名称、文号和条款"))
    starts_on = DayField(label=gettext_lazy("起始日期"))
    wanted_until = DayField(label=gettext_lazy("截止日期"))
    budget = LongText(2, label=gettext_lazy("经费（费随事转）"), max_length=500)
    fields_asked = LinesField(
        label=gettext_lazy("要网格新填的内容"),
        most=MOST_FIELDS,
        required=False,
        help_text=gettext_lazy("报表、APP 要填哪些，一行一项。系统已有的写在下一栏，写在这里会直接不予准入"),
    )
    reuse = LongText(2, label=gettext_lazy("可复用的已有数据"), max_length=500)
    consequence = LongText(2, label=gettext_lazy("不做的后果"), max_length=500)
    item_code = CodeField(
        label=gettext_lazy("网格事项编号"),
        max_length=8,
        required=False,
        help_text=gettext_lazy("在责任清单里已有编号的才填；按它的工单判断是否长期没有发生"),
    )

    def __init__(
        self, user: User, departments: Sequence[Department], former: Admission | None, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.former = former
        self.by_code = {department.code: department for department in departments}
        help_text = _("不选即全县；有的网格每月总耗时会写在申请上")
        made: dict[str, forms.Field] = {
            "department": forms.ChoiceField(
                label=_("主办部门"), choices=[(code, d.name) for code, d in self.by_code.items()]
            ),
            "townships": TownshipsField(townships(), label=_("涉及乡镇"), required=False, help_text=help_text),
            "policies": PoliciesField(
                user, label=_("依据文件的文号"), required=False, help_text=_("政策文件库里有的，一行一个")
            ),
        }
        pass_help = _("只限临时专项任务；最长 %(n)d 天，到期自动退出，要继续的补办准入")
        self.fields["emergency"].help_text = pass_help % {"n": PASS_MOST.days}
        for rule, question in DECLARED.items():
            made[f"rule_{rule}"] = forms.ChoiceField(label=question, choices=YES_NO, widget=forms.RadioSelect)  # type: ignore[arg-type]  # a lazy text
        for name, field in made.items():
            guard(field)
            self.fields[name] = field
        if former is not None:
            self.initial.update(_taken_over(former))

    ASKED = (
        "kind", "emergency", "title", "department", "content", "townships", "minutes", "basis", "policies",
        "starts_on", "wanted_until", "budget", "fields_asked", "reuse", "consequence", "item_code",
    )  # fmt: skip

    @property
    def asked(self) -> list[forms.BoundField]:
        return [self[name] for name in self.ASKED]

    @property
    def declarations(self) -> list[forms.BoundField]:
        return [self[f"rule_{rule}"] for rule in DECLARED]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, end = data.get("starts_on"), data.get("wanted_until")
        if start and end and end < start:
            self.add_error("wanted_until", _("截止日期不能早于起始日期"))
        if data.get("emergency") and data.get("kind") and data["kind"] != Kind.CAMPAIGN:
            self.add_error("emergency", _("只有临时专项任务可以走应急临时通行"))
        if data.get("emergency") and start and end and end > clock.today() + PASS_MOST:
            self.add_error("wanted_until", _("临时通行最长 %(n)d 天") % {"n": PASS_MOST.days})
        return data

    @property
    def wanted(self) -> NewApplication:
        """What `gate.apply_for` takes."""
        data = self.cleaned_data
        same = ("title", "content", "minutes", "basis", "starts_on", "wanted_until", "budget", "reuse", "consequence")
        return NewApplication(
            kind=Kind(data["kind"]),
            department=self.by_code[data["department"]],
            townships=data["townships"],
            policies=data["policies"],
            fields=data["fields_asked"],
            item_code=data["item_code"].upper(),
            emergency=data["emergency"],
            declared={rule: data[f"rule_{rule}"] == "yes" for rule in DECLARED},
            renews=self.former,
            **{name: data[name] for name in same},
        )


def _taken_over(former: Admission) -> dict[str, Any]:
    """What a renewal starts from."""
    same = ("kind", "title", "content", "minutes", "basis", "budget", "reuse", "consequence", "item_code")
    return {name: getattr(former, name) for name in same} | {
        "department": former.department.code,
        "townships": [town.code for town in former.townships.all()],
        "policies": "\n".join(policy.number for policy in former.policies.all() if policy.is_valid),
        "fields_asked": "\n".join(former.fields),
        "starts_on": clock.today(),
    }


class PushedForm(IdempotentForm):
    """反映转嫁: one page, four answers, a photo if one likes."""

    what = LongText(
        3,
        label=gettext_lazy("压下来什么任务"),
        help_text=gettext_lazy("第一行写任务名称，用来核对清单；不要写自己的姓名"),
    )
    channel = forms.ChoiceField(label=gettext_lazy("怎么来的"), choices=Channel.choices, widget=forms.RadioSelect)
    came_on = DayField(label=gettext_lazy("哪天"), initial=clock.today)
    photos = PicturesField(label=gettext_lazy("照片"), required=False, most=1, help_text=gettext_lazy("可不拍"))
    is_refusal = forms.BooleanField(
        label=gettext_lazy("未经准入，本乡镇拒收"),
        required=False,
        help_text=gettext_lazy("清单和准入目录都没有依据时，乡镇可以不承接"),
    )

    def __init__(
        self, departments: Sequence[Department], ticket: Ticket | None, *args: Any, may_refuse: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.ticket = ticket
        self.fields["department"] = DepartmentField(departments, label=_("来自哪个部门"))
        guard(self.fields["department"])
        if not may_refuse:
            del self.fields["is_refusal"]

    @property
    def asked(self) -> list[forms.BoundField]:
        return [self[name] for name in ("what", "department", "channel", "came_on")]

    def clean_came_on(self) -> Any:
        value = self.cleaned_data["came_on"]
        if value and value > clock.today():
            raise forms.ValidationError(_("不能晚于今天"))
        return value

    @property
    def told(self) -> NewReport:
        """What `ledger.report` takes."""
        data = self.cleaned_data
        return NewReport(
            what=data["what"],
            department=data["department"],
            channel=Channel(data["channel"]),
            came_on=data["came_on"],
            is_refusal=bool(data.get("is_refusal")),
            ticket=self.ticket,
            picture=data["photos"][0] if data["photos"] else None,
        )


class PolicyForm(IdempotentForm):
    """A document with what is said of it; the version guards against two people at once."""

    title = forms.CharField(label=gettext_lazy("标题"), max_length=120)
    issuer = forms.CharField(label=gettext_lazy("发文机关"), max_length=60)
    number = forms.CharField(label=gettext_lazy("文号"), max_length=40)
    edition = forms.CharField(
        label=gettext_lazy("版本"), max_length=20, required=False, help_text=gettext_lazy("例：2024版；没有就不填")
    )
    valid_from = DayField(label=gettext_lazy("施行日"))
    valid_until = DayField(label=gettext_lazy("失效日"), required=False, help_text=gettext_lazy("文件写明有效期的才填"))
    item_codes = LinesField(
        label=gettext_lazy("对应的清单事项"),
        most=CODES_MOST,
        required=False,
        help_text=gettext_lazy("编号，如 C02"),
    )
    text = LongText(8, label=gettext_lazy("正文"), required=False, max_length=30_000)
    file = PdfField(label=gettext_lazy("PDF 原文"), required=False, help_text=gettext_lazy("不超过 10 MB"))
    version = forms.IntegerField(widget=forms.HiddenInput, initial=1, min_value=1, max_value=2**31 - 1)

    def __init__(self, policy: Policy | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.policy = policy
        if policy is not None:
            same = ("title", "issuer", "number", "edition", "valid_from", "valid_until", "text", "version")
            self.initial.update({name: getattr(policy, name) for name in same})
            self.initial["item_codes"] = "\n".join(policy.item_codes)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        has_file = bool(data.get("file")) or bool(self.policy and self.policy.file_path)
        if not data.get("text") and not has_file and "text" not in self.errors and "file" not in self.errors:
            self.add_error("text", _("正文和 PDF 至少要有一样"))
        start, end = data.get("valid_from"), data.get("valid_until")
        if start and end and end < start:
            self.add_error("valid_until", _("失效日不能早于施行日"))
        return data

    @property
    def document(self) -> Document:
        """What `policies` takes."""
        names = ("title", "issuer", "number", "edition", "valid_from", "valid_until", "text", "file")
        codes = [code.upper() for code in self.cleaned_data["item_codes"]]
        return Document(item_codes=codes, **{name: self.cleaned_data[name] for name in names})


class RepealForm(IdempotentForm):
    on = DayField(label=gettext_lazy("从哪天起废止"), initial=clock.today)
    note = forms.CharField(label=gettext_lazy("废止依据"), max_length=200)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
