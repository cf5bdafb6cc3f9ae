"""What a page costs the processor: one request in this process, through the application as the web server calls it.

Wall time on a busy machine tells who else was working; processor time tells what the page itself takes. On SQLite the
database's work is part of it, on PostgreSQL it is not. `python -m benchmarks.cost` measures the installation that the
environment names, for before and after.
"""

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from statistics import median
from time import process_time
from typing import Any

REQUESTS, WARM_UP = 40, 5


@dataclass(frozen=True)
class Cost:
    """Processor time of one request in milliseconds (the median), its queries and the length of its page."""

    milliseconds: float
    queries: int
    kilobytes: float

    def __str__(self) -> str:
        return f"({self.milliseconds:.1f} ms, {self.queries} queries)"


def measure(requests: int = REQUESTS, only: str = "") -> dict[str, Cost]:
    """What each page whose title holds `only` costs."""
    from benchmarks.pages import IN_PROCESS, addresses

    found = {}
    for title, reader, path in IN_PROCESS:
        if only in title:
            paths = list(islice(cycle(addresses(path, reader)), WARM_UP + requests))
            found[title] = _cost(_asking(reader), paths)
    return found


def _cost(ask: Callable[[str], int], paths: list[str]) -> Cost:
    for path in paths[:WARM_UP]:
        ask(path)
    times, sizes = [], []
    gc.collect()
    for path in paths[WARM_UP:]:
        began = process_time()
        sizes.append(ask(path))
        times.append((process_time() - began) * 1000)
    counts = []
    for path in paths[WARM_UP:][:8]:
        with _counted() as queries:
            ask(path)
        counts.append(len(queries))
    return Cost(median(times), int(median(counts)), median(sizes) / 1000)


@contextmanager
def _counted() -> Iterator[list[str]]:
    from django.db import connection

    seen: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        seen.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield seen


def _asking(reader: str) -> Callable[[str], int]:
    """A function that asks for a page as `reader`, reads it whole and says how long it is."""
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import Client, RequestFactory

    from members.models import User

    client = Client()
    client.force_login(User.objects.get(username=reader), backend="django.contrib.auth.backends.ModelBackend")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    factory = RequestFactory(SERVER_NAME="127.0.0.1", HTTP_COOKIE=f"{settings.SESSION_COOKIE_NAME}={session}")
    application, status = WSGIHandler(), [""]

    def ask(path: str) -> int:
        answer = application(factory.get(path).environ, lambda line, _headers: status.__setitem__(0, line))
        length = sum(map(len, answer))
        answer.close()
        if not status[0].startswith("200"):
            raise RuntimeError(f"{path}: {status[0]}")
        return length

    return ask


def main() -> int:
    import django

    django.setup()
    for title, cost in measure(only=sys.argv[1] if len(sys.argv) > 1 else "").items():
        print(
            f"{title:<44} {cost.milliseconds:6.1f} ms  {cost.queries:3d} queries  {cost.kilobytes:6.1f} kB", flush=True
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
