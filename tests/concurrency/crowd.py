"""Many threads that start together, each with a database connection of its own."""

import threading
from collections.abc import Callable

from django.db import connection

from core.days import calendar


def at_once(count: int, act: Callable[[int], object]) -> list[object]:
    """Run `act(n)` in `count` threads that start together; returns results and errors in order."""
    gate, results = threading.Barrier(count), [None] * count

    def run(n: int) -> None:
        calendar.prime({})
        gate.wait(10)
        try:
            results[n] = act(n)
        except Exception as error:
            results[n] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    hung = [n for n, thread in enumerate(threads) if thread.is_alive()]
    assert not hung, f"threads {hung} never came back"
    return results
