"""Checks of stored data against its own rules, run nightly and by `manage.py doctor [--fix]`.

An app registers its checks in `<app>/doctor.py`; they are found by name, core imports none.
"""

from collections.abc import Callable

from django.utils.module_loading import autodiscover_modules

Check = Callable[[bool], list[str]]
CHECKS: dict[str, Check] = {}


def check(name: str) -> Callable[[Check], Check]:
    """Register `fn(fix) -> findings`; with `fix` it repairs what it can and still reports it."""

    def register(fn: Check) -> Check:
        CHECKS[name] = fn
        return fn

    return register


def examine(*, fix: bool) -> dict[str, list[str]]:
    """Run every check; returns findings by check name (an empty list is a clean bill)."""
    autodiscover_modules("doctor")
    return {name: CHECKS[name](fix) for name in sorted(CHECKS)}
