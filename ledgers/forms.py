"""The forms that open matters, and the form of each step, made from the tables."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.process.step_fields import form_of
from core.process.steps import Step
from core.web.forms import AskingForm, CleanForm, DayField, IdempotentForm, LongText, PhoneField, StepForm, guard, offer
from duties.models import ListVersion
from grids.levels import GridKind, Level
from grids.models import Area
from issues.engine.new_ticket import Contact
from issues.stepping.fields import DepartmentField, ItemField, TicketField
from ledgers.campaigns.targets import Plan
from ledgers.engine.projects import NewMilestone
from ledgers.lists import VIEWS, Chosen
from ledgers.models import Proposal
from ledgers.page import MatterPage
from ledgers.people import doers_for, owner_choices, owners_for, places_of
from ledgers.rules import MILESTONES_ASKED, MOST_QUESTIONS, Aim, Source
from ledgers.step_fields import NAME_MAX, MatterFields
from members.models import User

TITLE_MAX, WORDS_MAX, REASON_MAX, TAGS_MAX = 60, 500, 500, 80
CHOOSE = ("", gettext_lazy("请选择"))


def form_for(step: Step, page: MatterPage, data: Any = None, files: Any = None) -> StepForm:
    """The form of `step` on a matter; bound when `data` is given."""
    return form_of(StepForm, MatterFields(step, page).make(), page.matter.version, data, files)


def area_choices(areas: Iterable[Area]) -> list[tuple[str, str]]:
    """Places with the name of what lies above a grid or a village."""
    named = (Level.COUNTY, Level.TOWNSHIP)
    return [
        (
            area.code,
            area.name if area.level in named or area.parent is None else f"{area.parent.short_name} · {area.name}",
        )
        for area in areas
    ]


class OpenForm(IdempotentForm):
    """What every opening form knows: its fields are added for the office that opens."""

    def _add(self, **fields: forms.Field) -> None:
        for name, field in fields.items():
            guard(field)
            self.fields[name] = field

    def _places(self, areas: Sequence[Area]) -> forms.Field:
        by_code = {area.code: area for area in areas}
        return forms.TypedChoiceField(
            label=_("所在"), choices=[CHOOSE, *area_choices(areas)], coerce=by_code.__getitem__, empty_value=None
        )


class ProblemForm(OpenForm):
    """A problem and who must put it right by when."""

    title = forms.CharField(label=gettext_lazy("问题名称"), max_length=TITLE_MAX)
    source = forms.ChoiceField(label=gettext_lazy("来源"), choices=[CHOOSE, *Source.choices])
    problem = LongText(4, label=gettext_lazy("问题"), help_text=gettext_lazy("查出了什么，依据是什么；不写群众姓名"))
    due_on = DayField(label=gettext_lazy("整改期限"))
    measures = LongText(3, label=gettext_lazy("整改要求"), required=False)

    def __init__(self, user: User, office: Area, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owners = owners_for(office)
        self._add(
            area=self._places(places_of(office)),
            owner=forms.TypedChoiceField(
                label=_("责任单位"),
                choices=[CHOOSE, *owner_choices(owners, _("乡镇"))],
                coerce=owners.__getitem__,
                empty_value=None,
            ),
            ticket=TicketField(user, [], label=_("关联工单编号"), required=False),
        )
        self.order_fields(["title", "source", "problem", "area", "owner", "due_on", "measures", "ticket"])

    def clean_due_on(self) -> Any:
        day = self.cleaned_data["due_on"]
        if day <= clock.today():
            raise ValidationError(_("期限须在今天之后"), code="past")
        return day

    @property
    def contents(self) -> dict[str, Any]:
        """What `rectifications.open_problem` takes."""
        names = ("title", "problem", "due_on", "measures", "area", "owner", "ticket")
        return {name: self.cleaned_data[name] for name in names} | {"source": Source(self.cleaned_data["source"])}


class ProjectForm(OpenForm):
    """立项: what a village gets, by which steps, and which proposals it answers."""

    title = forms.CharField(label=gettext_lazy("实事名称"), max_length=TITLE_MAX)
    goal = LongText(
        3,
        label=gettext_lazy("要办成什么"),
        max_length=WORDS_MAX,
        help_text=gettext_lazy("本村公示页上能看到，不写姓名"),
    )

    def __init__(
        self, office: Area, villages: Sequence[Area], proposals: Sequence[Proposal], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        known = {str(one.pk): one for one in proposals}
        choices = [(pk, f"{one.village.short_name}：{one.words[:40]}") for pk, one in known.items()]
        self._add(
            village=self._places(villages),
            proposals=forms.TypedMultipleChoiceField(
                label=_("采纳哪些建议"),
                choices=choices,
                coerce=known.__getitem__,
                empty_value=[],
                required=False,
                widget=forms.CheckboxSelectMultiple,
            ),
        )
        self.fields["village"].label = _("哪个村社")
        if not choices:
            del self.fields["proposals"]
        for n in range(MILESTONES_ASKED):
            self._add(
                **{
                    f"name{n}": forms.CharField(label=_("节点"), max_length=NAME_MAX, required=n == 0),
                    f"planned_on{n}": DayField(label=_("计划日期"), required=n == 0),
                    f"department{n}": DepartmentField(doers_for(office.pk), label=_("责任单位"), required=False),
                }
            )

    @property
    def asked(self) -> list[forms.BoundField]:
        return [self[name] for name in ("title", "village", "goal", "proposals") if name in self.fields]

    @property
    def milestone_rows(self) -> list[list[forms.BoundField]]:
        return [[self[f"{name}{n}"] for name in ("name", "planned_on", "department")] for n in range(MILESTONES_ASKED)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for n in range(MILESTONES_ASKED):
            name, day = data.get(f"name{n}"), data.get(f"planned_on{n}")
            if bool(name) != bool(day) and not {f"name{n}", f"planned_on{n}"} & self.errors.keys():
                self.add_error(f"planned_on{n}" if name else f"name{n}", _("请填写此项"))
        village = data.get("village")
        if any(one.village_id != village.pk for one in data.get("proposals") or () if village):
            self.add_error("proposals", _("只能采纳这个村社的建议"))
        return data

    @property
    def contents(self) -> dict[str, Any]:
        """What `projects.start` takes."""
        data = self.cleaned_data
        milestones = [
            NewMilestone(data[f"name{n}"], data[f"planned_on{n}"], data.get(f"department{n}"))
            for n in range(MILESTONES_ASKED)
            if data.get(f"name{n}")
        ]
        names = ("title", "goal", "village")
        return {name: data[name] for name in names} | {
            "milestones": milestones,
            "proposals": data.get("proposals") or [],
        }


class CampaignForm(OpenForm):
    """What is looked at, where, and what a finding becomes."""

    title = forms.CharField(label=gettext_lazy("行动名称"), max_length=TITLE_MAX)
    basis = forms.CharField(
        label=gettext_lazy("依据"), max_length=200, help_text=gettext_lazy("文号或会议，没有依据的不要布置")
    )
    starts_on = DayField(label=gettext_lazy("开始"))
    ends_on = DayField(label=gettext_lazy("结束"))
    questions = LongText(
        5,
        label=gettext_lazy("看什么"),
        help_text=gettext_lazy("一行一条，1 到 8 条，例：电线有没有老化"),
    )
    aim = forms.ChoiceField(
        label=gettext_lazy("对象"), choices=Aim.choices, initial=Aim.HOUSEHOLDS, widget=forms.RadioSelect
    )

    def __init__(
        self, office: Area, version: ListVersion, *args: Any, may_use_tags: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        places = {area.code: area for area in places_of(office)}
        self._add(
            item=ItemField(version, label=_("发现问题按哪项清单办")),
            places=forms.TypedMultipleChoiceField(
                label=_("范围"),
                choices=area_choices(places.values()),
                coerce=places.__getitem__,
                empty_value=[],
                widget=forms.SelectMultiple({"size": 8}),
                help_text=_("可选几个；选乡镇或村社就是其中全部网格"),
            ),
            kind=forms.ChoiceField(label=_("网格类型"), choices=[("", _("不限")), *GridKind.choices], required=False),
        )
        if may_use_tags:
            tags = forms.CharField(
                label=_("只看这些标签的户"), max_length=TAGS_MAX, required=False, help_text=_("可不填；几个用顿号分开")
            )
            self._add(tags=tags)
        self.order_fields(
            ["title", "basis", "starts_on", "ends_on", "item", "questions", "aim", "places", "kind", "tags"]
        )

    def clean_questions(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["questions"].splitlines() if line.strip()]
        if not 1 <= len(lines) <= MOST_QUESTIONS:
            raise ValidationError(_("写 1 到 %(n)d 条，一行一条"), code="count", params={"n": MOST_QUESTIONS})
        if any(len(line) > NAME_MAX for line in lines):
            raise ValidationError(_("每条最多 %(n)d 个字"), code="long", params={"n": NAME_MAX})
        return lines

    def clean_tags(self) -> list[str]:
        text = self.cleaned_data.get("tags") or ""
        return [tag for tag in text.replace("，", "、").replace(",", "、").replace(" ", "、").split("、") if tag]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("结束日期不能早于开始日期"))
        return data

    @property
    def plan(self) -> Plan:
        """What `campaigns.start` takes."""
        data = self.cleaned_data
        names = ("title", "basis", "starts_on", "ends_on", "item", "questions", "places")
        return Plan(
            **{name: data[name] for name in names},
            aim=Aim(data["aim"]),
            tags=data.get("tags") or [],
            grid_kind=data.get("kind") or "",
        )


class DeclineForm(IdempotentForm):
    """Why a proposal is not taken up; its proposer reads it."""

    reason = LongText(
        3, label=gettext_lazy("不采纳的理由"), max_length=REASON_MAX, help_text=gettext_lazy("提建议的人会看到")
    )


class ProposeForm(AskingForm, IdempotentForm):
    """提一件民生实事: what it is; a way to reach the proposer only for who wants to leave one."""

    words = LongText(
        4,
        label=gettext_lazy("想办的实事"),
        max_length=WORDS_MAX,
    )
    name = forms.CharField(label=gettext_lazy("怎么称呼您"), required=False, max_length=20)
    phone = PhoneField(label=gettext_lazy("电话"), required=False)
    website = forms.CharField(required=False, max_length=100)
    """A field no person sees; what fills it in is a program."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("website"):
            raise ValidationError(_("提交没有被接收，请刷新页面后重试或直接打电话"), code="robot")
        return data

    @property
    def contents(self) -> dict[str, Any]:
        """What `projects.propose` takes."""
        data = self.cleaned_data
        return {"words": data["words"], "contact": Contact(data["name"], data["phone"])}


class VillageProposeForm(ProposeForm):
    """The same, written down by the village for one of its grids."""

    def __init__(self, grids: Sequence[Area], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_code = {area.code: area for area in grids}
        field = forms.TypedChoiceField(
            label=_("哪个网格"), choices=area_choices(grids), coerce=by_code.__getitem__, empty_value=None
        )
        guard(field)
        self.fields["area"] = field
        self.order_fields(["area", "words", "name", "phone"])

    @property
    def contents(self) -> dict[str, Any]:
        return super().contents | {"area": self.cleaned_data["area"]}


class FilterForm(CleanForm):
    """What narrows the problems; it only writes the address."""

    source = forms.ChoiceField(
        label=gettext_lazy("来源"), required=False, choices=[("", gettext_lazy("全部来源")), *Source.choices]
    )
    owner = forms.ChoiceField(label=gettext_lazy("责任单位"), required=False)
    view = forms.ChoiceField(required=False, choices=list(VIEWS.items()), widget=forms.HiddenInput)

    def __init__(self, chosen: Chosen, owners: Sequence[tuple[str, str]]) -> None:
        initial = {"source": chosen.source, "owner": chosen.owner, "view": chosen.view}
        super().__init__(initial=initial, auto_id="f_%s")
        offer(self.fields["owner"], [("", _("全部单位")), *owners])


def villages_of(areas: Sequence[Area]) -> list[Area]:
    return [area for area in areas if area.level == Level.VILLAGE]
