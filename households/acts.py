"""What the trail says of household files, visits, liaison, imports and exports."""

from django.utils.translation import gettext_lazy as _

from core.clock import local
from core.trust.acts import ACTS, NAMINGS, UNTOLD, act, naming_of, one_of, plain
from core.web.reveal import REASONS
from grids.hooks import AREA
from households.models import Consent, ExportRequest, Helper, Import, ImportChange, Need, SubjectRequest
from households.rules import HelperKind, Outcome

_ADDED, _CHANGED, _BAD = plain(_("新增")), plain(_("更新")), plain(_("有错"))
_RESIDENT = {"code": UNTOLD, "resident": UNTOLD}
_NEED = {"code": UNTOLD, "need": UNTOLD}
_REQUEST = {"code": UNTOLD, "kind": one_of(_("请求"), dict(SubjectRequest.Kind.choices))}
_WHY = one_of(_("原因"), REASONS)

ACTS.extend(
    (
        act("household.revealed", _("查看户主和电话"), reason=_WHY, code=UNTOLD),
        act("household.reveal_capped", _("查看户主和电话到上限"), code=UNTOLD),
        act("household.guarded_read", _("查看涉敏感标签"), code=UNTOLD),
        act("household.guarded_listed", _("按涉敏感标签查户")),
        act("household.guarded_changed", _("设涉敏感标签"), code=UNTOLD),
        act("household.resident_added", _("添加居民"), **_RESIDENT),
        act("household.resident_changed", _("更正居民"), **_RESIDENT),
        act("household.resident_removed", _("删去居民"), **_RESIDENT),
        act("household.need_noted", _("记急难愁盼"), **_NEED),
        act("household.need_ended", _("写明急难愁盼结果"), **_NEED, state=one_of(_("结果"), dict(Need.State.choices))),
        act(
            "household.consent",
            _("记告知与同意"),
            code=UNTOLD,
            state=one_of(_("情况"), dict(Consent.State.choices)),
            version=plain(_("告知书版本")),
        ),
        act("household.request_taken", _("登记个人信息请求"), **_REQUEST, due_on=plain(_("答复期限"))),
        act(
            "household.request_answered",
            _("答复个人信息请求"),
            **_REQUEST,
            state=one_of(_("结果"), dict(SubjectRequest.State.choices)),
        ),
        act("household.subject_export", _("打印个人信息副本"), code=UNTOLD),
        act("household.visited", _("走访"), code=UNTOLD, outcome=one_of(_("结果"), dict(Outcome.choices))),
        act("household.exported", _("导出住户"), personal=plain(_("含个人信息")), request=UNTOLD),
        act("household.residents_loaded", _("导入居民"), added=_ADDED, changed=_CHANGED),
        act(
            "household.residents_unloaded",
            _("撤回导入：改回居民"),
            restored=plain(_("改回")),
            removed=plain(_("删去")),
        ),
        act(
            "households.retained",
            _("清除到期个人信息"),
            notes=plain(_("走访备注")),
            imports=plain(_("导入")),
            changes=plain(_("导入前的内容")),
        ),
        act("area.exported", _("导出区域")),
        act("liaison.helper_added", _("添加联户人"), area=AREA, kind=one_of(_("身份"), dict(HelperKind.choices))),
        act("liaison.assigned", _("安排联系户"), area=AREA, count=plain(_("户数"))),
        act("liaison.released", _("不再联系户"), area=AREA),
        act("liaison.helper_retired", _("不再联户"), area=AREA, households=plain(_("原联系户数"))),
        act("import.taken_in", _("上传表格"), kind=UNTOLD, area=UNTOLD, size=plain(_("字节"))),
        act("import.started", _("开始导入"), kind=UNTOLD, rows=plain(_("行数")), moves=plain(_("户随表划转"))),
        act("import.done", _("导入完成"), added=_ADDED, changed=_CHANGED, bad=_BAD),
        act("import.cancelled", _("取消导入"), written=plain(_("已处理行"))),
        act("import.faulty_taken", _("取走有错的行"), rows=plain(_("行数"))),
        act("import.problems_taken", _("取走问题清单"), rows=plain(_("行数"))),
        act("import.taking_back", _("撤回导入"), added=_ADDED, changed=_CHANGED, moved=plain(_("划转"))),
        act(
            "import.taken_back",
            _("撤回导入完成"),
            **{outcome.value: plain(outcome.label) for outcome in ImportChange.Outcome},
        ),
        act("export.asked", _("申请导出个人信息"), area=UNTOLD, count=plain(_("户数"))),
        act("export.decided", _("审批个人信息导出"), approve=plain(_("批准"))),
    )
)
NAMINGS.extend(
    (
        naming_of(Helper, lambda row: row.name),
        naming_of(
            Import,
            lambda row: f"{row.place.place_name} {row.get_kind_display()} {local(row.created_at):%Y-%m-%d %H:%M}",
            beside=("place__parent",),
        ),
        naming_of(
            ExportRequest,
            lambda row: f"{row.area.place_name} {local(row.asked_at):%Y-%m-%d %H:%M}",
            beside=("area__parent",),
        ),
    )
)
