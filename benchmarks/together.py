"""Eight people at once over HTTP: how much they get done in a second, and what one act costs the processor."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from benchmarks import machine
from benchmarks.browser import Browser
from benchmarks.people import PASSWORD

CLIENTS = 8
Act = Callable[[Browser], None]


def together(port: int, pid: int, acts: Sequence[Act], username: str = "") -> str:
    """Let CLIENTS people do all acts: how many a second, and what the web and the database work for one of them.

    `pid` is the process whose children serve; with a name everybody is signed in before it begins.
    """
    browsers = [warm(Browser(port), username) for _n in range(CLIENTS)]
    waiting = deque(acts)
    before, began = machine.processor_seconds(pid), time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        for done in [pool.submit(_work, browser, waiting) for browser in browsers]:
            done.result()
    took, after = time.perf_counter() - began, machine.processor_seconds(pid)
    worked = {kind: (after[kind] - before.get(kind, 0)) / len(acts) * 1000 for kind in after}
    cost = " + ".join(f"{kind} {worked[kind]:.1f}" for kind in ("web", "database") if kind in worked)
    return f"{len(acts) / took:.1f} /s, {cost} ms"


def warm(browser: Browser, username: str = "") -> Browser:
    """A browser that is connected, signed in if there is a name, and not the first to ask its web process."""
    if username:
        browser.sign_in(username, PASSWORD)
    for _n in range(2):
        browser.open("/c/")
    return browser


def _work(browser: Browser, waiting: deque[Act]) -> None:
    while waiting:
        with suppress(IndexError):  # another took the last one
            waiting.popleft()(browser)
