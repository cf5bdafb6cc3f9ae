"""Who stands how to an application or a report, who may ask for admission, and who can be asked. Reads only."""

import hashlib
from collections.abc import Collection, Iterable

from django.db.models import Q, QuerySet

from admission.models import Admission, Asked, PushedTask, Verdict
from admission.models.application import TOWN_VOICES, asked_of
from admission.workflow import pushed_table
from admission.workflow.application_table import Hat, State
from admission.workflow.rules import (
    JOINT_CODES,
    LEGAL_CODES,
    OFFICE_CODES,
    OWNER_CODES,
    STAGE_CODES,
    WORKERS_AT_LEAST,
    WORKERS_EACH,
    Stage,
)
from grids.levels import Level
from grids.models import Area
from grids.scope import at_or_above, at_or_below
from members.access import scope_for
from members.models import Department, Post, User
from members.roles import Role

DEPARTMENT_ROLES = (Role.DEPARTMENT_HANDLER, Role.DEPARTMENT_LEADER)
STAGE_OF = {State.REVIEWING: Stage.LEGAL, State.JOINT: Stage.JOINT, State.EVALUATING: Stage.EXIT}
REPORTERS = (
    Role.GRID_WORKER, Role.GRID_CHIEF, Role.VILLAGE_SECRETARY, Role.TOWNSHIP_DISPATCHER, Role.TOWNSHIP_LEADER,
)  # fmt: skip
"""Who may report a pushed-down task: those upon whom it comes down."""


def departments_of(user: User) -> dict[str, Department]:
    """The departments of today's posts, by code; no query once the scope is read."""
    posts = scope_for(user).posts
    return {post.department.code: post.department for post in posts if post.department is not None}


def applying_departments(user: User) -> list[Department]:
    """County departments for which one may ask."""
    return [department for department in departments_of(user).values() if department.township_id is None]


def hats_of(admission: Admission, user: User | None) -> frozenset[Hat]:
    """Which hats `user` wears on an application; at most one query."""
    if user is None:
        return frozenset({Hat.SYSTEM})
    mine, hats = departments_of(user), set[Hat]()
    duties = ((OFFICE_CODES, Hat.OFFICE), (LEGAL_CODES, Hat.LEGAL), (JOINT_CODES, Hat.JOINT))
    hats |= {hat for codes, hat in duties if set(codes) & set(mine)}
    if any(department.pk == admission.department_id for department in mine.values()):
        hats.add(Hat.APPLICANT)
    roles = scope_for(user).roles
    if Role.COUNTY_LEADER in roles:
        hats.add(Hat.LEADER)
    if admission.state == State.CONSULTING and roles & {Role.GRID_WORKER, *TOWN_VOICES}:
        rows = asked_of(user.pk).filter(admission=admission)
        hats |= {Hat.TOWN if row.user_id is None else Hat.WORKER for row in rows}
    return frozenset(hats)


def voice_of(admission: Admission, user: User) -> Asked | None:
    """The row in which `user` answers: their own first, then their township's; the unanswered before the others."""
    rows = asked_of(user.pk).filter(admission=admission).select_related("township")
    return min(rows, key=lambda row: (row.answered_at is not None, row.user_id is None), default=None)


def speaking_for(admission: Admission, user: User) -> Department | None:
    """The department for which `user` may still speak at the present stage; None when it has spoken."""
    stage = STAGE_OF.get(State(admission.state))
    if stage is None:
        return None
    mine = departments_of(user)
    said = set(verdicts_of(admission, stage).values_list("department__code", flat=True))
    return next((mine[code] for code in STAGE_CODES[stage] if code in mine and code not in said), None)


def verdicts_of(admission: Admission, stage: Stage) -> QuerySet[Verdict]:
    return Verdict.objects.filter(admission=admission, stage=stage, round=admission.round)


def silent_codes(admission: Admission) -> list[str]:
    """The departments that have not spoken at the present stage."""
    stage = STAGE_OF.get(State(admission.state))
    if stage is None:
        return []
    said = set(verdicts_of(admission, stage).values_list("department__code", flat=True))
    return [code for code in STAGE_CODES[stage] if code not in said]


def staff_of(codes: Collection[str]) -> set[int]:
    """The people of departments, today."""
    held = Post.objects.held().filter(user__is_active=True, department__code__in=codes)
    return set(held.values_list("user_id", flat=True))


def townships() -> list[Area]:
    return list(Area.objects.in_use().filter(level=Level.TOWNSHIP).order_by("code"))


def draw_workers(number: str, towns: Iterable[Area], known: Collection[int]) -> list[tuple[Area, User]]:
    """Grid workers of each township, whom nobody picks: those whose SHA-256 of "number, blank, account" comes first.

    As many in each as the rule says, more where the whole would fall short of the quorum. One query a township.
    """
    found: list[tuple[Area, User]] = []
    spare: list[tuple[Area, User]] = []
    for town in towns:
        below = Area.objects.filter(at_or_below([town])).values("pk")
        posts = Post.objects.held().filter(role=Role.GRID_WORKER, area__in=below, user__is_active=True)
        users = {post.user_id: post.user for post in posts.select_related("user") if post.user_id not in known}
        order = sorted(users.values(), key=lambda user: _lot(number, user))
        found += [(town, user) for user in order[:WORKERS_EACH]]
        spare += [(town, user) for user in order[WORKERS_EACH:]]
    return found + spare[: max(0, WORKERS_AT_LEAST - len(found) - len(known))]


def _lot(number: str, user: User) -> str:
    return hashlib.sha256(f"{number} {user.username}".encode()).hexdigest()


# ---- reports of pushed-down tasks ----------------------------------------------------------------------------------
def hats_on(task: PushedTask, user: User | None) -> frozenset[pushed_table.Hat]:
    """Which hats `user` wears on a report: whoever is of the reported department never keeps the ledger of it."""
    hat = pushed_table.Hat
    if user is None:
        return frozenset({hat.SYSTEM})
    mine, hats = departments_of(user), set[pushed_table.Hat]()
    if task.reporter_id == user.pk:
        hats.add(hat.REPORTER)
    if any(department.pk == task.department_id for department in mine.values()):
        hats.add(hat.REPORTED)
    elif set(OWNER_CODES) & set(mine):
        hats.add(hat.OWNER)
    if Role.COUNTY_LEADER in scope_for(user).roles:
        hats.add(hat.LEADER)
    return frozenset(hats)


def knows_reporter(hats: frozenset[pushed_table.Hat]) -> bool:
    """Whether the reporter's name is shown: to themselves, and to an owner who is not of the reported department."""
    return bool(hats & {pushed_table.Hat.REPORTER, pushed_table.Hat.OWNER}) and pushed_table.Hat.REPORTED not in hats


def reporting_township(user: User) -> Area | None:
    """The township in which one holds one's first post."""
    for post in scope_for(user).posts:
        if post.area is not None and post.role in REPORTERS:
            return Area.objects.filter(at_or_above(post.area), level=Level.TOWNSHIP).first()
    return None


def may_refuse(user: User) -> bool:
    """Whether one speaks for a township that may refuse what comes without admission."""
    return bool(scope_for(user).roles & set(TOWN_VOICES))


def reported_choices(township: Area | None) -> list[Department]:
    """Departments in use that may have pushed something down: the county's, then the offices of one's township."""
    rows = Department.objects.filter(Q(township__isnull=True) | Q(township=township), retired_at=None)
    return sorted(rows, key=lambda department: (department.township_id is not None, department.code))
