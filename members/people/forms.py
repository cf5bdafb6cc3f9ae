"""Forms of the people pages. Rules live in the verbs; their refusals are shown beside the field."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import DomainError
from core.web.forms import CleanForm, CodeField, DayField, IdempotentForm, PhoneField
from grids.models import Area
from members.departments import LOCAL_KINDS
from members.models import Department, DepartmentKind, Side, User
from members.people import places
from members.roles import Role
from members.signing_in.lockout import canonical

RESERVED = frozenset({"new", "audit", "departments"})
PHONE = RegexValidator(r"^(1[0-9]{10}|0[0-9]{9,11})$", _("请填 11 位手机号，或带区号的座机号"))
DUTY_PHONE = RegexValidator(r"^[0-9][0-9 ,、转-]{2,19}$", _("请填电话号码，例如 0750-2210000 或 12345"))
USERNAME = RegexValidator(
    r"^[a-z0-9\u4e00-\u9fff][a-z0-9._\u4e00-\u9fff-]*$", _("账号用字母、数字、汉字、点、横线，以字母、数字或汉字开头")
)


def show_refusal(form: forms.Form, refusal: DomainError, field: str = "") -> None:
    """Put a verb's refusal beside the field it names (or `field`), or above the form."""
    named = getattr(refusal, "field", "") or field
    form.add_error(named if named in form.fields else None, refusal.message)


class PostForm(CleanForm):
    """A role at a place. `cleaned_data["place"]` becomes a `places.Place`; several fits are offered to choose from."""

    role = forms.ChoiceField(label=_("角色"), choices=[("", _("请选择")), *Role.choices])
    place = forms.CharField(
        label=_("区域或部门"),
        max_length=60,
        required=False,
        help_text=_("写名称、代码或拼音首字母；县一级的角色可以不填"),
        widget=forms.TextInput(attrs={"list": "places", "autocomplete": "off"}),
    )
    pick = forms.CharField(label=_("是哪一处"), max_length=20, required=False, widget=forms.HiddenInput)
    side = forms.ChoiceField(label=_("AB 岗"), choices=Side.choices, initial=Side.A, widget=forms.RadioSelect)
    starts_on = DayField(label=_("到岗日"), required=False, help_text=_("不填就是今天"))
    ends_on = DayField(label=_("离岗日"), required=False, help_text=_("不填就是长期"))

    def __init__(self, admin: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.admin = admin

    @property
    def suggestions(self) -> list[tuple[str, str]]:
        return list(places.suggestions(self.admin))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("role") and "place" in data:
            data["at"] = self._place(Role(data["role"]), data["place"], data.get("pick", ""))
        return data

    def _place(self, role: Role, words: str, picked: str) -> places.Place | None:
        found = places.find(self.admin, role, words) if words else []
        if not words:
            county = places.only_place(self.admin, role)
            found = [county] if county else []
        chosen = [place for place in found if place.code == picked] if len(found) > 1 else found
        if len(chosen) == 1:
            return chosen[0]
        if found:
            self._offer(found)
            return None
        where = {"role": role.label, "levels": places.level_words(role), "words": words}
        problem = _now("没有找到“%(words)s”。“%(role)s”设在%(levels)s") if words else _now("“%(role)s”须填%(levels)s")
        self.add_error("place", problem % where)
        return None

    def _offer(self, found: list[places.Place]) -> None:
        self.fields["pick"].widget = forms.RadioSelect(choices=[(place.code, place.label) for place in found])
        self.add_error("pick", _now("有 %(n)d 处符合，请选一处") % {"n": len(found)})

    def post(self) -> dict[str, Any]:
        """Arguments of `posts.assign` for a valid form."""
        data = self.cleaned_data
        place = data["at"]
        return {
            "role": Role(data["role"]),
            "area": place.area,
            "department": place.department,
            "side": data["side"],
            "starts_on": data["starts_on"],
            "ends_on": data["ends_on"],
        }


class AssignForm(IdempotentForm, PostForm):
    pass


class NewPersonForm(IdempotentForm, PostForm):
    """An account with its first post."""

    name = forms.CharField(label=_("姓名"), max_length=40)
    username = forms.CharField(
        label=_("账号"),
        max_length=40,
        help_text=_("登录用，不分大小写，以后不能改"),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
    )
    phone = PhoneField(label=_("电话"), required=False, validators=[PHONE])
    field_order = ("name", "username", "phone", "role", "place", "pick", "side", "starts_on", "ends_on")

    def clean_username(self) -> str:
        username = canonical(self.cleaned_data["username"])
        USERNAME(username)
        if username in RESERVED:
            raise forms.ValidationError(_now("账号“%(name)s”已有别的用途，请换一个") % {"name": username})
        return username


class EditPersonForm(CleanForm):
    """Name and phone; the phone on file is not shown again, so an empty field keeps it."""

    name = forms.CharField(label=_("姓名"), max_length=40)
    phone = PhoneField(label=_("新电话"), required=False, validators=[PHONE])
    no_phone = forms.BooleanField(label=_("删去电话"), required=False)

    def changes(self) -> dict[str, str]:
        data = self.cleaned_data
        found = {"name": data["name"]}
        if data["no_phone"] or data["phone"]:
            found["phone"] = "" if data["no_phone"] else data["phone"]
        return found


class EndForm(CleanForm):
    on = DayField(label=_("离岗日"), help_text=_("从这一天起不再看得到这里的工单；填今天马上生效"))

    def __init__(self, *args: Any, starts_on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.starts_on = starts_on
        self.initial.setdefault("on", max(clock.today(), starts_on))

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        if day < self.starts_on:
            raise forms.ValidationError(_now("离岗日不能早于到岗日 %(day)s") % {"day": self.starts_on})
        return day


class EmptyForm(CleanForm):
    """A step that asks for nothing but the button."""


class RetireForm(CleanForm):
    """Who takes over what a department has in hand; must be said where there is something."""

    heir = forms.ChoiceField(label=_("由哪个部门接续"))

    def __init__(self, department: Department, *args: Any, is_needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        near = Q(township__isnull=True) | Q(township=department.township_id)
        rows = Department.objects.filter(near, retired_at__isnull=True).exclude(pk=department.pk).order_by("code")
        self.offered = {row.code: row for row in rows}
        field: Any = self.fields["heir"]
        field.required = is_needed
        field.choices = [
            ("", _("请选择") if is_needed else _("没有要接续的")),
            *((c, str(r)) for c, r in self.offered.items()),
        ]

    @property
    def chosen(self) -> Department | None:
        return self.offered.get(self.cleaned_data["heir"])


class DepartmentForm(CleanForm):
    short_name = forms.CharField(label=_("简称"), max_length=20, required=False)
    phone = CodeField(label=_("值班电话"), max_length=20, required=False, validators=[DUTY_PHONE])


class OfficeForm(IdempotentForm):
    """A new office or station of a township."""

    township = forms.ModelChoiceField(
        Area.objects.none(), label=_("乡镇"), to_field_name="code", empty_label=_("请选择")
    )
    name = forms.CharField(label=_("全称"), max_length=60, help_text=_("例如：沙塘镇规划建设办公室"))
    short_name = forms.CharField(label=_("简称"), max_length=20, required=False)
    suffix = CodeField(
        label=_("代码"),
        max_length=8,
        help_text=_("两到八个大写字母或数字，例如 GJ；前面自动加上乡镇代码"),
        validators=[RegexValidator(r"^[A-Za-z0-9]{2,8}$", _("请用两到八个字母或数字"))],
    )
    kind = forms.ChoiceField(
        label=_("类别"),
        choices=[(kind.value, kind.label) for kind in DepartmentKind if kind in LOCAL_KINDS],
        initial=DepartmentKind.OFFICE,
        widget=forms.RadioSelect,
    )
    phone = CodeField(label=_("值班电话"), max_length=20, required=False, validators=[DUTY_PHONE])
    stands_in_for = forms.ModelMultipleChoiceField(
        Department.objects.none(),
        label=_("对应的县级部门"),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("清单里写这些部门牵头的事，先派到这里"),
    )

    def __init__(self, townships: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        of_county = Department.objects.filter(township=None, retired_at=None).order_by("code")
        for name, rows in (("township", townships), ("stands_in_for", of_county)):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = rows
