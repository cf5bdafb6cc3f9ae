"""Checks of stored data against its own rules, run nightly and by `manage.py doctor [--fix]`.

An app registers its checks in `<app>/doctor.py`; they are found by name, core imports none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.db.models import F, Model, OuterRef, Q, QuerySet, Subquery
from django.utils.module_loading import autodiscover_modules

from core.registry import Registry

Examine = Callable[[bool], list[str]]


@dataclass(frozen=True)
class Check:
    """`run(fix)` returns findings; with `fix` it repairs what it can and still reports it.

    What takes too long for every night has `by_night`, which looks at a part.
    """

    name: str
    run: Examine
    by_night: Examine | None = None


Warn = Callable[[], list[str]]
WARNINGS: Registry[Warn] = Registry("what somebody should see to before it does harm", key=attrgetter("__name__"))


@dataclass(frozen=True)
class Fact:
    """Something that `doctor` shows beside its findings: `lines()` says how this installation is set."""

    name: str
    lines: Callable[[], list[str]]


FACTS: Registry[Fact] = Registry("what doctor shows", key=attrgetter("name"))
CHECKS: Registry[Check] = Registry("checks of stored data", key=attrgetter("name"))


def check(name: str, *, by_night: Examine | None = None) -> Callable[[Examine], Examine]:
    """Add the decorated function as the check of this name."""

    def register(fn: Examine) -> Examine:
        CHECKS.add(Check(name, fn, by_night))
        return fn

    return register


def shown() -> dict[str, list[str]]:
    """Every fact, by name."""
    autodiscover_modules("doctor")
    return {fact.name: fact.lines() for fact in FACTS}


def unlike_their_log(rows: QuerySet[Any], log: type[Model], subject: str, limit: int) -> list[str]:
    """Rows whose newest event in `log` (which names them by `subject`) has not their version and their state."""
    newest = log._default_manager.filter(**{subject: OuterRef("pk")}).order_by("-version")
    logged = rows.annotate(
        logged=Subquery(newest.values("to_state")[:1]), seen=Subquery(newest.values("version")[:1])
    ).filter(~Q(logged=F("state")) | ~Q(seen=F("version")) | Q(logged__isnull=True))
    return [
        f"{number}: {state} v{version}, log says {said} v{seen}"
        for number, state, version, said, seen in logged.values_list("number", "state", "version", "logged", "seen")[
            :limit
        ]
    ]


def examine(*, fix: bool, by_night: bool = False) -> dict[str, list[str]]:
    """Run every check; returns findings by check name (an empty list is a clean bill)."""
    autodiscover_modules("doctor")
    checks = sorted(CHECKS, key=attrgetter("name"))
    return {one.name: ((by_night and one.by_night) or one.run)(fix) for one in checks}


def warnings() -> list[str]:
    """What is no damage yet, but somebody should see to."""
    autodiscover_modules("doctor")
    return [text for warn in WARNINGS for text in warn()]
