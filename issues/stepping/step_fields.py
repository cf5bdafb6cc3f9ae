"""The fields of the steps' forms, one method for each name in the table's `needs` and `takes`."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.days.calendar import Limit
from core.process.step_fields import StepFields
from core.text import Text
from core.web.forms import LongText, PicturesField
from duties.models import ListVersion
from duties.routing.deciding import NoListInForceError, version_in_force
from duties.shapes.limits import exceeds
from duties.shapes.rules import Rules
from issues.dossier.reading import Dossier
from issues.dossier.timeline import unnamed
from issues.extensions import outcome_of
from issues.finding.families import same_matter
from issues.models import Party, Ticket, TicketEvent
from issues.stepping.fields import DepartmentField, DepartmentsField, ItemField, TicketField, asked, departments_for
from issues.workflow import DECLINE_REASONS, SATISFACTION, SOLVED, STARS, WHISTLE_CAUSES, ClockKind, State, Transition
from members.models import Department

ORDER = (
    "item", "part", "into", "lead", "assisting", "helper", "invited", "shares", "limit", "promise", "days", "evidence",
    "suggested", "cause", "reason", "suspension_reason", "exclusion_reason", "satisfaction", "solved", "stars", "where",
    "measures", "note", "keep_rule", "photos",
)  # fmt: skip
NOTE_LABELS: Mapping[str, Text] = {
    "whistle": gettext_lazy("具体情况"),
    "whistle_village": gettext_lazy("具体情况"),
    "whistle_urgent": gettext_lazy("紧急情况"),
    "whistle_law": gettext_lazy("为什么要执法部门到场"),
    "whistle_hard": gettext_lazy("难在哪里，要商定什么"),
    "keep": gettext_lazy("请网格再做什么"),
    "send_whistle_back": gettext_lazy("要补充什么"),
    "recall": gettext_lazy("为什么撤回，打算派给谁"),
    "hand_back": gettext_lazy("为什么仍由网格受理"),
    "redispatch": gettext_lazy("改派理由"),
    "add_assisting": gettext_lazy("请他们配合什么"),
    "excuse": gettext_lazy("为什么不再需要配合"),
    "assist_report": gettext_lazy("配合做了什么"),
    "return": gettext_lazy("退单理由"),
    "dispute": gettext_lazy("为什么仍不归本单位"),
    "consult": gettext_lazy("要商定什么"),
    "position": gettext_lazy("本单位意见"),
    "decide": gettext_lazy("会商纪要"),
    "progress": gettext_lazy("做到哪一步了"),
    "report_done": gettext_lazy("怎么办的，结果如何"),
    "ask_extension": gettext_lazy("为什么办不完，计划怎么办"),
    "refuse_extension": gettext_lazy("不同意的理由"),
    "ask_suspension": gettext_lazy("现在的情况和打算"),
    "refuse_suspension": gettext_lazy("不批准的理由"),
    "review_suspension": gettext_lazy("复查情况"),
    "resume": gettext_lazy("为什么可以恢复"),
    "supervise": gettext_lazy("督办要求"),
    "answer_sheet": gettext_lazy("回复督办"),
    "verify_fail": gettext_lazy("哪里没有办好"),
    "callback_unsolved": gettext_lazy("点单居民说还有什么没解决"),
    "reopen": gettext_lazy("还有什么没解决"),
    "rate_whistle": gettext_lazy("评语"),
    "ask_exclusion": gettext_lazy("情况说明"),
    "refuse_exclusion": gettext_lazy("不同意的理由"),
    "decline": gettext_lazy("给点单人的答复"),
    "supplement": gettext_lazy("补充什么"),
    "unmerge": gettext_lazy("为什么不是同一件事"),
    "split": gettext_lazy("这一部分要办什么"),
}
SOLVED_FOR: Mapping[str, tuple[str, ...]] = {
    "callback_solved": ("solved", "partly"),
    "callback_unsolved": ("not", "partly"),
    "reopen": ("not", "partly"),
}
CHOSEN_FROM_LIST = frozenset({"self_handle", "whistle", "whistle_village", "whistle_urgent"})
"""Steps that cannot be taken before the ticket has a list item."""
EXTENSIONS = ("1wd", "2wd", "3wd", "5wd", "7wd", "10wd", "15wd")
DECIDED_LIMITS = ("1wd", "3wd", "5wd", "10wd", "15wd", "30wd")
SHEET_LIMITS = ("4wh", "1wd", "2wd", "3wd")


class TicketFields(StepFields[Transition, Dossier]):
    """The fields of one step of a ticket; what several need is read once."""

    order = ORDER
    note_labels = NOTE_LABELS
    note_label = gettext_lazy("备注")

    @property
    def dossier(self) -> Dossier:
        return self.page

    @property
    def ticket(self) -> Ticket:
        return self.page.ticket

    @cached_property
    def offices(self) -> list[Department]:
        return departments_for(self.ticket)

    @cached_property
    def rules(self) -> Rules:
        return Rules.from_json(self.ticket.list_version.rules)

    @cached_property
    def version(self) -> ListVersion:
        """The version in force, for a new choice."""
        try:
            return version_in_force(self.ticket.county_id)
        except NoListInForceError:
            return self.ticket.list_version

    # ---- what it is ---------------------------------------------------------------------------------------------
    def item(self) -> forms.Field:
        """The line the ticket has stays as it is when it is not changed."""
        kept = str(self.ticket.item) if self.ticket.item else ""
        needed = self.step.name in CHOSEN_FROM_LIST
        return ItemField(
            self.version,
            label=_("清单事项"),
            required=needed,
            initial=kept,
            kept=self.ticket.item,
            said=self._said() if self.step.name == "accept" or not kept else "",
        )

    def _said(self) -> str:
        return f"{self.ticket.title} {self.ticket.description}"

    def part(self) -> forms.Field:
        return ItemField(self.version, label=_("拆出的事项"), help_text=_("输入编号、名称或群众叫法"))

    def into(self) -> forms.Field:
        return TicketField(
            self.dossier.reader,
            same_matter(self.ticket),
            label=_("并入哪一件"),
            help_text=_("写工单编号；同网格同事项近 30 天的列在下面"),
        )

    def where(self) -> forms.Field:
        return asked("place", initial=self.ticket.place)

    # ---- who does it --------------------------------------------------------------------------------------------
    def lead(self) -> forms.Field:
        return DepartmentField(self.offices, label=_("牵头部门"), initial=self._lead(), help_text=self._why())

    def assisting(self) -> forms.Field:
        adds = self.step.name == "add_assisting"
        named = set() if adds else self._helpers()
        offered = sorted(self.offices, key=lambda department: department.pk not in named)
        return DepartmentsField(
            offered,
            label=_("配合部门"),
            required=self.needed("assisting"),
            initial=[d.code for d in offered if d.pk in named],
        )

    def helper(self) -> forms.Field:
        return DepartmentField(self.dossier.assisting, label=_("哪个部门"))

    def invited(self) -> forms.Field:
        named = self._helpers() | {self.ticket.decision.get("lead", {}).get("id")}
        offered = sorted(self.offices, key=lambda department: department.pk not in named)
        return DepartmentsField(offered, label=_("请哪些部门参加"), initial=[d.code for d in offered if d.pk in named])

    def shares(self) -> dict[str, forms.Field]:
        """What each department that was heard is to do; empty for those that do nothing."""
        parties = Party.objects.filter(consultation__ticket=self.ticket, consultation__decided_at=None)
        return {
            f"share_{party.department_id}": forms.CharField(
                label=_("%(name)s的分工") % {"name": party.department}, required=False, max_length=200
            )
            for party in parties.select_related("department").order_by("department__code")
        }

    def suggested(self) -> forms.Field:
        others = [department for department in self.offices if department.pk != self.ticket.lead_id]
        return DepartmentField(others, label=_("建议改派"))

    # ---- by when ------------------------------------------------------------------------------------------------
    def limit(self) -> forms.Field:
        if self.step.name == "supervise":
            return _limits(_("多久内回复"), SHEET_LIMITS, required=True, initial="1wd")
        return _limits(_("办结时限"), DECIDED_LIMITS, required=False, empty=_("按清单"))

    def promise(self) -> forms.Field | dict[str, forms.Field]:
        """Asked only where the limit to handle it has run out."""
        if self.ticket.move_kind != ClockKind.HANDLE or clock.now() < self.ticket.move_by:
            return {}
        field = _limits(_("新的办结时间"), DECIDED_LIMITS, required=False, empty=_("还说不准"))
        field.help_text = _("从现在起算，点单居民会看到；已经超时的仍算超时")
        return field

    def days(self) -> forms.Field:
        most = Limit.parse(self.ticket.limits["extend"])
        offered = [text for text in EXTENSIONS if not exceeds(Limit.parse(text), most)]
        return _limits(_("延长多久"), offered, required=True)

    # ---- why ----------------------------------------------------------------------------------------------------
    def evidence(self) -> forms.Field:
        return ItemField(
            self.ticket.list_version,
            label=_("清单依据"),
            help_text=_("哪一项清单说明不该由本部门办：输入编号、名称或群众叫法"),
        )

    def cause(self) -> forms.Field:
        return _radio(_("为什么要吹哨"), list(WHISTLE_CAUSES.items()))

    def reason(self) -> forms.Field:
        return _radio(_("理由"), list(DECLINE_REASONS.items()))

    def suspension_reason(self) -> forms.Field:
        return _radio(_("挂账原因"), [(text, text) for text in self.rules.suspension_reasons])

    def exclusion_reason(self) -> forms.Field:
        return _radio(_("剔除理由"), [(text, text) for text in self.rules.score_exclude])

    def measures(self) -> forms.Field:
        return LongText(
            3,
            label=_("本级已尽措施"),
            required=self.needed("measures"),
            help_text=_("网格、村社已经做了什么；不写的哨可能被退回补充"),
        )

    # ---- how it went --------------------------------------------------------------------------------------------
    def satisfaction(self) -> forms.Field:
        return forms.TypedChoiceField(
            label=_("满意程度"), choices=list(SATISFACTION.items()), coerce=int, widget=forms.RadioSelect
        )

    def solved(self) -> forms.Field:
        keys = SOLVED_FOR.get(self.step.name, tuple(SOLVED))
        return _radio(_("解决了没有"), [(key, SOLVED[key]) for key in keys])

    def stars(self) -> forms.Field:
        return forms.TypedChoiceField(
            label=_("给牵头部门几颗星"), choices=list(STARS.items()), coerce=int, widget=forms.RadioSelect
        )

    def keep_rule(self) -> forms.Field:
        return forms.BooleanField(label=_("以后本镇此类事项照此派单"), required=False)

    def note(self) -> forms.Field:
        field = super().note()
        if self.step.name == "report_done":
            field.initial = outcome_of(self.dossier.reader, self.ticket)
        return field

    def photos(self) -> forms.Field:
        if self.step.name == "report_done" and self.ticket.needs_photo:
            return PicturesField(
                label=_("现场照片"),
                help_text=_("必附，最多 9 张"),
                error_messages={"required": _("此事项办结须附现场照片")},
            )
        follows = self.step.name == "supplement"  # what is said in the field, without signal
        return PicturesField(label=_("照片"), required=False, may_follow=follows, help_text=_("可不附，最多 9 张"))

    # ---- what is suggested --------------------------------------------------------------------------------------
    def _why(self) -> str:
        returned = self._returned()
        if returned is not None and "unnamed" in returned.data:
            return unnamed(returned.data)
        reasons = self.ticket.decision.get("why") or [{"text": ""}]
        return str(reasons[0]["text"])

    def _lead(self) -> str:
        """What the last return suggested, else whom the ticket has or the list names."""
        returned = self._returned()
        if returned is not None:
            wanted = returned.data["suggested"]["id"]
        else:
            wanted = self.ticket.lead_id or self.ticket.decision.get("lead", {}).get("id")
        return next((department.code for department in self.offices if department.pk == wanted), "")

    def _returned(self) -> TicketEvent | None:
        """The return or dispute that waits for an answer."""
        if self.ticket.state not in (State.RETURNED, State.CONSULTING):
            return None
        return next((event for event in self.dossier.events if event.action in ("return", "dispute")), None)

    def _helpers(self) -> set[int]:
        if self.dossier.assisting:
            return {department.pk for department in self.dossier.assisting}
        return {unit["id"] for unit in self.ticket.decision.get("assisting", ())}


def _radio(label: Text, choices: Sequence[tuple[str, Text]]) -> forms.Field:
    return forms.ChoiceField(label=str(label), choices=list(choices), widget=forms.RadioSelect)


def _limits(label: Text, offered: Sequence[str], *, required: bool, empty: Text = "", **more: Any) -> forms.Field:
    """One of several limits in words; cleans to a `Limit`."""
    choices = [*([("", empty)] if empty else []), *((text, Limit.parse(text).label) for text in offered)]
    return forms.TypedChoiceField(
        label=str(label), choices=choices, coerce=Limit.parse, empty_value=None, required=required, **more
    )
