"""People at their devices: a phone or a desk, signed in, watching for script errors, overflow and what axe minds."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
SEEN: set[str] = set()
TURN, REST = 30, 4
"""Milliseconds between looks, and looks in a row with nothing under way."""
LONGEST_SECONDS = 30
LEVELS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}


@dataclass
class Person:
    """One browser of one person; `errors` collects what went wrong in it."""

    page: Any
    base: str
    errors: list[str]
    under_way: set[Any] = field(default_factory=set)
    """Requests that have not been answered yet."""

    def open(self, path: str) -> None:
        answer = self.page.goto(f"{self.base}{path}")
        assert answer.status < 400, (path, answer.status)
        self.looks_right()

    def press(self, name: str, role: str = "button") -> None:
        """Press what bears this name and see the page that follows."""
        self.page.get_by_role(role, name=name, exact=False).first.click()
        self.looks_right()

    def watch(self) -> None:
        """Keep account of the requests that are under way; another page forgets those of the last."""
        self.page.on("request", lambda request: self.under_way.add(request))
        self.page.on("requestfinished", lambda request: self.under_way.discard(request))
        self.page.on("requestfailed", lambda request: self.under_way.discard(request))
        self.page.on("framenavigated", lambda frame: frame.parent_frame or self.under_way.clear())

    def comes_to_rest(self) -> None:
        """Wait until the page is whole and nothing has been under way for a moment."""
        rested, ends = 0, time.monotonic() + LONGEST_SECONDS
        while rested < REST:
            self.page.wait_for_load_state("load")
            self.page.wait_for_timeout(TURN)
            rested = 0 if self.under_way else rested + 1
            assert time.monotonic() < ends, [request.url for request in self.under_way]

    def sees(self, *texts: str) -> None:
        body = self.page.locator("body").inner_text()
        for text in texts:
            assert text in body, f"{text!r} is not on {self.page.url}:\n{body}"

    def looks_right(self) -> None:
        """Nothing hangs over the edge, nothing failed, nobody is shut out."""
        self.comes_to_rest()
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), self.page.url
        assert not self.errors, (self.page.url, self.errors)
        if self.page.evaluate("document.documentElement.classList.contains('js')"):
            self._is_usable()

    def _is_usable(self) -> None:
        """Axe looks at the whole page at once, so that no field lies half behind the fixed bar by chance.

        Pages that have the same headings and controls are looked at once a session.
        """
        look = self.page.evaluate(
            "[document.documentElement.className, innerWidth, location.pathname.replace(/[A-Z0-9-]{6,}/g, ''),"
            " ...Array.from(document.querySelectorAll('h1, h2, button, input, summary, .errsum'),"
            " (one) => one.tagName + one.className)].join()"
        )
        if look in SEEN:
            return
        SEEN.add(look)
        size = self.page.viewport_size
        tall = self.page.evaluate("Math.max(document.documentElement.scrollHeight, innerHeight)")
        self.page.set_viewport_size({"width": size["width"], "height": tall})
        found = Axe().run(self.page, options=LEVELS)
        self.page.set_viewport_size(size)
        assert found.violations_count == 0, (self.page.url, found.generate_report())


def until(page: Any, script: str, arg: Any = None) -> None:
    """Wait until `script` answers yes; it may have to wait itself."""
    ends = time.monotonic() + LONGEST_SECONDS
    while not page.evaluate(script, arg):
        assert time.monotonic() < ends, (script, arg, page.url)
        page.wait_for_timeout(50)


def kept(page: Any, state: str, photos: int | None = None, count: int = 1) -> None:
    """Wait until the phone keeps so many forms in a state, with so many photos each."""
    script = """async ([state, photos, count]) => {
        if (!self.kept || !await kept.ready) return false;
        const found = (await kept.all()).filter((one) => one.state === state);
        return found.length === count && (photos === null || found.every((one) => one.photos.length === photos));
    }"""
    until(page, script, [state, photos, count])


Meet = Callable[..., Person]


@contextmanager
def meeting(chromium: Any, base: str) -> Iterator[Meet]:
    """`meet(user, PHONE)` opens a device; without a user it is a passer-by's."""
    contexts = []

    def meet(user: Any = None, size: dict[str, int] = PHONE, *, js: bool = True, big: bool = False) -> Person:
        context = chromium.new_context(
            locale="zh-CN", timezone_id="Asia/Shanghai", viewport=size, java_script_enabled=js
        )
        contexts.append(context)
        if user is not None:
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(user), "url": base}])
        if big:
            context.add_cookies([{"name": "big", "value": "1", "url": base}])
        page, errors = context.new_page(), list[str]()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
        person = Person(page, base, errors)
        person.watch()
        return person

    yield meet
    for context in contexts:
        context.close()


def session_of(user: Any) -> str:
    from django.test import Client

    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def meet(chromium: Any, live_server: Any) -> Iterator[Meet]:
    with meeting(chromium, live_server.url) as meet:
        yield meet
