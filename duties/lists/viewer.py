"""What the list pages must know of the viewer: may they edit, what waits for them, which township is theirs."""

from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse

from duties.lists.approvers import SIGNER, approver_codes, signs_for
from duties.models import Approval, ListKind, ListVersion, Outcome, VersionState
from duties.models.assigned import READERS
from grids.levels import Level
from grids.models import Area
from grids.scope import at_or_above
from members.access import scope_for
from members.models import User
from members.roles import Role

DRY_RUNNERS = frozenset({Role.LIST_ADMIN, Role.COUNTY_DISPATCHER, Role.COUNTY_LEADER, Role.AUDITOR})
"""Who looks over the whole county, as a dry run does; who is asked to approve a version does too."""
RULE_ENDERS = frozenset({Role.LIST_ADMIN, Role.COUNTY_DISPATCHER})
RULE_READERS = frozenset(READERS)
"""Who may end a dispatch rule, and who may read them."""


def may_edit(request: HttpRequest) -> bool:
    return _holds(request, frozenset({Role.LIST_ADMIN}))


def may_end_rules(request: HttpRequest) -> bool:
    return _holds(request, RULE_ENDERS)


def may_read_rules(request: HttpRequest) -> bool:
    return _holds(request, RULE_READERS)


def may_dry_run(request: HttpRequest) -> bool:
    return _holds(request, DRY_RUNNERS) or _approves(request)


def dry_run_url(request: HttpRequest, version: ListVersion) -> str:
    """Where it is seen what a version of the grid items would have done with past tickets; empty where it is not."""
    if version.duty_list.kind != ListKind.GRID_ITEMS or not version.base_id or not may_dry_run(request):
        return ""
    return reverse("lists:dryrun", args=[version.number])


def _approves(request: HttpRequest) -> bool:
    """Whether the viewer signs for one of the departments that approve lists."""
    if not isinstance(request.user, User):
        return False
    posts = (post for post in scope_for(request.user).posts if post.role == SIGNER)
    return any(post.department is not None and post.department.code in approver_codes() for post in posts)


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
