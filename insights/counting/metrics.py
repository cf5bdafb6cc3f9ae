"""What is counted, said once: how the standing of a ticket counts, and which queue shows the counted rows.

A metric counts tickets by the county day they were placed. `counts` reads the facts that every event of
the log carries (issues.engine.snapshots); `shown_by` are the queue parameters that list exactly those tickets, so
that a number on a page always leads to the rows behind it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from issues.workflow import STARS

Snapshot = Mapping[str, Any]


@dataclass(frozen=True)
class Metric:
    name: str
    label: Promise
    counts: Callable[[Snapshot], int]
    shown_by: Mapping[str, str] = field(default_factory=dict)


def _is(key: str, *values: object) -> Callable[[Snapshot], int]:
    return lambda facts: int(facts[key] in values)


def _both(*tests: Callable[[Snapshot], int]) -> Callable[[Snapshot], int]:
    return lambda facts: int(all(test(facts) for test in tests))


def _known(key: str) -> Callable[[Snapshot], int]:
    return lambda facts: int(facts[key] is not None)


def _above(key: str, least: int) -> Callable[[Snapshot], int]:
    return lambda facts: int((facts[key] or 0) > least)


def _scored(name: str, label: Promise, counts: Callable[[Snapshot], int], shown_by: Mapping[str, str]) -> Metric:
    """Part of a rate: only what is neither suspended nor excluded counts."""
    return Metric(name, label, _both(_is("scored", True), counts), {**shown_by, "scored": "1"})


METRICS: tuple[Metric, ...] = (
    Metric("placed", _("点单"), lambda facts: 1),
    Metric("orders", _("居民扫码"), _is("source", "order"), {"source": "order"}),
    Metric("logged", _("网格上报"), _is("source", "worker"), {"source": "worker"}),
    Metric("counter", _("代录"), _is("source", "counter"), {"source": "counter"}),
    Metric("accepted", _("受理"), _is("accepted", True), {"accepted": "1"}),
    Metric("declined", _("不予受理"), _is("state", "declined"), {"state": "declined"}),
    Metric("undecided", _("未定去向"), _is("route", ""), {"route": "none"}),
    Metric("self_routed", _("网格自办"), _is("route", "self"), {"route": "self"}),
    Metric("whistled", _("吹哨"), _is("route", "whistle"), {"route": "whistle"}),
    Metric("awaiting_dispatch", _("待派哨"), _is("state", "whistled"), {"state": "whistled"}),
    Metric("awaiting_claim", _("待领办"), _is("state", "dispatched"), {"state": "dispatched"}),
    Metric("sent_back", _("退回待改派"), _is("state", "returned"), {"state": "returned"}),
    _scored("claimed_on_time", _("按时领办"), _is("claimed_on_time", True), {"claimed": "on_time"}),
    _scored("claimed_late", _("超时领办"), _is("claimed_on_time", False), {"claimed": "late"}),
    _scored("arrived_on_time", _("按时报到"), _is("arrived_on_time", True), {"arrived": "on_time"}),
    _scored("arrived_late", _("超时报到"), _is("arrived_on_time", False), {"arrived": "late"}),
    _scored("done_on_time", _("按时办结"), _is("done_on_time", True), {"done": "on_time"}),
    _scored("done_late", _("超时办结"), _is("done_on_time", False), {"done": "late"}),
    Metric("closed", _("已销号"), _is("state", "closed"), {"state": "closed"}),
    Metric(
        "closed_self",
        _("自办销号"),
        _both(_is("state", "closed"), _is("route", "self")),
        {"state": "closed", "route": "self"},
    ),
    Metric(
        "closed_whistled",
        _("部门销号"),
        _both(_is("state", "closed"), _is("route", "whistle")),
        {"state": "closed", "route": "whistle"},
    ),
    _scored("rated", _("已评价"), _known("satisfaction"), {"rated": "any"}),
    _scored("satisfied", _("满意"), _above("satisfaction", 1), {"rated": "satisfied"}),
    _scored("reworked", _("重办"), _above("round", 1), {"rework": "1"}),
    _scored("returned", _("曾退单"), _above("returns", 0), {"returned": "1"}),
    Metric("found_true", _("抽查属实"), _is("found_true", True), {"found": "true"}),
    Metric("found_false", _("抽查不属实"), _is("found_true", False), {"found": "false"}),
    *(_scored(f"stars_{n}", format_lazy(_("评哨 {n} 星"), n=n), _is("stars", n), {"stars": str(n)}) for n in STARS),
)
BY_NAME = {metric.name: metric for metric in METRICS}

BUCKET_RATIO = 1.15
"""Handling times are counted in buckets that grow by 15 %, so a median read from them is right to 7 %."""
