"""Random people doing random things to tickets: always legal, replayable, one holder, no clock after the end."""

import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count, Max, Sum
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from core import clock
from core.days.calendar import Limit
from core.errors import NotNow, NotYours
from core.jobs.outbox import drain_inline
from core.races.idempotency import Once
from issues.doctor import lamps_are_the_worst, log_replays, no_clock_after_the_end, paths_agree
from issues.engine import clocks
from issues.engine.actions import apply, place
from issues.engine.actors import Actor, resident, staff, system
from issues.engine.guard_context import situation
from issues.engine.lateness import would_hide
from issues.engine.new_ticket import NewTicket
from issues.engine.snapshots import facts_of
from issues.models import Clock, Source, Ticket, TicketEvent
from issues.tending.reminding import fire_due
from issues.workflow import BY_NAME, ENDED_STATES, STATES, SYSTEM, TRANSITIONS, State, refusal
from tests.cast import PEOPLE, build_cast
from tests.tickets import PIXEL

ITEMS = ["C02", "C01", "F01", "G06"]
STAFF = sorted(PEOPLE)
BY_PEOPLE = [t for t in TRANSITIONS if t.who != {SYSTEM}]
PARTS = 4
STARTS = datetime(2026, 9, 21, 1, tzinfo=UTC)


class TicketMachine(RuleBasedStateMachine):
    """Actors take random transitions on a few tickets while time moves on."""

    def __init__(self) -> None:
        super().__init__()
        self.world = transaction.atomic()
        self.world.__enter__()
        self.cast = build_cast()
        self.now = STARTS
        self.checked: Any = None

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:  # else what was found is told
                self.the_logs_are_whole()
                self.every_step_of_a_clock_is_logged_once()
        finally:
            transaction.set_rollback(True)
            self.world.__exit__(None, None, None)

    def _tickets(self, n: int) -> tuple[Ticket, Ticket]:
        """One of them and the next."""
        tickets = list(Ticket.objects.order_by("pk"))
        return tickets[n % len(tickets)], tickets[(n + 1) % len(tickets)]

    @initialize(item=st.sampled_from(ITEMS))
    def first(self, item: str) -> None:
        self.place(item, order=True)

    @rule(item=st.sampled_from([*ITEMS, None]), order=st.booleans())
    def place(self, item: str | None, order: bool) -> None:
        if Ticket.objects.count() >= 4:
            return
        with clock.at(self.now):
            new = NewTicket(
                area=self.cast.microgrid,
                source=Source.ORDER if order else Source.WORKER,
                item=self.cast.items[item] if item else None,
            )
            actor = resident() if order else staff(self.cast.worker)
            place(new, actor=actor, once=Once("machine", uuid.uuid4().hex, {}))

    @rule(hours=st.integers(1, 90))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def engine(self) -> None:
        with clock.at(self.now):
            while fire_due():
                continue
            drain_inline()

    @rule(
        n=st.integers(0, 3),
        who=st.sampled_from([*STAFF, "resident", "system"]),
        name=st.sampled_from([t.name for t in BY_PEOPLE]),
        seen=st.booleans(),
    )
    def act(self, n: int, who: str, name: str, seen: bool) -> None:
        ticket, into = self._tickets(n)
        fields = self._fields(into)
        users = self.cast.users
        actor = staff(users[who]) if who in users else (resident() if who == "resident" else system())
        with clock.at(self.now):
            reason = self._refusal(actor, ticket, fields, name)
            try:
                apply(
                    ticket.pk,
                    name,
                    actor=actor,
                    version=ticket.version if seen else None,
                    fields=fields,
                    pictures=[PIXEL],
                )
            except (NotNow, NotYours):
                assert reason is not None
            else:
                assert reason is None

    @rule(n=st.integers(0, 3), data=st.data())
    def act_legally(self, n: int, data: st.DataObject) -> None:
        """Random acts are mostly refused; this one finds somebody who may."""
        ticket, into = self._tickets(n)
        fields = self._fields(into)
        with clock.at(self.now):
            legal = list(self._legal(ticket, fields))
            if legal:
                # First which step, then who: otherwise what everybody may do is all that is ever done.
                name = data.draw(st.sampled_from(sorted({name for name, _actor in legal})))
                actor = data.draw(st.sampled_from([actor for step, actor in legal if step == name]))
                apply(ticket.pk, name, actor=actor, fields=fields, pictures=[PIXEL])

    def _refusal(self, actor: Actor, ticket: Ticket, fields: dict[str, Any], name: str) -> object:
        """What the table says to a step."""
        reason = refusal(BY_NAME[name], *situation(actor, ticket, self.now, fields))
        return reason or (None if self._fits(name, ticket, fields["into"]) else "no other open ticket")

    def _legal(self, ticket: Ticket, fields: dict[str, Any]) -> Iterator[tuple[str, Actor]]:
        """Every step of this state with everybody who may take it."""
        near = [t.name for t in BY_PEOPLE if ticket.state in t.sources]
        for actor in [*(staff(u) for u in self.cast.users.values()), resident(), system()]:
            case, act = situation(actor, ticket, self.now, fields)
            for name in near:
                if refusal(BY_NAME[name], case, act) is None and self._fits(name, ticket, fields["into"]):
                    yield name, actor

    def _fits(self, name: str, ticket: Ticket, into: Ticket) -> bool:
        """Merging also asks where into."""
        if name != "merge":
            return True
        return into.pk != ticket.pk and into.is_open and not would_hide(ticket, into, self.now)

    def _fields(self, into: Ticket) -> dict[str, Any]:
        return {
            "note": "照办",
            "cause": "beyond",
            "lead": self.cast.office,
            "evidence": self.cast.items["C02"],
            "suggested": self.cast.departments["WL"],
            "reason": "unfounded",
            "satisfaction": 2,
            "solved": "partly",
            "item": self.cast.items["C02"],
            "part": self.cast.items["B03"],
            "invited": [self.cast.office, self.cast.departments["WL"]],
            "assisting": [self.cast.departments["WL"]],
            "helper": self.cast.departments["WL"],
            "measures": "已上门两次",
            "days": Limit(2, "wd"),
            "suspension_reason": "需立项资金",
            "exclusion_reason": "不可抗力",
            "stars": 4,
            "into": into,
            "keep_rule": True,
        }

    def _is_as_checked(self) -> bool:
        """Nothing was written since the last look: most acts are refused, and waiting writes nothing."""
        log = TicketEvent.objects.aggregate(n=Count("pk"), last=Max("pk"))
        limits = Clock.objects.aggregate(n=Count("pk"), fired=Sum("fired"), stopped=Count("stopped_at"))
        seen, self.checked = self.checked, (log, limits)
        return seen == self.checked

    @invariant()
    def everything_is_sound(self) -> None:
        if self._is_as_checked():
            return
        self.open_tickets_are_timed_and_ended_ones_rest()
        assert log_replays(False) == lamps_are_the_worst(False) == []

    def the_logs_are_whole(self) -> None:
        """Looked at when all is done: nothing is ever taken out of a log, so what went wrong in it still stands."""
        assert no_clock_after_the_end(False) == paths_agree(False) == []
        for ticket in Ticket.objects.all():
            events = list(TicketEvent.objects.filter(ticket=ticket).order_by("version"))
            assert [e.version for e in events] == list(range(1, ticket.version + 1))
            for before, after in pairwise(events):
                row = BY_NAME[after.action]
                assert after.from_state == before.to_state
                assert before.to_state in row.sources
                assert after.to_state == (row.target or before.to_state)
            assert events[-1].facts == facts_of(ticket)

    def open_tickets_are_timed_and_ended_ones_rest(self) -> None:
        for ticket in Ticket.objects.all():
            running = {c.kind for c in Clock.objects.filter(ticket=ticket, stopped_at=None)}
            if ticket.state in ENDED_STATES:
                assert not running
                assert ticket.holder_id is None
                assert ticket.closed_at is not None
            else:
                assert STATES[State(ticket.state)].governed_by in running

    def every_step_of_a_clock_is_logged_once(self) -> None:
        for row in Clock.objects.all():
            steps = [
                e.data["step"]
                for e in TicketEvent.objects.filter(ticket=row.ticket_id, action="escalate").order_by("version")
                if e.data["clock"] == row.pk
            ]
            assert steps == list(clocks.STEPS[: row.fired])


@pytest.mark.django_db
@pytest.mark.parametrize("part", range(PARTS))
def test_any_sequence_of_acts_is_sound(cast, part):
    """Ten thousand steps, in parts that processes can share; by its name each takes a course of its own."""
    machine = type(f"TicketMachine{part}", (TicketMachine,), {})
    length = settings(max_examples=100 // PARTS, stateful_step_count=100, deadline=None)
    run_state_machine_as_test(machine, settings=length)
