"""Placing, claiming and closing through HTTP, with several people at once: real logins, pages and forms.

One act is what a person does: open the page with the form (its tokens are good once) and send it.
"""

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count

from benchmarks.browser import Browser
from benchmarks.people import HANDLER, ITEM, PASSWORD, stage, world
from issues.workflow import State

CLIENTS = 8
WORDS = {"words": "村口公交站旁的路灯不亮三天了", "where": "村口公交站旁"}
Act = Callable[[Browser, str], None]
_address = count()


def rates(port: int, acts: int) -> dict[str, float]:
    """Acts per second: `acts` orders placed, claimed by the department, closed by the resident's word."""
    who = world()
    tokens = [area.token for area in who.areas if area.token]
    dispatched = [ticket.number for ticket in stage(acts, State.DISPATCHED, who)]
    verified = [ticket.code for ticket in stage(acts, State.VERIFIED, who)]
    return {
        "place": _together(port, [tokens[n % len(tokens)] for n in range(acts)], place),
        "claim": _together(port, dispatched, claim, HANDLER),
        "close": _together(port, verified, close),
    }


def place(browser: Browser, token: str) -> None:
    browser.address = next_address()
    browser.open(f"/d/{token}")
    browser.send(f"/d/{token}", item=ITEM, **WORDS)


def next_address() -> str:
    """Orders are limited by address, so every resident has one."""
    n = next(_address)
    return f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"


def claim(browser: Browser, number: str) -> None:
    browser.open(f"/t/{number}/do/claim/")
    browser.send(f"/t/{number}/do/claim/")


def close(browser: Browser, code: str) -> None:
    browser.open(f"/c/{code}/")
    browser.send(f"/c/{code}/rate/", solved="solved", satisfaction="4")


def _together(port: int, subjects: list[str], act: Act, username: str = "") -> float:
    """Let CLIENTS people do `act` on all subjects; how many were done in a second."""
    browsers = [_warm(Browser(port), username) for _n in range(CLIENTS)]
    waiting = deque(subjects)
    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        for done in [pool.submit(_work, browser, waiting, act) for browser in browsers]:
            done.result()
    return len(subjects) / (time.perf_counter() - began)


def _warm(browser: Browser, username: str) -> Browser:
    """A browser that is connected, signed in if there is a name, and not the first to ask its web process."""
    if username:
        browser.sign_in(username, PASSWORD)
    for _n in range(2):
        browser.open("/c/")
    return browser


def _work(browser: Browser, waiting: deque[str], act: Act) -> None:
    while waiting:
        with suppress(IndexError):  # another took the last one
            act(browser, waiting.popleft())
