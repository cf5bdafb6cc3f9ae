"""What was acknowledged is there, exactly once, whatever is killed meanwhile; and after an outage every escalation is.

A client process orders and works tickets over HTTP and keeps a journal, while web, worker and beat are killed,
Redis is frozen, flushed and stopped, and PostgreSQL ends its connections. Then everybody reads what HTTP shows.
"""

import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from core import clock
from core.jobs import outbox
from core.models import OutboxRow
from issues.engine.clocks import STEPS
from issues.models import Clock, Ticket, TicketEvent
from tests.cast import Cast
from tests.services.conftest import Plant, wait_for
from tests.services.journal_client import Person, numbers_of

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("engine")]
GRIDS = {"microgrid": "worker", "second_microgrid": "second_worker", "sibling_grid": "sibling_worker"}
MORE = 6
"""Acts that must be acknowledged after a fault before the next one."""
OUTAGE = timedelta(hours=6)
CLIENT = Path(__file__).with_name("journal_client.py")


class Shift:
    """The client process with its journal."""

    def __init__(self, plant: Plant, cast: Cast, login, port: int) -> None:
        self.journal, self.stop = plant.folder / "journal", plant.folder / "stop"
        grids = [
            {
                "token": getattr(cast, area).token,
                "session": login(cast.users[worker]).cookies["sessionid"].value,
            }
            for area, worker in GRIDS.items()
        ]
        config = {"port": port, "grids": grids, "journal": str(self.journal), "stop": str(self.stop)}
        (plant.folder / "config").write_text(json.dumps(config))
        self.journal.touch()
        self.log = plant.folder / "client.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([sys.executable, CLIENT, plant.folder / "config"], stderr=log)
        plant.processes.append(self.process)

    @property
    def acts(self) -> list[tuple[str, str, str]]:
        lines = self.journal.read_text().splitlines(keepends=True)
        return [tuple(json.loads(line)) for line in lines if line.endswith("\n")]

    def goes_on(self) -> None:
        """More acts are acknowledged from now on."""
        before = len(self.acts)

        def more() -> bool:
            assert self.process.poll() is None, self.log.read_text()
            return len(self.acts) >= before + MORE

        wait_for(more, 90)

    def end(self) -> None:
        self.stop.touch()
        assert self.process.wait(120) == 0, self.log.read_text()


def end_connections() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_every_acknowledged_act_is_there_once_and_every_escalation_happened_once(cast, plant: Plant, login) -> None:
    port = plant.collect_and_choose_port()
    parts = {"web": plant.web(port), "worker": plant.worker("w1"), "beat": plant.beat("b1")}
    reader = Person(port, login(cast.county_leader).cookies["sessionid"].value)
    wait_for(lambda: plant.serves(port), 60)
    shift = Shift(plant, cast, login, port)
    shift.goes_on()
    _break_everything(plant, parts, shift, port)
    shift.end()
    wait_for(lambda: not OutboxRow.objects.filter(done_at=None, queue__in=("urgent", "default", "bulk")).exists(), 60)
    assert outbox.parked() == 0
    _each_once(reader, shift.acts)
    plant.kill(parts["worker"])
    plant.kill(parts["beat"])
    _after_the_outage(plant, reader)


def _break_everything(plant: Plant, parts: dict[str, subprocess.Popen[bytes]], shift: Shift, port: int) -> None:
    """One fault after the other, each while acts are under way, each survived before the next."""
    plant.kill(parts["web"])
    parts["web"] = plant.web(port)
    shift.goes_on()
    plant.kill(parts["worker"])
    plant.kill(parts["beat"])
    shift.goes_on()  # nobody waits for the engine
    parts["worker"], parts["beat"] = plant.worker("w2"), plant.beat("b2")
    end_connections()
    shift.goes_on()
    plant.freeze(plant.server)
    shift.goes_on()  # nor for the broker
    plant.thaw(plant.server)
    plant.redis.flushall()
    shift.goes_on()
    plant.kill(plant.server)
    shift.goes_on()
    plant.serve_redis()
    end_connections()
    plant.kill(parts["web"])
    parts["web"] = plant.web(port)
    shift.goes_on()


def _each_once(reader: Person, acts: list[tuple[str, str, str]]) -> None:
    """What the journal says is what the pages show, no more and no less."""
    told: dict[str, list[str]] = defaultdict(list)
    for marker, act, _known_as in acts:
        told[marker].append(act)
    assert Ticket.objects.count() == len(told)
    assert all(n == 1 for n in Counter((marker, act) for marker, act, _known_as in acts).values())
    for marker, done in told.items():
        numbers = numbers_of(reader, marker)
        assert len(numbers) == 1, marker
        page = reader.read(f"/t/{numbers[0]}/")
        story = page[page.index('id="story"') :]
        entries = re.findall(r'<li class="([^"]*)"><span class="m">', story)
        assert len([kind for kind in entries if not kind]) == len(done), marker
        for act, words in (("progress", "上门了"), ("report_done", "办好了")):
            assert story.count(f"<p>{marker}{words}</p>") == (act in done), (marker, act)
        logged = Counter(TicketEvent.objects.filter(ticket__number=numbers[0]).values_list("action", flat=True))
        assert {name: logged[name] for name in done} == dict.fromkeys(done, 1), marker
    for marker, act, code in acts:
        if act == "place":
            assert marker in told
            reader.read(f"/c/{code}/")


def _after_the_outage(plant: Plant, reader: Person) -> None:
    """All limits ended while the engine was down for six hours; two engines then start at once."""
    now = clock.now()
    running = list(Clock.objects.filter(stopped_at=None, paused_at=None).order_by("id"))
    assert len(running) >= 3
    for n, row in enumerate(running):
        _end_at(row, now - OUTAGE * ((n + 1) / (len(running) + 1)))
    due = {row.pk: sum(moment <= now for moment in _moments(row)) for row in running}
    assert sum(due.values()) >= 3 * len(running)
    for name in ("w3", "w4"):
        plant.worker(name)
    for name in ("b3", "b4"):
        plant.beat(name)
    wait_for(lambda: not Clock.objects.filter(next_at__lte=clock.now()).exists(), 90)
    fired = dict(Clock.objects.filter(pk__in=due).values_list("pk", "fired"))
    assert fired == due
    events = TicketEvent.objects.filter(action="escalate").values_list("data", flat=True)
    assert Counter((data["clock"], data["step"]) for data in events if data["clock"] in due) == Counter(
        (pk, STEPS[n]) for pk, count in due.items() for n in range(count)
    )
    for number in {row.ticket.number for row in running}:
        assert "超期督办" in reader.read(f"/t/{number}/"), number


def _end_at(row: Clock, moment) -> None:
    """Let a limit end at `moment`: everything about it lies as much further back."""
    back = row.due_at - moment
    for name in ("started_at", "remind_at", "warn_at", "due_at", "again_at", "next_at"):
        if getattr(row, name) is not None:
            setattr(row, name, getattr(row, name) - back)
    row.save()


def _moments(row: Clock) -> list:
    return [moment for moment in (row.remind_at, row.warn_at, row.due_at, row.again_at) if moment is not None]
