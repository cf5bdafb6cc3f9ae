"""What the trail says of accounts, posts, departments and what is tried at doors."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core.text import Text
from core.trust.acts import ACTS, NAMINGS, UNTOLD, Detail, act, named, naming_of, one_of, plain, told_by
from members.models import Department, Leave, Post, Side, User

DIGITS_OF_A_NUMBER = 9
"""Tickets, areas, disputes have numbers of at least so many signs; what is shorter is a key of ours."""
PAGES: dict[str, Text] = {
    "admin": lazy("后台"),
    "admission": lazy("准入"),
    "areas": lazy("区域"),
    "households": lazy("住户"),
    "insights": lazy("看板"),
    "issues": lazy("工单"),
    "lists": lazy("清单"),
    "ledgers": lazy("台账"),
    "mediation": lazy("纠纷调解"),
    "members": lazy("账号"),
    "notices": lazy("消息"),
    "people": lazy("人员与部门"),
    "places": lazy("区域"),
    "system": lazy("搁置与外发"),
}
"""What the first half of a page's name (its namespace) stands for."""
PROOFS: dict[str, Text] = {"totp": lazy("手机验证码"), "recovery": lazy("恢复码")}
METHODS: dict[str, Text] = {"GET": lazy("看页面"), "HEAD": lazy("看页面"), "POST": lazy("提交")}


def _page(value: Any) -> str:
    return str(PAGES.get(str(value).partition(":")[0], _("其他")))


def _number(value: Any) -> str:
    """A number that stands on papers; a key of ours says nothing to anybody."""
    text = str(value)
    return text if len(text) >= DIGITS_OF_A_NUMBER and any(sign.isdigit() for sign in text) else ""


def _columns_of(model: Any) -> dict[str, str]:
    return {column.name: str(column.verbose_name) for column in model._meta.fields}


_POST = {"user": UNTOLD, "role": UNTOLD}  # its name says who and what
_ADDRESS = plain(lazy("地址代号"))
_TRIED = {"address": _ADDRESS, "unknown": plain(lazy("没有这个账号，代号"))}
_DENIED = {
    "page": told_by(lazy("页面"), _page),
    "at": Detail(lazy("看的是"), _number, "members.user.username"),
    "method": one_of(lazy("要做"), METHODS),
}

ACTS.extend(
    (
        act("user.created", lazy("开户"), username=plain(lazy("账号"))),
        act("user.updated", lazy("改姓名或电话"), fields=one_of(lazy("改了"), lambda: _columns_of(User))),
        act("user.password_set", lazy("设密码"), must_change=plain(lazy("须改密码"))),
        act("user.disabled", lazy("停用账号")),
        act("user.enabled", lazy("启用账号")),
        act("user.unlocked", lazy("解除锁定")),
        act("signin.done", lazy("登录"), proof=one_of(lazy("第二重验证"), PROOFS), address=_ADDRESS),
        act("signin.left", lazy("退出登录")),
        act("signin.expired", lazy("登录超时退出")),
        act("signin.failed", lazy("登录失败"), **_TRIED),
        act("signin.locked", lazy("登录失败：已停用一刻钟"), **_TRIED),
        act("factor.set_up", lazy("设第二重验证")),
        act("factor.codes_renewed", lazy("换恢复码")),
        act("factor.recovery_used", lazy("用掉一个恢复码"), count=plain(lazy("还剩"))),
        act("factor.proved", lazy("再次验证"), proof=one_of(lazy("用的是"), PROOFS), address=_ADDRESS),
        act("factor.failed", lazy("第二重验证失败"), **_TRIED),
        act("factor.locked", lazy("第二重验证失败：已停用一刻钟"), **_TRIED),
        act("factor.taken_off", lazy("重设第二重验证")),
        act("access.denied", lazy("无权，被拒绝"), **_DENIED),
        act("access.not_found", lazy("要看的不存在或不在范围内"), **_DENIED),
        act("post.assigned", lazy("安排岗位"), **_POST),
        act("post.ended", lazy("结束岗位"), **_POST, on=plain(lazy("离岗日")), count=plain(lazy("移交"))),
        act(
            "post.moved",
            lazy("岗位随网格调整"),
            **_POST,
            area=named(lazy("到"), "grids.area"),
            before=UNTOLD,
        ),
        act("post.reopened", lazy("恢复岗位"), **_POST),
        act(
            "members.leave",
            lazy("登记请假"),
            user=UNTOLD,
            starts_on=plain(lazy("从")),
            ends_on=plain(lazy("到")),
        ),
        act("members.leave_cancel", lazy("销假")),
        act("departments.add", lazy("新增部门"), code=plain(lazy("代码"))),
        act(
            "departments.update",
            lazy("改部门"),
            code=plain(lazy("代码")),
            fields=one_of(lazy("改了"), lambda: _columns_of(Department)),
        ),
        act("departments.retire", lazy("停用部门"), code=plain(lazy("代码")), count=plain(lazy("移交"))),
    )
)


def _post(post: Post) -> str:
    where = post.area.place_name if post.area else str(post.department)
    side = f" {post.get_side_display()}" if post.side == Side.B else ""
    return f"{post.user.name}（{where} {post.get_role_display()}{side}）"


NAMINGS.extend(
    (
        naming_of(User, lambda row: row.name),
        naming_of(User, lambda row: row.name, by="username"),
        naming_of(Post, _post, beside=("user", "area__parent", "department")),
        naming_of(Department, lambda row: row.name),
        naming_of(Department, lambda row: row.name, by="code"),
        naming_of(Leave, lambda row: row.user.name, beside=("user",)),
    )
)
