"""What the trail says of lists, of powers handed down and of rules that consultations leave behind."""

from collections.abc import Collection

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core.trust.acts import ACTS, NAMINGS, UNTOLD, Naming, act, named, naming_of, plain
from duties.models import Assignment, DispatchRule, DutyItem, ListVersion

ITEM_NAMES = "duties.dutyitem.code"
ITEM = named(lazy("事项"), ITEM_NAMES)
"""The detail of an act that is the code of an item."""
_LINE = {"version": UNTOLD, "code": plain(lazy("条目")), "items": plain(lazy("条目数"))}
_ROUND = {"number": UNTOLD, "round": plain(lazy("第几次送审"))}
_SAID = {**_ROUND, "code": named(lazy("部门"), "members.department.code")}

ACTS.extend(
    (
        act("duties.import", lazy("导入清单"), items=plain(lazy("条目数"))),
        act("duties.open_draft", lazy("开清单草稿"), base=plain(lazy("上一版"))),
        act("duties.discard_draft", lazy("删清单草稿"), number=plain(lazy("版次"))),
        act("duties.edit_item", lazy("改清单条目"), **_LINE),
        act("duties.add_item", lazy("增清单条目"), **_LINE),
        act("duties.remove_item", lazy("删清单条目"), **_LINE),
        act("duties.restore_item", lazy("还原清单条目"), **_LINE),
        act("duties.apply_table", lazy("按表格改清单"), **_LINE),
        act("duties.undo_edit", lazy("撤销对清单的修改"), **_LINE),
        act("duties.submit", lazy("清单送审"), **_ROUND),
        act("duties.withdraw", lazy("撤回送审的清单"), **_ROUND),
        act("duties.agree", lazy("审核同意清单"), **_SAID),
        act("duties.send_back", lazy("退回清单修改"), **_SAID),
        act("duties.approval_passed", lazy("清单审核由接续部门来做"), **_SAID),
        act("duties.publish", lazy("发布清单"), number=UNTOLD, starts_on=plain(lazy("施行日"))),
        act("duties.rule_kept", lazy("记派单规则"), code=UNTOLD, lead=UNTOLD, source=plain(lazy("来自"))),
        act("duties.rule_revoked", lazy("废止派单规则"), code=UNTOLD),
        act(
            "duties.assigned",
            lazy("赋权、分工"),
            kind=UNTOLD,
            code=UNTOLD,
            area=UNTOLD,
            office=UNTOLD,
            starts_on=plain(lazy("从哪天")),
        ),
        act("duties.assignment_ended", lazy("终止赋权、分工"), code=UNTOLD),
    )
)


def _items(codes: Collection[str]) -> dict[str, str]:
    """Items as the newest version that has them calls them."""
    rows = DutyItem.objects.filter(code__in=codes).order_by("version__number")
    return {code: f"{code} {name}" for code, name in rows.values_list("code", "name")}


def _version(row: ListVersion) -> str:
    return _("%(list)s第 %(n)d 版") % {"list": row.duty_list.name, "n": row.number}


def _rule(row: DispatchRule) -> str:
    words = {"where": row.township.place_name, "item": row.item_code, "lead": row.lead}
    return _("%(where)s %(item)s 由%(lead)s牵头") % words


def _assignment(row: Assignment) -> str:
    words = {"where": row.township.place_name, "item": row.item_code, "office": row.office}
    return f"{row.get_kind_display()} " + _("%(where)s %(item)s 由%(office)s承办") % words


NAMINGS.extend(
    (
        Naming(ITEM_NAMES, _items),
        naming_of(ListVersion, _version, beside=("duty_list",)),
        naming_of(DutyItem, lambda row: f"{row.code} {row.name}"),
        naming_of(DispatchRule, _rule, beside=("township__parent", "lead")),
        naming_of(Assignment, _assignment, beside=("township__parent", "office")),
    )
)
