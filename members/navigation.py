"""Where a role starts and which pages its frame links to. Holds addresses only; the pages guard themselves."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.roles import PHONE_ROLES, ROUTING_READERS, SEES, Role

DISPATCHERS = frozenset({Role.TOWNSHIP_DISPATCHER, Role.COUNTY_DISPATCHER})
DEPARTMENTS = frozenset({Role.DEPARTMENT_HANDLER, Role.DEPARTMENT_LEADER})
BOARD_READERS = frozenset({Role.TOWNSHIP_LEADER, Role.COUNTY_LEADER, Role.AUDITOR})
HOMES: tuple[tuple[frozenset[Role], str], ...] = (
    (PHONE_ROLES, "/m/"),
    (DISPATCHERS | DEPARTMENTS, "/t/"),
    (BOARD_READERS, "/board/"),
    (frozenset({Role.LIST_ADMIN}), "/lists/"),
    (frozenset({Role.SYSTEM_ADMIN}), "/people/"),
)
NO_POST_HOME = "/account/"
PUSHED = frozenset(
    {
        Role.GRID_WORKER,
        Role.GRID_CHIEF,
        Role.VILLAGE_SECRETARY,
        Role.TOWNSHIP_DISPATCHER,
        Role.TOWNSHIP_LEADER,
        Role.DEPARTMENT_HANDLER,
        Role.DEPARTMENT_LEADER,
        Role.COUNTY_LEADER,
        Role.COUNTY_DISPATCHER,
        Role.AUDITOR,
    }
)
"""Who reports pushed-down tasks, answers them or looks at the ledger."""


@dataclass(frozen=True)
class Link:
    """An entry of the rail or the tab bar; `key` is what a page names as its `nav`, `go` what opens it after G."""

    key: str
    url: str
    icon: str
    text: str | Promise
    roles: frozenset[Role]
    go: str = ""


def _seeing(aspect: str) -> frozenset[Role]:
    return frozenset(role for role in Role if aspect in SEES[role])


RAIL: tuple[tuple[str | Promise, tuple[Link, ...]], ...] = (
    (
        _("办理"),
        (
            Link("queue", "/t/", "list", _("工单"), _seeing("tickets"), "q"),
            Link("mediation", "/mediation/", "talk", _("矛盾调解"), _seeing("mediation") | {Role.GRID_CHIEF}),
            Link(
                "replies", "/t/replies/", "edit", _("常用语"), _seeing("tickets") - {Role.AUDITOR} | {Role.LIST_ADMIN}
            ),
            Link("engine", "/t/engine/", "arrow", _("系统代办"), ROUTING_READERS),
            Link("campaigns", "/campaigns/", "home", _("专项行动"), _seeing("campaigns")),
            Link("projects", "/projects/", "star", _("民生实事"), _seeing("ledgers")),
            Link("visits", "/m/visits/", "visit", _("走访"), PHONE_ROLES - {Role.VERIFIER}),
            Link("phone", "/m/", "phone", _("手机页面"), PHONE_ROLES),
        ),
    ),
    (
        _("督办"),
        (
            Link("board", "/board/", "chart", _("看板"), _seeing("board"), "b"),
            Link("whistles", "/board/whistles/", "star", _("评哨"), _seeing("board")),
            Link("rectify", "/rectify/", "check", _("问题台账"), _seeing("ledgers")),
            Link("pushed", "/pushed/", "up", _("转嫁反映"), PUSHED),
            Link("rights", "/rights/", "hand", _("五项权利"), _seeing("rights") | _seeing("gate")),
            Link("sheets", "/t/sheets/", "warn", _("督办单"), _seeing("tickets") - PHONE_ROLES),
        ),
    ),
    (
        _("底数"),
        (
            Link("areas", "/areas/", "grid", _("网格"), _seeing("areas")),
            Link("households", "/households/", "home", _("住户"), _seeing("households")),
            Link("lists", "/lists/", "doc", _("责任清单"), frozenset(Role), "l"),
            Link("admission", "/admission/", "check", _("准入目录"), frozenset(Role)),
            Link("policies", "/policies/", "copy", _("政策文件"), frozenset(Role)),
            Link("people", "/people/", "users", _("人员与部门"), _seeing("people")),
            Link("audit", "/people/audit/", "hist", _("操作记录"), frozenset({Role.SYSTEM_ADMIN, Role.AUDITOR})),
        ),
    ),
    (_("系统"), (Link("system", "/system/", "send", _("系统设置"), frozenset({Role.SYSTEM_ADMIN})),)),
)
TABS: tuple[Link, ...] = (
    Link("home", "/m/", "home", _("待办"), PHONE_ROLES),
    Link("new", "/m/new", "camera", _("上报"), PHONE_ROLES - {Role.VERIFIER}),
    Link("mediation", "/mediation/", "talk", _("调解"), frozenset({Role.GRID_CHIEF, Role.VILLAGE_SECRETARY})),
    Link("list", "/m/list/", "doc", _("清单"), PHONE_ROLES),
    Link("me", "/m/me", "user", _("我的"), PHONE_ROLES),
)


def home_for(roles: Collection[str]) -> str:
    """The address after signing in; the account page for somebody without a post."""
    return next((url for holders, url in HOMES if holders & set(roles)), NO_POST_HOME)


def rail_for(roles: Collection[str]) -> list[dict[str, object]]:
    """The groups of the desktop frame with the links these roles may open; empty groups are left out."""
    held = set(roles)
    groups = ((title, [link for link in links if link.roles & held]) for title, links in RAIL)
    return [{"title": title, "links": links} for title, links in groups if links]


def tabs_for(roles: Collection[str]) -> list[Link]:
    return [link for link in TABS if link.roles & set(roles)]


def is_on_phone(roles: Collection[str]) -> bool:
    """Whether pages that come in both frames open in the phone's: field roles, and nothing else."""
    return bool(roles) and set(roles) <= {role.value for role in PHONE_ROLES}
