"""Forms of the household file. Personal data are never filled in beforehand: what is left empty stays as it is."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.files.heads import DEEPEST, Head
from core.files.sheets import Place
from core.trust.privacy import mask_name, mask_phone
from core.web.forms import CleanForm, DayField, IdempotentForm, LongText, PhoneField, PicturesField, guard, offer
from duties.models import ListVersion
from grids.addresses import names_several
from grids.households import NewHousehold
from grids.models import Area, Household, HouseholdKind
from households.file.actions import NAME_LENGTH, TEXT_LENGTH, Person
from households.imports.fields import FIELDS, SEVERAL_DOORS, called
from households.imports.naming import name_fault
from households.imports.placing import Choice
from households.models import Consent, Import, Need, Resident, SubjectRequest
from households.registers.search import Wanted
from households.rules import GUARDED, TAGS, HelperKind, Outcome, Reason, reason_choices
from issues.stepping.fields import ItemField
from members.models import User

KEEP = gettext_lazy("不改就留空")


class CorrectForm(CleanForm):
    """What the register says of a household, put right."""

    address = forms.CharField(
        label=gettext_lazy("门牌"),
        max_length=120,
        help_text=gettext_lazy("写成“幸福花园3栋2单元502室”或“南安里3组12号”，会自动分出楼栋单元或组号"),
    )
    head_name = forms.CharField(label=gettext_lazy("户主"), max_length=NAME_LENGTH, required=False)
    phone = PhoneField(label=gettext_lazy("电话"), required=False)
    clear_phone = forms.BooleanField(label=gettext_lazy("删去原来的电话"), required=False)
    size = forms.IntegerField(label=gettext_lazy("人口"), min_value=1, max_value=99)
    kind = forms.ChoiceField(label=gettext_lazy("户别"), choices=HouseholdKind.choices)
    tags = forms.MultipleChoiceField(
        label=gettext_lazy("标签"), choices=[(tag, tag) for tag in TAGS], required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    is_hub = forms.BooleanField(label=gettext_lazy("党员中心户"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, household: Household, *args: Any, **kwargs: Any) -> None:
        names = ("address", "size", "kind", "tags", "is_hub", "version")
        super().__init__(*args, initial={name: getattr(household, name) for name in names}, **kwargs)
        self.household = household
        _kept(self.fields["head_name"], mask_name(household.head_name))
        _kept(self.fields["phone"], mask_phone(household.phone))
        if not household.phone:
            del self.fields["clear_phone"]
        others = [tag for tag in household.tags if tag not in TAGS]
        offer(self.fields["tags"], [(tag, tag) for tag in (*TAGS, *others)])

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"]
        if address != self.household.address and names_several(address):
            raise forms.ValidationError(SEVERAL_DOORS)
        return address

    def clean_head_name(self) -> str:
        return _one_name(self.cleaned_data["head_name"])

    @property
    def new(self) -> NewHousehold:
        data, home = self.cleaned_data, self.household
        phone = data["phone"] or ("" if data.get("clear_phone") else home.phone)
        return NewHousehold(
            area=home.area,
            address=data["address"],
            head_name=data["head_name"] or home.head_name,
            phone=phone,
            size=data["size"],
            tags=data["tags"],
            is_hub=data["is_hub"],
            kind=data["kind"],
        )


def _kept(field: forms.Field, masked: str) -> None:
    """An input that says, masked, what is there and stays unless something is typed."""
    if masked:
        field.help_text = _("现为 %(masked)s，%(keep)s") % {"masked": masked, "keep": KEEP}


def _one_name(name: str) -> str:
    if name and (fault := name_fault(name)):
        raise forms.ValidationError(fault)
    return name


class ResidentForm(CleanForm):
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=NAME_LENGTH)
    relation = forms.ChoiceField(label=gettext_lazy("与户主关系"), choices=Resident.Relation.choices)
    phone = PhoneField(label=gettext_lazy("电话"), required=False)
    birth_year = forms.IntegerField(
        label=gettext_lazy("出生年"), min_value=1900, max_value=2100, required=False,
        help_text=gettext_lazy("只记年份；身份证号不登记"),
    )  # fmt: skip

    def __init__(self, resident: Resident | None, *args: Any, **kwargs: Any) -> None:
        initial = {"relation": resident.relation, "birth_year": resident.birth_year} if resident else {}
        super().__init__(*args, initial=initial, **kwargs)
        self.resident = resident
        if resident is not None:
            self.fields["name"].required = False
            _kept(self.fields["name"], mask_name(resident.name))
            _kept(self.fields["phone"], mask_phone(resident.phone))

    def clean_name(self) -> str:
        return _one_name(self.cleaned_data["name"])

    @property
    def person(self) -> Person:
        data, known = self.cleaned_data, self.resident
        return Person(
            name=data["name"] or (known.name if known else ""),
            phone=data["phone"] or (known.phone if known else ""),
            relation=data["relation"],
            birth_year=data["birth_year"],
        )


class GuardedForm(CleanForm):
    """Which guarded labels hold, of those the reader may know of."""

    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("涉敏感标签"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("只有您和同样负有职责的岗位能看到"),
    )  # fmt: skip

    def __init__(self, allowed: Sequence[str], set_now: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"kinds": list(set_now)}, **kwargs)
        offer(self.fields["kinds"], [(kind, GUARDED[kind].label) for kind in allowed])


class NeedForm(CleanForm):
    text = LongText(
        3,
        label=gettext_lazy("是什么事"),
        max_length=TEXT_LENGTH,
        placeholder=gettext_lazy("例：想给独居的母亲装个扶手"),
    )


class EndNeedForm(CleanForm):
    state = forms.ChoiceField(
        label=gettext_lazy("结果"), widget=forms.RadioSelect,
        choices=[(s.value, s.label) for s in Need.State if s != Need.State.OPEN],
    )  # fmt: skip
    outcome = LongText(
        3,
        label=gettext_lazy("怎么办的"),
        max_length=TEXT_LENGTH,
        placeholder=gettext_lazy("例：村里出材料，志愿队周六装好了"),
    )


class ConsentForm(CleanForm):
    state = forms.ChoiceField(label=gettext_lazy("情况"), widget=forms.RadioSelect, choices=Consent.State.choices)


class RequestForm(CleanForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("这一户要求"), widget=forms.RadioSelect, choices=SubjectRequest.Kind.choices
    )


class AnswerForm(CleanForm):
    state = forms.ChoiceField(
        label=gettext_lazy("答复"), widget=forms.RadioSelect,
        choices=[(s.value, s.label) for s in SubjectRequest.State if s != SubjectRequest.State.OPEN],
    )  # fmt: skip
    answer = LongText(
        3,
        label=gettext_lazy("怎么答复的"),
        max_length=TEXT_LENGTH,
        placeholder=gettext_lazy("例：当面交了打印件；或：正在办理的工单要用，办结后再删"),
    )


class MatterForm(IdempotentForm):
    """有事: one sentence makes a ticket; where, who and how to reach them are filled in."""

    note = LongText(
        3,
        label=gettext_lazy("是什么事"),
        max_length=TEXT_LENGTH,
        placeholder=gettext_lazy("例：老人家里漏雨，想请人看看屋顶"),
    )
    item = forms.CharField()
    reason = forms.ChoiceField(label=gettext_lazy("走访事由"), choices=reason_choices, initial=Reason.ROUTINE)
    photos = PicturesField(
        label=gettext_lazy("照片"), required=False, may_follow=True, help_text=gettext_lazy("可不拍，最多 9 张")
    )

    def __init__(self, version: ListVersion, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = ItemField(
            version, label=_("哪一类"), required=False, help_text=_("可不填，由受理的人定；或输入编号、名称、群众叫法")
        )
        guard(field)
        self.fields["item"] = field


class VisitForm(IdempotentForm):
    """平安 or 没人, by one press."""

    outcome = forms.ChoiceField(choices=[(o.value, o.label) for o in (Outcome.WELL, Outcome.ABSENT)])
    reason = forms.ChoiceField(
        label=gettext_lazy("走访事由"), choices=reason_choices, initial=Reason.ROUTINE, required=False
    )
    note = forms.CharField(label=gettext_lazy("补充一句"), required=False, max_length=TEXT_LENGTH)


class SpanForm(CleanForm):
    """The days of a journal; what makes no sense is left out."""

    first = DayField(label=gettext_lazy("从"), required=False)
    last = DayField(label=gettext_lazy("到"), required=False)


class HelperForm(IdempotentForm):
    village = forms.TypedChoiceField(label=gettext_lazy("村社"))
    kind = forms.ChoiceField(label=gettext_lazy("身份"), choices=HelperKind.choices, widget=forms.RadioSelect)
    name = forms.CharField(
        label=gettext_lazy("姓名"), max_length=NAME_LENGTH, required=False, help_text=gettext_lazy("没有账号的写姓名")
    )
    account = forms.TypedChoiceField(label=gettext_lazy("账号"), required=False, empty_value=None)

    def __init__(self, villages: Sequence[Area], accounts: Sequence[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_code = {village.code: village for village in villages}
        people = {str(person.pk): person for person in accounts}
        village, account = self.fields["village"], self.fields["account"]
        offer(village, ((code, one.name) for code, one in by_code.items()), each=by_code)
        offer(account, [("", _("没有账号")), *((pk, one.name) for pk, one in people.items())], each=people)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("name") and not data.get("account") and not self.errors:
            self.add_error("name", _("写姓名，或选一个账号"))
        return data


class AssignForm(CleanForm):
    households = forms.ModelMultipleChoiceField(
        Household.objects.none(), label=gettext_lazy("住户"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, rows: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["households"].queryset = rows  # type: ignore[attr-defined]


class UploadForm(IdempotentForm):
    kind = forms.ChoiceField(label=gettext_lazy("导入什么"), widget=forms.RadioSelect)
    place = forms.TypedChoiceField(label=gettext_lazy("导入到"))
    file = forms.FileField(label=gettext_lazy("表格"), help_text=gettext_lazy(".xlsx 或 .csv；列名上面可以有标题"))

    def __init__(self, kinds: Sequence[str], places: Sequence[Area], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_code = {place.code: place for place in places}
        labels = dict(Import.Kind.choices)
        offer(self.fields["kind"], [(kind, labels[kind]) for kind in kinds])
        self.fields["kind"].initial = kinds[0] if kinds else ""
        place = self.fields["place"]
        offer(place, ((code, one.name) for code, one in by_code.items()), each=by_code)


class TableForm(CleanForm):
    """Which sheet of a file is meant, and which of its lines name the columns."""

    sheet = forms.ChoiceField(label=gettext_lazy("工作表"), required=False)
    head = forms.TypedChoiceField(label=gettext_lazy("列名在第几行"), coerce=int)
    depth = forms.TypedChoiceField(
        label=gettext_lazy("列名占几行"), coerce=int, choices=[(n, n) for n in range(1, DEEPEST + 1)],
        help_text=gettext_lazy("列名分上下两层时选 2；上面一行选的是最下面那一行"),
    )  # fmt: skip

    takes_hidden = forms.BooleanField(label=gettext_lazy("隐藏的行也读"), required=False)

    def __init__(self, one: Import, choice: Choice, *args: Any, **kwargs: Any) -> None:
        initial = {"sheet": one.sheet, "head": one.head_line, "depth": one.head_depth, "takes_hidden": one.takes_hidden}
        super().__init__(*args, initial=initial, **kwargs)
        self.current = one.sheet
        offer(self.fields["sheet"], choice.sheets)
        offer(self.fields["head"], ((number, number) for number, _is_head, _cells in choice.lines))
        if len(choice.sheets) < 2:
            del self.fields["sheet"]
        if not one.hidden_rows:
            del self.fields["takes_hidden"]

    @property
    def table(self) -> Place:
        data = self.cleaned_data
        head = Head(data["head"], data["depth"])
        return Place(data.get("sheet", self.current), head, takes_hidden=data.get("takes_hidden", False))


class ColumnsForm(CleanForm):
    """Which column of the file is which field."""

    def __init__(self, one: Import, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={name: str(at) for name, at in one.columns.items()}, **kwargs)
        columns = [(str(at), called(one.header, at)) for at in range(len(one.header))]
        for field in FIELDS[one.kind]:
            choice = forms.ChoiceField(
                label=str(field.label),
                choices=[("", _("没有这一列")), *columns],
                required=False,
                help_text=str(field.hint),
            )
            guard(choice)
            self.fields[field.name] = choice
            self.initial.setdefault(field.name, "")

    @property
    def columns(self) -> dict[str, int]:
        return {name: int(value) for name, value in self.cleaned_data.items() if value != ""}


class ExportForm(IdempotentForm):
    place = forms.TypedChoiceField(label=gettext_lazy("范围"))
    reason = forms.CharField(
        label=gettext_lazy("用途"), max_length=200, help_text=gettext_lazy("批准的人和审计都会看到")
    )

    def __init__(self, places: Sequence[Area], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_code = {place.code: place for place in places}
        place = self.fields["place"]
        offer(place, ((code, one.name) for code, one in by_code.items()), each=by_code)


class DecideForm(CleanForm):
    approve = forms.ChoiceField(
        label=gettext_lazy("意见"), widget=forms.RadioSelect,
        choices=[("yes", gettext_lazy("批准")), ("no", gettext_lazy("不批准"))],
    )  # fmt: skip
    remark = forms.CharField(label=gettext_lazy("说明"), max_length=200, required=False)


class FilterForm(CleanForm):
    """The narrowing of the list of households; shown with what is asked for."""

    q = forms.CharField(
        label=gettext_lazy("找住户"), required=False, max_length=60,
        widget=forms.TextInput({"type": "search", "placeholder": gettext_lazy("门牌、户编码、户主全名或电话")}),
    )  # fmt: skip
    tag = forms.ChoiceField(label=gettext_lazy("标签"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("户别"), required=False)
    guarded = forms.ChoiceField(label=gettext_lazy("涉敏感标签"), required=False)

    def __init__(self, wanted: Wanted, known: Sequence[str], *args: Any, **kwargs: Any) -> None:
        given: Mapping[str, str] = {
            "q": wanted.words, "tag": wanted.tag, "kind": wanted.kind, "guarded": wanted.guarded,
        }  # fmt: skip
        super().__init__(*args, initial=given, **kwargs)
        every = ("", _("全部"))
        choices: dict[str, list[tuple[str, Any]]] = {
            "tag": [(tag, tag) for tag in TAGS],
            "kind": [(str(value), label) for value, label in HouseholdKind.choices],
            "guarded": [(kind, GUARDED[kind].label) for kind in known],
        }
        for name, rows in choices.items():
            offer(self.fields[name], [every, *rows])
        if not known:
            del self.fields["guarded"]
