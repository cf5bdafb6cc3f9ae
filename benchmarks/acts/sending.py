"""What an act costs when it is sent: the POST alone, by eight clients at once.

The pages with the forms are read beforehand (`benchmarks.flow` measures both together), so that only the sending is
timed: wall time as acts a second, beside it what the web and the database processes work for one act.
"""

import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import cycle, islice
from statistics import median, quantiles
from threading import Event

from benchmarks import machine
from benchmarks.acts.flow import CLIENTS, WORDS, next_address
from benchmarks.browser import Browser
from benchmarks.people import COUNTY, DISPATCHER, HANDLER, ITEM, PASSWORD, TOWN, WORKER, stage, world
from issues.workflow import State

WHO = (HANDLER, DISPATCHER, WORKER, COUNTY, TOWN)
CROWD = 16
"""So many people sign in at the same moment, as at half past eight."""
READS = 12


@dataclass(frozen=True)
class Form:
    """A form that has been opened: what came with its page, where it is sent and what is filled in."""

    path: str
    fields: dict[str, str]
    address: str = ""
    cookies: dict[str, str] | None = None

    def send(self, browser: Browser) -> None:
        browser.address = self.address or browser.address
        if self.cookies is not None:
            browser.cookies = dict(self.cookies)
        browser.hidden = {}
        browser.send(self.path, **self.fields)


def measure(port: int, pid: int, acts: int) -> dict[str, str]:
    """A row for each act; `pid` is the process whose children serve."""
    who = world()
    tokens = [area.token for area in who.areas if area.token]
    dispatched = [ticket.number for ticket in stage(acts, State.DISPATCHED, who)]
    verified = [ticket.code for ticket in stage(acts, State.VERIFIED, who)]
    handler = Browser(port).sign_in(HANDLER, PASSWORD)
    resident = Browser(port)
    forms = {
        "place": [_order(Browser(port, next_address()), token) for token in islice(cycle(tokens), acts)],
        "claim": [_opened(handler, f"/t/{number}/do/claim/", f"/t/{number}/do/claim/") for number in dispatched],
        "close": [_opened(resident, f"/c/{code}/", f"/c/{code}/rate/", **_CONTENT) for code in verified],
        "login": [_login(Browser(port), name) for name in islice(cycle(WHO), acts)],
    }
    rows = {f"{name}, the POST alone": _together(port, pid, ready) for name, ready in forms.items()}
    return rows | {f"a page while {CROWD} sign in at once": _beside_a_crowd(port)}


_CONTENT = {"solved": "solved", "satisfaction": "4"}


def _order(browser: Browser, token: str) -> Form:
    return _opened(browser, f"/d/{token}", f"/d/{token}", item=ITEM, **WORDS)


def _login(browser: Browser, name: str) -> Form:
    return _opened(browser, "/login/", "/login/", username=name, password=PASSWORD)


def _opened(browser: Browser, page: str, action: str, **filled: str) -> Form:
    browser.open(page)
    return Form(action, {**browser.hidden, **filled}, browser.address, dict(browser.cookies))


def _together(port: int, pid: int, forms: list[Form]) -> str:
    """Let CLIENTS people send all forms: how many a second, and what one of them costs."""
    browsers = [_warm(Browser(port)) for _n in range(CLIENTS)]
    waiting = deque(forms)
    before, began = machine.processor_seconds(pid), time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        for done in [pool.submit(_work, browser, waiting) for browser in browsers]:
            done.result()
    took, after = time.perf_counter() - began, machine.processor_seconds(pid)
    worked = {kind: (after[kind] - before.get(kind, 0)) / len(forms) * 1000 for kind in after}
    cost = " + ".join(f"{kind} {worked[kind]:.1f}" for kind in ("web", "database") if kind in worked)
    return f"{len(forms) / took:.1f} /s, {cost} ms"


def _warm(browser: Browser) -> Browser:
    for _n in range(2):
        browser.open("/c/")
    return browser


def _work(browser: Browser, waiting: deque[Form]) -> None:
    while waiting:
        with suppress(IndexError):  # another took the last one
            waiting.popleft().send(browser)


def _beside_a_crowd(port: int) -> str:
    """What somebody who reads a page waits while CROWD people sign in at once, again and again."""
    reader, over = _warm(Browser(port)), Event()
    with _crowd(port, over):
        times = sorted(reader.timed("/c/") for _n in range(READS * 5))
    return f"{median(times):.0f} / {quantiles(times, n=20)[-1]:.0f} ms"


@contextmanager
def _crowd(port: int, over: Event) -> Iterator[None]:
    def sign_in(name: str) -> None:
        while not over.is_set():
            Browser(port).sign_in(name, PASSWORD)

    with ThreadPoolExecutor(CROWD) as pool:
        for name in islice(cycle(WHO), CROWD):
            pool.submit(sign_in, name)
        try:
            yield
        finally:
            over.set()
