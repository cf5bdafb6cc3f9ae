"""Placing, claiming and closing through HTTP, with several people at once: real logins, pages and forms.

One act is what a person does: open the page with the form (its tokens are good once) and send it.
"""

from functools import partial
from itertools import count, cycle, islice

from benchmarks.browser import Browser
from benchmarks.people import HANDLER, ITEM, stage, tokens, world
from benchmarks.together import together
from issues.workflow import State

WORDS = {"words": "村口公交站旁的路灯不亮三天了", "where": "村口公交站旁"}
_address = count()


def rates(port: int, pid: int, acts: int) -> dict[str, str]:
    """`acts` orders placed, claimed by the department, closed by the resident's word."""
    who = world()
    dispatched = [ticket.number for ticket in stage(acts, State.DISPATCHED, who)]
    verified = [ticket.code for ticket in stage(acts, State.VERIFIED, who)]
    return {
        "place": together(port, pid, [partial(place, token=token) for token in islice(cycle(tokens(who)), acts)]),
        "claim": together(port, pid, [partial(claim, number=number) for number in dispatched], HANDLER),
        "close": together(port, pid, [partial(close, code=code) for code in verified]),
    }


def place(browser: Browser, token: str) -> None:
    browser.address, browser.cookies = next_address(), {}
    browser.open(f"/d/{token}")
    browser.send(f"/d/{token}", item=ITEM, **WORDS)


def next_address() -> str:
    """Orders are limited by address and by device, so every resident has ones of their own."""
    n = next(_address)
    return f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"


def claim(browser: Browser, number: str) -> None:
    browser.open(f"/t/{number}/do/claim/")
    browser.send(f"/t/{number}/do/claim/")


def close(browser: Browser, code: str) -> None:
    browser.open(f"/c/{code}/")
    browser.send(f"/c/{code}/rate/", solved="solved", satisfaction="4")
