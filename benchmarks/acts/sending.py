"""What an act costs when it is sent: the POST alone, by eight clients at once.

The pages with the forms are read beforehand (`benchmarks.acts.flow` measures both together), so that only the sending
is timed: wall time as acts a second, beside it what the web and the database processes work for one act.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from statistics import median, quantiles
from threading import Event

from benchmarks.acts.flow import WORDS, next_address
from benchmarks.browser import Browser
from benchmarks.people import COUNTY, DISPATCHER, HANDLER, ITEM, PASSWORD, TOWN, WORKER, stage, tokens, world
from benchmarks.together import together, warm
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
    dispatched = [ticket.number for ticket in stage(acts, State.DISPATCHED, who)]
    verified = [ticket.code for ticket in stage(acts, State.VERIFIED, who)]
    handler = Browser(port).sign_in(HANDLER, PASSWORD)
    resident = Browser(port)
    forms = {
        "place": [_order(Browser(port, next_address()), token) for token in islice(cycle(tokens(who)), acts)],
        "claim": [_opened(handler, f"/t/{number}/do/claim/", f"/t/{number}/do/claim/") for number in dispatched],
        "close": [_opened(resident, f"/c/{code}/", f"/c/{code}/rate/", **_CONTENT) for code in verified],
        "login": [_login(Browser(port), name) for name in islice(cycle(WHO), acts)],
    }
    rows = {
        f"{name}, the POST alone": together(port, pid, [form.send for form in ready]) for name, ready in forms.items()
    }
    return rows | {f"a page while {CROWD} sign in at once": _beside_a_crowd(port)}


_CONTENT = {"solved": "solved", "satisfaction": "4"}


def _order(browser: Browser, token: str) -> Form:
    return _opened(browser, f"/d/{token}", f"/d/{token}", item=ITEM, **WORDS)


def _login(browser: Browser, name: str) -> Form:
    return _opened(browser, "/login/", "/login/", username=name, password=PASSWORD)


def _opened(browser: Browser, page: str, action: str, **filled: str) -> Form:
    browser.open(page)
    return Form(action, {**browser.hidden, **filled}, browser.address, dict(browser.cookies))


def _beside_a_crowd(port: int) -> str:
    """What somebody who reads a page waits while CROWD people sign in at once, again and again."""
    reader, over = warm(Browser(port)), Event()
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
