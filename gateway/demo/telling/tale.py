"""One running story of a ticket: who acts, when and with which words. What happens is told by `stories`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from core import clock
from core.days import calendar
from core.days.calendar import Limit
from core.files.images import Picture
from core.rows import marks
from duties.models import DutyItem, GradeCode
from gateway.demo.telling import words
from gateway.demo.telling.world import Town, World
from issues.engine.actions import apply
from issues.engine.actors import Actor, resident, staff
from issues.models import Source, Ticket
from issues.tending import automatic
from issues.workflow import State
from members.models import Department, User

Story = Iterator[datetime]
ENGINE_TAKES = timedelta(seconds=2)
FOLLOWED = {"confirm": automatic.dispatch, "verify_pass": automatic.open_callback}
"""What the engine does right after a step; its own row for it (`gateway.demo.telling.history`) is done then."""
AT_ONCE = (0.05, 0.4)
"""Which share of a limit what is urgent takes: it never lies late."""
NEVER_LIES = timedelta(hours=4)
"""No step of it waits longer, not even over a week of holidays."""
HURRY = 10
"""How many times sooner than others what is urgent is turned to."""
LATEST = 1.8
"""No step takes longer than this many times its limit: somebody presses before."""


@dataclass(frozen=True)
class Plan:
    """What kind of story: where it must halt, if it must, and how its pace is."""

    halt_at: State | None = None
    brisk: bool = False
    item: DutyItem | None = None
    route: str = ""
    rework: bool = False
    returned: bool = False


class Halted(Exception):
    """The story has reached the state at which it was told to stop."""


class Tale:
    """One running story."""

    def __init__(self, world: World, plan: Plan, key: str) -> None:
        self.world, self.plan, self.key = world, plan, key
        self.rng = world.rng
        self.ground, self.item = world.matter(plan.item)
        self.work = words.work_of(self.item.code)
        self.ticket: Ticket | None = None

    @property
    def subject(self) -> Ticket:
        assert self.ticket is not None
        return self.ticket

    def act(self, name: str, actor: Actor, **fields: Any) -> None:
        pictures = self._pictures(name)
        self.ticket = apply(self.subject.pk, name, actor=actor, fields=fields, pictures=pictures)
        self._engine(name)
        if self.plan.halt_at == self.subject.state:
            raise Halted

    def _engine(self, name: str) -> None:
        """What the engine does about it within seconds."""
        follows = FOLLOWED.get(name)
        if follows is None or (name == "verify_pass" and self.subject.source != Source.ORDER):
            return
        with clock.at(clock.now() + ENGINE_TAKES):
            if follows(self.subject.pk, self.subject.moved_version):
                self.subject.refresh_from_db()

    def _pictures(self, name: str) -> list[Picture]:
        share = {"report_done": 1.0 if self.subject.needs_photo else 0.3, "progress": 0.2}.get(name, 0.0)
        return self.world.shots(1) if self.world.happens(share) else []

    def strays(self, share: float) -> bool:
        """Whether a story leaves the straight way here; a brisk one never does, nor does what is urgent."""
        return not self.plan.brisk and not self.in_haste and self.world.happens(share)

    def pause(self, least: int, most: int) -> datetime:
        """A moment `least` to `most` minutes from now; at once when the story is brisk, soon when it is urgent."""
        minutes = 1 if self.plan.brisk else self.rng.randint(least, most)
        return clock.now() + timedelta(minutes=max(1, minutes // HURRY if self.in_haste else minutes))

    def say(self, lines: dict[words.Work, list[str]]) -> str:
        """One of the lines that fit the kind of work."""
        return self.rng.choice(lines[self.work])

    def done(self) -> str:
        return self.world.matters.done(self.item.code, self.rng)

    @property
    def is_urgent(self) -> bool:
        return self.item.grade.code == GradeCode.URGENT

    @property
    def in_haste(self) -> bool:
        """Urgent, or about somebody's safety: nobody lets it lie."""
        return self.is_urgent or self.item.is_sensitive

    # ---- who acts -------------------------------------------------------------------------------------------------
    @property
    def chief(self) -> User:
        return self.world.chiefs[self.subject.grid_id]

    @property
    def town(self) -> Town:
        return self.world.towns[self.subject.township_id]

    @property
    def secretary(self) -> User:
        return self.world.secretaries[self.subject.village_id]

    def of(self, department: Department) -> Actor:
        """Somebody of a department."""
        return staff(self.rng.choice(self.world.handlers[department.pk]))

    def another(self, department: Department) -> Department:
        """Some department that is not this one."""
        others = Department.objects.filter(pk__in=self.world.handlers).exclude(pk=department.pk)
        others = others.filter(Q(township=None) | Q(township=self.subject.township_id))
        return self.rng.choice(list(others.order_by("code")))

    def handler(self) -> Actor:
        """Somebody of the department that leads."""
        assert self.subject.lead_id is not None
        return staff(self.rng.choice(self.world.handlers[self.subject.lead_id]))

    @property
    def holder(self) -> Actor:
        assert self.subject.holder is not None
        return staff(self.subject.holder)

    @property
    def caller(self) -> Actor:
        """Into whose hands the engine put the callback; the resident alone where nobody may call."""
        return staff(self.subject.holder) if self.subject.holder else resident()

    def checkers(self) -> list[User]:
        """Who neither handled it nor checked an earlier round."""
        seen = {*map(int, marks.read(self.subject.checked_before)), self.subject.reported_by_id}
        return [user for user in (self.town.verifier, self.secretary, self.chief) if user.pk not in seen]

    def checker(self) -> Actor:
        return staff(self.rng.choice(self.checkers()))

    def fails(self, share: float) -> bool:
        """Whether it goes wrong once in a while, as long as somebody else is left to check what comes of it."""
        return self.strays(share) and len(self.checkers()) > 1

    # ---- when -----------------------------------------------------------------------------------------------------
    def is_late(self) -> bool:
        return clock.now() >= self.subject.due_at

    def later(self, kind: str, *, pace: float = 1.0) -> datetime:
        """A moment at a random share of the ticket's limit of `kind`: mostly in time, now and then late."""
        if self.plan.brisk:
            return clock.now() + timedelta(minutes=1)
        limit, now = Limit.parse(self.subject.limits[kind]), clock.now()
        share, due = self._share(pace), calendar.add(now, limit)
        if share <= 1:
            moment = max(calendar.share(now, due, share, limit.unit), now + timedelta(minutes=1))
            return min(moment, now + NEVER_LIES) if self.in_haste else moment
        return due + (due - now) * (share - 1)

    def _share(self, pace: float) -> float:
        if self.in_haste:
            return self.rng.uniform(*AT_ONCE) * min(pace, 1)
        return min(self.rng.lognormvariate(-1.0, 0.6) * pace * self.world.paces[self.subject.village_id], LATEST)
