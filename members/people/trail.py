"""The audit trail as people read it: Chinese words for verbs, objects and details; ids, codes and staff names only."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.clock import COUNTY_TIME
from core.models import AuditEntry
from core.rows.paging import Page, page_of
from core.web.forms import CleanForm, DayField
from members.models import Side, User
from members.roles import Role

PAGE_SIZE = 50
LAST = 20
MOST_ACTORS = 200
DAILY = ("signin.done", "signin.left", "signin.expired")
"""What happens every day and would push everything else off the page of a person."""
VERBS = {
    "user.created": gettext_lazy("开户"),
    "user.updated": gettext_lazy("改姓名或电话"),
    "user.password_set": gettext_lazy("设密码"),
    "user.disabled": gettext_lazy("停用账号"),
    "user.enabled": gettext_lazy("启用账号"),
    "user.unlocked": gettext_lazy("解除锁定"),
    "signin.done": gettext_lazy("登录"),
    "signin.left": gettext_lazy("退出登录"),
    "signin.expired": gettext_lazy("登录超时退出"),
    "signin.failed": gettext_lazy("登录失败"),
    "signin.locked": gettext_lazy("登录失败：已停用一刻钟"),
    "factor.set_up": gettext_lazy("设第二重验证"),
    "factor.codes_renewed": gettext_lazy("换恢复码"),
    "factor.recovery_used": gettext_lazy("用掉一个恢复码"),
    "factor.proved": gettext_lazy("再次验证"),
    "factor.failed": gettext_lazy("第二重验证失败"),
    "factor.locked": gettext_lazy("第二重验证失败：已停用一刻钟"),
    "factor.taken_off": gettext_lazy("重设第二重验证"),
    "access.denied": gettext_lazy("无权，被拒绝"),
    "access.not_found": gettext_lazy("要看的不存在或不在范围内"),
    "ticket.sensitive_read": gettext_lazy("查看涉敏感工单"),
    "mediation.read": gettext_lazy("查看纠纷案情"),
    "pushed.reporter_read": gettext_lazy("查看转嫁反映人"),
    "household.guarded_read": gettext_lazy("查看涉敏感标签"),
    "household.guarded_listed": gettext_lazy("按涉敏感标签查户"),
    "post.assigned": gettext_lazy("安排岗位"),
    "post.ended": gettext_lazy("结束岗位"),
    "departments.add": gettext_lazy("新增部门"),
    "departments.update": gettext_lazy("改部门"),
    "departments.retire": gettext_lazy("停用部门"),
    "area.added": gettext_lazy("设立区域"),
    "area.renamed": gettext_lazy("区域改名"),
    "area.retired": gettext_lazy("停用区域"),
    "area.planned": gettext_lazy("填计划户数"),
    "area.exported": gettext_lazy("导出区域"),
    "household.registered": gettext_lazy("登记户"),
    "household.registered_many": gettext_lazy("批量登记户"),
    "household.transferred": gettext_lazy("户迁移"),
    "household.retired": gettext_lazy("注销户"),
    "household.revealed": gettext_lazy("查看户主和电话"),
    "area.code_renewed": gettext_lazy("换点单码"),
    "household.corrected": gettext_lazy("更正户情"),
    "household.erased": gettext_lazy("删去户的个人信息"),
    "household.loaded": gettext_lazy("导入户"),
    "household.residents_loaded": gettext_lazy("导入居民"),
    "household.restored_many": gettext_lazy("撤回导入：改回户"),
    "household.unregistered_many": gettext_lazy("撤回导入：退出新增的户"),
    "household.residents_unloaded": gettext_lazy("撤回导入：改回居民"),
    "household.reveal_capped": gettext_lazy("查看户主和电话到上限"),
    "household.resident_added": gettext_lazy("添加居民"),
    "household.resident_changed": gettext_lazy("更正居民"),
    "household.resident_removed": gettext_lazy("删去居民"),
    "household.guarded_changed": gettext_lazy("设涉敏感标签"),
    "household.need_noted": gettext_lazy("记急难愁盼"),
    "household.need_ended": gettext_lazy("写明急难愁盼结果"),
    "household.consent": gettext_lazy("记告知与同意"),
    "household.request_taken": gettext_lazy("登记个人信息请求"),
    "household.request_answered": gettext_lazy("答复个人信息请求"),
    "household.subject_export": gettext_lazy("打印个人信息副本"),
    "household.visited": gettext_lazy("走访"),
    "household.exported": gettext_lazy("导出住户"),
    "households.retained": gettext_lazy("清除到期个人信息"),
    "liaison.helper_added": gettext_lazy("添加联户人"),
    "liaison.assigned": gettext_lazy("安排联系户"),
    "liaison.released": gettext_lazy("不再联系户"),
    "liaison.helper_retired": gettext_lazy("不再联户"),
    "import.taken_in": gettext_lazy("上传表格"),
    "import.started": gettext_lazy("开始导入"),
    "import.done": gettext_lazy("导入完成"),
    "import.cancelled": gettext_lazy("取消导入"),
    "import.faulty_taken": gettext_lazy("取走有错的行"),
    "import.taking_back": gettext_lazy("撤回导入"),
    "import.taken_back": gettext_lazy("撤回导入完成"),
    "export.asked": gettext_lazy("申请导出个人信息"),
    "export.decided": gettext_lazy("批准导出个人信息"),
    "core.rekeyed": gettext_lazy("换用新密钥"),
    "core.veiled": gettext_lazy("遮盖文字里的号码"),
    "core.words_revealed": gettext_lazy("查看文字里的电话"),
    "core.reindexed": gettext_lazy("重算检索索引"),
    "ticket.contact_revealed": gettext_lazy("查看点单人电话"),
    "tickets.contacts_forgotten": gettext_lazy("清除到期的点单人联系方式"),
    "tickets.exported": gettext_lazy("导出工单"),
    "sheets.exported": gettext_lazy("导出督办单"),
    "engine.switched": gettext_lazy("设定系统代办"),
    "duties.import": gettext_lazy("导入清单"),
    "duties.open_draft": gettext_lazy("开清单草稿"),
    "duties.edit_item": gettext_lazy("改清单事项"),
    "duties.add_item": gettext_lazy("增清单事项"),
    "duties.remove_item": gettext_lazy("删清单事项"),
    "duties.restore_item": gettext_lazy("还原清单事项"),
    "duties.discard_draft": gettext_lazy("删清单草稿"),
    "duties.publish": gettext_lazy("发布清单"),
    "mediation.opened": gettext_lazy("立纠纷案"),
    "mediation.step": gettext_lazy("办理纠纷"),
    "mediation.revealed": gettext_lazy("查看纠纷当事人"),
    "mediation.printed": gettext_lazy("打印调解协议"),
    "ledgers.rectification.opened": gettext_lazy("问题立账"),
    "ledgers.rectification.step": gettext_lazy("办理问题"),
    "ledgers.project.opened": gettext_lazy("民生实事立项"),
    "ledgers.project.step": gettext_lazy("办理民生实事"),
    "ledgers.campaign.opened": gettext_lazy("开展专项行动"),
    "ledgers.campaign.step": gettext_lazy("办理专项行动"),
    "ledgers.looked": gettext_lazy("记排查结果"),
    "ledgers.proposed": gettext_lazy("提民生实事"),
    "ledgers.proposal_adopted": gettext_lazy("采纳建议"),
    "ledgers.proposal_declined": gettext_lazy("不采纳建议"),
    "ledgers.exported": gettext_lazy("导出台账"),
    "admission.opened": gettext_lazy("申请准入"),
    "admission.step": gettext_lazy("办理准入"),
    "pushed.opened": gettext_lazy("反映转嫁"),
    "pushed.step": gettext_lazy("办理转嫁反映"),
    "policy.added": gettext_lazy("政策文件入库"),
    "policy.changed": gettext_lazy("改政策文件"),
    "policy.repealed": gettext_lazy("废止政策文件"),
    "rights.used": gettext_lazy("登记五权行使"),
    "rights.settled": gettext_lazy("登记五权结果"),
    "rights.reviewed": gettext_lazy("五权回头看"),
    "calendar.declare": gettext_lazy("定工作日"),
    "calendar.enter": gettext_lazy("录入全年放假安排"),
    "calendar.withdraw": gettext_lazy("撤工作日"),
    "outbox.rerun": gettext_lazy("重新执行搁置事项"),
    "outbox.rerun_all": gettext_lazy("重新执行一类搁置事项"),
    "outbox.void": gettext_lazy("作废搁置事项"),
    "outbox.void_all": gettext_lazy("作废一类搁置事项"),
    "reach.asked": gettext_lazy("填通知邮箱"),
    "reach.confirmed": gettext_lazy("确认通知邮箱"),
    "reach.forgotten": gettext_lazy("删通知邮箱"),
    "county_times.changed": gettext_lazy("改通知时间"),
    "endpoint.added": gettext_lazy("添加接收端"),
    "endpoint.changed": gettext_lazy("改接收端"),
    "endpoint.secret_renewed": gettext_lazy("换接收端密钥"),
    "endpoint.tested": gettext_lazy("测试接收端"),
    "endpoint.paused": gettext_lazy("暂停接收端"),
    "endpoint.resumed": gettext_lazy("恢复接收端"),
    "endpoint.removed": gettext_lazy("删除接收端"),
}
OBJECTS = {
    "members.user": gettext_lazy("人员"),
    "members.post": gettext_lazy("岗位"),
    "members.department": gettext_lazy("部门"),
    "grids.area": gettext_lazy("区域"),
    "grids.household": gettext_lazy("户"),
    "households.helper": gettext_lazy("联户人"),
    "households.import": gettext_lazy("导入"),
    "households.exportrequest": gettext_lazy("导出申请"),
    "duties.listversion": gettext_lazy("清单版本"),
    "duties.dutyitem": gettext_lazy("清单事项"),
    "issues.ticket": gettext_lazy("工单"),
    "issues.engineswitch": gettext_lazy("系统代办开关"),
    "mediation.dispute": gettext_lazy("纠纷"),
    "ledgers.rectification": gettext_lazy("问题"),
    "ledgers.project": gettext_lazy("民生实事"),
    "ledgers.proposal": gettext_lazy("实事建议"),
    "ledgers.campaign": gettext_lazy("专项行动"),
    "ledgers.target": gettext_lazy("排查对象"),
    "admission.admission": gettext_lazy("准入事项"),
    "admission.pushedtask": gettext_lazy("转嫁反映"),
    "admission.policy": gettext_lazy("政策文件"),
    "admission.rightuse": gettext_lazy("五权行使"),
    "admission.rightreview": gettext_lazy("五权回头看"),
    "core.calendarexception": gettext_lazy("工作日"),
    "core.officialyear": gettext_lazy("放假安排"),
    "core.outboxrow": gettext_lazy("待发事项"),
    "notices.countytimes": gettext_lazy("通知时间"),
    "notices.endpoint": gettext_lazy("外部接收端"),
}
DETAILS = {
    "code": gettext_lazy("代码"),
    "username": gettext_lazy("账号"),
    "user": gettext_lazy("人员"),
    "role": gettext_lazy("角色"),
    "side": gettext_lazy("AB 岗"),
    "on": gettext_lazy("离岗日"),
    "fields": gettext_lazy("改了"),
    "must_change": gettext_lazy("须改密码"),
    "level": gettext_lazy("层级"),
    "area": gettext_lazy("区域"),
    "areas": gettext_lazy("区域数"),
    "count": gettext_lazy("数量"),
    "successors": gettext_lazy("由其接续"),
    "number": gettext_lazy("版次"),
    "version": gettext_lazy("版次"),
    "base": gettext_lazy("上一版"),
    "items": gettext_lazy("事项数"),
    "starts_on": gettext_lazy("施行日"),
    "day": gettext_lazy("日期"),
    "is_working": gettext_lazy("上班"),
    "topic": gettext_lazy("主题"),
    "format": gettext_lazy("格式"),
    "filter": gettext_lazy("条件"),
    "searched": gettext_lazy("按词搜索"),
    "host": gettext_lazy("主机"),
    "page": gettext_lazy("页面"),
    "at": gettext_lazy("编号"),
    "address": gettext_lazy("地址代号"),
    "unknown": gettext_lazy("没有这个账号，代号"),
}
"""Details worth showing. Free text (reasons, words before and after) stays in the trail: it may name a resident."""

PAGES = {
    "admin": gettext_lazy("后台"),
    "admission": gettext_lazy("准入"),
    "areas": gettext_lazy("区域"),
    "households": gettext_lazy("住户"),
    "insights": gettext_lazy("看板"),
    "issues": gettext_lazy("工单"),
    "lists": gettext_lazy("清单"),
    "ledgers": gettext_lazy("台账"),
    "mediation": gettext_lazy("纠纷调解"),
    "members": gettext_lazy("账号"),
    "notices": gettext_lazy("消息"),
    "people": gettext_lazy("人员与部门"),
    "places": gettext_lazy("区域"),
    "system": gettext_lazy("搁置与外发"),
}
"""What the first half of a page's name (its namespace) stands for."""

COLUMNS = {
    "name": gettext_lazy("姓名"),
    "phone": gettext_lazy("电话"),
    "short_name": gettext_lazy("简称"),
}


class TrailForm(CleanForm):
    """What narrows the trail; lives in the address."""

    verb = forms.ChoiceField(
        label=gettext_lazy("动作"), required=False, choices=[("", gettext_lazy("全部动作")), *VERBS.items()]
    )
    person = forms.CharField(label=gettext_lazy("谁做的（姓名或账号）"), max_length=40, required=False)
    object = forms.ChoiceField(
        label=gettext_lazy("对象"), required=False, choices=[("", gettext_lazy("全部对象")), *OBJECTS.items()]
    )
    since = DayField(label=gettext_lazy("从"), required=False)
    until = DayField(label=gettext_lazy("到"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", _("结束日不能早于开始日"))
        return data


@dataclass(frozen=True)
class Line:
    """One entry in words."""

    at: datetime
    actor: str
    verb: str
    object: str
    detail: str
    username: str = ""
    """Of the person it is about, when it is about one."""


def entries(form: TrailForm, after: str) -> tuple[Page[AuditEntry], list[Line]]:
    """The newest first; a malformed filter is left out and said beside its field."""
    form.is_valid()
    data = {**dict.fromkeys(form.fields), **form.cleaned_data}
    rows = AuditEntry.objects.all()
    if data["verb"]:
        rows = rows.filter(verb=data["verb"])
    if data["object"]:
        rows = rows.filter(object_type=data["object"])
    if data["person"]:
        rows = rows.filter(actor_id__in=_actors(form, data["person"]))
    if data["since"]:
        rows = rows.filter(at__gte=_morning(data["since"]))
    if data["until"]:
        rows = rows.filter(at__lt=_morning(data["until"] + timedelta(days=1)))
    page = page_of(rows, order=("-id",), after=after, size=PAGE_SIZE)
    return page, lines(page.rows)


def about(person: User) -> list[Line]:
    """The last entries about a person's account and posts."""
    posts = [str(pk) for pk in person.posts.values_list("pk", flat=True)]
    q = Q(object_type="members.user", object_id=str(person.pk)) | Q(object_type="members.post", object_id__in=posts)
    rows = AuditEntry.objects.filter(q).exclude(verb__in=DAILY)
    return lines(list(rows.order_by("-id")[:LAST]))


def lines(rows: list[AuditEntry]) -> list[Line]:
    ids = {int(row.object_id) for row in rows if row.object_type == "members.user" and row.object_id.isdecimal()}
    ids |= {row.detail["user"] for row in rows if isinstance(row.detail.get("user"), int)}
    people = User.objects.in_bulk(ids) if ids else {}
    return [_line(row, people) for row in rows]


def _line(row: AuditEntry, people: dict[int, User]) -> Line:
    number = row.object_id if row.object_type == "members.user" else row.detail.get("user")
    person = people.get(int(number)) if str(number or "").isdecimal() else None
    kind = str(OBJECTS.get(row.object_type, row.object_type))
    thing = f"{kind} {person.name}" if person and row.object_type == "members.user" else f"{kind} {row.object_id}"
    return Line(
        at=row.at,
        actor=row.actor_label or _("系统"),
        verb=str(VERBS.get(row.verb, row.verb)),
        object=thing.strip() if row.object_type else "",
        detail="；".join(_details(row.detail, people)),
        username=person.username if person else "",
    )


def _details(detail: dict[str, Any], people: dict[int, User]) -> list[str]:
    return [f"{DETAILS[key]} {_word(key, value, people)}" for key, value in detail.items() if key in DETAILS]


def _word(key: str, value: Any, people: dict[int, User]) -> str:
    if key == "user" and value in people:
        return people[value].name
    if key == "role" and value in Role.values:
        return str(Role(value).label)
    if key == "side" and value in Side.values:
        return str(Side(value).label)
    if key == "page":
        return str(PAGES.get(str(value).partition(":")[0], _("其他")))
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return "、".join(str(COLUMNS.get(part, part)) for part in value)
    return str(value)


def _actors(form: TrailForm, words: str) -> list[int]:
    found = User.objects.filter(Q(name__contains=words) | Q(username=words.lower())).order_by("pk")
    ids = list(found.values_list("pk", flat=True)[:MOST_ACTORS])
    if not ids:
        form.add_error("person", _("没有叫“%(words)s”的人员") % {"words": words})
    return ids


def _morning(day: date) -> datetime:
    return datetime.combine(day, time.min, COUNTY_TIME)
