"""Roles, where each may be held and what each may see. Pure data; no database."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    SYSTEM_ADMIN = "system_admin", _("系统管理员")
    LIST_ADMIN = "list_admin", _("清单管理员")
    COUNTY_DISPATCHER = "county_dispatcher", _("县分拨员")
    COUNTY_LEADER = "county_leader", _("县领导")
    DEPARTMENT_LEADER = "department_leader", _("部门负责人")
    DEPARTMENT_HANDLER = "department_handler", _("部门承办人")
    TOWNSHIP_DISPATCHER = "township_dispatcher", _("乡镇分拨员")
    TOWNSHIP_LEADER = "township_leader", _("乡镇领导")
    VILLAGE_SECRETARY = "village_secretary", _("村社书记")
    GRID_CHIEF = "grid_chief", _("网格长")
    GRID_WORKER = "grid_worker", _("网格员")
    VERIFIER = "verifier", _("核查员")
    AUDITOR = "auditor", _("审计员")


DEPARTMENT = "department"

PLACE: dict[Role, frozenset[str]] = {
    Role.SYSTEM_ADMIN: frozenset({"county"}),
    Role.LIST_ADMIN: frozenset({"county"}),
    Role.COUNTY_DISPATCHER: frozenset({"county"}),
    Role.COUNTY_LEADER: frozenset({"county"}),
    Role.DEPARTMENT_LEADER: frozenset({DEPARTMENT}),
    Role.DEPARTMENT_HANDLER: frozenset({DEPARTMENT}),
    Role.TOWNSHIP_DISPATCHER: frozenset({"township"}),
    Role.TOWNSHIP_LEADER: frozenset({"township"}),
    Role.VILLAGE_SECRETARY: frozenset({"village"}),
    Role.GRID_CHIEF: frozenset({"grid"}),
    Role.GRID_WORKER: frozenset({"grid", "microgrid"}),
    Role.VERIFIER: frozenset({"county", "township", "village"}),
    Role.AUDITOR: frozenset({"county"}),
}
"""The levels of area (or a department) at which a post of the role may be held."""

_COMMON = frozenset({"areas", "tickets"})
_LEDGERS = frozenset({"ledgers", "campaigns"})
SEES: dict[Role, frozenset[str]] = {
    Role.SYSTEM_ADMIN: frozenset({"areas", "people"}),
    Role.LIST_ADMIN: frozenset({"areas"}),
    Role.COUNTY_DISPATCHER: _COMMON | _LEDGERS | {"board", "gate"},
    Role.COUNTY_LEADER: _COMMON | _LEDGERS | {"board", "gate"},
    Role.DEPARTMENT_LEADER: frozenset({"tickets", "mediation", "ledgers"}),
    Role.DEPARTMENT_HANDLER: frozenset({"tickets", "mediation", "ledgers"}),
    Role.TOWNSHIP_DISPATCHER: _COMMON | _LEDGERS | {"board", "households", "mediation", "rights"},
    Role.TOWNSHIP_LEADER: _COMMON | _LEDGERS | {"board", "households", "mediation", "rights"},
    Role.VILLAGE_SECRETARY: _COMMON | _LEDGERS | {"board", "households", "mediation"},
    Role.GRID_CHIEF: _COMMON | {"households", "campaigns"},
    Role.GRID_WORKER: _COMMON | {"households", "campaigns"},
    Role.VERIFIER: _COMMON,
    Role.AUDITOR: _COMMON | _LEDGERS | {"board", "audit", "mediation", "gate"},
}
"""What the holder of a post may read within the post's area or department.

The system admin reads no tickets or households and the auditor writes nothing (docs/security.md 18). Who is asked
into a dispute as its mediator sees that one whatever the role (`mediation.models.Dispute.scope_q`).
"""


def who_sees(aspect: str) -> tuple[Role, ...]:
    """The roles that may read this aspect, in the order of `Role`."""
    return tuple(role for role in Role if aspect in SEES[role])


MOST_CHIEFS = 2
"""People on the A side who may be 网格长 of one grid at a time: one, or two (双网格长)."""

PHONE_ROLES = frozenset({Role.GRID_WORKER, Role.GRID_CHIEF, Role.VILLAGE_SECRETARY, Role.VERIFIER})
"""Roles whose home is the phone pages."""

ROUTING_READERS = frozenset(
    {
        Role.LIST_ADMIN,
        Role.COUNTY_DISPATCHER,
        Role.COUNTY_LEADER,
        Role.AUDITOR,
        Role.TOWNSHIP_DISPATCHER,
        Role.TOWNSHIP_LEADER,
    }
)
"""Who reads what routing goes by, and what the engine does about it."""
