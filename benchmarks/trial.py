"""One engine, from an empty database to a hundred thousand tickets: its column of the table."""

import sys
import time

from django.core.management import call_command
from django.db import connection
from django.db.models import Max

from benchmarks import cost, house, pages, scale, slow
from benchmarks.acts import areas, editor, engine, flow, lists, sending, suggesting
from gateway.demo.telling import history
from insights.counting import tally
from issues.models import Ticket, TicketEvent

_BEGAN = time.perf_counter()
MANY = 100_000
HISTORY = 3_010
"""Tickets of the demo that is measured, the same whatever the demo itself is given."""
FULL = {"acts": 240, "requests": 80, "backlog": 400, "many": MANY, "history": HISTORY}
QUICK = {"acts": 24, "requests": 12, "backlog": 30, "many": 5_000, "history": 300}


def run(*, quick: bool, tickets: int | None) -> dict[str, dict[str, str]]:
    """The column of the engine of this process, under its name; grown to `tickets` if given."""
    sizes = QUICK if quick else FULL
    return {_engine(): trial(**(sizes | ({"many": tickets} if tickets else {})))}


def trial(*, acts: int, requests: int, backlog: int, many: int, history: int) -> dict[str, str]:
    """Every figure of one engine, in the order of the table, as text with its unit."""
    column = _history(history) | suggesting.measure()
    story = Ticket.objects.filter(pk__lte=Ticket.objects.aggregate(last=Max("pk"))["last"])
    with house.running() as small:
        _say("placing, claiming and closing")
        rates = flow.rates(small.port, small.process.pid, acts)
        column |= {f"{name}, page and form over HTTP": rate for name, rate in rates.items()}
        _say("pages")
        column |= _pages(small.port, requests)
    _say("list editor")
    column |= _spreads(editor.measure(requests))
    _say("engine")
    column |= {ENGINE[name]: f"{n:.0f}" for name, n in engine.rates(backlog).items()}
    _say("look-ups on the map")
    column |= areas.rates()
    _say(f"growing to {many} tickets")
    _lift_time_limits()
    scale.grow(many, story)
    _say("dry run of a draft")
    column |= lists.figures()
    with house.running() as large:
        _say("pages")
        column |= _pages(large.port, requests)
        _say("pages read by eight people, acts sent by themselves")
        column |= pages.crowded(large.port, large.process.pid, acts)
        column |= sending.measure(large.port, large.process.pid, acts)
        column[SLOW] = slow.beside_slow_clients(large.port)
    return column | {f"{kind}, peak memory": _megabytes(small, large, kind) for kind in ("web", "worker")}


SLOW = f"a page while {slow.TRICKLERS} forms trickle and {slow.UPLOADS} photos upload: median / worst"
ENGINE = {
    "placed": "tickets placed a second, no HTTP",
    "fired": "due clocks fired a second",
    "drained": "outbox rows handled a second",
    "folded": "events counted a second",
}


def _history(tickets: int) -> dict[str, str]:
    """Build the demo as the first `make run` does."""
    _say(f"building the demo, {tickets} tickets")
    history.TICKETS = tickets
    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    call_command("demo", stdout=sys.stderr)
    took = time.perf_counter() - began
    steps = TicketEvent.objects.count()
    tally.catch_up()
    return {
        f"demo of {round(Ticket.objects.count(), -2):,} tickets": f"{took:.0f} s",
        "its steps a second": f"{steps / took:.0f}",
    }


def _pages(port: int, requests: int) -> dict[str, str]:
    size = f"{round(Ticket.objects.count(), -2):,}"
    wall, worked = pages.measure(port, requests), cost.measure(requests)
    return {f"{title}, {size} tickets": f"{_spread(wall.get(title))} {one}".strip() for title, one in worked.items()}


def _spreads(found: dict[str, tuple[float, float]]) -> dict[str, str]:
    return {title: _spread(spread) for title, spread in found.items()}


def _spread(times: tuple[float, float] | None) -> str:
    return "{:.0f} / {:.0f} ms".format(*times) if times else ""


def _megabytes(small: house.House, large: house.House, kind: str) -> str:
    peaks = max(small.memory.get(kind, []), large.memory.get(kind, []), key=sum)
    return f"{sum(peaks)} MB in {len(peaks)}"


def _engine() -> str:
    if connection.vendor == "sqlite":
        return "SQLite"
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0].split()[0]}"


def _lift_time_limits() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("SET idle_in_transaction_session_timeout = 0")


def _say(text: str) -> None:
    print(f"[{connection.vendor} {time.perf_counter() - _BEGAN:4.0f} s] {text}", file=sys.stderr, flush=True)
