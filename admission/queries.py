"""Lists of the gate: the register, applications, reports, counts by department. Writes nothing.

Every queryset starts from `visible_to`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from admission import burden
from admission.models import Admission, Asked, Hit, PushedTask, Verdict
from admission.models.application import asked_of
from admission.pagekit import lamp_of
from admission.people import (
    STAGE_OF,
    applying_departments,
    departments_of,
    reporting_township,
)
from admission.workflow import pushed_table
from admission.workflow.application_table import FORCE, ON_THE_WAY, TABLE, State
from admission.workflow.rules import OFFICE_CODES, STAGE_CODES, SUNSET_SOON, Answer, Kind, start_of
from core import clock
from core.rows.list_address import ListAddress, one_of
from core.rows.paging import Page, page_of
from core.rows.tabs import Tab, counted_tabs
from core.text import Text
from grids.models import Area
from issues.models import Ticket
from members.models import Department, User

PAGE_SIZE = 50
NEWEST = ("-opened_at", "-id")
KINDS = set(Kind.values)


# ---- the register --------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Entry:
    """One line of the register: what may be asked, of whom, until when, for how many minutes."""

    admission: Admission
    where: str
    lamp: str


@dataclass(frozen=True)
class Register:
    page: Page[Admission]
    entries: list[Entry]
    township: Area | None
    minutes: int  # of a grid in `township`


def register(user: User, kind: str, after: str) -> Register:
    """What is in force, soonest sunset first; for who works in a township, with the sum for a grid of it."""
    rows = Admission.objects.visible_to(user).filter(state__in=sorted(FORCE), ends_on__gte=clock.today())
    if kind in KINDS:
        rows = rows.filter(kind=kind)
    towns = Prefetch("townships", Area.objects.order_by("code"))
    rows = rows.select_related("department").prefetch_related(towns)
    page = page_of(rows, order=("ends_on", "id"), after=after, size=PAGE_SIZE)
    township = reporting_township(user)
    return Register(
        page,
        [Entry(row, _where(row), _sunset_lamp(row, clock.today())) for row in page.rows],
        township,
        burden.of_township(township.pk if township else None),
    )


def _where(row: Admission) -> str:
    return "、".join(town.name for town in row.townships.all())


def _sunset_lamp(row: Admission, today: date) -> str:
    if row.ends_on is None:
        return "n"
    return "y" if row.ends_on - today <= SUNSET_SOON else "b"


# ---- applications --------------------------------------------------------------------------------------------------
VIEWS: dict[str, Text] = {
    "mine": _("轮到我"),
    "way": _("办理中"),
    "force": _("已准入"),
    "ended": _("不予准入和已退出"),
    "all": _("全部"),
}


@dataclass(frozen=True)
class Row:
    row: Admission
    lamp: str


def applications(user: User, view: str, after: str) -> tuple[Page[Admission], list[Row]]:
    """One page of applications in sight: two queries, however long it is."""
    rows = Admission.objects.visible_to(user).filter(view_q(view, user)).select_related("department")
    page = page_of(rows, order=NEWEST, after=after, size=PAGE_SIZE)
    now = clock.now()
    return page, [Row(row, lamp_of(row, now)) for row in page.rows]


def application_tabs(user: User, current: str) -> list[Tab]:
    """The tabs with their counts: one query."""
    home, rows = reverse("admission:applications"), Admission.objects.visible_to(user)
    return counted_tabs(
        rows, VIEWS, lambda key: view_q(key, user), url=lambda key: f"{home}?view={key}", current=current
    )


def view_q(view: str, user: User) -> Q:
    """Which applications a tab holds."""
    if view == "mine":
        return _my_move(user)
    states = {"way": ON_THE_WAY, "force": FORCE, "ended": TABLE.ended_states}.get(view)
    return Q() if states is None else Q(state__in=sorted(states))


def _my_move(user: User) -> Q:
    """Applications that wait for this person: as applicant, keeper, voice or department of a stage."""
    mine = departments_of(user)
    open_hits = Exists(Hit.objects.filter(admission=OuterRef("pk"), answer=""))
    found = Q(state=State.CHECKED, department__in=[d.pk for d in applying_departments(user)]) & Q(open_hits)
    found |= Q(state=State.EXITING, department__in=[d.pk for d in mine.values()])
    if set(OFFICE_CODES) & set(mine):
        found |= Q(state__in=[State.APPROVED, State.WAITING]) | (Q(state=State.CHECKED) & ~Q(open_hits))
    for state, stage in STAGE_OF.items():
        codes = set(STAGE_CODES[stage]) & set(mine)
        if codes:
            said = Verdict.objects.filter(admission=OuterRef("pk"), round=OuterRef("round"), stage=stage)
            found |= Q(state=state) & ~Q(Exists(said.filter(department__code__in=sorted(codes))))
    silent = asked_of(user.pk).filter(answered_at=None)
    return found | Q(state=State.CONSULTING, pk__in=silent.values("admission"))


def asked_now(user: User) -> QuerySet[Asked]:
    """What one is asked about and has not answered."""
    return asked_of(user.pk).filter(answered_at=None, admission__state=State.CONSULTING)


# ---- reports of pushed-down tasks ----------------------------------------------------------------------------------
PUSHED_VIEWS: dict[str, Text] = {"open": _("办理中"), "ended": _("已结束"), "all": _("全部")}
OPEN_TASKS = sorted(pushed_table.TABLE.open_states)


def report_on(user: User, ticket: Ticket) -> PushedTask | None:
    """One's own report about a ticket."""
    return PushedTask.objects.visible_to(user).filter(ticket=ticket, reporter=user).first()


@dataclass(frozen=True)
class ChosenTasks(ListAddress):
    """What the address of the reports asks for; anything it does not understand counts as not asked."""

    view: str = "open"
    department: str = ""

    @classmethod
    def parse(cls, given: Mapping[str, str]) -> "ChosenTasks":
        department = given.get("department", "")[:20]
        known = department if department.replace("-", "").isalnum() else ""
        return cls(one_of(given, "view", PUSHED_VIEWS, "open"), known)


@dataclass(frozen=True)
class TaskRow:
    task: PushedTask
    lamp: str
    words: str


def tasks(user: User, chosen: ChosenTasks, after: str) -> tuple[Page[PushedTask], list[TaskRow]]:
    """One page of reports in sight."""
    rows = PushedTask.objects.visible_to(user).filter(task_q(chosen.view))
    if chosen.department:
        rows = rows.filter(department__code=chosen.department)
    page = page_of(rows.select_related("department", "township"), order=NEWEST, after=after, size=PAGE_SIZE)
    now = clock.now()
    return page, [TaskRow(row, lamp_of(row, now), row.what.splitlines()[0][:60]) for row in page.rows]


def task_tabs(user: User, chosen: ChosenTasks) -> list[Tab]:
    home, rows = reverse("admission:pushed_index"), PushedTask.objects.visible_to(user)
    return counted_tabs(
        rows, PUSHED_VIEWS, task_q, url=lambda key: f"{home}?{chosen.address(view=key)}", current=chosen.view
    )


def task_q(view: str) -> Q:
    if view == "all":
        return Q()
    return Q(state__in=OPEN_TASKS) if view == "open" else ~Q(state__in=OPEN_TASKS)


@dataclass(frozen=True)
class Tally:
    """What was reported of one department in a period."""

    department: Department
    total: int
    open: int
    uncovered: int
    refused: int
    answers: list[int]


PERIODS: dict[str, Text] = {"month": _("本月"), "quarter": _("本季"), "year": _("今年"), "all": _("全部")}


def period_start(period: str, today: date) -> datetime | None:
    """When the period began in which `today` lies."""
    first = {
        "month": today.replace(day=1),
        "quarter": today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1),
        "year": today.replace(month=1, day=1),
    }.get(period)
    return start_of(first) if first else None


def counts(user: User, period: str) -> list[Tally]:
    """Reports of a period by department, in the order of the departments' codes: no ranking. Two queries."""
    rows = PushedTask.objects.visible_to(user).exclude(state=pushed_table.State.TAKEN_BACK)
    start = period_start(period, clock.today())
    if start is not None:
        rows = rows.filter(opened_at__gte=start)
    grouped = rows.values("department").annotate(
        total=Count("pk"),
        open=Count("pk", filter=Q(state__in=OPEN_TASKS)),
        uncovered=Count("pk", filter=Q(is_covered=False)),
        refused=Count("pk", filter=Q(is_refusal=True)),
        **{f"answer_{answer.value}": Count("pk", filter=Q(answer=answer)) for answer in Answer},
    )
    found: list[dict[str, Any]] = [dict(row) for row in grouped]
    departments = Department.objects.in_bulk([row["department"] for row in found])
    made = [
        Tally(
            departments[row["department"]], row["total"], row["open"], row["uncovered"], row["refused"],
            [row[f"answer_{answer.value}"] for answer in Answer],
        )
        for row in found
    ]  # fmt: skip
    return sorted(made, key=lambda count: count.department.code)
