"""What the list pages must know of the viewer: may they edit, what waits for them, which township is theirs."""

from django.db.models import F
from django.http import HttpRequest

from duties.approvers import signs_for
from duties.models import Approval, Outcome, VersionState
from grids.levels import Level
from grids.models import Area
from grids.scope import at_or_above
from members.access import scope_for
from members.models import User
from members.roles import Role

RULE_ENDERS = frozenset({Role.LIST_ADMIN, Role.COUNTY_DISPATCHER})
RULE_READERS = RULE_ENDERS | {Role.COUNTY_LEADER, Role.AUDITOR, Role.TOWNSHIP_DISPATCHER, Role.TOWNSHIP_LEADER}
"""Who may end a dispatch rule, and who may read them."""


def may_edit(request: HttpRequest) -> bool:
    return _holds(request, frozenset({Role.LIST_ADMIN}))


def may_end_rules(request: HttpRequest) -> bool:
    return _holds(request, RULE_ENDERS)


def may_read_rules(request: HttpRequest) -> bool:
    return _holds(request, RULE_READERS)


def _holds(request: HttpRequest, roles: frozenset[Role]) -> bool:
    return isinstance(request.user, User) and bool(roles & scope_for(request.user).roles)


def waiting_for(request: HttpRequest) -> list[Approval]:
    """The approvals that wait for a signature of the viewer. No query for who signs for no department."""
    mine = signs_for(scope_for(request.user)) if isinstance(request.user, User) else frozenset[int]()
    if not mine:
        return []
    asked = Approval.objects.filter(outcome=Outcome.OPEN, department__in=mine, round=F("version__round"))
    asked = asked.filter(version__state=VersionState.SUBMITTED)
    return list(asked.select_related("version__duty_list", "department"))


def own_township(request: HttpRequest) -> Area | None:
    """The township of the viewer's first post there; otherwise the one asked for with ?town=. One query."""
    scope = scope_for(request.user) if isinstance(request.user, User) else None
    for post in scope.posts if scope else ():
        if post.area is not None and post.area.level != Level.COUNTY:
            if post.area.level == Level.TOWNSHIP:
                return post.area
            return Area.objects.filter(at_or_above(post.area), level=Level.TOWNSHIP).first()
        if post.department is not None and post.department.township_id is not None:
            return post.department.township
    code = request.GET.get("town", "")
    if not (code.isascii() and code.isdigit()):
        return None
    return Area.objects.filter(level=Level.TOWNSHIP, code=code, retired_at=None).first()


def township_choices(request: HttpRequest) -> list[Area]:
    """The townships to choose from, for viewers without one of their own. One query."""
    scope = scope_for(request.user) if isinstance(request.user, User) else None
    local = any(
        (p.area is not None and p.area.level != Level.COUNTY) or (p.department is not None and p.department.township_id)
        for p in (scope.posts if scope else ())
    )
    return [] if local else list(Area.objects.filter(level=Level.TOWNSHIP, retired_at=None).order_by("code"))
