"""Visitors of the stage: what somebody is answered, asked as often as tests like and found as it was.

Every request is undone, so on a world that stands the same question has the same answer: `known` asks it once in a
process. A test that changes rows or settings first uses `ask`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import reverse

from members.models import User
from members.roles import Role
from tests import worlds
from tests.access.stage import SAMPLES, Stage
from tests.access.table import NOBODY, PUBLIC, ROWS


@dataclass(frozen=True)
class Answer:
    """What is kept of one: its text if it is a page."""

    status_code: int
    location: str
    html: str | None


Question = tuple[int | None, str, str]
KNOWN: dict[Question, Answer] = {}
STANDING: list[object] = []
"""The world on which the answers are true, and when it was built."""


class Visitor:
    """Somebody, or nobody, who signed in once; whatever a request does, the next one finds all as it was."""

    def __init__(self, user: User | None = None) -> None:
        self.user, self._client = user, Client()
        if user is not None:
            self._client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        self._cookies = {name: morsel.value for name, morsel in self._client.cookies.items()}

    def ask(self, method: str, url: str, data: dict[str, Any] | None = None) -> Any:
        """One request whose effects are undone."""
        self._client.cookies = SimpleCookie(self._cookies)
        with transaction.atomic():
            answer = getattr(self._client, method)(url, data)
            if answer.streaming:
                b"".join(answer.streaming_content)
            transaction.set_rollback(True)
        return answer

    def known(self, method: str, url: str) -> Answer:
        """What the stage answers as it stands."""
        standing = [worlds.STAGE.world, worlds.STAGE.world and worlds.STAGE.world.made_at]
        if standing != STANDING:
            KNOWN.clear()
            STANDING[:] = standing
        question = (self.user and self.user.pk, method, url)
        if question not in KNOWN:
            KNOWN[question] = _kept(self.ask(method, url))
        return KNOWN[question]


def _kept(answer: Any) -> Answer:
    is_page = "html" in answer.get("Content-Type", "") and not answer.streaming
    return Answer(answer.status_code, answer.get("Location", ""), answer.content.decode() if is_page else None)


def ask(user: User | None, method: str, url: str, data: dict[str, Any] | None = None) -> Any:
    """One request of somebody who asks nothing else."""
    return Visitor(user).ask(method, url, data)


def own_url(stage: Stage, name: str, user: User) -> str:
    """The address of this route for a row in the person's scope."""
    sample, _missing = SAMPLES[ROWS[name].path]
    return reverse(name, kwargs=sample(stage, user))


def pages(stage: Stage, visitor: Visitor, role: Role, *, afresh: bool = False) -> Iterator[tuple[str, str]]:
    """The text of every page of the table that the role may read, by its address; asked afresh under other settings."""
    for name, row in ROWS.items():
        if row.get == PUBLIC or (row.get != NOBODY and role in row.get):
            url = own_url(stage, name, visitor.user)
            answer = _kept(visitor.ask("get", url)) if afresh else visitor.known("get", url)
            if answer.status_code == 200 and answer.html is not None:
                yield url, answer.html
